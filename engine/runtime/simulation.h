// Another time and other threads, for tests that replay what happens from a seed.
#pragma once

#include <functional>

#include "absl/time/time.h"

namespace ferro::runtime {

class Simulation {
 public:
  virtual ~Simulation() = default;
  // Now() is this.
  virtual absl::Time Now() = 0;
  // StartApart() is this: `body` is to be run later, on the caller's thread.
  virtual void StartApart(std::function<void()> body) = 0;
};

// Null: the real ones. Whoever sets it waits until nobody uses the one before; not owned.
void Simulate(Simulation* simulation);
Simulation* Simulated();

}  // namespace ferro::runtime
