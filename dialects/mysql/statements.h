// The prepared statements that one connection keeps, least recently used first out. It only
// remembers and forgets: preparing and closing are the connection's, since both may wait.
#pragma once

#include <mysql.h>

#include <cstdint>
#include <list>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace ferro::mysql {

class StatementCache {
 public:
  explicit StatementCache(size_t capacity) : capacity_(capacity) {}

  // Null when it is not kept. Makes it the most recently used.
  MYSQL_STMT* Find(uint64_t id) {
    const auto found = index_.find(id);
    if (found == index_.end()) return nullptr;
    order_.splice(order_.begin(), order_, found->second);
    return found->second->second;
  }

  // Room has been made before: see full().
  void Insert(uint64_t id, MYSQL_STMT* statement) {
    order_.emplace_front(id, statement);
    index_[id] = order_.begin();
  }

  // Forgets one; the caller closes it.
  MYSQL_STMT* TakeOldest() {
    const auto [id, statement] = order_.back();
    index_.erase(id);
    order_.pop_back();
    return statement;
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
  size_t size() const { return order_.size(); }

 private:
  using Entry = std::pair<uint64_t, MYSQL_STMT*>;

  size_t capacity_;
  std::list<Entry> order_;
  absl::flat_hash_map<uint64_t, std::list<Entry>::iterator> index_;
};

}  // namespace ferro::mysql
