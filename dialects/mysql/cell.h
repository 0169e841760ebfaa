// How one cell of a row becomes a Value: a function for each pair of a wire type and a wanted type.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "dialects/mysql/wire.h"
#include "engine/base/arena.h"
#include "engine/base/error.h"
#include "engine/value/value.h"

namespace ferro::mysql {

// Why a stored value is not what is wanted.
enum class Fault : uint8_t {
  kNone,
  kNoConversion,
  kNotBool,
  kTooLarge,
  kFraction,
  kZeroDate,
  kNotWithinDay,
  kNotUtf8,
  kBadText,
  kTruncated,
  kMalformed,
};

// For people; never the value.
absl::string_view Reason(Fault fault);
// What to do about it; may be empty.
absl::string_view Advice(Fault fault, Type wanted);
ErrorClass ErrorClassOf(Fault fault);

struct CellPlan {
  // `size` is the value's own; of fixed sizes the caller has made sure that they are there. Bytes
  // are not copied: `out` may point into `data` or into `arena`.
  using Read = Fault (*)(const CellPlan& plan, const uint8_t* data, size_t size, Arena& arena,
                         Value& out);

  Read read = nullptr;
  Type wanted = Type::kNull;
  bool is_unsigned = false;
  int8_t fixed_size = 0;  // -1: its length comes before it
};

// `wanted` may be kNull: as the server says. Where there is no conversion `read` refuses any value,
// so that columns of nulls, whose types servers make up, still pass.
CellPlan PlanCell(const WireColumn& column, Type wanted);

}  // namespace ferro::mysql
