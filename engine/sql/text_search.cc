#include "engine/sql/text_search.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/regex/utf8.h"

namespace ferro::sql {
namespace {

struct Block {
  char32_t first, last;
};

// Signs, spaces and pictures; kSearchSeparators has those of the first plane.
constexpr Block kSigns[] = {
    {0x80, 0xA9},     {0xAB, 0xB1},     {0xB4, 0xB4},     {0xB6, 0xB8},     {0xBB, 0xBB},     {0xBF, 0xBF},
    {0xD7, 0xD7},     {0xF7, 0xF7},     {0x2000, 0x206F}, {0x20A0, 0x20CF}, {0x2190, 0x245F}, {0x2500, 0x2BFF},
    {0x3000, 0x3004}, {0x3008, 0x3020}, {0xFE50, 0xFE6F}, {0xFF01, 0xFF0F}, {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40},
    {0xFF5B, 0xFF65}, {0xFFF0, 0xFFFF}, {0x1F000, 0x1FAFF},
};

bool IsLetter(char32_t character) {
  if (character < 0x80) return absl::ascii_isalnum(static_cast<unsigned char>(character));
  return std::none_of(std::begin(kSigns), std::end(kSigns), [character](const Block& block) {
    return character >= block.first && character <= block.last;
  });
}

bool IsSpace(char32_t character) {
  return character == ' ' || (character >= '\t' && character <= '\r') || character == 0xA0 || character == 0x3000;
}

class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text) {}

  absl::StatusOr<SearchTerms> Parse() {
    while (at_ < text_.size()) FERRO_TRY(Term());
    return std::move(terms_);
  }

 private:
  absl::Status Term() {
    if (IsSpace(Peek())) return Skip();
    const bool unwanted = Peek() == '-';
    if (unwanted) (void)Skip();
    const bool quoted = at_ < text_.size() && Peek() == '"';
    if (quoted) (void)Skip();
    SearchTerm term;
    FERRO_TRY(quoted ? Words(term, [](char32_t c) { return c == '"'; })
                     : Words(term, [](char32_t c) { return c == '"' || IsSpace(c); }));
    if (quoted && at_ < text_.size()) (void)Skip();
    if (term.words.size() > kMaxPhraseWords) {
      return TooLong(absl::StrCat("more than ", kMaxPhraseWords, " words together"));
    }
    if (term.words.empty()) return absl::OkStatus();
    term.prefix = !quoted && star_ && term.words.size() == 1;
    (unwanted ? terms_.unwanted : terms_.wanted).push_back(std::move(term));
    return absl::OkStatus();
  }

  template <class Ends>
  absl::Status Words(SearchTerm& term, Ends ends) {
    std::string word;
    size_t characters = 0;
    star_ = false;
    const auto end_word = [&] {
      if (!word.empty()) term.words.push_back(std::exchange(word, {}));
      characters = 0;
    };
    while (at_ < text_.size() && !ends(Peek())) {
      const char32_t character = regex::NextCharacter(text_, at_);
      if (!IsLetter(character)) {
        star_ = character == '*' && !word.empty();
        end_word();
        continue;
      }
      star_ = false;
      if (word.empty() && ++words_ > kMaxSearchWords) {
        return TooLong(absl::StrCat("more than ", kMaxSearchWords, " words"));
      }
      if (++characters > kMaxWordCharacters) {
        return TooLong(absl::StrCat("a word of more than ", kMaxWordCharacters, " characters"));
      }
      regex::AppendCharacter(word, character);
    }
    end_word();
    return absl::OkStatus();
  }

  static absl::Status TooLong(absl::string_view what) {
    return MakeErrorWithHint(ErrorClass::kInvalidArgument, absl::StrCat("a text search has ", what),
                             "cut it before it is searched for");
  }

  char32_t Peek() const {
    size_t at = at_;
    return regex::NextCharacter(text_, at);
  }
  absl::Status Skip() {
    regex::NextCharacter(text_, at_);
    return absl::OkStatus();
  }

  absl::string_view text_;
  size_t at_ = 0;
  size_t words_ = 0;
  bool star_ = false;  // what was read last is a word with a star behind it
  SearchTerms terms_;
};

}  // namespace

const char kSearchSeparators[] =
    "[\\u0001-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u00a9\\u00ab-\\u00b1\\u00b4\\u00b6-\\u00b8\\u00bb\\u00bf"
    "\\u00d7\\u00f7\\u2000-\\u206f\\u20a0-\\u20cf\\u2190-\\u245f\\u2500-\\u2bff\\u3000-\\u3004\\u3008-\\u3020"
    "\\ufe50-\\ufe6f\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65\\ufff0-\\uffff]";

absl::StatusOr<SearchTerms> ParseSearch(absl::string_view text) { return Parser(text).Parse(); }

}  // namespace ferro::sql
