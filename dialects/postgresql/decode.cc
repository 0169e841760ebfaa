#include "dialects/postgresql/decode.h"

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::postgresql {
namespace {

// What a column is, for messages: `column "seen" (PostgreSQL type 1184)`.
std::string Describe(const PGresult* result, size_t column) {
  const int index = static_cast<int>(column);
  return absl::StrCat("column \"", PQfname(result, index), "\" (PostgreSQL type ",
                      PQftype(result, index), ")");
}

absl::Status ColumnError(ErrorClass error_class, const PGresult* result, size_t column,
                         absl::string_view what, absl::string_view hint) {
  ErrorDetail detail;
  detail.error_class = error_class;
  detail.column = PQfname(result, static_cast<int>(column));
  detail.hint = std::string(hint);
  return MakeError(std::move(detail), absl::StrCat(Describe(result, column), " ", what));
}

absl::Status NoConversion(const PGresult* result, size_t column, Oid oid, Type wanted) {
  if (wanted == Type::kNull) {
    return ColumnError(ErrorClass::kBadStoredValue, result, column,
                       "is of a type that is not known here", "cast it to text in the statement");
  }
  absl::string_view hint = "declare the column as it is stored, or cast it in the statement";
  if (oid == kTimestampOid && wanted == Type::kTimestampTz) {
    hint = "the column has no time zone: declare a naive datetime, or alter it to timestamptz";
  } else if (oid == kTimestampTzOid && wanted == Type::kTimestamp) {
    hint = "the column has a time zone: declare an aware datetime, or alter it to timestamp";
  } else if (IsArray(wanted) && (oid == kJsonbOid || oid == kJsonOid)) {
    hint = "the column holds JSON: declare it as JSON, or alter it to an array";
  }
  return ColumnError(ErrorClass::kBadStoredValue, result, column,
                     absl::StrCat("cannot be read as ", Name(wanted)), hint);
}

}  // namespace

absl::Status RowDecoder::Start(const PGresult* result, std::span<const sql::ResultColumn> wanted,
                               bool trusted_text) {
  const auto count = static_cast<size_t>(PQnfields(result));
  columns_.clear();
  if (!wanted.empty() && wanted.size() != count) {
    return MakeError(ErrorClass::kInvalidArgument,
                     absl::StrCat("the statement returns ", count, " columns, ", wanted.size(),
                                  " are declared"));
  }
  columns_.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const Oid oid = PQftype(result, static_cast<int>(i));
    const Type type = wanted.empty() ? Type::kNull : wanted[i].type;
    const Type declared = type == Type::kNull ? NaturalType(oid) : type;
    const Oid element = IsArray(declared) ? ElementOid(oid) : 0;
    const DecodeCell decode = element == 0
                                  ? ChooseDecoder(oid, type, trusted_text)
                                  : ChooseDecoder(element, ElementOf(declared), trusted_text);
    if (decode == nullptr) return NoConversion(result, i, oid, type);
    columns_.push_back({decode, element});
  }
  return absl::OkStatus();
}

absl::Status RowDecoder::Decode(const PGresult* result, int first, int count, Batch& batch) const {
  const size_t start = batch.rows();
  batch.AddRows(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    const std::span<Value> cells = batch.row(start + static_cast<size_t>(i));
    const int row = first + i;
    for (size_t column = 0; column < columns_.size(); ++column) {
      const int field = static_cast<int>(column);
      const int length = PQgetlength(result, row, field);
      if (length == 0 && PQgetisnull(result, row, field) != 0) {
        cells[column] = Value::Null();
        continue;
      }
      const absl::string_view wire(PQgetvalue(result, row, field), static_cast<size_t>(length));
      const auto [decode, element] = columns_[column];
      const CellFault fault =
          element == 0 ? decode(wire, batch.arena(), cells[column])
                       : DecodeArray(wire, element, decode, batch.arena(), cells[column]);
      if (fault != CellFault::kNone) [[unlikely]]
        return CellError(result, column, fault);
    }
  }
  return absl::OkStatus();
}

absl::Status RowDecoder::CellError(const PGresult* result, size_t column, CellFault fault) const {
  const auto out_of_range = [&](absl::string_view what, absl::string_view hint) {
    return ColumnError(ErrorClass::kOutOfRange, result, column, what, hint);
  };
  switch (fault) {
    case CellFault::kNotFinite:
      return out_of_range("holds infinity or NaN here",
                          "exclude such rows, or read it cast to text");
    case CellFault::kYear:
      return out_of_range("holds a date outside the years 1 to 9999",
                          "exclude such rows, or read it cast to text");
    case CellFault::kEndOfDay:
      return out_of_range("holds the time 24:00", "store 00:00 of the next day instead");
    case CellFault::kMonths:
      return out_of_range("holds an interval with months or years, which have no fixed length",
                          "store days, or subtract two dates to get them");
    case CellFault::kIntervalSize:
      return out_of_range("holds an interval past 64 bits of microseconds", "read it cast to text");
    case CellFault::kNotText:
      return ColumnError(ErrorClass::kBadStoredValue, result, column,
                         "holds bytes that are no UTF-8 text", "cast it to text in the statement");
    case CellFault::kDimensions:
      return out_of_range("holds an array of more than one dimension",
                          "exclude such rows, or read it cast to text or by to_jsonb()");
    case CellFault::kLowerBound:
      return out_of_range("holds an array that does not start with its element number 1",
                          "exclude such rows, or store ARRAY(SELECT unnest(x)) for x");
    case CellFault::kMalformed:
    case CellFault::kNone:
      break;
  }
  return ColumnError(ErrorClass::kBadStoredValue, result, column,
                     "holds a value that is not of its type's binary format", "");
}

}  // namespace ferro::postgresql
