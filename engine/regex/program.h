// Matching in the engine itself, for SQLite, which has no regular expressions: what a registered
// function calls.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/regex/pattern.h"

namespace ferro::regex {

// A compiled expression; immutable, so threads may share it. Mostly a few kilobytes, a
// hundred or so at worst. Made once for a statement and kept beside it (sqlite3_set_auxdata):
// compiling costs much more than a match.
class Program {
 public:
  // For `node` of Parse().
  explicit Program(const Node& node);

 private:
  friend bool Matches(const Program& program, absl::string_view text);
  friend class Builder;
  friend class Search;

  enum class Op : uint8_t { kSet, kSplit, kBegin, kEnd, kMatch };

  struct Instruction {
    Op op;
    uint32_t next = 0;
    uint32_t other = 0;  // kSplit: the other way; kSet: which set
  };

  struct Set {
    bool Contains(char32_t c) const {
      return c < 0x80 ? (ascii[c / 64] >> c % 64 & 1) != 0 : characters.Contains(c);
    }
    uint64_t ascii[2];
    CharSet characters;
  };

  std::vector<Instruction> code_;
  std::vector<Set> sets_;
  uint32_t start_ = 0;
  // Whether a match that starts within the text may begin with this byte.
  bool first_[256] = {};
};

// The errors of Parse().
absl::StatusOr<Program> Compile(absl::string_view pattern, bool fold_case);

// Whether the expression matches anywhere in `text`. Time is at worst the product of both sizes,
// memory that of the program; nothing recurses.
bool Matches(const Program& program, absl::string_view text);

}  // namespace ferro::regex
