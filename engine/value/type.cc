#include "engine/value/type.h"

#include <array>

namespace ferro {
namespace {

constexpr std::array<absl::string_view, kTypeCount> kNames = {
    "null", "bool", "int64",     "float64",     "decimal",  "text", "bytes",
    "date", "time", "timestamp", "timestamptz", "interval", "uuid", "json", "array"};

}  // namespace

absl::string_view Name(Type type) {
  const auto index = static_cast<size_t>(type);
  return index < kNames.size() ? kNames[index] : absl::string_view("unknown");
}

std::optional<Type> TypeFromName(absl::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Type>(i);
  }
  return std::nullopt;
}

}  // namespace ferro
