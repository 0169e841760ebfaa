// JSON as MySQL and MariaDB take it: a type of its own there, text here.
#include "absl/strings/str_cat.h"
#include "dialects/mysql/json_paths.h"
#include "dialects/mysql/renderer.h"
#include "engine/base/error.h"
#include "engine/sql/json_path.h"
#include "engine/sql/type_of.h"

namespace ferro::mysql {
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

bool MysqlRenderer::FindsKeys(const sql::JsonPath& path) {
  for (const ast::JsonStep* step : path.steps) {
    if (step->index >= 0 || CanName(step->key.text, profile_.version.product)) continue;
    Refuse(sql::Feature::kJsonPath, "MariaDB finds no key that begins with '-': look for it in the program");
    return false;
  }
  return true;
}

void MysqlRenderer::JsonValue(const ast::JsonGet& get) {
  const sql::JsonPath path = sql::PathOf(get);
  if (!FindsKeys(path)) return;
  profile_.version.product == Product::kMariadb ? JsonTextValue(path, get.type)
                                                : JsonTypeValue(path, get.type);
}

// A literal has our collation: that of what JSON functions give goes with no other one.
void MysqlRenderer::JsonTypeValue(const sql::JsonPath& path, Type type) {
  const auto value = [&](absl::string_view before, absl::string_view after) {
    sql_ << before;
    Extracted(path);
    sql_ << after;
  };
  const auto is = [&](absl::string_view word) {
    sql_ << word;
    ExactCollation();
  };
  if (type == Type::kText) {
    value("CASE JSON_TYPE(", ") WHEN ");
    is("'STRING'");
    value(" THEN JSON_UNQUOTE(", ")");
    ExactCollation();
  } else if (type == Type::kBool) {
    value("CASE CAST(", " AS CHAR) WHEN ");
    is("'true'");
    sql_ << " THEN TRUE WHEN ";
    is("'false'");
    sql_ << " THEN FALSE";
  } else if (IsNumeric(type)) {
    value("CASE WHEN JSON_TYPE(", ") IN (");
    is("'INTEGER'");
    sql_ << ", 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL')";
    JsonNumber(path, type);
  } else {
    value("CASE WHEN JSON_TYPE(", ") <> ");
    is("'NULL'");
    value(" THEN ", "");
  }
  sql_ << " END";
}

// MariaDB's JSON is text, and told by how it begins. It is cast before it is compared: to the server the JSON
// string "null" equals the text null. It does not know an expression for the one it groups
// by (error 1055) when COLLATE is in it, or when JSON_TYPE(), which is of another character set, is compared.
void MysqlRenderer::JsonTextValue(const sql::JsonPath& path, Type type) {
  const auto value = [&](absl::string_view before, absl::string_view after) {
    sql_ << before;
    Extracted(path);
    sql_ << after;
  };
  if (type == Type::kText) {
    value("CASE LEFT(", ", 1) WHEN '\"'");
    value(" THEN CAST(JSON_UNQUOTE(", ") AS CHAR) END");
  } else if (type == Type::kBool) {
    value("CASE CAST(", " AS CHAR) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END");
  } else if (IsNumeric(type)) {
    value("CASE WHEN LEFT(", ", 1) BETWEEN '-' AND '9'");
    JsonNumber(path, type);
    sql_ << " END";
  } else {
    value("NULLIF(CAST(", " AS CHAR), 'null')");
  }
}

// Opens with the THEN of the condition that it is a number, and leaves that CASE open. As DOUBLE first: DECIMAL
// fails for what is too large for it, and rounds what is too small. Conditions are nested: MariaDB does not
// know one with AND for what it groups by.
void MysqlRenderer::JsonNumber(const sql::JsonPath& path, Type type) {
  const auto value = [&](absl::string_view before, absl::string_view after) {
    sql_ << before;
    Extracted(path);
    sql_ << after;
  };
  if (type == Type::kInt64) {
    value(" THEN CASE WHEN CAST(",
          " AS DOUBLE) BETWEEN -9223372036854775808 AND 9223372036854775807");
    value(" THEN CASE CAST(", " AS DOUBLE) % 1 WHEN 0");
    // Not by % 1: to MariaDB -1 % 1 as decimals is -0, and that is not 0.
    value(" THEN CASE CAST(", " AS DECIMAL(65, 30))");
    value(" WHEN CAST(", " AS DECIMAL(65, 0))");
    value(" THEN CASE WHEN CAST(",
          " AS DECIMAL(65, 0)) BETWEEN -9223372036854775808 AND 9223372036854775807");
    value(" THEN CAST(CAST(", " AS DECIMAL(65, 0)) AS SIGNED) END END END END");
  } else if (type == Type::kDecimal) {
    value(" THEN CASE WHEN ABS(CAST(", " AS DOUBLE)) < 1e35");
    value(" THEN CASE CAST(CAST(", " AS DECIMAL(65, 30)) AS DOUBLE)");
    value(" WHEN CAST(", " AS DOUBLE)");
    value(" THEN CAST(", " AS DECIMAL(65, 30)) END END");
  } else {
    value(" THEN CAST(", " AS DOUBLE)");
  }
}

// MariaDB reads JSON with functions that differ from MySQL's by more than their names.
// MariaDB's JSON_CONTAINS() and JSON_OVERLAPS() compare numbers as doubles, and strings by their escapes.
void MysqlRenderer::ArrayHas(const ast::Call& call) {
  const bool all = call.function == ast::Function::kArrayHasAll;
  const auto items = [&](const ast::Expr& array, absl::string_view name) {
    sql_ << "JSON_TABLE(";
    Expression(array);
    sql_ << ", '$[*]' COLUMNS (v LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$')) AS " << name;
  };
  sql_ << "CASE WHEN ";
  Operand(*call.arguments[0]);
  sql_ << (all ? " IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM " : " IS NOT NULL THEN EXISTS (SELECT 1 FROM ");
  items(*call.arguments[1], "ferro_wanted");
  sql_ << (all ? " WHERE NOT EXISTS (SELECT 1 FROM " : " WHERE EXISTS (SELECT 1 FROM ");
  items(*call.arguments[0], "ferro_held");
  sql_ << " WHERE ferro_held.v = ferro_wanted.v)) END";
}

void MysqlRenderer::Call(const ast::Call& call) {
  if (profile_.version.product != Product::kMariadb) return Renderer::Call(call);
  if (call.function == ast::Function::kArrayHasAll || call.function == ast::Function::kArrayHasAny) {
    return ArrayHas(call);
  }
  if (call.function == ast::Function::kJsonMergePatch) {
    return Fail(MakeErrorWithHint(
        ErrorClass::kUnsupported,
        absl::StrCat(profile_.version.ToString(), " does not support function json-merge-patch"),
        "its JSON_MERGE_PATCH() leaves keys that the patch removes: set and remove members, or merge in the program"));
  }
  const auto say = [&](absl::string_view sql) {
    Template(sql, call.arguments, sql::SignatureOf(call.function));
  };
  if (call.function == ast::Function::kJsonHasKey) {
    // A key that is not known yet cannot be in a path.
    return say(
        "CASE WHEN $? THEN NULL ELSE COALESCE(JSON_CONTAINS(JSON_KEYS($1), JSON_QUOTE($2)), FALSE) "
        "END");
  }
  // In HAVING NULLIF(MIN(1), 0) is NULL.
  if (call.function == ast::Function::kNullIf && call.arguments[0]->kind == ast::Kind::kAggregate) {
    return say("NULLIF(COALESCE($1), $2)");
  }
  // It gives the first text when the second is empty or not found, whatever the third is, and it replaces within the first,
  // which is another's, too, where that is a parameter of a derived table: so it gets a copy.
  if (call.function == ast::Function::kReplace) {
    return say("CASE WHEN $3 IS NOT NULL THEN REPLACE(CONCAT($1), $2, $3) END");
  }
  if (call.function == ast::Function::kJsonLength) {
    return say("CASE CAST(JSON_TYPE($1) AS CHAR) WHEN 'ARRAY' THEN JSON_LENGTH($1) END");
  }
  Renderer::Call(call);
}

// Where the last step leads from what is no object, or no array that long, both servers make one of it or add to it.
void MysqlRenderer::JsonChange(const ast::Call& call, const sql::JsonPath& path) {
  if (!FindsKeys(path)) return;
  sql::JsonPath parent = path;
  parent.steps.pop_back();
  const int64_t place = path.steps.back()->index;
  const auto from = [&] { parent.steps.empty() ? Expression(*path.document) : Extracted(parent); };
  const auto document = [&] {
    sql_ << (mariadb() ? "" : "CAST(");
    Expression(*path.document);
    sql_ << (mariadb() ? "" : " AS JSON)");
  };
  const auto change = [&](absl::string_view whole) {
    const bool sets = call.function == ast::Function::kJsonSet;
    sql_ << (sets ? "JSON_SET(" : "JSON_REMOVE(");
    Expression(*path.document);
    sql_ << ", ";
    sql_.String(whole);
    if (sets) {
      sql_ << (mariadb() ? ", JSON_COMPACT(COALESCE(" : ", CAST(COALESCE(");
      JsonItem(*call.arguments[1]);
      sql_ << (mariadb() ? ", 'null'))" : ", 'null') AS JSON)");
    }
    sql_ << ")";
  };
  sql_ << (place < 0 ? "CASE " : "CASE CASE ") << (mariadb() ? "CAST(JSON_TYPE(" : "JSON_TYPE(");
  from();
  sql_ << (mariadb() ? ") AS CHAR) WHEN " : ") WHEN ") << (place < 0 ? "'OBJECT'" : "'ARRAY'");
  if (!mariadb()) ExactCollation();
  if (place >= 0) {
    sql_ << " THEN JSON_LENGTH(";
    from();
    sql_ << absl::StrCat(") > ", place, " END WHEN TRUE");
  }
  sql_ << " THEN ";
  const std::vector<Place> places = PlacesOf(path.steps, profile_.version.product);
  const auto when = [&](absl::string_view there, absl::string_view whole) {
    sql_ << " WHEN JSON_EXISTS(";
    Expression(*path.document);
    sql_ << ", ";
    sql_.String(there);
    sql_ << ") THEN ";
    change(whole);
  };
  if (places.size() == 1) {
    change(places.front().whole);
  } else {
    // The key as it is spelled there; else a new one, within keys as they are spelled.
    sql_ << "CASE";
    for (const Place& one : places) when(one.whole, one.whole);
    if (call.function == ast::Function::kJsonSet) {
      absl::string_view last;
      for (const Place& one : places) {
        if (one.parent != last) when(one.parent, one.whole);
        last = one.parent;
      }
    }
    sql_ << " ELSE ";
    Expression(*path.document);
    sql_ << " END";
  }
  sql_ << " ELSE ";
  document();
  sql_ << " END";
}

// JSON_ARRAYAGG() has no order, and no FILTER can be made of it since it takes NULLs.
void MysqlRenderer::JsonArray(const ast::Aggregate& aggregate) {
  const bool filtered = static_cast<bool>(aggregate.filter);
  const auto item = [&] {
    if (filtered) {
      sql_ << "CASE WHEN ";
      Expression(*aggregate.filter);
      sql_ << " THEN ";
    }
    sql_ << "COALESCE(";
    JsonItem(*aggregate.arguments[0]);
    sql_ << ", 'null')" << (filtered ? " END" : "");
  };
  const bool asks = filtered && mariadb();
  if (asks) WhenAnyOf(item);
  sql_ << (mariadb() ? "CONCAT('[', GROUP_CONCAT(" : "CAST(CONCAT('[', GROUP_CONCAT(");
  item();
  GroupOrder(aggregate.order);
  sql_ << " SEPARATOR ','), ']')" << (mariadb() ? "" : " AS JSON)") << (asks ? " END" : "");
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
      between("JSON_QUOTE(", ")");
      return ExactCollation();
    case Type::kDecimal:
      between("JSON_QUOTE(CAST(", " AS CHAR))");
      return ExactCollation();
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
    case Type::kBytes:
      return between("LOWER(CONCAT('\"', HEX(", "), '\"'))");
    case Type::kInt64:
    case Type::kFloat64:
    case Type::kJson:
    case Type::kNull:
    case Type::kInterval:
    case Type::kArray:
      break;
  }
  between("CAST(", " AS CHAR)");
  ExactCollation();
}

}  // namespace ferro::mysql
