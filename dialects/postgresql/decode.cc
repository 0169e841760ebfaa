#include "dialects/postgresql/decode.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/db/cell_error.h"

namespace ferro::postgresql {
namespace {

struct Explanation {
  ErrorClass error_class;
  absl::string_view what;
  absl::string_view hint;
};

Explanation Explain(CellFault fault) {
  switch (fault) {
    case CellFault::kNotFinite:
      return {ErrorClass::kOutOfRange, "infinity or NaN is stored",
              "exclude such rows, or read the column cast to text"};
    case CellFault::kYear:
      return {ErrorClass::kOutOfRange, "a date outside the years 1 to 9999 is stored",
              "exclude such rows, or read the column cast to text"};
    case CellFault::kEndOfDay:
      return {ErrorClass::kOutOfRange, "the time 24:00 is stored",
              "store 00:00 of the next day instead"};
    case CellFault::kMonths:
      return {ErrorClass::kOutOfRange,
              "an interval with months or years is stored, which have no fixed length",
              "store days, or subtract two dates to get them"};
    case CellFault::kIntervalSize:
      return {ErrorClass::kOutOfRange, "an interval past 64 bits of microseconds is stored",
              "read the column cast to text"};
    case CellFault::kTooLarge:
      return {ErrorClass::kOutOfRange, "a number is stored that is too large",
              "declare the column a decimal"};
    case CellFault::kFraction:
      return {ErrorClass::kBadStoredValue, "a number with a fraction is stored",
              "declare the column a decimal"};
    case CellFault::kNotText:
      return {ErrorClass::kBadStoredValue, "bytes are stored that are no UTF-8 text",
              "declare the column bytes and cast it to bytea in the statement"};
    case CellFault::kDimensions:
      return {ErrorClass::kOutOfRange, "an array of more than one dimension is stored",
              "exclude such rows, or read the column cast to text or by to_jsonb()"};
    case CellFault::kLowerBound:
      return {ErrorClass::kOutOfRange,
              "an array is stored that does not start with its element number 1",
              "exclude such rows, or store ARRAY(SELECT unnest(x)) for x"};
    case CellFault::kMalformed:
    case CellFault::kNone:
      break;
  }
  return {ErrorClass::kBadStoredValue, "the bytes are not of its type's binary format", ""};
}

absl::string_view HintFor(Oid oid, Type wanted, absl::string_view name) {
  if (oid >= kFirstUserOid && absl::EndsWith(name, "[]")) {
    return "cast the column to an array of a built-in type in the statement, say to text[]";
  }
  if (wanted == Type::kNull) return "cast the column to text in the statement";
  if (oid == kTimestampOid && wanted == Type::kTimestampTz) {
    return "the column has no time zone: declare a naive datetime, or alter it to timestamptz";
  }
  if (oid == kTimestampTzOid && wanted == Type::kTimestamp) {
    return "the column has a time zone: declare an aware datetime, or alter it to timestamp";
  }
  if (IsArray(wanted) && (oid == kJsonbOid || oid == kJsonOid)) {
    return "the column holds JSON: declare it as JSON, or alter it to an array";
  }
  if (oid == kTimeTzOid) return "a time has no zone here: cast the column to time";
  if (wanted == Type::kText) return "cast the column to text in the statement";
  return "declare the column as it is stored, or cast it in the statement";
}

}  // namespace

absl::Status RowDecoder::NoConversion(const PGresult* result, size_t column, Type wanted,
                                      const UserTypes& types) {
  const int index = static_cast<int>(column);
  const Oid oid = PQftype(result, index);
  const std::string name = types.NameOf(oid);
  failed_at_ = {-1, index};
  return db::CellError(ErrorClass::kBadStoredValue,
                       {.column = PQfname(result, index), .table = {}, .row = -1, .key = {}},
                       wanted == Type::kNull
                           ? absl::StrCat(name, " is not a type that can be read")
                           : absl::StrCat(name, " cannot be read as ", Name(wanted)),
                       HintFor(oid, wanted, name));
}

absl::Status RowDecoder::Start(const PGresult* result, std::span<const sql::ResultColumn> wanted,
                               const UserTypes& types, bool trusted_text) {
  const auto count = static_cast<size_t>(PQnfields(result));
  columns_.clear();
  failed_at_ = {};
  if (!wanted.empty() && wanted.size() != count) {
    return MakeError(ErrorClass::kInvalidArgument,
                     absl::StrCat("the statement returns ", count, " columns, ", wanted.size(),
                                  " are declared"));
  }
  columns_.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const Oid oid = PQftype(result, static_cast<int>(i));
    const Oid read_as = types.ReadAs(oid);
    const Type type = wanted.empty() ? Type::kNull : wanted[i].type;
    const Type declared = type == Type::kNull ? NaturalType(read_as) : type;
    const Oid element = IsArray(declared) ? ElementOid(read_as) : 0;
    // What a user's type writes is text by its category only: looked at, cell by cell.
    const bool trusted = trusted_text && read_as == oid;
    const DecodeCell decode = element == 0 ? ChooseDecoder(read_as, type, trusted)
                                           : ChooseDecoder(element, ElementOf(declared), trusted);
    if (decode == nullptr) return NoConversion(result, i, type, types);
    columns_.push_back({decode, oid, element});
  }
  return absl::OkStatus();
}

absl::Status RowDecoder::Decode(const PGresult* result, int first, int count, int64_t before,
                                Batch& batch) {
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
      const CellFault fault = DecodeInto(columns_[column], wire, batch.arena(), cells[column]);
      if (fault != CellFault::kNone) [[unlikely]]
        return BadCell(result, row, column, before, fault);
    }
  }
  return absl::OkStatus();
}

absl::Status RowDecoder::BadCell(const PGresult* result, int row, size_t column, int64_t before,
                                 CellFault fault) {
  failed_at_ = {row, static_cast<int>(column)};
  const Explanation explanation = Explain(fault);
  const Column& bad = columns_[column];
  const bool is_array = bad.element != 0 && bad.oid < kFirstUserOid;
  absl::string_view type = TypeName(is_array ? bad.element : bad.oid);
  if (type.empty()) type = "a type of the user's";
  return db::CellError(
      explanation.error_class,
      {.column = PQfname(result, static_cast<int>(column)),
       .table = {},
       .row = before + row,
       .key = {}},
      absl::StrCat(explanation.what, " (the column is ", type, is_array ? "[]" : "", ")"),
      explanation.hint);
}

void RowDecoder::AppendKey(const PGresult* result, int row, int column, absl::string_view name,
                           std::string& key) const {
  Arena arena;
  Value value;
  const absl::string_view wire(PQgetvalue(result, row, column),
                               static_cast<size_t>(PQgetlength(result, row, column)));
  if (DecodeInto(columns_[static_cast<size_t>(column)], wire, arena, value) == CellFault::kNone) {
    db::AppendKey(key, name, value);
  }
}

}  // namespace ferro::postgresql
