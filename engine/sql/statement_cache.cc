#include "engine/sql/statement_cache.h"

#include <algorithm>
#include <list>
#include <unordered_map>
#include <utility>

#include "absl/hash/hash.h"
#include "engine/base/mutex.h"
#include "engine/base/try.h"
#include "engine/sql/compile.h"

namespace ferro::sql {

// One part of the cache with a lock of its own. The list is in order of use, latest first; list
// nodes do not move, so the map's keys may point into them.
struct StatementCache::Shard {
  struct Entry {
    std::string plan;
    std::shared_ptr<const Compiled> compiled;
  };

  mutable Mutex mutex;
  std::list<Entry> entries ABSL_GUARDED_BY(mutex);
  std::unordered_map<absl::string_view, std::list<Entry>::iterator, absl::Hash<absl::string_view>> by_plan
      ABSL_GUARDED_BY(mutex);
  uint64_t hits ABSL_GUARDED_BY(mutex) = 0;
  uint64_t misses ABSL_GUARDED_BY(mutex) = 0;

  std::shared_ptr<const Compiled> Find(absl::string_view plan)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    const auto found = by_plan.find(plan);
    if (found == by_plan.end()) return nullptr;
    entries.splice(entries.begin(), entries, found->second);
    return found->second->compiled;
  }

  void Add(absl::string_view plan, std::shared_ptr<const Compiled> compiled, size_t capacity)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    while (entries.size() >= capacity) {
      by_plan.erase(entries.back().plan);
      entries.pop_back();
    }
    std::list<Entry> added;  // in both or in neither, should memory run out between them
    added.push_front({std::string(plan), std::move(compiled)});
    by_plan.emplace(added.front().plan, added.begin());
    entries.splice(entries.begin(), added);
  }
};

StatementCache::StatementCache(size_t capacity)
    : shards_(std::make_unique<Shard[]>(kShards)),
      shard_capacity_(std::max<size_t>(1, capacity / kShards)) {}

StatementCache::~StatementCache() = default;

absl::StatusOr<std::shared_ptr<const Compiled>> StatementCache::Get(absl::string_view plan,
                                                                    const DialectProfile& profile) {
  Shard& shard = shards_[absl::HashOf(plan) % kShards];
  {
    const MutexLock lock(shard.mutex);
    if (auto found = shard.Find(plan)) {
      ++shard.hits;
      return found;
    }
    ++shard.misses;
  }
  // Without the lock: whoever else needs this plan now compiles it too, and the first one is kept.
  Arena arena;
  FERRO_ASSIGN(const plan::Plan read, plan::Read(plan, arena));
  FERRO_ASSIGN(Compiled compiled, Compile(read, profile));
  auto shared = std::make_shared<const Compiled>(std::move(compiled));
  const MutexLock lock(shard.mutex);
  if (auto found = shard.Find(plan)) return found;
  shard.Add(plan, shared, shard_capacity_);
  return shared;
}

size_t StatementCache::size() const {
  size_t sum = 0;
  for (size_t i = 0; i < kShards; ++i) {
    const MutexLock lock(shards_[i].mutex);
    sum += shards_[i].entries.size();
  }
  return sum;
}

uint64_t StatementCache::hits() const {
  uint64_t sum = 0;
  for (size_t i = 0; i < kShards; ++i) {
    const MutexLock lock(shards_[i].mutex);
    sum += shards_[i].hits;
  }
  return sum;
}

uint64_t StatementCache::misses() const {
  uint64_t sum = 0;
  for (size_t i = 0; i < kShards; ++i) {
    const MutexLock lock(shards_[i].mutex);
    sum += shards_[i].misses;
  }
  return sum;
}

}  // namespace ferro::sql
