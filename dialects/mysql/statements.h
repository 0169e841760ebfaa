// The prepared statements that one connection keeps, least recently used first out. It only
// remembers and forgets: preparing and closing are the connection's, since both may wait.
#pragma once

#include <mysql.h>

#include <cstdint>
#include <list>
#include <unordered_map>
#include <utility>

namespace ferro::mysql {

struct KeptStatement {
  MYSQL_STMT* statement = nullptr;  // null: not kept
  uint64_t signature = 0;           // of its parameters' types, see ParameterBinds
};

class StatementCache {
  using Entry = std::pair<uint64_t, KeptStatement>;

 public:
  explicit StatementCache(size_t capacity) : capacity_(capacity) {}

  // Makes it the most recently used.
  KeptStatement Find(uint64_t id) {
    const auto found = index_.find(id);
    if (found == index_.end()) return {};
    order_.splice(order_.begin(), order_, found->second);
    return found->second->second;
  }

  // Room has been made before: see full(). In both or in neither, should memory run out between them.
  void Insert(uint64_t id, KeptStatement kept) {
    std::list<Entry> added;
    added.emplace_front(id, kept);
    index_[id] = added.begin();
    order_.splice(order_.begin(), added);
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

  MYSQL_STMT* oldest() const { return order_.back().second.statement; }
  bool empty() const { return order_.empty(); }
  bool full() const { return order_.size() >= capacity_; }
  size_t capacity() const { return capacity_; }

 private:
  size_t capacity_;
  std::list<Entry> order_;
  std::unordered_map<uint64_t, std::list<Entry>::iterator> index_;
};

}  // namespace ferro::mysql
