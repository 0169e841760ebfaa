// Plan bytes to their shared, immutable Compiled. Sharded and bounded: each shard forgets its least recently used.
// May be used from any thread.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/sql/compiled.h"
#include "engine/sql/dialect.h"

namespace ferro::sql {

class StatementCache {
 public:
  explicit StatementCache(size_t capacity = 4096);
  ~StatementCache();
  StatementCache(const StatementCache&) = delete;
  StatementCache& operator=(const StatementCache&) = delete;

  // What is cached under `plan`, or compiled now. On a hit nothing is decoded.
  absl::StatusOr<std::shared_ptr<const Compiled>> Get(absl::string_view plan,
                                                      const DialectProfile& profile);

  size_t size() const;
  uint64_t hits() const;
  uint64_t misses() const;

 private:
  struct Shard;
  static constexpr size_t kShards = 8;
  std::unique_ptr<Shard[]> shards_;
  size_t shard_capacity_;
};

}  // namespace ferro::sql
