// Equality of trees, derived from Fields(). Recursive: a tree is no deeper than plan::kMaxDepth.
#include "engine/ast/derive.h"

#include <cstddef>
#include <utility>

namespace ferro::ast {
namespace {

using Compare = bool (*)(const Node& a, const Node& b);

template <class T>
bool SameField(const T& a, const T& b, Compare compare) {
  if constexpr (internal::kIsNodePointer<T>) {
    return a == b || compare(*a, *b);  // rewrites share subtrees
  } else if constexpr (requires { a.node; }) {
    if (a.node == nullptr || b.node == nullptr) return a.node == b.node;
    return a.node == b.node || compare(*a, *b);
  } else if constexpr (requires { a == b; }) {
    return a == b;  // names, numbers, enumerators
  } else {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i) {
      if (!SameField(a[i], b[i], compare)) return false;
    }
    return true;
  }
}

template <class Tuple, size_t... kIndex>
bool SameFields(const Tuple& a, const Tuple& b, Compare compare, std::index_sequence<kIndex...>) {
  return (SameField(std::get<kIndex>(a), std::get<kIndex>(b), compare) && ...);
}

bool SameNode(const Node& a, const Node& b, Compare compare) {
  if (a.kind != b.kind) return false;
  return Visit(a, [&b, compare](const auto& typed) {
    using T = std::remove_cvref_t<decltype(typed)>;
    const auto fields = T::Fields(typed);
    return SameFields(fields, T::Fields(As<T>(b)), compare,
                      std::make_index_sequence<std::tuple_size_v<decltype(fields)>>());
  });
}

}  // namespace

bool Equal(const Node& a, const Node& b) { return SameNode(a, b, Equal); }

bool SameValue(const Node& a, const Node& b) {
  if (a.kind != Kind::kColumn || b.kind != Kind::kColumn) return SameNode(a, b, SameValue);
  const auto& left = As<Column>(a);
  const auto& right = As<Column>(b);
  return left.name == right.name &&
         (left.source == right.source || left.source.empty() || right.source.empty());
}

}  // namespace ferro::ast
