#include "engine/regex/parse.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/regex/class_reader.h"
#include "engine/regex/reader.h"
#include "engine/regex/simplify.h"
#include "engine/regex/utf8.h"
#include "engine/value/text.h"

namespace ferro::regex {
namespace {

// Recursive descent; one level of it is a group.
class Parser {
 public:
  Parser(std::u32string_view pattern, bool fold_case) : in_(pattern), fold_case_(fold_case) {}

  absl::StatusOr<Node> Whole() {
    FERRO_ASSIGN(Node node, Choice(0));
    if (!in_.at_end()) return in_.Fault("this ) closes no group");
    return node;
  }

 private:
  absl::StatusOr<Node> Choice(size_t depth) {
    const size_t start = in_.offset();
    std::vector<Node> branches;
    do {
      FERRO_ASSIGN(Node branch, Sequence(depth));
      branches.push_back(std::move(branch));
    } while (in_.Take('|'));
    return Checked(MakeChoice(std::move(branches)), start);
  }

  absl::StatusOr<Node> Sequence(size_t depth) {
    const size_t start = in_.offset();
    std::vector<Node> parts;
    while (!in_.at_end() && in_.peek() != '|' && in_.peek() != ')') {
      FERRO_ASSIGN(Node part, Repeated(depth));
      parts.push_back(std::move(part));
    }
    return Checked(MakeSequence(std::move(parts)), start);
  }

  absl::StatusOr<Node> Repeated(size_t depth) {
    const size_t start = in_.offset();
    const bool is_anchor = in_.peek() == '^' || in_.peek() == '$';
    FERRO_ASSIGN(Node node, Atom(depth));
    const size_t place = in_.offset();
    FERRO_ASSIGN(const std::optional<Bounds> bounds, Quantifier());
    if (!bounds) return node;
    if (is_anchor) return in_.FaultAt(place, "an anchor cannot be repeated");
    const bool lazy = in_.Take('?');  // it would change which match is found, not whether one is
    if (!in_.at_end()) {
      const char32_t next = in_.peek();
      if (next == '+' && !lazy) return in_.Fault("possessive repeats are not supported");
      if (next == '*' || next == '+' || next == '?' || next == '{') {
        return in_.Fault("a repeat follows another: put the first into a group");
      }
    }
    return Checked(MakeRepeat(std::move(node), bounds->least, bounds->most), start);
  }

  absl::StatusOr<Node> Atom(size_t depth) {
    const size_t start = in_.offset();
    switch (const char32_t c = in_.Next(); c) {
      case '^':
        return MakeAnchor(Node::Kind::kBegin);
      case '$':
        return MakeAnchor(Node::Kind::kEnd);
      case '.':
        return MakeSet(CharSet::Any());
      case '(':
        return Group(depth + 1, start);
      case '[':
        return Set(ReadClass(in_, fold_case_));
      case '\\':
        return Set(ReadEscape(in_, fold_case_));
      case '*':
      case '+':
      case '?':
      case '{':
        return in_.FaultAt(start, absl::StrCat(std::string(1, static_cast<char>(c)),
                                               " has nothing to repeat; "
                                               "\\ before it makes it plain"));
      case ']':
      case '}':
        return in_.FaultAt(start, absl::StrCat(std::string(1, static_cast<char>(c)),
                                               " closes nothing; \\ before it makes it plain"));
      default:
        return Set(OneCharacter(in_, start, c, fold_case_));
    }
  }

  static absl::StatusOr<Node> Set(absl::StatusOr<CharSet> set) {
    FERRO_TRY(set.status());
    return MakeSet(*std::move(set));
  }

  absl::StatusOr<Node> Group(size_t depth, size_t start) {
    if (depth > kMaxDepth) {
      return in_.FaultAt(start, absl::StrCat("groups are nested deeper than ", kMaxDepth));
    }
    if (in_.Take('*')) return in_.FaultAt(start, "verbs, (*…), are not supported");
    if (in_.Take('?') && !in_.Take(':')) return in_.FaultAt(start, SpecialGroup());
    FERRO_ASSIGN(Node node, Choice(depth));
    if (!in_.Take(')')) return in_.FaultAt(start, "this ( is not closed");
    return node;
  }

