#include "engine/runtime/simulation.h"

#include <atomic>

namespace ferro::runtime {
namespace {

std::atomic<Simulation*> current{nullptr};

}  // namespace

void Simulate(Simulation* simulation) { current.store(simulation, std::memory_order_release); }
Simulation* Simulated() { return current.load(std::memory_order_acquire); }

}  // namespace ferro::runtime
