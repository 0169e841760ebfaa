#include "tests/capi/memory/failing.h"

#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define REPLACES_MALLOC 0
#else
#define REPLACES_MALLOC 1
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* memory);
}
#endif

namespace failing {
namespace {

std::atomic<int64_t> left{0};  // allocations until the one that fails; 0: none does
std::atomic<bool> for_ever{false};
std::atomic<bool> only_new{false};
std::atomic<bool> exhausted{false};
std::atomic<int64_t> living{0};

bool Fails() {
  if (exhausted && for_ever) return true;
  if (left == 0 || left.fetch_sub(1) != 1) return false;
  exhausted = true;
  return true;
}

bool MallocFails() { return !only_new && Fails(); }

#if REPLACES_MALLOC
void* Allocate(size_t size) { return __libc_malloc(size); }
void* Align(size_t alignment, size_t size) { return __libc_memalign(alignment, size); }
void Free(void* memory) { __libc_free(memory); }
#else
void* Allocate(size_t size) { return std::malloc(size); }
void* Align(size_t alignment, size_t size) { return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment); }
void Free(void* memory) { std::free(memory); }
#endif

void* Count(void* memory) {
  if (memory != nullptr) ++living;
  return memory;
}

void Release(void* memory) {
  if (memory == nullptr) return;
  --living;
  Free(memory);
}

void* New(size_t size) { return Fails() ? nullptr : Count(Allocate(size)); }
void* New(size_t size, std::align_val_t alignment) {
  return Fails() ? nullptr : Count(Align(static_cast<size_t>(alignment), size));
}
void* OrThrow(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

// SQLite asks for the size of what it has; it stands before it.
struct alignas(std::max_align_t) Head {
  int size;
};
Head* HeadOf(void* memory) { return static_cast<Head*>(memory) - 1; }

void* SqliteMalloc(int size) {
  if (MallocFails()) return nullptr;
  auto* const head = static_cast<Head*>(Count(Allocate(sizeof(Head) + static_cast<size_t>(size))));
  if (head == nullptr) return nullptr;
  head->size = size;
  return head + 1;
}
void SqliteFree(void* memory) {
  if (memory != nullptr) Release(HeadOf(memory));
}
int SqliteSize(void* memory) { return memory == nullptr ? 0 : HeadOf(memory)->size; }
void* SqliteRealloc(void* old, int size) {
  void* const memory = SqliteMalloc(size);
  if (memory == nullptr) return nullptr;
  std::memcpy(memory, old, static_cast<size_t>(size < SqliteSize(old) ? size : SqliteSize(old)));
  SqliteFree(old);
  return memory;
}
int SqliteRound(int size) { return (size + 7) & ~7; }
int SqliteInitialise(void*) { return SQLITE_OK; }
void SqliteShutDown(void*) {}

}  // namespace

void SetUp() {
  static sqlite3_mem_methods methods = {SqliteMalloc, SqliteFree,       SqliteRealloc,  SqliteSize,
                                        SqliteRound,  SqliteInitialise, SqliteShutDown, nullptr};
  if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK) std::abort();
}

void Arm(int64_t number, Mode mode, Scope scope) {
  exhausted = false;
  for_ever = mode == Mode::kForever;
  only_new = scope == Scope::kNew;
  left = number;
}

bool Disarm() {
  left = 0;
  for_ever = false;
  return exhausted.exchange(false);
}

int64_t Living() { return living; }
bool ReplacesMalloc() { return REPLACES_MALLOC != 0; }

}  // namespace failing

void* operator new(size_t size) { return failing::OrThrow(failing::New(size)); }
void* operator new[](size_t size) { return failing::OrThrow(failing::New(size)); }
void* operator new(size_t size, const std::nothrow_t&) noexcept { return failing::New(size); }
void* operator new[](size_t size, const std::nothrow_t&) noexcept { return failing::New(size); }
void* operator new(size_t size, std::align_val_t alignment) {
  return failing::OrThrow(failing::New(size, alignment));
}
void* operator new[](size_t size, std::align_val_t alignment) {
  return failing::OrThrow(failing::New(size, alignment));
}
void operator delete(void* memory) noexcept { failing::Release(memory); }
void operator delete[](void* memory) noexcept { failing::Release(memory); }
void operator delete(void* memory, size_t) noexcept { failing::Release(memory); }
void operator delete[](void* memory, size_t) noexcept { failing::Release(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { failing::Release(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { failing::Release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { failing::Release(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { failing::Release(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { failing::Release(memory); }
void operator delete[](void* memory, size_t, std::align_val_t) noexcept { failing::Release(memory); }

#if REPLACES_MALLOC
extern "C" {
__attribute__((visibility("default"))) void* malloc(size_t size) {
  if (!failing::MallocFails()) return failing::Count(__libc_malloc(size));
  errno = ENOMEM;
  return nullptr;
}
__attribute__((visibility("default"))) void* calloc(size_t count, size_t size) {
  if (!failing::MallocFails()) return failing::Count(__libc_calloc(count, size));
  errno = ENOMEM;
  return nullptr;
}
__attribute__((visibility("default"))) void* realloc(void* old, size_t size) {
  if (failing::MallocFails()) {
    errno = ENOMEM;
    return nullptr;
  }
  void* const memory = __libc_realloc(old, size);
  if (old == nullptr) return failing::Count(memory);
  if (memory == nullptr && size == 0) --failing::living;
  return memory;
}
__attribute__((visibility("default"))) int posix_memalign(void** out, size_t alignment, size_t size) {
  if (failing::MallocFails()) return ENOMEM;
  *out = failing::Count(__libc_memalign(alignment, size));
  return *out == nullptr ? ENOMEM : 0;
}
__attribute__((visibility("default"))) void* aligned_alloc(size_t alignment, size_t size) {
  if (!failing::MallocFails()) return failing::Count(__libc_memalign(alignment, size));
  errno = ENOMEM;
  return nullptr;
}
__attribute__((visibility("default"))) void free(void* memory) { failing::Release(memory); }
}
#endif
