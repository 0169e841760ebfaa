// A regular expression as it was understood. Only whether a text matches is asked, never what a
// group took or which of several matches it is: so there are no captures, lazy is greedy, and the
// builders below may write an expression in a plainer way. What they leave is what databases and
// the matcher of program.h get.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/regex/char_set.h"

namespace ferro::regex {

struct Node {
  enum class Kind : uint8_t {
    kEmpty,
    kSet,       // one character of `set`
    kSequence,  // the children one after the other, two or more
    kChoice,    // one of the children, two or more
    kRepeat,    // the only child, `least` to `most` times
    kBegin,     // nothing, at the start of the text
    kEnd,       // nothing, at its very end
  };

  Kind kind = Kind::kEmpty;
  uint32_t least = 0;
  uint32_t most = 0;
  // How much of a program or of a server's automaton this becomes, never less than one.
  size_t size = 1;
  CharSet set;
  std::vector<Node> children;
};

inline constexpr uint32_t kUnbounded = UINT32_MAX;
inline constexpr uint32_t kMaxRepeat = 255;  // PostgreSQL's, for bounds

Node MakeAnchor(Node::Kind kind);
Node MakeSet(CharSet set);
Node MakeSequence(std::vector<Node> nodes);  // of any number
Node MakeChoice(std::vector<Node> nodes);    // of at least one
Node MakeRepeat(Node node, uint32_t least, uint32_t most);

}  // namespace ferro::regex
