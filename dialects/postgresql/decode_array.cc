// The binary format of arrays: dimensions, then elements with a length before each. One dimension
// only: a list of lists has no type here, and to leave the dimensions out would be another value.
#include "dialects/postgresql/decode.h"
#include "engine/base/bytes.h"

namespace ferro::postgresql {
namespace {

constexpr size_t kHeaderSize = 12;    // dimensions, whether there are NULLs, the elements' type
constexpr size_t kDimensionSize = 8;  // length, lower bound
constexpr size_t kLengthSize = 4;     // before each element

}  // namespace

CellFault DecodeArray(absl::string_view wire, Oid element, DecodeCell decode, Arena& arena,
                      Value& out) {
  if (wire.size() < kHeaderSize) return CellFault::kMalformed;
  const auto dimensions = LoadBig<int32_t>(wire.data());
  if (LoadBig<uint32_t>(wire.data() + 8) != element) return CellFault::kMalformed;
  wire.remove_prefix(kHeaderSize);
  if (dimensions == 0) {
    out = Value::Array(nullptr, 0);
    return wire.empty() ? CellFault::kNone : CellFault::kMalformed;
  }
  if (dimensions < 0) return CellFault::kMalformed;
  if (dimensions > 1) return CellFault::kDimensions;
  if (wire.size() < kDimensionSize) return CellFault::kMalformed;
  const auto count = LoadBig<int32_t>(wire.data());
  const auto lower_bound = LoadBig<int32_t>(wire.data() + 4);
  wire.remove_prefix(kDimensionSize);
  // Before memory is taken for so many.
  if (count < 0 || static_cast<size_t>(count) > wire.size() / kLengthSize)
    return CellFault::kMalformed;
  if (lower_bound != 1) return CellFault::kLowerBound;
  const std::span<Value> items = arena.NewArray<Value>(static_cast<size_t>(count));
  for (Value& item : items) {
    item = Value::Null();
    if (wire.size() < kLengthSize) return CellFault::kMalformed;
    const auto length = LoadBig<int32_t>(wire.data());
    wire.remove_prefix(kLengthSize);
    if (length == -1) continue;
    if (length < 0 || static_cast<size_t>(length) > wire.size()) return CellFault::kMalformed;
    const CellFault fault = decode(wire.substr(0, static_cast<size_t>(length)), arena, item);
    if (fault != CellFault::kNone) return fault;
    wire.remove_prefix(static_cast<size_t>(length));
  }
  if (!wire.empty()) return CellFault::kMalformed;
  out = Value::Array(items.data(), static_cast<uint32_t>(count));
  return CellFault::kNone;
}

}  // namespace ferro::postgresql
