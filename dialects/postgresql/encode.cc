#include "dialects/postgresql/encode.h"

#include <bit>

#include "absl/strings/str_cat.h"
#include "dialects/postgresql/numeric.h"
#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/value/civil.h"
#include "engine/value/text.h"

namespace ferro::postgresql {
namespace {

constexpr int64_t kEpochDays = 10'957;  // 2000-01-01, PostgreSQL's day zero
constexpr int64_t kEpochMicros = kEpochDays * kMicrosPerDay;
constexpr size_t kMaxBytes = 0x3FFF'FFFF;  // of one value and of one message
constexpr char kJsonbVersion = 1;

// Where a value stands, for messages: "parameter 3", "element 7 of parameter 3".
struct Place {
  size_t parameter;
  int64_t element = -1;
  bool elements_are_rows = false;  // of a bulk insert
  bool is_row = false;             // the element is a row, and an array is within it

  std::string ToString() const {
    if (element < 0) return absl::StrCat("parameter ", parameter + 1);
    return absl::StrCat("element ", element + 1, " of parameter ", parameter + 1);
  }
};

absl::Status Fault(ErrorClass error_class, const Place& place, absl::string_view what,
                   absl::string_view hint = {}) {
  ErrorDetail detail;
  detail.error_class = error_class;
  detail.hint = std::string(hint);
  detail.row = place.elements_are_rows ? place.element : -1;
  return MakeError(std::move(detail), absl::StrCat(place.ToString(), " ", what));
}

absl::Status CheckText(absl::string_view text, const Place& place) {
  if (text.find('\0') != absl::string_view::npos) {
    return Fault(ErrorClass::kInvalidText, place, "holds U+0000, which PostgreSQL's text cannot",
                 "store it as bytes");
  }
  if (!IsValidUtf8(text)) return Fault(ErrorClass::kInvalidText, place, "is not valid UTF-8");
  return absl::OkStatus();
}

// What can be checked before anything is written.
absl::Status Check(const Value& value, Type type, const Place& place) {
  if (value.type != type) {
    return Fault(
        ErrorClass::kInvalidArgument, place,
        absl::StrCat("is of type ", Name(value.type), " where ", Name(type), " was declared"));
  }
  const auto in_range = [&](int64_t low, int64_t high, absl::string_view what) {
    if (value.integer >= low && value.integer <= high) return absl::OkStatus();
    return Fault(ErrorClass::kOutOfRange, place, what);
  };
  switch (type) {
    case Type::kText:
    case Type::kJson:
      FERRO_TRY(CheckText(value.view(), place));
      break;
    case Type::kDate:
      return in_range(kMinDays, kMaxDays, "is no date of the years 1 to 9999");
    case Type::kTimestamp:
    case Type::kTimestampTz:
      return in_range(kMinTimestamp, kMaxTimestamp, "is no timestamp of the years 1 to 9999");
    case Type::kTime:
      return in_range(0, kMicrosPerDay - 1, "is no time of a day");
    case Type::kUuid:
      if (value.size != 16) {
        return Fault(ErrorClass::kInvalidArgument, place, "is a UUID that is not of 16 bytes");
      }
      return absl::OkStatus();
    case Type::kNull:
    case Type::kArray:
      return Fault(ErrorClass::kInvalidArgument, place,
                   absl::StrCat("of type ", Name(type), " cannot be sent as one value"));
    case Type::kBytes:
    case Type::kBool:
    case Type::kInt64:
    case Type::kFloat64:
    case Type::kDecimal:
    case Type::kInterval:
      break;
  }
  if (HasBytes(type) && !value.is_small_decimal() && value.size >= kMaxBytes) {
    return Fault(ErrorClass::kOutOfRange, place, "has more than the 1 GB that PostgreSQL takes");
  }
  return absl::OkStatus();
}

// Appends the binary form of a checked value.
absl::Status AppendValue(std::string& out, const Value& value, const Place& place) {
  switch (value.type) {
    case Type::kBool:
      out.push_back(value.integer != 0 ? 1 : 0);
      break;
    case Type::kInt64:
    case Type::kTime:
      AppendBig(out, value.integer);
      break;
    case Type::kFloat64:
      AppendBig(out, std::bit_cast<uint64_t>(value.real));
      break;
    case Type::kDate:
      AppendBig(out, static_cast<int32_t>(value.integer - kEpochDays));
      break;
    case Type::kTimestamp:
    case Type::kTimestampTz:
      AppendBig(out, value.integer - kEpochMicros);
      break;
    case Type::kInterval:
      AppendBig(out, value.integer);
      AppendBig(out, int32_t{0});  // days
      AppendBig(out, int32_t{0});  // months
      break;
    case Type::kDecimal:
      if (!AppendNumeric(out, value)) {
        return Fault(ErrorClass::kInvalidText, place, "is no decimal that PostgreSQL can hold");
      }
      break;
    case Type::kJson:
      out.push_back(kJsonbVersion);
      out.append(value.bytes, value.size);
      break;
    case Type::kText:
    case Type::kBytes:
    case Type::kUuid:
      out.append(value.bytes, value.size);
      break;
    case Type::kNull:
    case Type::kArray:
      break;
  }
  return absl::OkStatus();
}

// Appends the binary form of an array of one dimension whose elements have the type `element`.
absl::Status AppendArray(std::string& out, const db::Parameter& items, Oid element, Place place) {
  const size_t start = out.size();
  AppendBig(out, int32_t{items.count == 0 ? 0 : 1});  // dimensions
  AppendBig(out, int32_t{0});                         // whether there are NULLs: set below
  AppendBig(out, element);
  if (items.count == 0) return absl::OkStatus();
  AppendBig(out, items.count);
  AppendBig(out, int32_t{1});  // lower bound
  bool has_null = false;
  for (uint32_t i = 0; i < items.count; ++i) {
    const Value& value = items.value(i);
    if (value.is_null()) {
      has_null = true;
      AppendBig(out, int32_t{-1});
      continue;
    }
    if (!place.is_row) place.element = i;
    FERRO_TRY(Check(value, items.type, place));
    const size_t length_at = out.size();
    AppendBig(out, int32_t{0});
    FERRO_TRY(AppendValue(out, value, place));
    StoreBig(out.data() + length_at, static_cast<int32_t>(out.size() - length_at - sizeof(int32_t)));
    if (out.size() - start >= kMaxBytes) {
      place.element = -1;
      return Fault(ErrorClass::kOutOfRange, place, "has more than the 1 GB that PostgreSQL takes",
                   "send fewer rows at once");
    }
  }
  if (has_null) StoreBig(out.data() + start + 4, int32_t{1});
  return absl::OkStatus();
}

// The integers of columns that are narrower than ours.
absl::Status AppendNarrow(std::string& out, int64_t value, Oid field, const Place& place) {
  const int64_t most = field == kInt2Oid ? INT16_MAX : INT32_MAX;
  if (value > most || value < -most - 1) {
    return Fault(ErrorClass::kOutOfRange, place, "is out of the range of its column");
  }
  field == kInt2Oid ? AppendBig(out, static_cast<int16_t>(value)) : AppendBig(out, static_cast<int32_t>(value));
  return absl::OkStatus();
}

bool IsNarrow(Type type, Oid field) {
  return type == Type::kInt64 && (field == kInt2Oid || field == kInt4Oid);
}

// Such values go to libpq from where they lie.
bool IsSentInPlace(Type type) {
  return type == Type::kText || type == Type::kBytes || type == Type::kUuid;
}

}  // namespace

bool IsCopied(Type type, Oid field) {
  if (type == Type::kNull) return false;
  if (IsNarrow(type, field)) return true;
  // What is too long for them is refused by both, and spaces at the end are cut off by both.
  if (type == Type::kText && (field == kVarcharOid || field == kBpcharOid)) return true;
  return field == ParameterOid(type, false);
}

absl::Status AppendField(std::string& out, const db::Parameter& column, size_t index, size_t row, Oid field) {
  const Value& value = column.value(row);
  if (value.is_null()) {
    AppendBig(out, int32_t{-1});
    return absl::OkStatus();
  }
  const Place place{index, static_cast<int64_t>(row), true, true};
  const size_t length_at = out.size();
  AppendBig(out, int32_t{0});
  if (IsArray(column.type)) {
    const Type element = ElementOf(column.type);
    FERRO_TRY(AppendArray(out, {value.items, value.size, 1, element, true}, ParameterOid(element, false), place));
  } else {
    FERRO_TRY(Check(value, column.type, place));
    FERRO_TRY(IsNarrow(column.type, field) ? AppendNarrow(out, value.integer, field, place)
                                           : AppendValue(out, value, place));
  }
  StoreBig(out.data() + length_at, static_cast<int32_t>(out.size() - length_at - sizeof(int32_t)));
  return absl::OkStatus();
}

absl::Status Encoder::Encode(std::span<const db::Parameter> parameters) {
  if (parameters.size() > kMaxParameters) {
    return MakeErrorWithHint(ErrorClass::kInvalidArgument,
                             absl::StrCat("the statement has ", parameters.size(),
                                          " parameters, PostgreSQL takes ", kMaxParameters),
                             "send fewer rows at once, or a list as one array");
  }
  buffer_.clear();
  offsets_.clear();
  types_.clear();
  values_.clear();
  lengths_.clear();
  formats_.clear();
  size_t total = 0;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const db::Parameter& parameter = parameters[i];
    types_.push_back(ParameterOid(parameter.type, parameter.is_array));
    offsets_.push_back(kOutside);
    values_.push_back(nullptr);
    lengths_.push_back(0);
    formats_.push_back(1);
    if (parameter.is_array) {
      FERRO_TRY(EncodeArray(parameter, i, true));
    } else if (IsArray(parameter.type)) {
      FERRO_TRY(EncodeArrayValue(parameter, i));
    } else {
      FERRO_TRY(EncodeOne(parameter, i));
    }
    total += static_cast<size_t>(lengths_.back());
    if (total >= kMaxBytes) {
      return MakeErrorWithHint(ErrorClass::kOutOfRange,
                               "the parameters have more than the 1 GB that PostgreSQL takes",
                               "send fewer rows at once");
    }
  }
  for (size_t i = 0; i < offsets_.size(); ++i) {
    if (offsets_[i] != kOutside) values_[i] = buffer_.data() + offsets_[i];
  }
  return absl::OkStatus();
}

