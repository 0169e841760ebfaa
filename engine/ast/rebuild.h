// Copies of nodes with other children. Like derive.h it follows from Fields() and is written once for every
// node; what does not change is shared with the old tree.
#pragma once

#include <tuple>
#include <type_traits>
#include <vector>

#include "engine/ast/derive.h"
#include "engine/base/arena.h"

namespace ferro::ast {

// The items in the arena.
template <class T>
List<T> CopyList(const std::vector<T>& items, Arena& arena) {
  auto copy = arena.NewArray<T>(items.size());
  for (size_t i = 0; i < items.size(); ++i) copy[i] = items[i];
  return copy;
}

namespace internal {

template <class T, class F>
bool RebuildPointer(const T*& pointer, Arena&, F& f) {
  const auto* rebuilt = static_cast<const T*>(f(*pointer));
  const bool changed = rebuilt != pointer;
  pointer = rebuilt;
  return changed;
}

template <class T, class F>
bool RebuildField(T& field, Arena& arena, F& f) {
  if constexpr (kIsNodePointer<T>) {
    return RebuildPointer(field, arena, f);
  } else if constexpr (requires { field.node; }) {
    return field && RebuildPointer(field.node, arena, f);
  } else if constexpr (requires { typename T::value_type; field.size(); field.data(); }) {
    if constexpr (kIsNodePointer<typename T::value_type>) {
      std::vector<typename T::value_type> items(field.begin(), field.end());
      bool changed = false;
      for (auto& item : items) changed |= RebuildPointer(item, arena, f);
      if (changed) field = CopyList(items, arena);
      return changed;
    }
  }
  return false;
}

}  // namespace internal

// Replaces each child of `node` by the `const Node*` that `f(const Node&)` gives for it, which has to fit in
// its place; says whether one has changed.
template <class T, class F>
bool RebuildChildren(T& node, Arena& arena, F f) {
  bool changed = false;
  std::apply([&](auto&... fields) { ((changed |= internal::RebuildField(fields, arena, f)), ...); },
             T::Fields(node));
  return changed;
}

// The same for a node that stays as it is: a copy, or the node itself when nothing has changed.
template <class F>
const Node* Rebuild(const Node& node, Arena& arena, F f) {
  return Visit(node, [&](const auto& typed) -> const Node* {
    std::remove_cvref_t<decltype(typed)> copy = typed;
    if (!RebuildChildren(copy, arena, f)) return &node;
    return arena.New<std::remove_cvref_t<decltype(typed)>>(copy);
  });
}

}  // namespace ferro::ast
