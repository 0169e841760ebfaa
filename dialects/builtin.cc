#include "dialects/builtin.h"

#include <mutex>

#include "engine/db/registry.h"

#ifdef FERRO_WITH_ANSI
#include "dialects/ansi/ansi.h"
#endif
#ifdef FERRO_WITH_SQLITE
#include "dialects/sqlite/sqlite.h"
#endif
#ifdef FERRO_WITH_POSTGRESQL
#include "dialects/postgresql/postgresql.h"
#endif
#ifdef FERRO_WITH_MYSQL
#include "dialects/mysql/mysql.h"
#endif

namespace ferro {

void RegisterBuiltinDialects() {
  static std::once_flag once;
  std::call_once(once, [] {
#ifdef FERRO_WITH_ANSI
    db::RegisterDialect(ansi::GetDialect());
#endif
#ifdef FERRO_WITH_SQLITE
    db::RegisterDialect(sqlite::GetDialect());
#endif
#ifdef FERRO_WITH_POSTGRESQL
    db::RegisterDialect(postgresql::GetDialect());
#endif
#ifdef FERRO_WITH_MYSQL
    db::RegisterDialect(mysql::GetDialect());
#endif
  });
}

}  // namespace ferro
