// A row of MySQL's binary protocol: a byte for the number of columns, for each a byte for its type,
// one of flags and one for the wanted type, then the packet.
#include <vector>

#include "dialects/mysql/decode.h"
#include "engine/base/error.h"
#include "tests/fuzz/fuzz.h"

namespace ferro::mysql {
namespace {

void OneRow(fuzz::Input input) {
  std::vector<WireColumn> columns(1 + input.Byte() % 8);
  std::vector<sql::ResultColumn> wanted(columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    columns[i].name = columns[i].origin = "c";
    columns[i].type = static_cast<enum_field_types>(input.Byte());
    const uint8_t flags = input.Byte();
    columns[i].is_unsigned = (flags & 1) != 0;
    columns[i].is_binary = (flags & 2) != 0;
    columns[i].is_uuid = (flags & 4) != 0;
    columns[i].is_json = (flags & 8) != 0;
    columns[i].is_address = (flags & 16) != 0;
    columns[i].in_key = (flags & 32) != 0;
    columns[i].table = (flags & 64) != 0 ? "t" : "";
    wanted[i].type = fuzz::AnyType(input.Byte());
  }
  RowDecoder decoder;
  fuzz::Check(decoder.Plan(columns, wanted).ok(), "any columns can be planned for");
  const fuzz::Exact packet(input.rest());
  Arena arena;
  std::vector<Value> row(columns.size());
  const absl::Status status = decoder.Decode(packet.view(), 0, arena, row);
  if (!status.ok()) {
    const ErrorClass error = ClassOf(status);
    fuzz::Check(error == ErrorClass::kBadStoredValue || error == ErrorClass::kOutOfRange ||
                    error == ErrorClass::kInternal,
                "an error's class");
    return;
  }
  for (size_t i = 0; i < row.size(); ++i) {
    fuzz::Check(row[i].is_null() || wanted[i].type == Type::kNull ||
                    row[i].type == fuzz::TagOf(wanted[i].type),
                "a cell is of the wanted type");
    // What the server calls text is not looked at.
    fuzz::CheckValue(row[i], false);
  }
}

}  // namespace
}  // namespace ferro::mysql

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ferro::mysql::OneRow({data, size});
  return 0;
}
