// Statements of the size that programs send, as plan bytes, and a profile of each built-in dialect
// to compile them for. Shared by the programs of this folder.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "dialects/builtin.h"
#include "engine/db/registry.h"
#include "engine/plan/sexpr.h"
#include "engine/sql/dialect.h"

namespace ferro::bench {

struct Sample {
  const char* name;
  const char* sexpr;
};

inline constexpr Sample kSamples[] = {
    {"get",
     "(select (columns id:int64 name:text team:int64 score:float64 seen:timestamptz)"
     " (from player) (where (eq id:int64 (param int64))))"},
    {"page",
     "(select (columns id:int64 name:text team:int64 score:float64 seen:timestamptz note:text)"
     " (from player)"
     " (where (and (gt score:float64 (param float64)) (is-not-null note:text)"
     "  (or (in team:int64 (param-list int64)) (like name:text (param text)))))"
     " (order (desc seen:timestamptz nulls-last) id:int64)"
     " (limit (param int64)) (offset (param int64)))"},
    {"insert",
     "(insert player (row (name (param text)) (team (param int64)) (score (param float64))"
     " (seen (param timestamptz))) (returning id:int64) (key id:int64))"},
};

// A benchmark that cannot begin would measure nothing: it stops the program.
template <class T>
T OrDie(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "%s\n", value.status().ToString().c_str());
    std::abort();
  }
  return *std::move(value);
}

// A recent server of each product that has a dialect in this build.
inline std::vector<sql::DialectProfile> Profiles() {
  RegisterBuiltinDialects();
  const std::pair<absl::string_view, ServerVersion> servers[] = {
      {"sqlite", {Product::kSqlite, 3, 45, 0}},
      {"postgresql", {Product::kPostgresql, 16, 0, 0}},
      {"mysql", {Product::kMariadb, 10, 11, 0}},
  };
  std::vector<sql::DialectProfile> found;
  for (const auto& [name, version] : servers) {
    for (const sql::Dialect* dialect : db::AllDialects()) {
      if (dialect->name == name) found.push_back(dialect->resolve(version));
    }
  }
  return found;
}

}  // namespace ferro::bench
