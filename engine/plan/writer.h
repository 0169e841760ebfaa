// Writes plan bytes: instruction by instruction, or a whole AST at once.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/ast/node.h"

namespace ferro::plan {

class Writer {
 public:
  Writer() { Reset(); }

  void Reset();  // back to a header alone
  void Name(absl::string_view name);
  void Text(absl::string_view text);
  void Int(int64_t value);
  void Param(Type type);
  void ListParam(Type type);
  void Node(ast::Kind kind, uint64_t operand_count);
  void None() { Node(ast::Kind::kNone, 0); }

  // A whole tree in post order. Parameters must be numbered in that order, as the reader numbers them.
  void Tree(const ast::Node& node);

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace ferro::plan
