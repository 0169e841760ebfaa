// Text, bytes, JSON, arrays in JSON and UUIDs, and moments that the server sends as text.
#include <optional>

#include "dialects/mysql/readers.h"
#include "engine/value/array_json.h"
#include "engine/value/civil.h"
#include "engine/value/text.h"
#include "engine/value/uuid.h"

namespace ferro::mysql {

Fault ReadBytes(const CellPlan& plan, const uint8_t* data, size_t size, Arena&, Value& out) {
  out = Value::Bytes(plan.wanted, View(data, size));
  return Fault::kNone;
}

Fault ReadBinaryAsText(const CellPlan& plan, const uint8_t* data, size_t size, Arena&, Value& out) {
  if (!IsValidUtf8(View(data, size))) return Fault::kNotUtf8;
  out = Value::Bytes(plan.wanted, View(data, size));
  return Fault::kNone;
}

Fault ReadArray(const CellPlan& plan, const uint8_t* data, size_t size, Arena& arena, Value& out) {
  const bool good = ParseArrayJson(View(data, size), ElementOf(plan.wanted), arena, out);
  return good ? Fault::kNone : Fault::kBadText;
}

Fault ReadUuid(const CellPlan& plan, const uint8_t* data, size_t size, Arena& arena, Value& out) {
  if (size != 16) return ReadUuidText(plan, data, size, arena, out);
  out = Value::Bytes(Type::kUuid, View(data, size));
  return Fault::kNone;
}

Fault ReadUuidText(const CellPlan&, const uint8_t* data, size_t size, Arena& arena, Value& out) {
  char bytes[16];
  if (!ParseUuid(View(data, size), bytes)) return Fault::kBadText;
  out = Value::Bytes(Type::kUuid, arena.Copy(absl::string_view(bytes, sizeof bytes)));
  return Fault::kNone;
}

Fault ReadTextAsMoment(const CellPlan& plan, const uint8_t* data, size_t size, Arena&, Value& out) {
  const absl::string_view text = View(data, size);
  const std::optional<int64_t> value = plan.wanted == Type::kDate   ? ParseDate(text)
                                       : plan.wanted == Type::kTime ? ParseTime(text)
                                                                    : ParseTimestamp(text);
  if (!value) return Fault::kBadText;
  out = Value::Integer(plan.wanted, *value);
  return Fault::kNone;
}

}  // namespace ferro::mysql
