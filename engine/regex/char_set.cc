#include "engine/regex/char_set.h"

#include <algorithm>

namespace ferro::regex {
namespace {

constexpr char32_t kBeforeSurrogates = 0xD7FF;
constexpr char32_t kAfterSurrogates = 0xE000;

}  // namespace

CharSet CharSet::Any() {
  CharSet set;
  set.Add(0, kLastCharacter);
  return set;
}

CharSet CharSet::Digits() {
  CharSet set;
  set.Add('0', '9');
  return set;
}

CharSet CharSet::WordLetters() {
  CharSet set = Digits();
  set.Add('A', 'Z');
  set.Add('_', '_');
  set.Add('a', 'z');
  return set;
}

CharSet CharSet::Spaces() {
  CharSet set;
  set.Add('\t', '\r');
  set.Add(' ', ' ');
  return set;
}

void CharSet::Add(char32_t first, char32_t last) {
  if (first <= kBeforeSurrogates) AddPart(first, std::min(last, kBeforeSurrogates));
  if (last >= kAfterSurrogates) AddPart(std::max(first, kAfterSurrogates), last);
}

void CharSet::AddPart(char32_t first, char32_t last) {
  // What touches the new range becomes one with it.
  const auto from = std::lower_bound(ranges_.begin(), ranges_.end(), first,
                                     [](Range range, char32_t c) { return range.last + 1 < c; });
  auto to = from;
  while (to != ranges_.end() && to->first <= last + 1) {
    first = std::min(first, to->first);
    last = std::max(last, to->last);
    ++to;
  }
  ranges_.insert(ranges_.erase(from, to), {first, last});
}

void CharSet::Add(const CharSet& other) {
  for (const Range range : other.ranges_) AddPart(range.first, range.last);
}

void CharSet::FoldAscii() {
  constexpr char32_t kToLower = 'a' - 'A';
  for (char32_t upper = 'A'; upper <= 'Z'; ++upper) {
    const bool has_upper = Contains(upper);
    const bool has_lower = Contains(upper + kToLower);
    if (has_upper == has_lower) continue;
    const char32_t other = has_upper ? upper + kToLower : upper;
    AddPart(other, other);
  }
}

CharSet CharSet::Complement() const {
  CharSet rest;
  char32_t next = 0;
  for (const Range range : ranges_) {
    if (next < range.first) rest.Add(next, range.first - 1);
    next = range.last + 1;
  }
  if (next <= kLastCharacter) rest.Add(next, kLastCharacter);
  return rest;
}

bool CharSet::Contains(char32_t character) const {
  const auto found =
      std::lower_bound(ranges_.begin(), ranges_.end(), character,
                       [](Range range, char32_t c) { return range.last < c; });
  return found != ranges_.end() && found->first <= character;
}

bool CharSet::is_any() const { return Complement().is_empty(); }

std::optional<char32_t> CharSet::single() const {
  if (ranges_.size() != 1 || ranges_[0].first != ranges_[0].last) return std::nullopt;
  return ranges_[0].first;
}

}  // namespace ferro::regex
