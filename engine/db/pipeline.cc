#include "engine/db/pipeline.h"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

#include "engine/base/try.h"
#include "engine/runtime/clock.h"

namespace ferro::db {
namespace {

// Two are enough to keep a server's processes and a loop busy at once, see docs/decisions/0022-pipelining.md.
constexpr size_t kLanes = 2;

constexpr int kAvoidances = 200;
constexpr size_t kMostAvoided = 10'000;

// A statement with more than this goes by itself: what it sends would hold up the others.
constexpr size_t kMostBytes = 64 * 1024;

size_t BytesOf(const Request& request) {
  size_t bytes = 0;
  for (const Parameter& parameter : request.parameters) {
    if (parameter.is_array) {
      bytes += parameter.count * sizeof(Value);
      continue;
    }
    const Value& value = *parameter.first;
    if (value.is_null()) continue;
    if (IsArray(parameter.type)) bytes += value.size * sizeof(Value);
    if (parameter.type == Type::kText || parameter.type == Type::kBytes || parameter.type == Type::kJson) {
      bytes += value.size;
    }
  }
  return bytes;
}

}  // namespace

Pipeline::~Pipeline() {
  for (const std::shared_ptr<Lane>& lane : lanes_) lane->Orphan();
}

bool Pipeline::Suits(const Request& request) {
  if (!possible_ || request.statement_id == 0) return false;
  if (!avoided_.empty()) {
    const auto found = avoided_.find(request.statement_id);
    if (found != avoided_.end()) {
      if (found->second != std::numeric_limits<int>::max() && --found->second == 0) avoided_.erase(found);
      return false;
    }
  }
  return BytesOf(request) <= kMostBytes;
}

void Pipeline::Avoid(uint64_t statement_id, bool for_ever) {
  if (avoided_.size() >= kMostAvoided) avoided_.clear();
  try {
    avoided_[statement_id] = for_ever ? std::numeric_limits<int>::max() : kAvoidances;
  } catch (const std::bad_alloc&) {  // then it comes again, and is slow again
  }
}

// Who gets a connection for a lane, while it does.
class Pipeline::Opening {
 public:
  explicit Opening(Pipeline& pipeline) : pipeline_(pipeline) { ++pipeline_.opening_; }
  ~Opening() { --pipeline_.opening_; }
  Opening(const Opening&) = delete;
  Opening& operator=(const Opening&) = delete;

 private:
  Pipeline& pipeline_;
};

Task<absl::StatusOr<std::unique_ptr<Answer>>> Pipeline::Ask(const Request& request,
                                                            absl::Duration timeout) {
  runtime::Context& context = co_await runtime::ThisContext();
  for (;;) {
    absl::Time now = runtime::Now();
    std::shared_ptr<Lane> lane = Choose(now);
    if (lane == nullptr) {
      absl::StatusOr<Lease> lease;
      {
        const Opening opening(*this);
        lease = co_await database_->pool().Acquire();
      }
      if (!lease.ok()) co_return lease.status();
      possible_ = (*lease)->pipelining() != nullptr;
      if (!possible_) co_return nullptr;
      lane = Add(*std::move(lease));
      FERRO_CO_TRY(lane->Enter());
      now = runtime::Now();
    }
    runtime::Wait wait;
    if (!context.own_deadline) wait.deadline = now + timeout;
    Pending pending(std::move(lane), request, context);
    while (pending.fate == Pending::Fate::kPending) {
      absl::Status waited = co_await runtime::WaitFor(wait);
      if (!waited.ok() && pending.fate == Pending::Fate::kPending) co_return waited;
    }
    if (pending.fate == Pending::Fate::kFailed) co_return pending.status;
    if (pending.fate == Pending::Fate::kAnswered) co_return std::move(pending.answer);
  }
}

std::shared_ptr<Lane> Pipeline::Choose(absl::Time now) {
  const Pool& pool = database_->pool();
  if (pool.wanted()) return nullptr;
  std::shared_ptr<Lane> best;
  const size_t count = std::min(lanes_.size(), kLanes);
  for (size_t i = 0; i < count; ++i) {
    if (best != nullptr && best->load() <= lanes_[i]->load()) continue;
    if (lanes_[i]->Takes(now)) best = lanes_[i];
  }
  const bool wants_more = best != nullptr && best->load() > 0 && lanes_.size() + opening_ < kLanes;
  return wants_more && pool.spare() ? nullptr : best;
}

std::shared_ptr<Lane> Pipeline::Add(Lease lease) {
  lanes_.push_back(std::make_shared<Lane>(*this, std::move(lease)));
  return lanes_.back();
}

void Pipeline::Remove(const Lane& lane) {
  const auto is = [&lane](const std::shared_ptr<Lane>& one) { return one.get() == &lane; };
  std::erase_if(lanes_, is);
}

std::shared_ptr<Lane> Pipeline::NextLane() {
  for (const std::shared_ptr<Lane>& lane : lanes_) {
    if (lane->TakeFresh()) return lane;
  }
  return nullptr;
}

bool Pipeline::due() const {
  return !ready_.empty() ||
         std::any_of(lanes_.begin(), lanes_.end(), [](const auto& lane) { return lane->fresh() || lane->due(); });
}

void* Pipeline::NextReady() {
  Pending* const pending = ready_.PopFront();
  return pending == nullptr ? nullptr : pending->context().owner;
}

}  // namespace ferro::db
