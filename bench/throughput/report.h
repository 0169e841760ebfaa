// The result of a run: every sample of every database, as a table to read and as JSON to keep.
#pragma once

#include <string>
#include <vector>

#include "contest.h"

namespace bench {

struct Series {
  std::string name;     // as the command line calls it
  std::string dialect;  // empty, like what follows, when it never connected
  std::string server;
  std::array<std::vector<double>, kWorkloads.size()> samples;
  std::string error;  // empty: it ran to the end
};

double Median(std::vector<double> samples);

std::string TextTable(const std::vector<Series>& run);
std::string Json(const std::vector<Series>& run, const Sizes& sizes, size_t rounds);

}  // namespace bench
