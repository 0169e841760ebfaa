#include "dialects/sqlite/turns.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "dialects/sqlite/pace.h"

namespace ferro::sqlite {
namespace {

std::chrono::nanoseconds Until(int64_t until) {
  return std::chrono::nanoseconds(std::max<int64_t>(0, until - SteadyNanos()));
}

}  // namespace

void Turns::GiveTo(Turn* next) {
  holder_.store(next, std::memory_order_release);
  since_.store(SteadyNanos(), std::memory_order_relaxed);
  if (next == nullptr) return;
  next->queued_ = false;
  next->changed_.notify_all();
}

Turn::Turn(std::shared_ptr<Turns> turns, const std::atomic<bool>& cancelled)
    : turns_(std::move(turns)), cancelled_(cancelled) {}

Turn::~Turn() { Release(); }

bool Turn::Try() {
  if (held()) return true;
  MutexLock lock(turns_->mutex_);
  if (turns_->holder_ != nullptr) return false;
  turns_->GiveTo(this);
  return true;
}

bool Turn::Await(int64_t until) {
  MutexLock lock(turns_->mutex_);
  if (turns_->holder_ == nullptr) turns_->GiveTo(this);
  if (!queued_ && !held()) {
    Turn** end = &turns_->first_;
    while (*end != nullptr) end = &(*end)->next_;
    *end = this;
    next_ = nullptr;
    queued_ = true;
  }
  lock.WaitFor(changed_, Until(until), [this] { return held() || cancelled_.load(); });
  return held();
}

void Turn::Release() {
  MutexLock lock(turns_->mutex_);
  if (queued_) {
    Turn** place = &turns_->first_;
    while (*place != this) place = &(*place)->next_;
    *place = next_;
    queued_ = false;
  }
  if (!held()) return;
  Turn* next = turns_->first_;
  if (next != nullptr) turns_->first_ = next->next_;
  turns_->GiveTo(next);
}

void Turn::Nap(int64_t until) {
  MutexLock lock(turns_->mutex_);
  lock.WaitFor(changed_, Until(until), [this] { return cancelled_.load(); });
}

void Turn::Wake() {
  MutexLock lock(turns_->mutex_);
  changed_.notify_all();
}

}  // namespace ferro::sqlite
