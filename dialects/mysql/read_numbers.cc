// Integers, floats, decimals and bits.
#include <cmath>
#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "dialects/mysql/readers.h"
#include "engine/value/decimal.h"

namespace ferro::mysql {
namespace {

// An integer of any width. False says that it is an unsigned one above int64, with its bits in
// `value`.
bool LoadInteger(bool is_unsigned, const uint8_t* data, size_t size, int64_t& value) {
  switch (size) {
    case 1:
      value = is_unsigned ? int64_t{*data} : int64_t{LoadLittle<int8_t>(data)};
      return true;
    case 2:
      value =
          is_unsigned ? int64_t{LoadLittle<uint16_t>(data)} : int64_t{LoadLittle<int16_t>(data)};
      return true;
    case 4:
      value =
          is_unsigned ? int64_t{LoadLittle<uint32_t>(data)} : int64_t{LoadLittle<int32_t>(data)};
      return true;
    default:
      value = LoadLittle<int64_t>(data);
      return !is_unsigned || value >= 0;
  }
}

void SetUnsigned(uint64_t value, Arena& arena, Value& out) {
  out = Value::Bytes(Type::kDecimal, arena.Copy(absl::AlphaNum(value).Piece()));
}

// The integer and the fraction of a decimal's text; false when it is none. The point needs digits
// on one side only: the server writes .5 for some expressions.
bool SplitDecimal(absl::string_view text, absl::string_view& integer, absl::string_view& fraction) {
  const size_t point = text.find('.');
  integer = text.substr(0, point);
  fraction = point == absl::string_view::npos ? absl::string_view() : text.substr(point + 1);
  absl::string_view digits = integer;
  if (!digits.empty() && (digits.front() == '-' || digits.front() == '+')) digits.remove_prefix(1);
  const auto all_digits = [](absl::string_view part) {
    return part.find_first_not_of("0123456789") == absl::string_view::npos;
  };
  return all_digits(digits) && all_digits(fraction) && digits.size() + fraction.size() > 0;
}

}  // namespace

Fault ReadInteger(const CellPlan& plan, const uint8_t* data, size_t size, Arena&, Value& out) {
  int64_t value;
  if (!LoadInteger(plan.is_unsigned, data, size, value)) return Fault::kTooLarge;
  out = Value::Integer(plan.wanted, value);
  return Fault::kNone;
}

Fault ReadBigInt(const CellPlan& plan, const uint8_t* data, size_t, Arena&, Value& out) {
  out = Value::Integer(plan.wanted, LoadLittle<int64_t>(data));
  return Fault::kNone;
}

Fault ReadIntegerAsItIs(const CellPlan& plan, const uint8_t* data, size_t size, Arena& arena,
                        Value& out) {
  int64_t value;
  if (LoadInteger(plan.is_unsigned, data, size, value)) {
    out = Value::Int64(value);
  } else {
    SetUnsigned(static_cast<uint64_t>(value), arena, out);
  }
  return Fault::kNone;
}

Fault ReadIntegerAsBool(const CellPlan& plan, const uint8_t* data, size_t size, Arena&,
                        Value& out) {
  int64_t value;
  if (!LoadInteger(plan.is_unsigned, data, size, value) || (value != 0 && value != 1))
    return Fault::kNotBool;
  out = Value::Bool(value == 1);
  return Fault::kNone;
}

Fault ReadIntegerAsDouble(const CellPlan& plan, const uint8_t* data, size_t size, Arena&,
                          Value& out) {
  int64_t value;
  const bool fits = LoadInteger(plan.is_unsigned, data, size, value);
  out = Value::Float64(fits ? static_cast<double>(value)
                            : static_cast<double>(static_cast<uint64_t>(value)));
  return Fault::kNone;
}

Fault ReadIntegerAsDecimal(const CellPlan& plan, const uint8_t* data, size_t size, Arena& arena,
                           Value& out) {
  int64_t value;
  constexpr int64_t kSmall = 999'999'999'999'999'999;
  if (!LoadInteger(plan.is_unsigned, data, size, value)) {
    SetUnsigned(static_cast<uint64_t>(value), arena, out);
  } else if (value >= -kSmall && value <= kSmall) {
    out = Value::SmallDecimal(value, 0);
  } else {
    out = Value::Bytes(Type::kDecimal, arena.Copy(absl::AlphaNum(value).Piece()));
  }
  return Fault::kNone;
}

Fault ReadBits(const CellPlan& plan, const uint8_t* data, size_t size, Arena& arena, Value& out) {
  if (size == 0 || size > 8) return Fault::kMalformed;
  uint64_t bits = 0;  // the one big-endian thing in the protocol
  for (size_t i = 0; i < size; ++i) bits = bits << 8 | data[i];
  if (plan.wanted == Type::kBool) {
    if (bits > 1) return Fault::kNotBool;
    out = Value::Bool(bits == 1);
  } else if (bits <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    out = Value::Int64(static_cast<int64_t>(bits));
  } else if (plan.wanted == Type::kNull) {
    SetUnsigned(bits, arena, out);
  } else {
    return Fault::kTooLarge;
  }
  return Fault::kNone;
}

Fault ReadFloat(const CellPlan&, const uint8_t* data, size_t, Arena&, Value& out) {
  out = Value::Float64(static_cast<double>(LoadLittle<float>(data)));
  return Fault::kNone;
}

Fault ReadDouble(const CellPlan&, const uint8_t* data, size_t, Arena&, Value& out) {
  out = Value::Float64(LoadLittle<double>(data));
  return Fault::kNone;
}

Fault ReadDoubleAsInteger(const CellPlan& plan, const uint8_t* data, size_t size, Arena&,
                          Value& out) {
  const double value =
      size == 4 ? static_cast<double>(LoadLittle<float>(data)) : LoadLittle<double>(data);
  if (value != std::trunc(value)) return Fault::kFraction;
  if (value < -0x1p63 || value >= 0x1p63) return Fault::kTooLarge;
  out = Value::Integer(plan.wanted, static_cast<int64_t>(value));
  return Fault::kNone;
}

Fault ReadDecimal(const CellPlan&, const uint8_t* data, size_t size, Arena& arena, Value& out) {
  return ParseDecimal(View(data, size), arena, out) ? Fault::kNone : Fault::kBadText;
}

Fault ReadDecimalAsInteger(const CellPlan& plan, const uint8_t* data, size_t size, Arena&,
                           Value& out) {
  absl::string_view integer, fraction;
  if (!SplitDecimal(View(data, size), integer, fraction)) return Fault::kBadText;
  if (fraction.find_first_not_of('0') != absl::string_view::npos) return Fault::kFraction;
  int64_t value = 0;
  const bool none = integer.empty() || integer == "-" || integer == "+";
  if (!none && !absl::SimpleAtoi(integer, &value)) return Fault::kTooLarge;
  out = Value::Integer(plan.wanted, value);
  return Fault::kNone;
}

Fault ReadDecimalAsDouble(const CellPlan&, const uint8_t* data, size_t size, Arena&, Value& out) {
  const absl::string_view text = View(data, size);
  absl::string_view integer, fraction;
  double value;
  if (!SplitDecimal(text, integer, fraction) || !absl::SimpleAtod(text, &value))
    return Fault::kBadText;
  out = Value::Float64(value);
  return Fault::kNone;
}

}  // namespace ferro::mysql
