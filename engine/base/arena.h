// A bump allocator for trivially destructible things: AST nodes, names, decoded cells. It never runs a
// destructor and never gives single objects back; Clear() forgets everything and merges its blocks into one,
// so that a batch that is filled again and again settles at no allocation at all. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace ferro {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&&) noexcept = default;
  Arena& operator=(Arena&&) noexcept = default;

  // `size` bytes at `alignment` (a power of two). The pointer lives until Clear() or destruction.
  void* Allocate(size_t size, size_t alignment) {
    const uintptr_t start = (cursor_ + alignment - 1) & ~(uintptr_t{alignment} - 1);
    if (start + size > limit_ || start < cursor_) return AllocateSlow(size, alignment);
    cursor_ = start + size;
    return reinterpret_cast<void*>(start);
  }

  template <class T, class... Args>
  T* New(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>, "the arena runs no destructors");
    return new (Allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
  }

  // An uninitialised array; the caller fills every element.
  template <class T>
  std::span<T> NewArray(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>, "the arena runs no destructors");
    return {static_cast<T*>(Allocate(sizeof(T) * count, alignof(T))), count};
  }

  // A copy of `text` that lives as long as the arena's contents.
  absl::string_view Copy(absl::string_view text);

  // Forgets the contents. Pointers into the arena are invalid afterwards.
  void Clear();

  // Bytes of all blocks held now.
  size_t capacity() const { return capacity_; }

 private:
  struct Block {
    std::unique_ptr<char[]> data;
    size_t size = 0;
  };

  void* AllocateSlow(size_t size, size_t alignment);

  std::vector<Block> blocks_;
  uintptr_t cursor_ = 0;
  uintptr_t limit_ = 0;
  size_t capacity_ = 0;
};

}  // namespace ferro
