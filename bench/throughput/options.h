// The command line of ferro-bench.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "contest.h"

namespace bench {

struct Options {
  std::vector<std::pair<std::string, std::string>> databases;  // name, URL
  Sizes sizes;
  size_t rounds = 5;
  std::string json;  // path; empty: none
  bool help = false;
};

extern const char kUsage[];

// False, with what is wrong in `error`, when the arguments make no run.
bool ParseOptions(int argc, char** argv, Options& out, std::string& error);

}  // namespace bench