absl::Status Encoder::EncodeOne(const db::Parameter& parameter, size_t index) {
  const Value& value = parameter.value();
  if (value.is_null()) return absl::OkStatus();
  const Place place{index};
  FERRO_TRY(Check(value, parameter.type, place));
  if (IsSentInPlace(value.type)) {
    values_.back() = value.size == 0 ? "" : value.bytes;  // a null pointer would be NULL
    lengths_.back() = static_cast<int>(value.size);
    return absl::OkStatus();
  }
  offsets_.back() = buffer_.size();
  FERRO_TRY(AppendValue(buffer_, value, place));
  lengths_.back() = static_cast<int>(buffer_.size() - offsets_.back());
  return absl::OkStatus();
}

absl::Status Encoder::EncodeArrayValue(const db::Parameter& parameter, size_t index) {
  const Value& value = parameter.value();
  if (value.is_null()) return absl::OkStatus();
  if (value.type != Type::kArray) {
    return Fault(ErrorClass::kInvalidArgument, Place{index},
                 absl::StrCat("is of type ", Name(value.type), " where ", Name(parameter.type),
                              " was declared"));
  }
  return EncodeArray({value.items, value.size, 1, ElementOf(parameter.type), true}, index, false);
}

absl::Status Encoder::EncodeArray(const db::Parameter& parameter, size_t index,
                                  bool elements_are_rows) {
  const size_t start = buffer_.size();
  offsets_.back() = start;
  const Oid element = ParameterOid(parameter.type, false);
  if (element == 0) {
    // Only the server knows the element's type, and the binary form would have to name it: as text.
    formats_.back() = 0;
    buffer_.push_back('{');
    for (uint32_t i = 0; i < parameter.count; ++i) {
      if (!parameter.value(i).is_null()) {
        return Fault(ErrorClass::kInvalidArgument, Place{index, i, elements_are_rows},
                     "has no declared type");
      }
      absl::StrAppend(&buffer_, i == 0 ? "NULL" : ",NULL");
    }
    buffer_.append("}\0", 2);
    lengths_.back() = static_cast<int>(buffer_.size() - start);
    return absl::OkStatus();
  }
  FERRO_TRY(AppendArray(buffer_, parameter, element, Place{index, 0, elements_are_rows}));
  lengths_.back() = static_cast<int>(buffer_.size() - start);
  return absl::OkStatus();
}

}  // namespace ferro::postgresql
