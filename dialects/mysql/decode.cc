#include "dialects/mysql/decode.h"

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"

namespace ferro::mysql {
namespace {

// The length before a value, or before nothing when it is cut short.
bool ConsumeLength(const uint8_t*& data, const uint8_t* end, uint64_t& length) {
  if (data == end) return false;
  const uint8_t first = *data++;
  if (first < 251) {
    length = first;
    return true;
  }
  const size_t bytes = first == 252 ? 2 : first == 253 ? 3 : first == 254 ? 8 : 0;
  if (bytes == 0 || static_cast<size_t>(end - data) < bytes) return false;
  length = 0;
  for (size_t i = 0; i < bytes; ++i) length |= uint64_t{data[i]} << (8 * i);
  data += bytes;
  return true;
}

}  // namespace

absl::Status RowDecoder::Plan(std::span<const WireColumn> columns,
                              std::span<const sql::ResultColumn> wanted) {
  if (!wanted.empty() && wanted.size() != columns.size()) {
    return MakeError(ErrorClass::kBadStoredValue,
                     absl::StrCat("the statement gives ", columns.size(), " columns where ",
                                  wanted.size(), " are declared"));
  }
  columns_.resize(columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    Column& column = columns_[i];
    column.wire = columns[i];
    const bool named = !wanted.empty() && !wanted[i].name.empty();
    column.name = named ? wanted[i].name : std::string(columns[i].name);
    column.wire.name = {};
    column.plan = PlanCell(columns[i], wanted.empty() ? Type::kNull : wanted[i].type);
  }
  return absl::OkStatus();
}

absl::Status RowDecoder::Decode(absl::string_view packet, Arena& arena,
                                std::span<Value> row) const {
  const auto* data = reinterpret_cast<const uint8_t*>(packet.data());
  const uint8_t* const end = data + packet.size();
  // A zero byte, then a bit for each column, the first two unused.
  const size_t nulls_size = (columns_.size() + 9) / 8;
  if (packet.size() < 1 + nulls_size)
    return MakeError(ErrorClass::kInternal, "a row of the server is cut short");
  const uint8_t* const nulls = data + 1;
  data += 1 + nulls_size;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if ((nulls[(i + 2) / 8] >> ((i + 2) % 8) & 1) != 0) {
      row[i] = Value::Null();
      continue;
    }
    const Column& column = columns_[i];
    uint64_t size;
    if (column.plan.fixed_size >= 0) {
      size = static_cast<uint64_t>(column.plan.fixed_size);
    } else if (!ConsumeLength(data, end, size)) {
      return Fail(column, Fault::kTruncated);
    }
    if (size > static_cast<uint64_t>(end - data)) return Fail(column, Fault::kTruncated);
    const Fault fault = column.plan.read(column.plan, data, size, arena, row[i]);
    if (fault != Fault::kNone) return Fail(column, fault);
    data += size;
  }
  return absl::OkStatus();
}

absl::Status RowDecoder::Fail(const Column& column, Fault fault) const {
  ErrorDetail detail;
  const bool out_of_range = fault == Fault::kTooLarge;
  detail.error_class = fault == Fault::kTruncated ? ErrorClass::kInternal
                       : out_of_range             ? ErrorClass::kOutOfRange
                                                  : ErrorClass::kBadStoredValue;
  detail.column = column.name;
  const absl::string_view wanted = column.plan.wanted == Type::kNull
                                       ? absl::string_view("its natural type")
                                       : Name(column.plan.wanted);
  return MakeError(std::move(detail),
                   absl::StrCat("column \"", column.name, "\" of type ", WireName(column.wire),
                                " cannot be read as ", wanted, ": ", Reason(fault)));
}

}  // namespace ferro::mysql
