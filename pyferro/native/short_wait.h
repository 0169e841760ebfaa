// A wait for a server that is about to answer, on the loop's own thread: it takes less of it than to have the loop watch a
// socket and come back, which is some 40 us of processor time (decision 24).
#pragma once

#include <cstdint>

namespace ferro::py {

// Whether such waits pay at present. One for each interpreter.
class ShortWait {
 public:
  // What a request may take of the loop's thread by such waits. The kernel rounds a wait up by 50 us more.
  static constexpr int64_t kNanos = 50'000;

  // Whether the descriptor has what is wanted of it (FERRO_WAIT_*) before `left` nanoseconds have passed, which are counted
  // down. Answers false at once for a time after waits that were in vain.
  bool Await(int descriptor, int interest, int64_t& left);

 private:
  static constexpr uint32_t kMostPassed = 255;

  uint32_t passing_ = 0;  // so many are not tried
  uint32_t passed_ = 0;   // after the last one in vain
};

}  // namespace ferro::py
