#include "engine/value/type.h"

#include <array>

namespace ferro {
namespace {

constexpr std::array<absl::string_view, kTypeCount> kNames = {
    "null", "bool", "int64",     "float64",     "decimal",  "text", "bytes",
    "date", "time", "timestamp", "timestamptz", "interval", "uuid", "json", "array"};

// By the element's type; empty for what can be none.
constexpr std::array<absl::string_view, kTypeCount> kArrayNames = {"",
                                                                   "bool-array",
                                                                   "int64-array",
                                                                   "float64-array",
                                                                   "decimal-array",
                                                                   "text-array",
                                                                   "",
                                                                   "date-array",
                                                                   "time-array",
                                                                   "timestamp-array",
                                                                   "timestamptz-array",
                                                                   "interval-array",
                                                                   "uuid-array",
                                                                   "",
                                                                   ""};

}  // namespace

absl::string_view Name(Type type) {
  if (!IsArray(type)) {
    const auto index = static_cast<size_t>(type);
    return index < kNames.size() ? kNames[index] : absl::string_view("unknown");
  }
  const Type element = ElementOf(type);
  return CanBeElement(element) ? kArrayNames[static_cast<size_t>(element)]
                               : absl::string_view("unknown");
}

std::optional<Type> TypeFromName(absl::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Type>(i);
    if (!name.empty() && kArrayNames[i] == name) return ArrayOf(static_cast<Type>(i));
  }
  return std::nullopt;
}

}  // namespace ferro
