// The place in a pattern that is being read, and errors that name it.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/error.h"

namespace ferro::regex {

class Reader {
 public:
  explicit Reader(std::u32string_view pattern) : pattern_(pattern) {}

  size_t offset() const { return offset_; }
  bool at_end() const { return offset_ == pattern_.size(); }

  // Not at the end.
  char32_t peek() const { return pattern_[offset_]; }
  char32_t Next() { return pattern_[offset_++]; }

  // Reads `c` if it is next.
  bool Take(char32_t c) {
    if (at_end() || peek() != c) return false;
    ++offset_;
    return true;
  }

  absl::Status Fault(absl::string_view what) const { return FaultAt(offset_, what); }
  static absl::Status FaultAt(size_t offset, absl::string_view what) {
    return MakeError(ErrorClass::kInvalidArgument,
                     absl::StrCat("regular expression, offset ", offset, ": ", what));
  }

 private:
  std::u32string_view pattern_;  // absl has no string_view of other characters
  size_t offset_ = 0;
};

}  // namespace ferro::regex
