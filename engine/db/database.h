// One URL: its dialect, a pool, a cache of compiled statements, and the profile of the server that answered first.
// Shared by everything that uses it; thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/mutex.h"
#include "engine/db/pool.h"
#include "engine/db/url.h"
#include "engine/sql/dialect.h"
#include "engine/sql/statement_cache.h"

namespace ferro::db {

class Database {
 public:
  // Reads the URL; connects to nothing.
  static absl::StatusOr<std::shared_ptr<Database>> Open(absl::string_view url);

  Database(const sql::Dialect& dialect, const Url& url);
  ~Database();

  // Opens a connection if there is none yet, finds out what the server is, and opens what the pool is to keep.
  Task<absl::Status> Connect();
  // A round trip to the server and back on a connection of the pool.
  Task<absl::Status> Ping();
  void Close() { pool().Close(); }

  absl::StatusOr<std::shared_ptr<const sql::Compiled>> Compile(absl::string_view plan);

  const sql::Dialect& dialect() const { return dialect_; }
  // Null before the first Connect() has succeeded; then it never changes.
  const sql::DialectProfile* profile() const { return profile_.load(std::memory_order_acquire); }
  const Url& url() const { return url_; }
  const std::string& server() const { return server_; }  // read after profile() is not null
  // In a child by fork() a new one, which opens connections of its own. For a database in memory, which stayed with the
  // parent, it refuses.
  Pool& pool() const {
    Pool* const pool = current_.load(std::memory_order_acquire);
    return pool->here() ? *pool : *Renew(pool);
  }
  const sql::StatementCache& statements() const { return cache_; }

 private:
  void Meet(const Connection& connection);
  Pool* Renew(Pool* old) const;

  const sql::Dialect& dialect_;
  const Url url_;
  std::shared_ptr<Pool> pool_;             // the one it was made with
  mutable std::atomic<Pool*> current_;     // that, or one made after fork()
  sql::StatementCache cache_;
  Mutex mutex_;
  std::unique_ptr<const sql::DialectProfile> found_ ABSL_GUARDED_BY(mutex_);
  std::string server_;
  std::atomic<const sql::DialectProfile*> profile_{nullptr};
};

}  // namespace ferro::db
