// Fails the n-th allocation of each scenario, for every n from 1 until the scenario ends without one that failed: by itself,
// and with all that follow; waiting in the library, and in a poll() loop. That is what FERRO_MEMORY_LOOP=1 asks for; without
// it n grows by more than one, and the first goes with waiting, the second with poll(). Each time the scenario must end with an error of
// memory (or not need it, as with caches), change everything or nothing, and leave a pool that is at rest and works; and all
// of it together must leave no memory behind. Arguments: those of run_on.h, then the name of a scenario for only that one.

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "tests/capi/memory/failing.h"
#include "tests/capi/memory/scenarios.h"
#include "tests/capi/run_on.h"

namespace failing {
namespace {

constexpr int64_t kMost = 20'000;  // allocations: a scenario that takes more never ends
// How far n grows in the short form, for some seconds each.
constexpr int64_t kStep = 3, kStepOnServers = 31;

struct Run {
  const Scenario& scenario;
  const char* url;
  bool by_poll;
  Mode mode;
  Scope scope;
  int64_t step;
};

// What may come of a failed allocation. A commit that ended without an answer is unknown; and libraries of servers say that
// their connection is lost when they have no memory for its bytes.
bool IsExpected(const Run& run, ferro_code code) {
  if (code == FERRO_OK || code == FERRO_ERROR_MEMORY || code == FERRO_ERROR_COMMIT_UNKNOWN) return true;
  return run.scope == Scope::kAll && run.url[0] != 's' && code == FERRO_ERROR_CONNECTION;
}

void Complain(const Run& run, int64_t number, const char* what, ferro_code code, ferro_error* error) {
  const ferro_bytes name = ferro_code_name(code), message = ferro_error_message(error);
  fprintf(stderr, "%.10s, %s, %s, %s, allocation %lld: %s (%.*s: %.*s)\n", run.url, run.scenario.name,
          run.by_poll ? "by poll()" : "waiting", run.mode == Mode::kOnce ? "once" : "for ever",
          static_cast<long long>(number), what, static_cast<int>(name.size), name.data,
          static_cast<int>(message.size), message.data);
  CHECK(false);
}

// True when the scenario went through without a failed allocation.
bool Try(const Run& run, World& world, int64_t number) {
  const int64_t before = world.Count();
  if (!run.scenario.fresh) world.insert();
  ferro_error* error = nullptr;
  Arm(number, run.mode, run.scope);
  const ferro_code code = run.scenario.run(world, &error);
  const bool failed = Disarm();
  if (failed ? !IsExpected(run, code) : code != FERRO_OK) Complain(run, number, "ended wrong", code, error);
  if (error != nullptr && ferro_error_code(error) != code) Complain(run, number, "another code", code, error);
  if (!world.AtRest()) Complain(run, number, "a connection did not come back", code, error);
  const int64_t added = world.Count() - before;  // which asks the pool for its connections, too
  // A server may commit after its connection was closed for want of memory, and that is then counted here.
  if (run.scope == Scope::kAll && added != run.scenario.rows && (code == FERRO_OK || added != 0)) {
    Complain(run, number, "changed a part", code, error);
  }
  ferro_error_free(error);
  return !failed;
}

// How many allocations failed; `left_behind` is how many were never freed.
int64_t Loop(const Run& run, int64_t& left_behind) {
  const int64_t living = Living();
  int64_t number = 1;
  {
    auto world = std::make_unique<World>(run.url, run.by_poll);
    while (number < kMost && failures() < 20 && !Try(run, *world, number)) {
      number += run.step;
      if (run.scenario.fresh) world = std::make_unique<World>(run.url, run.by_poll);
    }
    world->DropTable();
  }
  CHECK(number < kMost);
  ferro_quiesce(10'000);
  // A thread frees what was its own after it has said that it is at its end.
  for (int i = 0; i < 5'000 && Living() != living; ++i) usleep(200);
  left_behind = Living() - living;
  return number / run.step;
}

int64_t LoopWithoutLeaks(const Run& run) {
  int64_t left_behind = 0;
  const int64_t failed = Loop(run, left_behind);
  // What is made once for the process, as by the loader when a function is first called or for one more thread's stack,
  // is no leak: those come again.
  for (int more = 3; more > 0 && left_behind != 0; --more) Loop(run, left_behind);
  if (left_behind != 0) {
    fprintf(stderr, "%.10s, %s, %s, %s: %lld allocations were left behind\n", run.url, run.scenario.name,
            run.by_poll ? "by poll()" : "waiting", run.mode == Mode::kOnce ? "once" : "for ever",
            static_cast<long long>(left_behind));
    CHECK(false);
  }
  return failed;
}

std::string wanted;  // the only scenario; empty: all

void TestUrl(const char* url, Scope scope) {
  const bool complete = getenv("FERRO_MEMORY_LOOP") != nullptr;
  const int64_t step = complete ? 1 : scope == Scope::kAll ? kStep : kStepOnServers;
  for (const Scenario& scenario : Scenarios()) {
    if (!wanted.empty() && wanted != scenario.name) continue;
    int64_t tried = 0;
    for (const bool by_poll : {false, true}) {
      for (const Mode mode : {Mode::kOnce, Mode::kForever}) {
        const bool wanted_way = complete || by_poll == (mode == Mode::kForever);
        if (wanted_way && failures() < 20) tried += LoopWithoutLeaks({scenario, url, by_poll, mode, scope, step});
      }
    }
    printf("%.10s, %s: %lld allocations failed\n", url, scenario.name, static_cast<long long>(tried));
    fflush(stdout);
  }
}

}  // namespace
}  // namespace failing

int main(int count, char** arguments) {
  failing::SetUp();
  if (count > 2) failing::wanted = arguments[2];
  return RunOn(count, arguments, "?pool_size=2", [](const std::string& url) {
    failing::TestUrl(url.c_str(), url.starts_with("sqlite:") ? failing::Scope::kAll : failing::Scope::kNew);
  });
}
