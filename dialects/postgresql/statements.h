// Which statements a session has prepared, least recently used first to go, and the names that the
// server may forget. Only bookkeeping: the connection sends.
#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "dialects/postgresql/oids.h"

namespace ferro::postgresql {

class PreparedStatements {
 public:
  explicit PreparedStatements(size_t capacity) : capacity_(capacity) {}

  // Nothing can be kept: statements are sent unprepared.
  bool enabled() const { return capacity_ > 0; }

  // The server's name of statement `id`, or null. One prepared for other parameter types (an
  // untyped NULL the first time) does not fit and is given up.
  const std::string* Find(uint64_t id, std::span<const Oid> types);

  // A name that this session has not used; after UseOwnNames() one that no other session uses either.
  std::string NewName();
  void UseOwnNames();

  // Once the server has prepared it. May give up another.
  void Add(uint64_t id, std::string name, std::span<const Oid> types);

  // Gives `id` up; `known_to_server`: it has to be told.
  void Forget(uint64_t id, bool known_to_server);
  // Only if it still has that name: it may have been prepared anew.
  void Forget(uint64_t id, const std::string& name, bool known_to_server);

  // Names of given-up statements that the server still holds.
  size_t pending() const { return closing_.size(); }
  // As many as are kept, or `enough` of them.
  bool full_of_pending(size_t enough = ~size_t{0}) const {
    return closing_.size() >= std::min(capacity_, enough);
  }
  std::vector<std::string> TakePending(size_t at_most);

 private:
  struct Entry {
    uint64_t id;
    std::string name;
    std::vector<Oid> types;
  };
  using Order = std::list<Entry>;  // most recently used first

  void GiveUp(Order::iterator entry, bool known_to_server);

  size_t capacity_;
  std::string prefix_ = "ferro_";
  uint64_t last_name_ = 0;
  Order order_;
  std::unordered_map<uint64_t, Order::iterator> by_id_;
  std::vector<std::string> closing_;
};

}  // namespace ferro::postgresql
