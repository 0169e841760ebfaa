// Text to a tree of lists and atoms. Knows brackets, quotes and the three parts of an atom, nothing
// of SQL.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace ferro::plan {

// `source.name:type`, of which only one part has to be there, or a list.
struct Sexpr {
  size_t offset = 0;
  bool is_list = false;
  std::vector<Sexpr> items;

  std::string source;
  std::string name;
  std::string type;
  bool has_source = false;
  bool has_name = false;
  bool has_type = false;
  bool quoted = false;  // the name is: neither a keyword nor a number

  bool is_atom() const { return !is_list; }
  // The unquoted name of an atom that is nothing else, or empty.
  absl::string_view word() const {
    return is_atom() && !has_source && !has_type && !quoted ? absl::string_view(name)
                                                            : absl::string_view();
  }
  // The word that a list starts with, or empty.
  absl::string_view head() const {
    return is_list && !items.empty() ? items.front().word() : absl::string_view();
  }
};

absl::Status SexprError(absl::string_view what, size_t offset);

// Exactly one expression. ErrorClass::kPlan, naming the offset.
absl::StatusOr<Sexpr> ParseTree(absl::string_view text);

// Goes through a list once, from left to right.
class Cursor {
 public:
  explicit Cursor(const Sexpr& list, size_t skip = 1) : list_(list), next_(skip) {}

  bool done() const { return next_ >= list_.items.size(); }
  const Sexpr& peek() const { return list_.items[next_]; }
  size_t left() const { return done() ? 0 : list_.items.size() - next_; }

  absl::StatusOr<const Sexpr*> Take(absl::string_view what) {
    if (done()) return Lacks(what);
    return &list_.items[next_++];
  }
  absl::Status Lacks(absl::string_view what) const {
    return SexprError(absl::StrCat("(", list_.head(), " …) lacks ", what), list_.offset);
  }
  // The next item if it is a list that starts with `head`.
  const Sexpr* Clause(absl::string_view head) {
    if (done() || peek().head() != head) return nullptr;
    return &list_.items[next_++];
  }
  bool Flag(absl::string_view word) {
    if (done() || peek().word() != word) return false;
    ++next_;
    return true;
  }
  absl::Status End() const {
    if (done()) return absl::OkStatus();
    const absl::string_view word = peek().is_list ? peek().head() : peek().word();
    return SexprError(absl::StrCat("(", list_.head(), " …) has no place for ",
                                   word.empty() ? "what stands" : word),
                      peek().offset);
  }

 private:
  const Sexpr& list_;
  size_t next_;
};

}  // namespace ferro::plan
