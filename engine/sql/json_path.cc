#include "engine/sql/json_path.h"

#include <algorithm>

#include "engine/ast/visit.h"

namespace ferro::sql {

JsonPath PathOf(const ast::JsonGet& get) {
  std::vector<const ast::JsonGet*> gets = {&get};
  const ast::Expr* document = get.document;
  while (document->kind == ast::Kind::kJsonGet) {
    gets.push_back(&ast::As<ast::JsonGet>(*document));
    document = gets.back()->document;
  }
  JsonPath path;
  path.document = document;
  std::for_each(gets.rbegin(), gets.rend(), [&](const ast::JsonGet* inner) {
    path.steps.insert(path.steps.end(), inner->path.begin(), inner->path.end());
  });
  return path;
}

}  // namespace ferro::sql
