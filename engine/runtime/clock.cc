#include "engine/runtime/clock.h"

#include <chrono>

#include "absl/time/clock.h"
#include "engine/runtime/simulation.h"

namespace ferro::runtime {

absl::Time Now() {
  if (Simulation* const other = Simulated()) return other->Now();
  using Steady = std::chrono::steady_clock;
  struct Start {
    absl::Time wall = absl::Now();
    Steady::time_point steady = Steady::now();
  };
  static const Start start;
  return start.wall + absl::FromChrono(Steady::now() - start.steady);
}

}  // namespace ferro::runtime
