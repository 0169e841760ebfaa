// What follows from Fields(): children and equality. Written once for every node.
#pragma once

#include <tuple>
#include <type_traits>

#include "engine/ast/visit.h"

namespace ferro::ast {

namespace internal {

template <class T>
inline constexpr bool kIsNodePointer =
    std::is_pointer_v<T> && std::is_base_of_v<Node, std::remove_cv_t<std::remove_pointer_t<T>>>;

template <class F, class T>
void EachChild(const T& field, F& f) {
  if constexpr (kIsNodePointer<T>) {
    f(*field);
  } else if constexpr (requires { field.node; }) {
    if (field) f(*field.node);
  } else if constexpr (requires { typename T::value_type; field.size(); field.data(); }) {
    if constexpr (kIsNodePointer<typename T::value_type>) {
      for (const auto* child : field) f(*child);
    }
  }
}

}  // namespace internal

// Calls `f(const Node&)` for each direct child, in wire order.
template <class F>
void ForEachChild(const Node& node, F f) {
  Visit(node, [&f](const auto& typed) {
    using T = std::remove_cvref_t<decltype(typed)>;
    std::apply([&f](const auto&... fields) { (internal::EachChild(fields, f), ...); },
               T::Fields(typed));
  });
}

// Calls `f(const Node&)` for the node and everything beneath it, parents first.
template <class F>
void Walk(const Node& node, F& f) {
  f(node);
  ForEachChild(node, [&f](const Node& child) { Walk(child, f); });
}

// Whether the two trees are the same, names and parameter numbers included.
bool Equal(const Node& a, const Node& b);

// Whether two expressions of one select mean the same: as Equal, but what a column's type is said to be does
// not count, and a column that names no source is that of any source.
bool SameValue(const Node& a, const Node& b);

}  // namespace ferro::ast
