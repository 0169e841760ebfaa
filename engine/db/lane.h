// One connection that the statements of a pipeline share: what was asked of it, what was sent and has no answer yet, and the
// operation that serves it. A statement that is left in the middle of it (a cancelled task, a deadline) is answered all the
// same, and nobody looks. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/base/linked_list.h"
#include "engine/db/pool.h"

namespace ferro::db {

class Lane;
class Pipeline;

// A statement on a lane, from when it joins until it has its answer or is left, which is its destruction. Lives in the frame
// of its operation; `request` outlives it.
class Pending : public Linked<Pending> {
 public:
  enum class Fate : uint8_t {
    kPending,
    kAnswered,  // `answer`
    kFailed,    // `status`: it could not be sent, or the session was lost before its answer came
    kMoved,     // the lane has no use for it: it may join another one
  };

  Pending(std::shared_ptr<Lane> lane, const Request& request, runtime::Context& context);
  ~Pending();
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

  Fate fate = Fate::kPending;
  std::unique_ptr<Answer> answer;
  absl::Status status;

  const Request& request() const { return request_; }
  runtime::Context& context() const { return context_; }

 private:
  const std::shared_ptr<Lane> lane_;
  const Request& request_;
  runtime::Context& context_;  // of its operation
};

class Lane {
 public:
  Lane(Pipeline& owner, Lease lease);
  ~Lane() { End(); }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // The body of its operation, which gives the connection back when nobody asks it anything any more. However that ends, and
  // if it never begins, those that ask are told.
  static Task<absl::Status> Serve(std::shared_ptr<Lane> lane);

  // Enters pipeline mode. Not OK: the connection has none, or broke.
  absl::Status Enter();

  bool fresh() const { return fresh_; }
  bool due() const { return context_ != nullptr && context_->due; }
  size_t load() const { return asked_.size() + sent_.size(); }
  // Whether another statement may join: not behind one that takes long, and not when the pool wants its connection back.
  bool Takes(absl::Time now) const;
  void Join(Pending& pending);
  void Leave(Pending& pending);

  // True once: for whoever begins to serve it.
  bool TakeFresh() { return std::exchange(fresh_, false); }
  // The pipeline is gone.
  void Orphan() { owner_ = nullptr; }

 private:
  class Served;

  struct Sent {
    Pending* pending;  // null: nobody waits for it any more
    uint64_t statement_id;
  };

  static Task<absl::Status> Run(Served served);
  void Turn();
  void SendAndRead();
  void SendAsked();
  absl::Status Read();
  // Those behind a statement that takes too long go elsewhere: they only read, so the answers that come late are dropped.
  void Rescue();
  // Whether anybody waits behind the oldest one.
  bool HasFollowers() const;
  void Break(const absl::Status& why);
  void Settle(Pending& pending, Pending::Fate fate);
  void NoteDue();
  void End();

  Pipeline* owner_;
  Lease lease_;
  Pipelining* connection_ = nullptr;  // of the lease, in pipeline mode
  runtime::Context* context_ = nullptr;
  LinkedList<Pending> asked_;  // not sent yet
  std::vector<Sent> sent_;     // oldest first; whoever joins sees to its room there
  size_t live_ = 0;            // of these somebody waits for
  absl::Time since_;            // when the oldest of them came to its turn
  absl::Time renewed_;
  bool flushed_ = true;
  bool over_ = false;   // nothing may join any more
  bool fresh_ = true;   // nobody serves it yet
};

}  // namespace ferro::db
