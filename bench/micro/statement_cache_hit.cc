// What a statement costs every other time: finding it by its plan bytes, alone and from two threads
// at once, among as many others as a program has.
#include <benchmark/benchmark.h>

#include "bench/micro/statements.h"
#include "engine/sql/statement_cache.h"

namespace ferro::bench {
namespace {

constexpr int kOthers = 500;

struct Filled {
  Filled() : profile(OneProfile()) {
    for (int i = 0; i < kOthers; ++i) {
      const std::string text = absl::StrCat("(select (columns id:int64) (from t", i,
                                            ") (where (eq id:int64 (param int64))))");
      OrDie(cache.Get(OrDie(plan::Assemble(text)), profile));
    }
    for (const Sample& sample : kSamples) {
      wanted.push_back(OrDie(plan::Assemble(sample.sexpr)));
      OrDie(cache.Get(wanted.back(), profile));
    }
  }

  static sql::DialectProfile OneProfile() {
    const std::vector<sql::DialectProfile> profiles = Profiles();
    if (profiles.empty()) std::abort();  // a build without any database has no cache to measure
    return profiles.front();
  }

  sql::DialectProfile profile;
  sql::StatementCache cache;
  std::vector<std::string> wanted;
};

void Hit(benchmark::State& state) {
  static Filled* const filled = new Filled;  // shared by the threads, never destroyed
  const std::string& bytes = filled->wanted[static_cast<size_t>(state.range(0))];
  state.SetLabel(kSamples[state.range(0)].name);
  const uint64_t misses = filled->cache.misses();
  for (auto _ : state) {
    auto compiled = filled->cache.Get(bytes, filled->profile);
    benchmark::DoNotOptimize(compiled);
  }
  if (filled->cache.misses() != misses) state.SkipWithError("it was no hit");
}
BENCHMARK(Hit)->DenseRange(0, 2)->ThreadRange(1, 2)->UseRealTime();

}  // namespace
}  // namespace ferro::bench

BENCHMARK_MAIN();
