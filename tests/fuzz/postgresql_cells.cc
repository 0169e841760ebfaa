// One cell of PostgreSQL's binary format: a byte for the type on the wire, one for the wanted type,
// one that says whether text is trusted, and the cell. When an array is wanted the first type is
// that of its elements.
#include <iterator>

#include "dialects/postgresql/decode.h"
#include "dialects/postgresql/numeric.h"
#include "tests/fuzz/fuzz.h"

namespace ferro::postgresql {
namespace {

constexpr Oid kOids[] = {kBoolOid,      kByteaOid,       kCharOid,     kNameOid,     kInt8Oid,
                         kInt2Oid,      kInt4Oid,        kTextOid,     kOidOid,      kJsonOid,
                         kXmlOid,       kCidrOid,        kFloat4Oid,   kFloat8Oid,   kUnknownOid,
                         kInetOid,      kBpcharOid,      kVarcharOid,  kDateOid,     kTimeOid,
                         kTimestampOid, kTimestampTzOid, kIntervalOid, kTimeTzOid,   kNumericOid,
                         kVoidOid,      kUuidOid,        kJsonbOid,    kFirstUserOid};

void OneCell(fuzz::Input input) {
  const Oid oid = kOids[input.Byte() % std::size(kOids)];
  const Type wanted = fuzz::AnyType(input.Byte());
  const bool trusted = input.Byte() % 2 != 0;
  const bool is_array = IsArray(wanted);
  const DecodeCell decode = ChooseDecoder(oid, is_array ? ElementOf(wanted) : wanted, trusted);
  if (decode == nullptr) return;
  const fuzz::Exact wire(input.rest());
  Arena arena;
  Value value;
  const CellFault fault = is_array ? DecodeArray(wire.view(), oid, decode, arena, value)
                                   : decode(wire.view(), arena, value);
  if (fault != CellFault::kNone) return;
  fuzz::Check(value.type == (wanted == Type::kNull ? NaturalType(oid) : fuzz::TagOf(wanted)),
              "a cell is of the wanted type");
  fuzz::CheckValue(value, !trusted);
  if (value.type != Type::kDecimal) return;
  std::string again;
  Value back;
  fuzz::Check(AppendNumeric(again, value), "a decimal that was read can be sent");
  fuzz::Check(DecodeNumeric(again, arena, back) == NumericFault::kNone, "and is read again");
  fuzz::Check(fuzz::DecimalText(back) == fuzz::DecimalText(value), "as it was");
}

}  // namespace
}  // namespace ferro::postgresql

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ferro::postgresql::OneCell({data, size});
  return 0;
}
