// A set of characters: Unicode's code points less the surrogates, which no text has.
#pragma once

#include <optional>
#include <vector>

namespace ferro::regex {

inline constexpr char32_t kLastCharacter = 0x10'FFFF;

// Both ends are included.
struct Range {
  char32_t first;
  char32_t last;
};

class CharSet {
 public:
  static CharSet Any();
  static CharSet Digits();      // \d: 0 to 9 and no digits of other scripts
  static CharSet WordLetters();  // \w: ASCII letters, digits and '_'
  static CharSet Spaces();      // \s: space and U+0009 to U+000D

  void Add(char32_t first, char32_t last);
  void Add(const CharSet& other);
  // Adds the other case of each ASCII letter that is in the set.
  void FoldAscii();
  CharSet Complement() const;

  bool Contains(char32_t character) const;
  bool is_empty() const { return ranges_.empty(); }
  bool is_any() const;
  // The character, when there is just one.
  std::optional<char32_t> single() const;
  // Ascending, apart from each other; none holds or ends at a surrogate.
  const std::vector<Range>& ranges() const { return ranges_; }

 private:
  void AddPart(char32_t first, char32_t last);

  std::vector<Range> ranges_;
};

}  // namespace ferro::regex
