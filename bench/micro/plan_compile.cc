// What a statement costs the first time: reading its plan bytes, and compiling it for each dialect.
#include <benchmark/benchmark.h>

#include "bench/micro/statements.h"
#include "engine/base/arena.h"
#include "engine/plan/reader.h"
#include "engine/sql/compile.h"

namespace ferro::bench {
namespace {

void ReadPlan(benchmark::State& state, const std::string& bytes) {
  Arena arena;
  for (auto _ : state) {
    arena.Clear();
    auto plan = plan::Read(bytes, arena);
    if (!plan.ok()) return state.SkipWithError("the plan was refused");
    benchmark::DoNotOptimize(plan->statement);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(bytes.size()));
}

void ReadAndCompile(benchmark::State& state, const std::string& bytes,
                    const sql::DialectProfile& profile) {
  Arena arena;
  for (auto _ : state) {
    arena.Clear();
    const auto plan = plan::Read(bytes, arena);
    if (!plan.ok()) return state.SkipWithError("the plan was refused");
    auto compiled = sql::Compile(*plan, profile);
    if (!compiled.ok()) return state.SkipWithError("the statement was refused");
    benchmark::DoNotOptimize(compiled->id);
  }
}

void RegisterAll() {
  const std::vector<sql::DialectProfile> profiles = Profiles();
  for (const Sample& sample : kSamples) {
    const std::string bytes = OrDie(plan::Assemble(sample.sexpr));
    benchmark::RegisterBenchmark((std::string("read/") + sample.name).c_str(), ReadPlan, bytes);
    for (const sql::DialectProfile& profile : profiles) {
      const std::string name = absl::StrCat("read_and_compile/", sample.name, "/", profile.dialect);
      benchmark::RegisterBenchmark(name.c_str(), ReadAndCompile, bytes, profile);
    }
  }
}

}  // namespace
}  // namespace ferro::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  ferro::bench::RegisterAll();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
