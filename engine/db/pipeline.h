// Statements of one event loop that share connections: what is asked within one turn of the loop is sent together, on few
// connections, and answered in order. Only reads that nobody could tell apart from others are asked here (sql::Compiled::
// shareable). Who finds no lane that takes it gets a connection of its own, with the pool's deadline and in the pool's
// order, and makes a lane of it: so nobody ever waits for what another one waits for.
//
// It drives nothing: whoever has the loop drives the operations of the lanes as any other, and those of statements when the
// pipeline says that they can go on. One thread at a time, with all operations that share it.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "engine/db/database.h"
#include "engine/db/lane.h"
#include "engine/runtime/fork.h"

namespace ferro::db {

class Pipeline {
 public:
  explicit Pipeline(std::shared_ptr<Database> database) : database_(std::move(database)) {}
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Whether Ask() would do it now: such statements have not been slow or large lately.
  bool Suits(const Request& request);
  // Waits for the answer, `timeout` at most unless the operation has a deadline of its own. Null: run it by itself.
  Task<absl::StatusOr<std::unique_ptr<Answer>>> Ask(const Request& request, absl::Duration timeout);
  // It was slow or large: the next ones of its kind run by themselves. `for_ever`: all of them.
  void Avoid(uint64_t statement_id, bool for_ever = false);

  // For whoever drives it: the next lane that has to be served, and the owner (Context::owner) of the next operation that
  // can go on; null when there is none.
  std::shared_ptr<Lane> NextLane();
  void* NextReady();
  // Whether there is any of these, or a lane that is due.
  bool due() const;

  // False in a child by fork(), where it must not be used.
  bool here() const { return born_.here(); }

 private:
  friend class Lane;
  class Opening;

  std::shared_ptr<Lane> Choose(absl::Time now);
  std::shared_ptr<Lane> Add(Lease lease);
  void Remove(const Lane& lane);

  const std::shared_ptr<Database> database_;
  std::vector<std::shared_ptr<Lane>> lanes_;  // in the order in which they are preferred
  LinkedList<Pending> ready_;
  std::unordered_map<uint64_t, int> avoided_;  // how many more times
  size_t opening_ = 0;    // operations that are about to bring a connection
  bool possible_ = true;  // the connections have pipelines
  runtime::Born born_;
};

}  // namespace ferro::db
