// Paths into JSON as our SQL functions take them: an array of strings and whole numbers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/base/arena.h"

namespace ferro::sqlite {

struct JsonStep {
  absl::string_view key;
  int64_t place = -1;  // at least 0: this and not the key
};
using JsonSteps = std::span<const JsonStep>;

// Keys point into `text` and `arena`. False for what is no path.
bool ReadJsonSteps(absl::string_view text, Arena& arena, std::vector<JsonStep>& out);

}  // namespace ferro::sqlite
