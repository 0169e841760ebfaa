// Paths into JSON documents, as every dialect takes them.
#pragma once

#include <vector>

#include "engine/ast/call.h"

namespace ferro::sql {

// A get from a get is one of both paths: what leads through JSON null leads nowhere either way.
struct JsonPath {
  const ast::Expr* document = nullptr;
  std::vector<const ast::JsonStep*> steps;
};

JsonPath PathOf(const ast::JsonGet& get);

}  // namespace ferro::sql
