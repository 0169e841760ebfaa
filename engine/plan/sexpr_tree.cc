// The parser of brackets, quotes and atoms. Recursive, to a bounded depth.
#include "engine/plan/sexpr_tree.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/plan/format.h"
#include "engine/plan/sexpr_words.h"

namespace ferro::plan {
namespace {

// A node is at most a list in a clause, so what Dump writes of a valid plan stays below.
constexpr size_t kMaxNesting = 2 * kMaxDepth + 8;

class TreeParser {
 public:
  explicit TreeParser(absl::string_view text) : text_(text) {}

  absl::StatusOr<Sexpr> Run() {
    Sexpr root;
    SkipSpace();
    FERRO_TRY(Expression(root, 0));
    SkipSpace();
    if (!AtEnd()) return SexprError("one expression is enough, another starts", at_);
    return root;
  }

 private:
  bool AtEnd() const { return at_ == text_.size(); }
  bool At(char c) const { return !AtEnd() && text_[at_] == c; }

  void SkipSpace() {
    while (!AtEnd()) {
      if (At(';')) {
        while (!AtEnd() && !At('\n')) ++at_;
      } else if (absl::ascii_isspace(static_cast<unsigned char>(text_[at_]))) {
        ++at_;
      } else {
        return;
      }
    }
  }

  absl::Status Expression(Sexpr& out, size_t depth) {
    out.offset = at_;
    if (!At('(')) return Atom(out);
    if (depth >= kMaxNesting) return SexprError("brackets nested too deeply", at_);
    ++at_;
    out.is_list = true;
    for (SkipSpace(); !At(')'); SkipSpace()) {
      if (AtEnd()) return SexprError("a bracket is never closed", out.offset);
      FERRO_TRY(Expression(out.items.emplace_back(), depth + 1));
    }
    ++at_;
    return absl::OkStatus();
  }

  absl::Status Atom(Sexpr& out) {
    if (!At(':')) {
      FERRO_TRY(Piece(out.name, out.quoted));
      out.has_name = true;
      if (At('.')) {
        ++at_;
        if (!out.quoted && !IsWordStart(out.name.front())) {
          return SexprError("a name that starts so must be quoted,", out.offset);
        }
        out.has_source = true;
        out.source = std::move(out.name);
        out.name.clear();
        FERRO_TRY(Piece(out.name, out.quoted));
      }
    }
    if (At(':')) {
      ++at_;
      bool quoted = false;
      FERRO_TRY(Piece(out.type, quoted));
      out.has_type = true;
    }
    if (!AtEnd() && !At('(') && !At(')') && !At(';') &&
        !absl::ascii_isspace(static_cast<unsigned char>(text_[at_]))) {
      return SexprError("expected a space or a bracket", at_);
    }
    return absl::OkStatus();
  }

  absl::Status Piece(std::string& out, bool& quoted) {
    quoted = At('"');
    if (quoted) return Quoted(out);
    const size_t start = at_;
    if (At('-')) ++at_;  // of a number
    while (!AtEnd() && IsWordPart(text_[at_])) ++at_;
    if (at_ == start) return SexprError("expected a word, a quoted name or a bracket", at_);
    out = std::string(text_.substr(start, at_ - start));
    return absl::OkStatus();
  }

  absl::Status Quoted(std::string& out) {
    const size_t start = at_++;
    for (; !At('"'); ++at_) {
      if (At('\\')) ++at_;
      if (AtEnd()) return SexprError("a quote is never closed", start);
      out.push_back(text_[at_]);
    }
    ++at_;
    return absl::OkStatus();
  }

  const absl::string_view text_;
  size_t at_ = 0;
};

}  // namespace

absl::Status SexprError(absl::string_view what, size_t offset) {
  return MakeError(ErrorClass::kPlan, absl::StrCat("S-expression: ", what, " at byte ", offset));
}

absl::StatusOr<Sexpr> ParseTree(absl::string_view text) { return TreeParser(text).Run(); }

}  // namespace ferro::plan
