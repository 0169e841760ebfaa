// One step of a Compiled with its arguments: its text, lists spelled out, and what is bound to each placeholder.
#pragma once

#include <list>
#include <span>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "engine/base/arena.h"
#include "engine/db/driver.h"
#include "engine/sql/compiled.h"
#include "engine/sql/dialect.h"

namespace ferro::db {

using Parameters = absl::InlinedVector<Parameter, 16>;

// A text made ready: its parameters in order, and the expanded text when lists are spelled out.
struct Prepared {
  Parameters parameters;
  std::string expanded;
  absl::string_view sql;
  uint64_t statement_id = 0;
  std::list<std::string> texts;  // arguments in words of the server
  std::list<Value> values;       // of them
  Arena numbers;                  // of lists that meet numbers of another type
};

// `keys` are what an earlier step collected. What it makes points into `compiled`, the arguments and `out` itself.
absl::Status Prepare(const sql::Compiled& compiled, size_t step_index, const sql::DialectProfile& profile,
                     std::span<const Value> arguments, std::span<const Value> keys, Prepared& out);

// Of that step; points into both.
Request RequestFor(const Prepared& prepared, const sql::Compiled& compiled, size_t step_index);

}  // namespace ferro::db
