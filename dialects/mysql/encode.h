// Parameters of a statement as the MYSQL_BIND array that the binary protocol is made from. Checks
// what the server would refuse or silently change (NaN, NUL, bad UTF-8, years, sizes), so that a
// refusal costs no round trip and no connection.
#pragma once

#include <mysql.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/arena.h"
#include "engine/db/driver.h"

namespace ferro::mysql {

inline constexpr size_t kMaxParameters = 65'535;

// Reused from statement to statement; one thread.
class ParameterBinds {
 public:
  // Binds `parameters`, whose bytes are borrowed until the statement has been sent. kOutOfRange
  // when the packet would be larger than the server takes (it would hang up).
  absl::Status Encode(std::span<const db::Parameter> parameters, uint64_t max_packet);

  // A hash of the types that are sent.
  uint64_t signature() const { return signature_; }

  MYSQL_BIND* binds() { return binds_.data(); }
  std::span<const MYSQL_BIND> view() const { return binds_; }

 private:
  // Where a fixed-size value lies while it is bound.
  union Slot {
    int64_t integer;
    double real;
    MYSQL_TIME time;
  };

  absl::Status EncodeOne(const db::Parameter& parameter, MYSQL_BIND& bind, Slot& slot);
  absl::Status BindBytes(const Value& value, enum_field_types type, MYSQL_BIND& bind);

  std::vector<MYSQL_BIND> binds_;
  std::vector<Slot> slots_;
  Arena texts_;  // that were written for values
  std::string scratch_;
  uint64_t signature_ = 0;
  uint64_t packet_ = 0;  // bytes of the values so far
};

}  // namespace ferro::mysql
