// JSON as PostgreSQL takes it: jsonb, and paths of SQL/JSON (its manual, 9.16.2).
#include <string>

#include "absl/strings/str_cat.h"
#include "dialects/postgresql/renderer.h"
#include "engine/sql/json_path.h"
#include "engine/sql/type_of.h"
#include "engine/value/json_string.h"

namespace ferro::postgresql {
namespace {

// Which values the path leads to. double() leaves a number as it is, and out when it is no float64.
absl::string_view FilterFor(Type type) {
  if (type == Type::kText) return " ? (@.type() == \"string\")";
  if (type == Type::kBool) return " ? (@.type() == \"boolean\")";
  if (type == Type::kDecimal) return " ? (@.type() == \"number\")";
  if (type == Type::kFloat64) return " ? (@.type() == \"number\").double()";
  if (type == Type::kInt64) {
    return " ? (@.type() == \"number\" && @ >= -9223372036854775808 && @ <= "
           "9223372036854775807 && @ % 1 == 0)";
  }
  return " ? (@.type() != \"null\")";
}

absl::string_view CastFor(Type type) {
  if (type == Type::kBool) return "boolean";
  if (type == Type::kInt64) return "bigint";
  if (type == Type::kFloat64) return "double precision";
  return type == Type::kDecimal ? "numeric" : "";
}

}  // namespace

// Strict: a place within what is no array would else be that itself. Its errors are silenced by the last
// argument and lead nowhere.
void PostgresqlRenderer::JsonValue(const ast::JsonGet& get) {
  const sql::JsonPath path = sql::PathOf(get);
  std::string steps = "strict $";
  for (const ast::JsonStep* step : path.steps) {
    if (step->index >= 0) {
      absl::StrAppend(&steps, "[", step->index, "]");
    } else {
      steps += ".";
      AppendJsonString(steps, step->key.text);
    }
  }
  absl::StrAppend(&steps, FilterFor(get.type));
  const absl::string_view cast = CastFor(get.type);
  sql_ << (cast.empty() ? "" : "CAST(") << "JSONB_PATH_QUERY_FIRST(";
  Expression(*path.document);
  sql_ << ", ";
  sql_.String(steps);
  sql_ << ", '{}', TRUE)";
  if (!cast.empty()) sql_ << " AS " << cast << ")";
  if (get.type == Type::kText) sql_ << " #>> '{}'";
}

void PostgresqlRenderer::JsonArray(const ast::Aggregate& aggregate) {
  sql_ << "JSONB_AGG(";
  JsonItem(*aggregate.arguments[0]);
  OrderBy(aggregate.order);
  sql_ << ")";
  FilterClause(aggregate);
}

// In the forms that pydantic gives values in a JSON column.
void PostgresqlRenderer::JsonItem(const ast::Expr& value) {
  const auto between = [&](absl::string_view before, absl::string_view after) {
    sql_ << before;
    Operand(value);
    sql_ << after;
  };
  switch (sql::TypeOf(value)) {
    case Type::kFloat64:
      // JSON has neither NaN nor infinities; NaN is greater than all here.
      between("CASE WHEN ", " > '-Infinity'");
      between(" AND ", " < 'Infinity'");
      return between(" THEN ", " END");
    case Type::kDecimal:
    case Type::kUuid:
    case Type::kNull:
      return between("CAST(", " AS text)");
    case Type::kTime:
      return between("REPLACE(TO_CHAR(DATE '2000-01-01' + ",
                     ", 'HH24:MI:SS.US'), '.000000', '')");
    case Type::kTimestamp:
      return between("REPLACE(TO_CHAR(", ", 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '.000000', '')");
    case Type::kTimestampTz:
      return between("REPLACE(TO_CHAR(",
                     ", 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '.000000', '') || 'Z'");
    case Type::kBool:
    case Type::kInt64:
    case Type::kText:
    case Type::kDate:
    case Type::kJson:
    case Type::kBytes:
    case Type::kInterval:
    case Type::kArray:
      break;
  }
  Expression(value);
}

}  // namespace ferro::postgresql
