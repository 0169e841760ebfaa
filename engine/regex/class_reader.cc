#include "engine/regex/class_reader.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "engine/base/try.h"
#include "engine/regex/letter_case.h"

namespace ferro::regex {
namespace {

// \d and the like.
std::optional<CharSet> Shorthand(char32_t c) {
  switch (c) {
    case 'd':
      return CharSet::Digits();
    case 'D':
      return CharSet::Digits().Complement();
    case 'w':
      return CharSet::WordLetters();
    case 'W':
      return CharSet::WordLetters().Complement();
    case 's':
      return CharSet::Spaces();
    case 'S':
      return CharSet::Spaces().Complement();
    default:
      return std::nullopt;
  }
}

// The character that an escape stands for, if it stands for one.
std::optional<char32_t> Escaped(char32_t c) {
  if (c == 't') return U'\t';
  if (c == 'n') return U'\n';
  if (c == 'r') return U'\r';
  if (c < 0x80 && !absl::ascii_isalnum(static_cast<unsigned char>(c))) return c;
  return std::nullopt;
}

std::string Unsupported(char32_t c) {
  if (c >= 0x80) return "a character beyond ASCII needs no \\ before it";
  const std::string escape = {'\\', static_cast<char>(c)};
  absl::string_view what = "this escape is";
  if ((c >= '1' && c <= '9') || c == 'k' || c == 'g') what = "backreferences are";
  if (c == 'b' || c == 'B') what = "boundaries of words are";
  if (c == 'A' || c == 'Z' || c == 'z') what = "anchors other than ^ and $ are";
  if (c == 'p' || c == 'P') what = "classes by property are";
  if (c == '0' || c == 'x' || c == 'u' || c == 'U') what = "characters by number are";
  return absl::StrCat(what, " not supported (", escape, ")");
}

// One member of a class: a character, or several as \d.
struct Member {
  size_t offset;
  std::optional<char32_t> character;  // not for \d and the like
  CharSet set;
};

absl::StatusOr<Member> ReadMember(Reader& in) {
  Member member{in.offset(), in.Next(), {}};
  if (member.character == '[') {
    if (!in.at_end() && (in.peek() == ':' || in.peek() == '.' || in.peek() == '=')) {
      return in.FaultAt(member.offset, "POSIX classes are not supported");
    }
    return in.FaultAt(member.offset, "[ within a class; \\ before it makes it plain");
  }
  if (member.character != '\\') return member;
  if (in.at_end()) return in.FaultAt(member.offset, "\\ at the end");
  const char32_t c = in.Next();
  member.character = Escaped(c);
  if (member.character) return member;
  std::optional<CharSet> set = Shorthand(c);
  if (!set) return in.FaultAt(member.offset, Unsupported(c));
  member.set = *std::move(set);
  return member;
}

absl::Status CheckCase(const Reader& in, size_t offset, Range range, bool fold_case) {
  range.first = std::max(range.first, char32_t{0x80});
  if (!fold_case || range.first > range.last || !MayHaveCase(range)) return absl::OkStatus();
  return in.FaultAt(offset, "letters beyond ASCII cannot be matched without regard to case");
}

}  // namespace

absl::StatusOr<CharSet> OneCharacter(const Reader& in, size_t offset, char32_t c, bool fold_case) {
  FERRO_TRY(CheckCase(in, offset, {c, c}, fold_case));
  CharSet set;
  set.Add(c, c);
  if (fold_case) set.FoldAscii();
  return set;
}

absl::StatusOr<CharSet> ReadEscape(Reader& in, bool fold_case) {
  const size_t offset = in.offset() - 1;
  if (in.at_end()) return in.FaultAt(offset, "\\ at the end");
  const char32_t c = in.Next();
  if (const std::optional<char32_t> plain = Escaped(c)) {
    return OneCharacter(in, offset, *plain, fold_case);
  }
  std::optional<CharSet> set = Shorthand(c);
  if (!set) return in.FaultAt(offset, Unsupported(c));
  return *std::move(set);
}

absl::StatusOr<CharSet> ReadClass(Reader& in, bool fold_case) {
  const size_t start = in.offset() - 1;
  const bool negated = in.Take('^');
  if (!in.at_end() && in.peek() == ']') return in.FaultAt(start, "the class is empty");
  CharSet set;
  bool may_be_hyphen = true;  // at the start
  for (;;) {
    if (in.at_end()) return in.FaultAt(start, "this [ is not closed");
    if (in.Take(']')) break;
    const bool bare_hyphen = in.peek() == '-';
    FERRO_ASSIGN(const Member low, ReadMember(in));
    const bool at_last = !in.at_end() && in.peek() == ']';
    if (bare_hyphen && !may_be_hyphen && !at_last) {
      return in.FaultAt(low.offset, "- within a class; \\ before it makes it plain");
    }
    may_be_hyphen = false;
    if (!low.character) {
      set.Add(low.set);
      continue;
    }
    Range range{*low.character, *low.character};
    const size_t hyphen = in.offset();
    if (!bare_hyphen && in.Take('-')) {
      if (in.at_end()) return in.FaultAt(start, "this [ is not closed");
      if (in.peek() == '-') return in.FaultAt(hyphen, "a range to -; \\ before it makes it plain");
      if (in.peek() != ']') {
        FERRO_ASSIGN(const Member high, ReadMember(in));
        if (!high.character) return in.FaultAt(hyphen, "a range that ends with a class");
        range.last = *high.character;
        if (range.first > range.last) {
          return in.FaultAt(low.offset, "the ends of the range are the wrong way round");
        }
      } else {
        set.Add('-', '-');
      }
    }
    FERRO_TRY(CheckCase(in, low.offset, range, fold_case));
    set.Add(range.first, range.last);
  }
  // Before the complement: [^a] is neither a nor A.
  if (fold_case) set.FoldAscii();
  if (negated) set = set.Complement();
  if (set.is_empty()) return in.FaultAt(start, "the class has no character");
  return set;
}

}  // namespace ferro::regex
