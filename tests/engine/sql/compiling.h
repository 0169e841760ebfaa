// For the tests of engine/sql: S-expressions compiled for a server, by the dialects that this build
// has.
#pragma once

#include "absl/strings/string_view.h"
#include "dialects/builtin.h"
#include "engine/db/registry.h"
#include "engine/plan/sexpr.h"
#include "engine/sql/compile.h"
#include "tests/support/status_matchers.h"

namespace ferro::testing {

inline constexpr ServerVersion kSqlite{Product::kSqlite, 3, 40, 1};
inline constexpr ServerVersion kPostgresql{Product::kPostgresql, 15, 0, 0};
inline constexpr ServerVersion kMariadb{Product::kMariadb, 10, 11, 0};
inline constexpr ServerVersion kMysql{Product::kMysql, 9, 7, 0};

inline const sql::Dialect* DialectOf(const ServerVersion& version) {
  RegisterBuiltinDialects();
  switch (version.product) {
    case Product::kAnsi:
      return db::DialectForScheme("ansi");
    case Product::kSqlite:
      return db::DialectForScheme("sqlite");
    case Product::kPostgresql:
      return db::DialectForScheme("postgresql");
    case Product::kMariadb:
    case Product::kMysql:
      return db::DialectForScheme("mysql");
  }
  return nullptr;
}

inline absl::StatusOr<sql::Compiled> Compile(absl::string_view text, const ServerVersion& version) {
  Arena arena;
  FERRO_ASSIGN(const plan::Plan plan, plan::ParseSexpr(text, arena));
  return sql::Compile(plan, DialectOf(version)->resolve(version));
}

}  // namespace ferro::testing

#define SKIP_WITHOUT(version)                          \
  if (::ferro::testing::DialectOf(version) == nullptr) \
  GTEST_SKIP() << "this build lacks the dialect"
