// JSON as SQLite takes it: text, read by functions of ours (see functions/).
#include <string>

#include "absl/strings/str_cat.h"
#include "dialects/sqlite/renderer.h"
#include "engine/sql/json_path.h"
#include "engine/sql/type_of.h"
#include "engine/value/json_string.h"

namespace ferro::sqlite {

namespace {

std::string StepsOf(const sql::JsonPath& path) {
  std::string steps = "[";
  for (const ast::JsonStep* step : path.steps) {
    if (steps.size() > 1) steps += ",";
    step->index >= 0 ? absl::StrAppend(&steps, step->index)
                     : AppendJsonString(steps, step->key.text);
  }
  return steps + "]";
}

}  // namespace

void SqliteRenderer::JsonValue(const ast::JsonGet& get) {
  const sql::JsonPath path = sql::PathOf(get);
  sql_ << "ferro_json_get(";
  Expression(*path.document);
  sql_ << ", '" << Name(get.type) << "', ";
  sql_.String(StepsOf(path));
  sql_ << ")";
}

void SqliteRenderer::JsonChange(const ast::Call& call, const sql::JsonPath& path) {
  const bool sets = call.function == ast::Function::kJsonSet;
  sql_ << (sets ? "ferro_json_set(" : "ferro_json_remove(");
  Expression(*path.document);
  sql_ << ", ";
  sql_.String(StepsOf(path));
  if (sets) {
    const ast::Expr& value = *call.arguments[1];
    sql_ << ", ferro_json_of(";
    Expression(value);
    sql_ << ", '" << Name(sql::TypeOf(value)) << "')";
  }
  sql_ << ")";
}

void SqliteRenderer::JsonArray(const ast::Aggregate& aggregate) {
  const ast::Expr& value = *aggregate.arguments[0];
  sql_ << "('[' || GROUP_CONCAT(ferro_json_of(";
  Expression(value);
  sql_ << ", '" << Name(sql::TypeOf(value)) << "')";
  OrderBy(aggregate.order);
  sql_ << ")";
  FilterClause(aggregate);
  sql_ << " || ']')";
}

}  // namespace ferro::sqlite
