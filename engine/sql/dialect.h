// A dialect: words, a feature table, a renderer and a driver. `Resolve` makes the immutable profile of one
// server version, which is all the compiler sees. MariaDB and MySQL are two profiles of one dialect.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/base/version.h"
#include "engine/sql/feature.h"
#include "engine/sql/functions.h"
#include "engine/sql/lexicon.h"
#include "engine/value/value.h"

namespace ferro::db {
class Driver;
}

namespace ferro::sql {

class Renderer;
class SqlWriter;
struct DialectProfile;

// For DialectProfile::make_renderer.
template <class DialectRenderer>
std::unique_ptr<Renderer> MakeRenderer(SqlWriter& writer, const DialectProfile& profile) {
  return std::make_unique<DialectRenderer>(writer, profile);
}

struct DialectProfile {
  absl::string_view dialect;  // "postgresql"
  ServerVersion version;
  const Lexicon* lexicon = nullptr;
  const FeatureTable* features = nullptr;
  std::span<const FunctionRow> functions;
  std::unique_ptr<Renderer> (*make_renderer)(SqlWriter& writer, const DialectProfile& profile) = nullptr;
  // Appends a value that sql::CheckLiteral takes, or NULL, as a literal that is what a parameter of `type` is.
  absl::Status (*append_literal)(const Value& value, Type type, const DialectProfile& profile,
                                 std::string& out) = nullptr;
  size_t max_parameters = 65535;  // of one statement
  size_t bulk_rows = 1000;        // rows of one bulk statement at most
  size_t max_depth = 0;           // of rendered expressions; 0: as the plan reader allows

  // Whether the server is of this version or later.
  bool HasReached(const Since& since) const;

  // What this server does with `feature`: a native row that came later than `version` is refused.
  Support SupportOf(Feature feature) const;

  // OK, or ErrorClass::kUnsupported naming feature, server found, version needed and advice.
  absl::Status Check(Feature feature) const;
};

struct Dialect {
  absl::string_view name;
  std::span<const absl::string_view> schemes;  // of URLs: "postgresql", "postgres"
  DialectProfile (*resolve)(const ServerVersion& version) = nullptr;
  // Null for a dialect that only renders (ansi).
  std::unique_ptr<db::Driver> (*make_driver)() = nullptr;
};

}  // namespace ferro::sql
