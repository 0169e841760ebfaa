#include "engine/sql/rewrite.h"

#include <string>
#include <type_traits>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/ast/derive.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::sql {
namespace {

template <class T>
ast::List<T> CopyList(const std::vector<T>& items, Arena& arena) {
  auto copy = arena.NewArray<T>(items.size());
  for (size_t i = 0; i < items.size(); ++i) copy[i] = items[i];
  return copy;
}

// Whether `reader` reads `column`. A column of the same name in a subquery counts too: an order too
// many does no harm. Names are compared without case, as MySQL does.
bool Reads(const ast::Expr& reader, ast::Name column) {
  bool found = false;
  const auto look = [&](const ast::Node& node) {
    if (node.kind == ast::Kind::kColumn &&
        absl::EqualsIgnoreCase(ast::As<ast::Column>(node).name, column)) {
      found = true;
    }
  };
  ast::Walk(reader, look);
  return found;
}

class Rewriter {
 public:
  Rewriter(const DialectProfile& profile, Arena& arena)
      : profile_(profile),
        arena_(arena),
        nulls_order_(profile.SupportOf(Feature::kNullsOrder) == Support::kRewritten),
        old_row_(profile.SupportOf(Feature::kOldRowAssignment) == Support::kRewritten) {}

  // The node with its children rewritten first; the same node when nothing has changed.
  const ast::Node* Node(const ast::Node& node) {
    return ast::Visit(node, [this](const auto& typed) -> const ast::Node* { return Typed(typed); });
  }

  const absl::Status& status() const { return status_; }

 private:
  template <class T>
  const ast::Node* Typed(const T& node) {
    T copy = node;
    bool changed = false;
    std::apply([&](auto&... fields) { ((changed |= Field(fields)), ...); }, T::Fields(copy));
    changed |= Own(copy);
    return changed ? arena_.New<T>(copy) : &node;
  }

  template <class F>
  bool Field(F& field) {
    if constexpr (ast::internal::kIsNodePointer<F>) {
      return Pointer(field);
    } else if constexpr (requires { field.node; }) {
      return field && Pointer(field.node);
    } else if constexpr (requires {
                           typename F::value_type;
                           field.size();
                           field.data();
                         }) {
      if constexpr (ast::internal::kIsNodePointer<typename F::value_type>) return Items(field);
    }
    return false;
  }

  template <class T>
  bool Pointer(const T*& pointer) {
    const auto* rewritten = static_cast<const T*>(Node(*pointer));
    const bool changed = rewritten != pointer;
    pointer = rewritten;
    return changed;
  }

  template <class T>
  bool Items(ast::List<const T*>& list) {
    std::vector<const T*> items(list.begin(), list.end());
    bool changed = false;
    for (const T*& item : items) changed |= Pointer(item);
    if (changed) list = CopyList(items, arena_);
    return changed;
  }

  template <class T>
  bool Own(T&) {
    return false;
  }

  bool Own(ast::Select& select) { return OwnOrder(select); }
  bool Own(ast::Aggregate& aggregate) { return OwnOrder(aggregate); }
  bool Own(ast::Over& over) { return OwnOrder(over); }

  template <class T>
  bool OwnOrder(T& node) {
    if (!nulls_order_ || node.order.empty()) return false;
    node.order = NullsOrderAsIsNull(node.order, arena_);
    return true;
  }

  bool Own(ast::Update& update) {
    if (!old_row_ || !HasDependentAssignments(update.assignments)) return false;
    auto ordered = ReadersFirst(update.assignments, profile_, arena_);
    if (ordered.ok()) {
      update.assignments = *ordered;
    } else {
      status_.Update(ordered.status());
    }
    return true;
  }

  const DialectProfile& profile_;
  Arena& arena_;
  const bool nulls_order_;
  const bool old_row_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<const ast::Statement*> ApplyRewrites(const ast::Statement& statement,
                                                    const DialectProfile& profile, Arena& arena) {
  Rewriter rewriter(profile, arena);
  const ast::Node* rewritten = rewriter.Node(statement);
  FERRO_TRY(rewriter.status());
  return static_cast<const ast::Statement*>(rewritten);
}

ast::List<const ast::OrderItem*> NullsOrderAsIsNull(ast::List<const ast::OrderItem*> order,
                                                    Arena& arena) {
  std::vector<const ast::OrderItem*> items;
  for (const ast::OrderItem* item : order) {
    const bool last = item->nulls == ast::Nulls::kLast ||
                      (item->nulls == ast::Nulls::kDefault && !item->descending);
    // The smallest value is first when ascending and last when descending: then nothing need be
    // said.
    if (item->nulls != ast::Nulls::kNever && last != item->descending) {
      auto* is_null = arena.New<ast::Unary>();
      is_null->op = ast::UnaryOp::kIsNull;
      is_null->operand = item->value;
      auto* before = arena.New<ast::OrderItem>();
      before->value = is_null;
      before->descending = item->descending;
      before->nulls = ast::Nulls::kNever;
      items.push_back(before);
    }
    auto* plain = arena.New<ast::OrderItem>(*item);
    plain->nulls = ast::Nulls::kNever;
    items.push_back(plain);
  }
  return CopyList(items, arena);
}

bool HasDependentAssignments(ast::List<const ast::Assignment*> assignments) {
  absl::flat_hash_set<std::string> set;
  for (const ast::Assignment* setter : assignments)
    set.insert(absl::AsciiStrToLower(setter->column));
  bool found = false;
  for (const ast::Assignment* reader : assignments) {
    const auto look = [&](const ast::Node& node) {
      if (node.kind != ast::Kind::kColumn) return;
      const ast::Name name = ast::As<ast::Column>(node).name;
      found = found || (!absl::EqualsIgnoreCase(name, reader->column) &&
                        set.contains(absl::AsciiStrToLower(name)));
    };
    ast::Walk(*reader->value, look);
  }
  return found;
}

absl::StatusOr<ast::List<const ast::Assignment*>> ReadersFirst(
    ast::List<const ast::Assignment*> assignments, const DialectProfile& profile, Arena& arena) {
  std::vector<const ast::Assignment*> waiting(assignments.begin(), assignments.end());
  std::vector<const ast::Assignment*> ordered;
  // Takes the first assignment whose column nobody else who waits still has to read.
  while (!waiting.empty()) {
    const auto is_free = [&](const ast::Assignment* candidate) {
      for (const ast::Assignment* other : waiting) {
        if (other != candidate && Reads(*other->value, candidate->column)) return false;
      }
      return true;
    };
    size_t i = 0;
    while (i < waiting.size() && !is_free(waiting[i])) ++i;
    if (i == waiting.size()) {
      return MakeErrorWithHint(
          ErrorClass::kUnsupported,
          absl::StrCat(profile.version.ToString(), " does not support ",
                       Name(Feature::kOldRowAssignment), " for columns that read each other (",
                       waiting.front()->column, ")"),
          "it assigns from left to right and reads the new values: read the row first, "
          "then assign what was read");
    }
    ordered.push_back(waiting[i]);
    waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return CopyList(ordered, arena);
}

}  // namespace ferro::sql
