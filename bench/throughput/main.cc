// ferro-bench: the throughput of each database through the C ABI, in one run. Rounds are
// interleaved and their order rotates, so that a busy minute of the machine hits everyone.
#include <cstdio>
#include <memory>

#include "contest.h"
#include "options.h"
#include "report.h"

namespace bench {
namespace {

struct Entry {
  std::unique_ptr<Contest> contest;
  Series series;
  bool Failed() const { return !series.error.empty(); }
};

void Fail(Entry& entry) {
  entry.series.error = entry.contest->error();
  std::fprintf(stderr, "%s: %s\n", entry.series.name.c_str(), entry.series.error.c_str());
}

std::vector<Entry> Prepare(const Options& options) {
  std::vector<Entry> entries;
  for (const auto& [name, url] : options.databases) {
    Entry& entry = entries.emplace_back();
    entry.series.name = name;
    entry.contest = std::make_unique<Contest>(name, options.sizes);
    if (!entry.contest->Prepare(url)) {
      Fail(entry);
      continue;
    }
    entry.series.dialect = entry.contest->session().dialect();
    entry.series.server = entry.contest->session().server();
    std::fprintf(stderr, "%s: %s, %zu rows stored and checked\n", name.c_str(),
                 entry.series.server.c_str(), options.sizes.rows);
  }
  return entries;
}

// Round 0 warms up and is not kept.
void RunRound(std::vector<Entry>& entries, size_t round) {
  for (size_t w = 0; w < kWorkloads.size(); ++w) {
    for (size_t i = 0; i < entries.size(); ++i) {
      Entry& entry = entries[(i + round + w) % entries.size()];
      if (entry.Failed()) continue;
      double per_second = 0;
      if (!entry.contest->Sample(kWorkloads[w].workload, per_second)) {
        Fail(entry);
      } else if (round > 0) {
        entry.series.samples[w].push_back(per_second);
      }
    }
  }
}

bool Write(const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return false;
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  return std::fclose(file) == 0 && written;
}

int Run(const Options& options) {
  std::vector<Entry> entries = Prepare(options);
  for (size_t round = 0; round <= options.rounds; ++round) {
    RunRound(entries, round);
    std::fprintf(stderr, "round %zu of %zu\n", round, options.rounds);
  }
  std::vector<Series> run;
  bool failed = false;
  for (Entry& entry : entries) {
    failed = failed || entry.Failed();
    run.push_back(std::move(entry.series));
  }
  std::fputs(TextTable(run).c_str(), stdout);
  if (!options.json.empty() && !Write(options.json, Json(run, options.sizes, options.rounds))) {
    std::fprintf(stderr, "ferro-bench: cannot write the JSON file\n");
    failed = true;
  }
  return failed ? 1 : 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options;
  std::string error;
  if (!bench::ParseOptions(argc, argv, options, error)) {
    std::fprintf(stderr, "ferro-bench: %s\n\n%s", error.c_str(), bench::kUsage);
    return 2;
  }
  if (options.help) {
    std::fputs(bench::kUsage, stdout);
    return 0;
  }
  return bench::Run(options);
}
