// Instructions of a plan, appended to a string: the wire form of capi/include/ferro/plan.h, written where it is hot.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ferro.h"

namespace ferro::py {

// Before a whole plan: its magic and version.
inline constexpr std::string_view kPlanHeader("FP\x02\x00", 4);

inline void AppendVarint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

inline void AppendName(std::string& out, const char* text, size_t size) {
  out.push_back(FERRO_PLAN_NAME);
  AppendVarint(out, size);
  out.append(text, size);
}

inline void AppendInt(std::string& out, int64_t value) {
  out.push_back(FERRO_PLAN_INT);
  AppendVarint(out, (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
}

inline void AppendParam(std::string& out, uint8_t type, bool is_list = false) {
  out.push_back(is_list ? FERRO_PLAN_LIST_PARAM : FERRO_PLAN_PARAM);
  out.push_back(static_cast<char>(type));
}

inline void AppendNode(std::string& out, uint8_t kind, uint64_t count) {
  out.push_back(FERRO_PLAN_NODE);
  out.push_back(static_cast<char>(kind));
  AppendVarint(out, count);
}

}  // namespace ferro::py
