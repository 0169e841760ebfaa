#include "engine/regex/print.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "engine/regex/utf8.h"

namespace ferro::regex {
namespace {

// Where the servers' languages differ.
struct Language {
  absl::string_view flags;
  absl::string_view any;
  absl::string_view control;  // the escape of a character by two hexadecimal digits
  absl::string_view end;      // of the text; \A is its start everywhere
};

// "." is any character unless a pattern begins with flags that say otherwise.
constexpr Language kPostgresql = {"", ".", "\\u00", "\\Z"};
// \Z is also before a last line feed, in ICU and in PCRE2.
constexpr Language kMysql = {"", "[\\u0000-\\U0010FFFF]", "\\u00", "\\z"};
// Against what default_regex_flags may have been set to, and a collation that ignores case.
constexpr Language kMariadb = {"(?s-imx)", ".", "\\x", "\\z"};

// What may have a meaning outside or inside of a class, in one of the languages.
constexpr absl::string_view kSpecial = "\\.^$*+?{}[]()|-&~#";

class Printer {
 public:
  explicit Printer(const Language& language) : language_(language), out_(language.flags) {}

  // As deep as groups are nested.
  void Print(const Node& node) {
    switch (node.kind) {
      case Node::Kind::kEmpty:
        absl::StrAppend(&out_, "(?:)");  // MySQL refuses a pattern that is empty
        return;
      case Node::Kind::kBegin:
        absl::StrAppend(&out_, "\\A");
        return;
      case Node::Kind::kEnd:
        absl::StrAppend(&out_, language_.end);
        return;
      case Node::Kind::kSet:
        return Set(node.set);
      case Node::Kind::kSequence:
        for (const Node& part : node.children) {
          part.kind == Node::Kind::kChoice ? Grouped(part) : Print(part);
        }
        return;
      case Node::Kind::kChoice:
        for (size_t i = 0; i < node.children.size(); ++i) {
          if (i > 0) out_.push_back('|');
          Print(node.children[i]);
        }
        return;
      case Node::Kind::kRepeat:
        return Repeat(node);
    }
  }

  std::string Take() && { return std::move(out_); }

 private:
  void Grouped(const Node& node) {
    absl::StrAppend(&out_, "(?:");
    Print(node);
    out_.push_back(')');
  }

  void Repeat(const Node& node) {
    const Node& child = node.children.front();
    child.kind == Node::Kind::kSet ? Print(child) : Grouped(child);
    const uint32_t least = node.least, most = node.most;
    if (least == 0 && most == 1) return out_.push_back('?');
    if (least == 0 && most == kUnbounded) return out_.push_back('*');
    if (least == 1 && most == kUnbounded) return out_.push_back('+');
    absl::StrAppend(&out_, "{", least);
    if (most != least) out_.push_back(',');
    if (most != least && most != kUnbounded) absl::StrAppend(&out_, most);
    out_.push_back('}');
  }

  void Set(const CharSet& set) {
    if (const std::optional<char32_t> single = set.single()) return Character(*single);
    if (set.is_any()) {
      absl::StrAppend(&out_, language_.any);
      return;
    }
    // Of a class and its complement the one without the last character is the one people write.
    const bool negated = set.Contains(kLastCharacter);
    out_.push_back('[');
    if (negated) out_.push_back('^');
    const CharSet shown = negated ? set.Complement() : set;
    for (const Range range : shown.ranges()) {
      Character(range.first);
      if (range.first == range.last) continue;
      if (range.last > range.first + 1) out_.push_back('-');
      Character(range.last);
    }
    out_.push_back(']');
  }

  void Character(char32_t c) {
    if (c < 0x20 || c == 0x7F) {
      absl::StrAppend(&out_, language_.control, absl::Hex(c, absl::kZeroPad2));
      return;
    }
    if (c < 0x80 && kSpecial.find(static_cast<char>(c)) != kSpecial.npos) out_.push_back('\\');
    AppendCharacter(out_, c);
  }

  const Language& language_;
  std::string out_;
};

std::string PrintIn(const Language& language, const Node& node) {
  Printer printer(language);
  printer.Print(node);
  return std::move(printer).Take();
}

}  // namespace

std::string PrintPostgresql(const Node& node) { return PrintIn(kPostgresql, node); }
std::string PrintMysql(const Node& node) { return PrintIn(kMysql, node); }
std::string PrintMariadb(const Node& node) { return PrintIn(kMariadb, node); }

}  // namespace ferro::regex
