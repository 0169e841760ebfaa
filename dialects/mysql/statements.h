// The prepared statements that one connection keeps, least recently used first out. It only
// remembers and forgets: preparing and closing are the connection's, since both may wait.
#pragma once

#include <mysql.h>

#include <cstdint>
#include <list>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace ferro::mysql {

struct KeptStatement {
  MYSQL_STMT* statement = nullptr;  // null: not kept
  uint64_t signature = 0;           // of its parameters' types, see ParameterBinds
};

class StatementCache {
 public:
  explicit StatementCache(size_t capacity) : capacity_(capacity) {}

  // Makes it the most recently used.
  KeptStatement Find(uint64_t id) {
    const auto found = index_.find(id);
    if (found == index_.end()) return {};
    order_.splice(order_.begin(), order_, found->second);
    return found->second->second;
  }

  // Room has been made before: see full().
  void Insert(uint64_t id, KeptStatement kept) {
    order_.emplace_front(id, kept);
    index_[id] = order_.begin();
  }

  // Forgets one; the caller closes it.
  MYSQL_STMT* TakeOldest() {
    const auto [id, kept] = order_.back();
    index_.erase(id);
    order_.pop_back();
    return kept.statement;
  }
  void Forget(uint64_t id) {
    const auto found = index_.find(id);
    if (found == index_.end()) return;
    order_.erase(found->second);
    index_.erase(found);
  }

  bool empty() const { return order_.empty(); }
  bool full() const { return order_.size() >= capacity_; }
  size_t capacity() const { return capacity_; }

 private:
  using Entry = std::pair<uint64_t, KeptStatement>;

  size_t capacity_;
  std::list<Entry> order_;
  absl::flat_hash_map<uint64_t, std::list<Entry>::iterator> index_;
};

}  // namespace ferro::mysql
