// The product and version of a server, as found at connect, and its ordering.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace ferro {

enum class Product : uint8_t { kAnsi, kSqlite, kPostgresql, kMariadb, kMysql };

inline absl::string_view Name(Product product) {
  switch (product) {
    case Product::kAnsi: return "ANSI";
    case Product::kSqlite: return "SQLite";
    case Product::kPostgresql: return "PostgreSQL";
    case Product::kMariadb: return "MariaDB";
    case Product::kMysql: return "MySQL";
  }
  return "unknown";
}

struct ServerVersion {
  Product product = Product::kAnsi;
  int major = 0;
  int minor = 0;
  int patch = 0;

  // Versions of different products have no meaningful order; the product comes first only to make one.
  auto operator<=>(const ServerVersion&) const = default;

  // "PostgreSQL 15.20", "SQLite 3.40.1".
  std::string ToString() const {
    if (product == Product::kPostgresql) return absl::StrCat(Name(product), " ", major, ".", minor);
    return absl::StrCat(Name(product), " ", major, ".", minor, ".", patch);
  }
};

}  // namespace ferro
