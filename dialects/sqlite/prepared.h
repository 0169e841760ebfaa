// Prepared statements of one connection, the least recently used dropped first. Not thread-safe.
#pragma once

#include <cstdint>
#include <list>
#include <unordered_map>

#include "dialects/sqlite/handle.h"

namespace ferro::sqlite {

struct Prepared {
  StatementHandle handle;
  bool read_only = false;
  // Took more than the budget when it ran last, or is not known yet and might: it starts on the
  // worker.
  bool slow = false;
  // Commits::StatementMayChange() of its text.
  bool may_change_commits = false;
};

class PreparedCache {
 public:
  explicit PreparedCache(int capacity)
      : capacity_(capacity < 0 ? 0 : static_cast<size_t>(capacity)) {}

  // Null when `id` is not there. What is given stays valid until the next Insert().
  Prepared* Find(uint64_t id);
  // Null, and `prepared` is untouched, when nothing is kept: id 0 or no capacity.
  Prepared* Insert(uint64_t id, Prepared&& prepared);

  size_t size() const { return by_id_.size(); }

 private:
  struct Entry {
    uint64_t id;
    Prepared prepared;
  };

  const size_t capacity_;
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<uint64_t, std::list<Entry>::iterator> by_id_;
};

}  // namespace ferro::sqlite
