#include "dialects/sqlite/forked.h"

#include <pthread.h>
#include <sys/stat.h>

#include <mutex>

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"

namespace ferro::sqlite {
namespace {

struct Registry {
  std::mutex mutex;
  std::list<Known*> handles;
};

Registry& TheRegistry() {
  // Never destroyed: threads may end after static objects have gone.
  static Registry* const registry = [] {
    auto* made = new Registry;
    // Whole in the child, whatever other threads do meanwhile.
    pthread_atfork([] { TheRegistry().mutex.lock(); }, [] { TheRegistry().mutex.unlock(); },
                   [] { TheRegistry().mutex.unlock(); });
    return made;
  }();
  return *registry;
}

bool IsSameFile(const char* one, const std::string& other) {
  struct stat first, second;
  return one != nullptr && stat(one, &first) == 0 && stat(other.c_str(), &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

// Its statements and itself. Nothing of its file is written: no transaction is open, and the end of a WAL needs a lock that
// the parent's own handle does not let it have.
void CloseIdle(sqlite3* handle) {
  while (sqlite3_stmt* statement = sqlite3_next_stmt(handle, nullptr)) sqlite3_finalize(statement);
  sqlite3_close(handle);
}

}  // namespace

Known::Known(sqlite3* handle) : handle_(handle) {
  Registry& registry = TheRegistry();
  const std::lock_guard<std::mutex> lock(registry.mutex);
  place_ = registry.handles.insert(registry.handles.end(), this);
}

Known::~Known() {
  Registry& registry = TheRegistry();
  const std::lock_guard<std::mutex> lock(registry.mutex);
  registry.handles.erase(place_);
}

absl::Status LeaveParent(const std::string& path) {
  if (runtime::Generation() == 0) return absl::OkStatus();
  Registry& registry = TheRegistry();
  const std::lock_guard<std::mutex> lock(registry.mutex);
  bool in_use = false;
  for (Known* known : registry.handles) {
    if (known->born_.here() || known->handle_ == nullptr) continue;
    const char* const file = sqlite3_db_filename(known->handle_, "main");
    if (file == nullptr || *file == '\0') continue;  // in memory: no locks
    if (known->busy_ || sqlite3_get_autocommit(known->handle_) == 0) {
      in_use = in_use || IsSameFile(file, path);
      continue;
    }
    CloseIdle(known->handle_);
    known->handle_ = nullptr;
  }
  if (!in_use) return absl::OkStatus();
  return MakeErrorWithHint(
      ErrorClass::kForked,
      "the SQLite file was in use when the process forked, and SQLite's locks were copied with it",
      "fork while no statement and no transaction is under way on it, or use another way to start processes");
}

}  // namespace ferro::sqlite
