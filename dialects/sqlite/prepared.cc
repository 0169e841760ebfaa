#include "dialects/sqlite/prepared.h"

#include <utility>

namespace ferro::sqlite {

Prepared* PreparedCache::Find(uint64_t id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &found->second->prepared;
}

Prepared* PreparedCache::Insert(uint64_t id, Prepared&& prepared) {
  if (id == 0 || capacity_ == 0) return nullptr;
  if (entries_.size() >= capacity_) {
    by_id_.erase(entries_.back().id);
    entries_.pop_back();
  }
  std::list<Entry> added;  // in both or in neither, should memory run out between them
  added.push_front(Entry{id, std::move(prepared)});
  by_id_[id] = added.begin();
  entries_.splice(entries_.begin(), added);
  return &entries_.front().prepared;
}

}  // namespace ferro::sqlite
