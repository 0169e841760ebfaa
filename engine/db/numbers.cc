#include "engine/db/numbers.h"

#include <cmath>
#include <string>
#include <system_error>

#include "absl/strings/charconv.h"
#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/value/decimal.h"

namespace ferro::db {
namespace {

absl::StatusOr<double> Nearest(const Value& decimal) {
  std::string text;
  AppendDecimal(text, decimal);
  double nearest = 0;
  const auto done = absl::from_chars(text.data(), text.data() + text.size(), nearest);
  // What is too small for a float64 is 0.
  if (done.ec == std::errc::result_out_of_range && std::fabs(nearest) > 1) {
    return MakeError(ErrorClass::kOutOfRange,
                     "a decimal of a list is compared with a float64, and none is near it");
  }
  return nearest;
}

absl::StatusOr<Value> NumberAs(const Value& value, Type type, Arena& arena) {
  if (type == Type::kFloat64 && value.type == Type::kInt64) {
    return Value::Float64(static_cast<double>(value.integer));
  }
  if (type == Type::kFloat64 && value.type == Type::kDecimal) {
    FERRO_ASSIGN(const double nearest, Nearest(value));
    return Value::Float64(nearest);
  }
  if (type == Type::kDecimal && value.type == Type::kInt64) {
    return Value::Bytes(Type::kDecimal, arena.Copy(absl::StrCat(value.integer)));
  }
  return value;
}

}  // namespace

absl::StatusOr<std::span<const Value>> NumbersAs(std::span<const Value> list, Type type,
                                                 Arena& arena) {
  const std::span<Value> numbers = arena.NewArray<Value>(list.size());
  for (size_t i = 0; i < list.size(); ++i) {
    FERRO_ASSIGN(numbers[i], NumberAs(list[i], type, arena));
  }
  return numbers;
}

}  // namespace ferro::db
