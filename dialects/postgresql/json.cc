// JSON as PostgreSQL takes it: jsonb, and paths of SQL/JSON (its manual, 9.16.2).
#include <span>
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

// Of the element u.e, as databases without arrays keep it; empty for the types that are what they are alone.
absl::string_view FormInList(Type type) {
  if (type == Type::kTime) return "TO_CHAR(DATE '2000-01-01' + u.e, 'HH24:MI:SS.US')";
  if (type == Type::kTimestamp) {
    return "CASE WHEN u.e BETWEEN '0001-01-01' AND '9999-12-31 23:59:59.999999' "
           "THEN TO_CHAR(u.e, 'YYYY-MM-DD HH24:MI:SS.US') ELSE CAST(u.e AS text) END";
  }
  if (type != Type::kTimestampTz) return "";
  return "CASE WHEN u.e BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999999+00' "
         "THEN TO_CHAR(u.e, 'YYYY-MM-DD HH24:MI:SS.US') || 'Z' ELSE CAST(u.e AS text) END";
}

void AppendSteps(std::string& out, std::span<const ast::JsonStep* const> path) {
  for (const ast::JsonStep* step : path) {
    if (step->index >= 0) {
      absl::StrAppend(&out, "[", step->index, "]");
    } else {
      out += ".";
      AppendJsonString(out, step->key.text);
    }
  }
}

}  // namespace

// Strict: a place within what is no array would else be that itself. Its errors are silenced by the last
// argument and lead nowhere.
void PostgresqlRenderer::JsonValue(const ast::JsonGet& get) {
  const sql::JsonPath path = sql::PathOf(get);
  std::string steps = "strict $";
  AppendSteps(steps, path.steps);
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

// Where what the last step leads from is of another kind JSONB_SET() fails, takes the step for one of that kind, or adds
// an element.
void PostgresqlRenderer::JsonChange(const ast::Call& call, const sql::JsonPath& path) {
  const std::span<const ast::JsonStep* const> steps = path.steps;
  const int64_t place = steps.back()->index;
  std::string within = "strict $";
  AppendSteps(within, steps.first(steps.size() - 1));
  within += place < 0 ? " ? (@.type() == \"object\")"
                      : absl::StrCat(" ? (@.type() == \"array\" && @.size() > ", place, ")");
  const bool sets = call.function == ast::Function::kJsonSet;
  sql_ << "CASE WHEN JSONB_PATH_EXISTS(";
  Expression(*path.document);
  sql_ << ", ";
  sql_.String(within);
  sql_ << ", '{}', TRUE) THEN " << (sets ? "JSONB_SET(" : "");
  sets ? Expression(*path.document) : Operand(*path.document);
  sql_ << (sets ? ", ARRAY[" : " #- ARRAY[");
  for (size_t i = 0; i < steps.size(); ++i) {
    if (i > 0) sql_ << ", ";
    sql_.String(steps[i]->index < 0 ? steps[i]->key.text : absl::StrCat(steps[i]->index));
  }
  sql_ << "]";
  if (sets) {
    sql_ << ", COALESCE(TO_JSONB(";
    JsonItem(*call.arguments[1]);
    sql_ << "), 'null'))";
  }
  sql_ << " ELSE ";
  Operand(*path.document);
  sql_ << " END";
}

void PostgresqlRenderer::JsonArray(const ast::Aggregate& aggregate) {
  sql_ << "JSONB_AGG(";
  JsonItem(*aggregate.arguments[0]);
  OrderBy(aggregate.order);
  sql_ << ")";
  FilterClause(aggregate);
}

// In the forms that pydantic gives values in a JSON column; bytes are hexadecimal, intervals microseconds.
void PostgresqlRenderer::JsonItem(const ast::Expr& value) {
  const Type type = sql::TypeOf(value);
  const auto operand = [&] { Operand(value); };
  if (!IsArray(type)) return JsonForm(type, operand);
  sql_ << "CASE WHEN ";
  operand();
  sql_ << " IS NOT NULL THEN (SELECT COALESCE(JSONB_AGG(";
  const auto element = [&] { sql_ << "u.e"; };
  if (ElementOf(type) == Type::kFloat64) {
    // Nothing is lost of a list; a number of JSON has no sign when it is zero.
    sql_ << "CASE WHEN u.e > '-Infinity' AND u.e < 'Infinity' AND CAST(u.e AS text) <> '-0' THEN TO_JSONB(u.e) "
            "ELSE TO_JSONB(CAST(u.e AS text)) END";
  } else if (const absl::string_view form = FormInList(ElementOf(type)); !form.empty()) {
    sql_ << form;
  } else {
    JsonForm(ElementOf(type), element);
  }
  sql_ << " ORDER BY u.n), '[]') FROM UNNEST(";
  operand();
  sql_ << ") WITH ORDINALITY AS u(e, n)) END";
}

void PostgresqlRenderer::JsonForm(Type type, absl::FunctionRef<void()> operand) {
  const auto between = [&](absl::string_view before, absl::string_view after) {
    sql_ << before;
    operand();
    sql_ << after;
  };
  switch (type) {
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
      // Others would lose their era, or be NULL.
      between("CASE WHEN ", " BETWEEN '0001-01-01' AND '9999-12-31 23:59:59.999999'");
      between(" THEN REPLACE(TO_CHAR(", ", 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '.000000', '')");
      return between(" ELSE CAST(", " AS text) END");
    case Type::kTimestampTz:
      between("CASE WHEN ", " BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999999+00'");
      between(" THEN REPLACE(TO_CHAR(", ", 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '.000000', '') || 'Z'");
      return between(" ELSE CAST(", " AS text) END");
    case Type::kBytes:
      return between("ENCODE(", ", 'hex')");
    case Type::kInterval:
      return between("CAST(EXTRACT(EPOCH FROM ", ") * 1000000 AS bigint)");
    case Type::kBool:
    case Type::kInt64:
    case Type::kText:
    case Type::kDate:
    case Type::kJson:
    case Type::kArray:
      return operand();
  }
}

}  // namespace ferro::postgresql
