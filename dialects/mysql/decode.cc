#include "dialects/mysql/decode.h"

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/db/cell_error.h"

namespace ferro::mysql {
namespace {

// The length before a value, or before nothing when it is cut short.
bool ConsumeLength(const uint8_t*& data, const uint8_t* end, uint64_t& length) {
  if (data == end) return false;
  const uint8_t first = *data++;
  if (first < 251) {
    length = first;
    return true;
  }
  const size_t bytes = first == 252 ? 2 : first == 253 ? 3 : first == 254 ? 8 : 0;
  if (bytes == 0 || static_cast<size_t>(end - data) < bytes) return false;
  length = 0;
  for (size_t i = 0; i < bytes; ++i) length |= uint64_t{data[i]} << (8 * i);
  data += bytes;
  return true;
}

}  // namespace

absl::Status RowDecoder::Plan(std::span<const WireColumn> columns,
                              std::span<const sql::ResultColumn> wanted) {
  if (!wanted.empty() && wanted.size() != columns.size()) {
    return MakeError(ErrorClass::kBadStoredValue,
                     absl::StrCat("the statement gives ", columns.size(), " columns where ",
                                  wanted.size(), " are declared"));
  }
  columns_.resize(columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    Column& column = columns_[i];
    column.wire = columns[i];
    const bool named = !wanted.empty() && !wanted[i].name.empty();
    column.name = named ? wanted[i].name : std::string(columns[i].name);
    column.wire.name = {};
    column.plan = PlanCell(columns[i], wanted.empty() ? Type::kNull : wanted[i].type);
  }
  return absl::OkStatus();
}

// The cells of one packet, in order.
class RowDecoder::Walk {
 public:
  Walk(absl::string_view packet, size_t columns)
      : data_(reinterpret_cast<const uint8_t*>(packet.data())),
        end_(data_ + packet.size()),
        nulls_(data_ + 1) {
    // A zero byte, then a bit for each column, the first two unused.
    const size_t header = 1 + (columns + 9) / 8;
    whole_ = packet.size() >= header;
    if (whole_) data_ += header;
  }

  // The packet has all that comes before its cells.
  bool whole() const { return whole_; }
  bool IsNull(size_t i) const { return (nulls_[(i + 2) / 8] >> ((i + 2) % 8) & 1) != 0; }

  // The next cell that is not null, in `data` and `size`; false when it is cut short.
  bool Next(int8_t fixed_size, const uint8_t*& data, uint64_t& size) {
    if (fixed_size >= 0) {
      size = static_cast<uint64_t>(fixed_size);
    } else if (!ConsumeLength(data_, end_, size)) {
      return false;
    }
    if (size > static_cast<uint64_t>(end_ - data_)) return false;
    data = data_;
    data_ += size;
    return true;
  }

 private:
  const uint8_t* data_;
  const uint8_t* const end_;
  const uint8_t* const nulls_;
  bool whole_ = false;
};

absl::Status RowDecoder::Decode(absl::string_view packet, int64_t number, Arena& arena,
                                std::span<Value> row) const {
  Walk walk(packet, columns_.size());
  if (!walk.whole()) return MakeError(ErrorClass::kInternal, "a row of the server is cut short");
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (walk.IsNull(i)) {
      row[i] = Value::Null();
      continue;
    }
    const CellPlan& plan = columns_[i].plan;
    const uint8_t* data;
    uint64_t size;
    if (!walk.Next(plan.fixed_size, data, size)) [[unlikely]]
      return Fail(packet, number, i, Fault::kTruncated);
    const Fault fault = plan.read(plan, data, size, arena, row[i]);
    if (fault != Fault::kNone) [[unlikely]]
      return Fail(packet, number, i, fault);
  }
  return absl::OkStatus();
}

// The key of the row that `bad` is of, as far as it was selected.
std::string RowDecoder::KeyOf(absl::string_view packet, const Column& bad) const {
  std::string key;
  if (bad.wire.table.empty()) return key;
  Walk walk(packet, columns_.size());
  Arena arena;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (walk.IsNull(i)) continue;
    const Column& column = columns_[i];
    const uint8_t* data;
    uint64_t size;
    if (!walk.Next(column.plan.fixed_size, data, size)) break;
    const bool same = column.wire.alias == bad.wire.alias && column.wire.table == bad.wire.table;
    if (&column == &bad || !same || !column.wire.in_key) continue;
    Value value;
    if (column.plan.read(column.plan, data, size, arena, value) == Fault::kNone)
      db::AppendKey(key, column.wire.origin, value);
  }
  return key;
}

absl::Status RowDecoder::Fail(absl::string_view packet, int64_t number, size_t index,
                              Fault fault) const {
  const Column& column = columns_[index];
  const Type wanted = column.plan.wanted;
  return db::CellError(
      ErrorClassOf(fault),
      {.column = column.name,
       .table = column.wire.table,
       .row = number,
       .key = KeyOf(packet, column)},
      absl::StrCat(WireName(column.wire), " cannot be read as ",
                   wanted == Type::kNull ? absl::string_view("its natural type") : Name(wanted),
                   ": ", Reason(fault)),
      Advice(fault, wanted));
}

}  // namespace ferro::mysql