  // What stands behind "(?".
  std::string SpecialGroup() {
    const char32_t c = in_.at_end() ? U'\0' : in_.Next();
    const char32_t next = in_.at_end() ? U'\0' : in_.peek();
    if (c == '=' || c == '!') return "lookahead is not supported";
    if (c == '<' && (next == '=' || next == '!')) return "lookbehind is not supported";
    if (c == 'P' && next == '=') return "backreferences are not supported";
    if (c == 'P' && next == '>') return "recursion is not supported";
    if (c == '<' || c == 'P' || c == '\'') return "named groups are not supported";
    if (c == '>') return "atomic groups are not supported";
    if (c == '#') return "comments are not supported";
    if (c == '(') return "conditions are not supported";
    if (c == '|') return "branch reset is not supported";
    if (c == 'R' || c == '&' || c == '+' || (c >= '0' && c <= '9')) {
      return "recursion is not supported";
    }
    return "flags within the pattern are not supported";
  }

  // The bounds of a repeat, if one is here.
  absl::StatusOr<std::optional<Bounds>> Quantifier() {
    if (in_.Take('*')) return Bounds{0, kUnbounded};
    if (in_.Take('+')) return Bounds{1, kUnbounded};
    if (in_.Take('?')) return Bounds{0, 1};
    const size_t start = in_.offset();
    if (!in_.Take('{')) return std::nullopt;
    const std::optional<uint32_t> least = Number();
    std::optional<uint32_t> most = least;
    if (least && in_.Take(',')) {
      most = kUnbounded;
      if (!in_.at_end() && in_.peek() != '}') most = Number();
    }
    if (!least || !most || !in_.Take('}')) {
      return in_.FaultAt(start, "{ begins no {m}, {m,} or {m,n}; \\ before it makes it plain");
    }
    if (*least > kMaxRepeat || (*most > kMaxRepeat && *most != kUnbounded)) {
      return in_.FaultAt(start, absl::StrCat("a bound is greater than ", kMaxRepeat));
    }
    if (*least > *most) return in_.FaultAt(start, "the bounds are the wrong way round");
    return Bounds{*least, *most};
  }

  // Too great a number is some number that is too great.
  std::optional<uint32_t> Number() {
    std::optional<uint32_t> number;
    while (!in_.at_end() && in_.peek() >= '0' && in_.peek() <= '9') {
      const uint32_t digit = in_.Next() - '0';
      number = std::min(number.value_or(0) * 10 + digit, kMaxRepeat + 1);
    }
    return number;
  }

  // Checked at each step, so that a small pattern cannot become large before it is refused.
  absl::StatusOr<Node> Checked(Node node, size_t start) {
    if (node.size <= kMaxSize) return node;
    return in_.FaultAt(start, "the expression that begins here is too large");
  }

  Reader in_;
  const bool fold_case_;
};

}  // namespace

absl::StatusOr<Node> Parse(absl::string_view pattern, bool fold_case) {
  if (!IsValidUtf8(pattern)) {
    return MakeError(ErrorClass::kInvalidText, "a regular expression is not UTF-8");
  }
  std::u32string characters;
  for (size_t at = 0; at < pattern.size();) {
    characters.push_back(NextCharacter(pattern, at));
    if (characters.size() > kMaxCharacters) {
      return MakeError(ErrorClass::kInvalidArgument,
                       absl::StrCat("a regular expression has more than ", kMaxCharacters,
                                    " characters"));
    }
  }
  if (const size_t nul = characters.find(U'\0'); nul != characters.npos) {
    return MakeError(ErrorClass::kInvalidText,
                     absl::StrCat("regular expression, offset ", nul, ": U+0000"));
  }
  return Parser(characters, fold_case).Whole();
}

}  // namespace ferro::regex
