#include "dialects/postgresql/user_types.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace ferro::postgresql {

// A domain is followed to what it is made of. The send function of an enum writes its label, those
// of the category of strings (citext) their text; of others (hstore, ltree, geometry) we know
// nothing, even where the first bytes look like text.
const char* UserTypes::Question() {
  return "WITH RECURSIVE t(asked, oid, typtype, typcategory, typbasetype) AS ("
         "SELECT oid, oid, typtype, typcategory, typbasetype FROM pg_catalog.pg_type"
         " WHERE oid = ANY ($1::pg_catalog.oid[])"
         " UNION ALL "
         "SELECT t.asked, b.oid, b.typtype, b.typcategory, b.typbasetype"
         " FROM t JOIN pg_catalog.pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype) "
         "SELECT asked, CASE WHEN typtype = 'e' OR typcategory = 'S' THEN 25 ELSE oid END,"
         " pg_catalog.format_type(asked, NULL) FROM t WHERE typtype <> 'd'";
}

std::string UserTypes::List(const std::vector<Oid>& oids) {
  return absl::StrCat("{", absl::StrJoin(oids, ","), "}");
}

std::vector<Oid> UserTypes::Missing(const PGresult* result) const {
  std::vector<Oid> missing;
  for (int i = 0; i < PQnfields(result); ++i) {
    const Oid oid = PQftype(result, i);
    if (NaturalType(oid) != Type::kNull || known_.contains(oid)) continue;
    if (std::find(missing.begin(), missing.end(), oid) == missing.end()) missing.push_back(oid);
  }
  return missing;
}

void UserTypes::Learn(const std::vector<Oid>& asked, const PGresult* answer) {
  for (const Oid oid : asked) Learn(oid, oid, "");
  for (int row = 0; row < PQntuples(answer); ++row) {
    Oid oid = 0, read_as = 0;
    if (absl::SimpleAtoi(PQgetvalue(answer, row, 0), &oid) &&
        absl::SimpleAtoi(PQgetvalue(answer, row, 1), &read_as)) {
      Learn(oid, read_as, PQgetvalue(answer, row, 2));
    }
  }
}

void UserTypes::Learn(Oid oid, Oid read_as, std::string name) {
  known_[oid] = {read_as, std::move(name)};
}

Oid UserTypes::ReadAs(Oid oid) const {
  const auto found = known_.find(oid);
  return found == known_.end() ? oid : found->second.read_as;
}

std::string UserTypes::NameOf(Oid oid) const {
  if (const absl::string_view name = TypeName(oid); !name.empty()) return std::string(name);
  if (const Oid element = ElementOid(oid); element != 0) {
    return absl::StrCat(TypeName(element), "[]");
  }
  const auto found = known_.find(oid);
  if (found != known_.end() && !found->second.name.empty()) return found->second.name;
  return absl::StrCat("type ", oid);
}

}  // namespace ferro::postgresql
