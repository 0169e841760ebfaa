#include "engine/db/registry.h"

#include <algorithm>

#include "engine/base/mutex.h"

namespace ferro::db {
namespace {

struct Registry {
  Mutex mutex;
  std::vector<const sql::Dialect*> dialects ABSL_GUARDED_BY(mutex);
};

Registry& TheRegistry() {
  static Registry& registry = *new Registry;  // never destroyed: used until the process ends
  return registry;
}

}  // namespace

void RegisterDialect(const sql::Dialect& dialect) {
  Registry& registry = TheRegistry();
  const MutexLock lock(registry.mutex);
  const auto known = std::find(registry.dialects.begin(), registry.dialects.end(), &dialect);
  if (known == registry.dialects.end()) registry.dialects.push_back(&dialect);
}

const sql::Dialect* DialectForScheme(absl::string_view scheme) {
  Registry& registry = TheRegistry();
  const MutexLock lock(registry.mutex);
  for (const sql::Dialect* dialect : registry.dialects) {
    if (dialect->name == scheme) return dialect;
    for (const absl::string_view known : dialect->schemes) {
      if (known == scheme) return dialect;
    }
  }
  return nullptr;
}

std::vector<const sql::Dialect*> AllDialects() {
  Registry& registry = TheRegistry();
  const MutexLock lock(registry.mutex);
  return registry.dialects;
}

}  // namespace ferro::db
