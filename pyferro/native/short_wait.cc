#include "pyferro/native/short_wait.h"

#include <poll.h>

#include <algorithm>
#include <ctime>

#include "ferro.h"
#include "pyferro/native/clock.h"

namespace ferro::py {

bool ShortWait::Await(int descriptor, int interest, int64_t& left) {
  if (descriptor < 0 || interest == 0 || left <= 0) return false;
  if (passing_ > 0) {
    --passing_;
    return false;
  }
  int events = 0;
  if ((interest & FERRO_WAIT_READ) != 0) events |= POLLIN;
  if ((interest & FERRO_WAIT_WRITE) != 0) events |= POLLOUT;
  pollfd entry{descriptor, static_cast<short>(events), 0};
  const timespec most{0, static_cast<long>(left)};
  const int64_t start = NowNs();
  const int ready = ppoll(&entry, 1, &most, nullptr);
  left -= NowNs() - start;
  if (ready > 0) {
    passed_ = 0;
    return true;
  }
  if (ready == 0) passing_ = passed_ = std::min(passed_ * 2 + 1, kMostPassed);
  return false;
}

}  // namespace ferro::py
