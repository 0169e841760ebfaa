// The parsers of text that SQLite (and sometimes MySQL) stores values as: dates and times,
// decimals, UUIDs, and UTF-8 itself. The input is up to three lines, for what compares texts.
#include <optional>
#include <vector>

#include "absl/strings/str_split.h"
#include "engine/value/uuid.h"
#include "tests/fuzz/fuzz.h"

namespace ferro {
namespace {

using fuzz::Check;

template <std::optional<int64_t> (*Parse)(absl::string_view), void (*Append)(std::string&, int64_t)>
void Moment(absl::string_view text, Type type) {
  const std::optional<int64_t> value = Parse(text);
  if (!value) return;
  fuzz::CheckValue(Value::Integer(type, *value), true);
  std::string written;
  Append(written, *value);
  Check(Parse(written) == value, "a moment is read as it was written");
}

void Uuid(absl::string_view text) {
  char bytes[16], again[16];
  if (!ParseUuid(text, bytes)) return;
  std::string written;
  AppendUuid(written, {bytes, sizeof bytes});
  Check(written.size() == 36 && ParseUuid(written, again), "a UUID's text is a UUID");
  Check(absl::string_view(bytes, 16) == absl::string_view(again, 16), "the same one");
}

// By the definition: a code point at a time.
bool IsUtf8(absl::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const size_t size = first < 0x80   ? 1
                        : first < 0xC0 ? 0
                        : first < 0xE0 ? 2
                        : first < 0xF0 ? 3
                                       : 4;
    if (size == 0 || first > 0xF7 || text.size() - i < size) return false;
    uint32_t code = size == 1 ? first : first & (0x7Fu >> size);
    for (size_t k = 1; k < size; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xC0) != 0x80) return false;
      code = code << 6 | (next & 0x3F);
    }
    constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x1'0000};
    if (code < kLeast[size] || code > 0x10'FFFF || (code >= 0xD800 && code < 0xE000)) return false;
    i += size;
  }
  return true;
}

int Sign(int number) { return number < 0 ? -1 : number > 0 ? 1 : 0; }

void Compare(const std::vector<absl::string_view>& lines) {
  for (const absl::string_view a : lines) {
    Check(CompareDecimalText(a, a) == 0, "a text is equal to itself");
    for (const absl::string_view b : lines) {
      const int order = Sign(CompareDecimalText(a, b));
      Check(order == -Sign(CompareDecimalText(b, a)), "an order has two sides");
      for (const absl::string_view c : lines) {
        Check(order > 0 || CompareDecimalText(b, c) > 0 || CompareDecimalText(a, c) <= 0,
              "an order is transitive");
      }
    }
  }
}

void Line(absl::string_view line) {
  const fuzz::Exact text(line);
  Moment<ParseDate, AppendDate>(text.view(), Type::kDate);
  Moment<ParseTime, AppendTime>(text.view(), Type::kTime);
  Moment<ParseTimestamp, AppendTimestamp>(text.view(), Type::kTimestamp);
  Moment<ParseTimestampTz, AppendTimestamp>(text.view(), Type::kTimestampTz);
  Uuid(text.view());
  Check(IsValidUtf8(text.view()) == IsUtf8(text.view()), "UTF-8 is what its definition says");
  Arena arena;
  Value decimal;
  if (!ParseDecimal(text.view(), arena, decimal)) return;
  fuzz::CheckValue(decimal, true);
  Check(CompareDecimalText(text.view(), fuzz::DecimalText(decimal)) == 0,
        "a decimal compares as what it was read as");
}

}  // namespace
}  // namespace ferro

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  std::vector<absl::string_view> lines = absl::StrSplit(input, '\n');
  if (lines.size() > 3) lines.resize(3);
  for (const absl::string_view line : lines) ferro::Line(line);
  ferro::Compare(lines);
  return 0;
}
