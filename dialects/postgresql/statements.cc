#include "dialects/postgresql/statements.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"

namespace ferro::postgresql {

const std::string* PreparedStatements::Find(uint64_t id, std::span<const Oid> types) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  const Order::iterator entry = found->second;
  if (!std::equal(types.begin(), types.end(), entry->types.begin(), entry->types.end())) {
    GiveUp(entry, true);
    return nullptr;
  }
  order_.splice(order_.begin(), order_, entry);
  return &entry->name;
}

std::string PreparedStatements::NewName() { return absl::StrCat(prefix_, ++last_name_); }

void PreparedStatements::UseOwnNames() {
  std::random_device chance;
  prefix_ = absl::StrCat("ferro_", absl::Hex(chance(), absl::kZeroPad8), absl::Hex(chance(), absl::kZeroPad8), "_");
}

void PreparedStatements::Add(uint64_t id, std::string name, std::span<const Oid> types) {
  Forget(id, true);
  while (order_.size() >= capacity_) GiveUp(std::prev(order_.end()), true);
  Order added;  // in both or in neither, should memory run out between them
  added.push_front({id, std::move(name), {types.begin(), types.end()}});
  by_id_[id] = added.begin();
  order_.splice(order_.begin(), added);
}

void PreparedStatements::Forget(uint64_t id, bool known_to_server) {
  if (const auto found = by_id_.find(id); found != by_id_.end()) {
    GiveUp(found->second, known_to_server);
  }
}

void PreparedStatements::Forget(uint64_t id, const std::string& name, bool known_to_server) {
  const auto found = by_id_.find(id);
  if (found != by_id_.end() && found->second->name == name) GiveUp(found->second, known_to_server);
}

std::vector<std::string> PreparedStatements::TakePending(size_t at_most) {
  const size_t count = std::min(at_most, closing_.size());
  const auto first = closing_.end() - static_cast<std::ptrdiff_t>(count);
  std::vector<std::string> names(std::make_move_iterator(first),
                                 std::make_move_iterator(closing_.end()));
  closing_.resize(closing_.size() - count);
  return names;
}

void PreparedStatements::GiveUp(Order::iterator entry, bool known_to_server) {
  if (known_to_server) closing_.push_back(std::move(entry->name));
  by_id_.erase(entry->id);
  order_.erase(entry);
}

}  // namespace ferro::postgresql
