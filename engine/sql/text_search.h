// What a user searches for, in words that mean the same on every database. Any text is a search, none is an error but
// by its length.
//
//   word         this word, without regard to case
//   first-class  words written together, and those between "quotes": one after the other
//   wor*         a word that begins so
//   -word        none of these
//
// A word is a run of letters and digits; what is neither stands between words. Beyond ASCII signs are told from letters
// by the blocks of Unicode they are in, and case and letters are the server's business (docs/queries.md).
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ferro::sql {

struct SearchTerm {
  std::vector<std::string> words;  // at least one, one after the other; of letters and digits
  bool prefix = false;             // the one word is the beginning of one
};

struct SearchTerms {
  std::vector<SearchTerm> wanted;    // empty: nothing is found
  std::vector<SearchTerm> unwanted;
};

inline constexpr size_t kMaxSearchWords = 500;
inline constexpr size_t kMaxPhraseWords = 100;   // InnoDB takes 128
inline constexpr size_t kMaxWordCharacters = 80;  // MySQL and MariaDB index 84, with two of ours

// kInvalidArgument for more or longer words or phrases, which the message does not show.
absl::StatusOr<SearchTerms> ParseSearch(absl::string_view text);

// What is no letter and no digit, as a class of regular expressions with escapes \uXXXX: the same set as ParseSearch's.
extern const char kSearchSeparators[];

}  // namespace ferro::sql
