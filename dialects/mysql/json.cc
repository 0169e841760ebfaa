// JSON as MySQL and MariaDB take it: a type of its own there, text here.
#include "absl/strings/str_cat.h"
#include "dialects/mysql/json_paths.h"
#include "dialects/mysql/renderer.h"
#include "engine/base/error.h"
#include "engine/sql/json_path.h"
#include "engine/sql/type_of.h"

namespace ferro::mysql {
namespace {

constexpr absl::string_view kIsNumber =
    " IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL')";

}  // namespace

void MysqlRenderer::Extracted(const sql::JsonPath& path) {
  const std::vector<Extraction> extractions = ExtractionsOf(path.steps, profile_.version.product);
  // A key of several spellings gives a list of what was found.
  const auto listed = [](const Extraction& extraction) {
    return !extraction.is_list && extraction.paths.size() > 1;
  };
  for (size_t i = extractions.size(); i-- > 0;) {
    sql_ << (listed(extractions[i]) ? "JSON_EXTRACT(JSON_EXTRACT(" : "JSON_EXTRACT(");
  }
  Expression(*path.document);
  for (const Extraction& extraction : extractions) {
    for (const std::string& steps : extraction.paths) {
      sql_ << ", ";
      sql_.String(steps);
    }
    sql_ << (listed(extraction) ? "), '$[0]')" : ")");
  }
}

void MysqlRenderer::JsonValue(const ast::JsonGet& get) {
  const sql::JsonPath path = sql::PathOf(get);
  for (const ast::JsonStep* step : path.steps) {
    if (step->index >= 0 || CanName(step->key.text, profile_.version.product)) continue;
    return Refuse(sql::Feature::kJsonPath,
                  "MariaDB finds no key that begins with '-': look for it in the program");
  }
  const auto value = [&](absl::string_view before, absl::string_view after) {
    sql_ << before;
    Extracted(path);
    sql_ << after;
  };
  switch (get.type) {
    case Type::kText:
      value("CASE JSON_TYPE(", ") WHEN 'STRING' THEN ");
      value("JSON_UNQUOTE(", ")");
      ExactCollation();
      break;
    case Type::kBool:
      value("CASE CAST(", " AS CHAR) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE");
      break;
    case Type::kInt64:
      // As DOUBLE first: DECIMAL fails for what is too large for it, and rounds away what is too small.
      value("CASE WHEN JSON_TYPE(", ")");
      value(absl::StrCat(kIsNumber, " AND CAST("),
            " AS DOUBLE) BETWEEN -9223372036854775808 AND 9223372036854775807");
      value(" AND CAST(", " AS DOUBLE) % 1 = 0");
      value(" AND CAST(", " AS DECIMAL(65, 30)) % 1 = 0");
      value(" AND CAST(",
            " AS DECIMAL(65, 30)) BETWEEN -9223372036854775808 AND 9223372036854775807");
      value(" THEN CAST(CAST(", " AS DECIMAL(65, 0)) AS SIGNED)");
      break;
    case Type::kFloat64:
      value("CASE WHEN JSON_TYPE(", ")");
      value(absl::StrCat(kIsNumber, " THEN CAST("), " AS DOUBLE)");
      break;
    case Type::kDecimal:
      // NULL for what DECIMAL would round or cut off.
      value("CASE WHEN JSON_TYPE(", ")");
      value(absl::StrCat(kIsNumber, " AND ABS(CAST("), " AS DOUBLE)) < 1e35");
      value(" AND CAST(CAST(", " AS DECIMAL(65, 30)) AS DOUBLE)");
      value(" = CAST(", " AS DOUBLE)");
      value(" THEN CAST(", " AS DECIMAL(65, 30))");
      break;
    case Type::kJson:
    case Type::kNull:
    case Type::kBytes:
    case Type::kDate:
    case Type::kTime:
    case Type::kTimestamp:
    case Type::kTimestampTz:
    case Type::kInterval:
    case Type::kUuid:
    case Type::kArray:
      value("CASE WHEN JSON_TYPE(", ") <> 'NULL'");
      value(" THEN ", "");
  }
  sql_ << " END";
}

// MariaDB reads JSON with functions that differ from MySQL's by more than their names.
void MysqlRenderer::Call(const ast::Call& call) {
  if (profile_.version.product != Product::kMariadb) return Renderer::Call(call);
  const auto refuse = [&](absl::string_view function, absl::string_view advice) {
    Fail(MakeErrorWithHint(
        ErrorClass::kUnsupported,
        absl::StrCat(profile_.version.ToString(), " does not support function ", function),
        advice));
  };
  if (call.function == ast::Function::kJsonMergePatch) {
    return refuse("json-merge-patch",
                  "its JSON_MERGE_PATCH() leaves keys that the patch removes: merge in the program");
  }
  if (call.function == ast::Function::kJsonHasKey) {
    // A key that is not known yet cannot be in a path.
    return Template(
        "CASE WHEN $? THEN NULL ELSE JSON_TYPE($1) = 'OBJECT' AND "
        "JSON_CONTAINS(COALESCE(JSON_KEYS($1), '[]'), JSON_QUOTE($2)) END",
        call.arguments, sql::SignatureOf(call.function));
  }
  Renderer::Call(call);
}

// JSON_ARRAYAGG() has no order, and no FILTER can be made of it since it takes NULLs.
void MysqlRenderer::JsonArray(const ast::Aggregate& aggregate) {
  const bool filtered = static_cast<bool>(aggregate.filter);
  const bool mariadb = profile_.version.product == Product::kMariadb;
  sql_ << (mariadb ? "CONCAT('[', GROUP_CONCAT(" : "CAST(CONCAT('[', GROUP_CONCAT(");
  if (filtered) {
    sql_ << "CASE WHEN ";
    Expression(*aggregate.filter);
    sql_ << " THEN ";
  }
  sql_ << "COALESCE(";
  JsonItem(*aggregate.arguments[0]);
  sql_ << ", 'null')" << (filtered ? " END" : "");
  OrderBy(aggregate.order);
  sql_ << " SEPARATOR ','), ']')" << (mariadb ? "" : " AS JSON)");
}

// JSON text, in the forms that pydantic gives values in a JSON column.
void MysqlRenderer::JsonItem(const ast::Expr& value) {
  const auto between = [&](absl::string_view before, absl::string_view after) {
    sql_ << before;
    Operand(value);
    sql_ << after;
  };
  switch (sql::TypeOf(value)) {
    case Type::kBool:
      between("CASE WHEN ", " THEN 'true'");
      return between(" WHEN NOT ", " THEN 'false' END");
    case Type::kText:
      return between("JSON_QUOTE(", ")");
    case Type::kDecimal:
      return between("JSON_QUOTE(CAST(", " AS CHAR))");
    case Type::kDate:
      return between("DATE_FORMAT(", ", '\"%Y-%m-%d\"')");
    case Type::kTime:
      return between("REPLACE(TIME_FORMAT(", ", '\"%H:%i:%s.%f\"'), '.000000', '')");
    case Type::kTimestamp:
      return between("REPLACE(DATE_FORMAT(", ", '\"%Y-%m-%dT%H:%i:%s.%f\"'), '.000000', '')");
    case Type::kTimestampTz:
      return between("REPLACE(DATE_FORMAT(", ", '\"%Y-%m-%dT%H:%i:%s.%fZ\"'), '.000000', '')");
    case Type::kUuid:
      between("LOWER(CONCAT('\"', SUBSTR(HEX(", "), 1, 8)");
      for (const absl::string_view part : {"9, 4", "13, 4", "17, 4", "21, 12"}) {
        between(", '-', SUBSTR(HEX(", absl::StrCat("), ", part, ")"));
      }
      sql_ << ", '\"'))";
      return;
    case Type::kInt64:
    case Type::kFloat64:
    case Type::kJson:
    case Type::kNull:
    case Type::kBytes:
    case Type::kInterval:
    case Type::kArray:
      break;
  }
  between("CAST(", " AS CHAR)");
}

}  // namespace ferro::mysql
