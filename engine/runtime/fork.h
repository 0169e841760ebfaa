// Which process this is. After fork() the child holds copies of everything, and shares the sockets and files behind them
// with its parent: it must not use them, not even to close them. Whoever owns such a thing remembers the generation it was
// made in, and leaves it alone in another one.
#pragma once

#include <cstdint>

#include "absl/status/status.h"

namespace ferro::runtime {

// 0 in the process that loaded this library, one more in each child by fork(). Costs a load.
uint32_t Generation();

// Remembers the generation it was made in.
class Born {
 public:
  bool here() const { return generation_ == Generation(); }

 private:
  uint32_t generation_ = Generation();
};

// Of an operation or a transaction that was begun before fork().
absl::Status ForkedError();

}  // namespace ferro::runtime
