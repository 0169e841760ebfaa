#include "engine/base/arena.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace ferro {
namespace {

constexpr size_t kFirstBlock = 1024;
constexpr size_t kLargestStep = 1 << 20;

}  // namespace

void* Arena::AllocateSlow(size_t size, size_t alignment) {
  const size_t step = std::min(std::max(capacity_, kFirstBlock), kLargestStep);
  const size_t needed = size + alignment;
  Block block;
  block.size = std::max(step, needed);
  block.data = std::unique_ptr<char[]>(new char[block.size]);  // make_unique would clear it
  blocks_.push_back(std::move(block));  // nothing else changes when there is no memory for it
  cursor_ = reinterpret_cast<uintptr_t>(blocks_.back().data.get());
  limit_ = cursor_ + blocks_.back().size;
  capacity_ += blocks_.back().size;
  return Allocate(size, alignment);
}

absl::string_view Arena::Copy(absl::string_view text) {
  if (text.empty()) return {};
  char* copy = static_cast<char*>(Allocate(text.size(), 1));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

void Arena::Clear() {
  if (blocks_.empty()) return;
  if (blocks_.size() > 1) {
    // One block that would have held it all; keeping the largest would never settle. Where there is no memory for it the
    // first one has to do: this happens in destructors, too.
    Block merged;
    merged.data = std::unique_ptr<char[]>(new (std::nothrow) char[capacity_]);
    merged.size = merged.data != nullptr ? capacity_ : 0;
    if (merged.data != nullptr) blocks_.front() = std::move(merged);
    blocks_.erase(blocks_.begin() + 1, blocks_.end());
    capacity_ = blocks_.front().size;
  }
  cursor_ = reinterpret_cast<uintptr_t>(blocks_.front().data.get());
  limit_ = cursor_ + blocks_.front().size;
}

}  // namespace ferro
