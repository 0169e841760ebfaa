#include "table.h"

#include <array>
#include <cstdio>
#include <memory>

#include "session.h"

namespace bench {
namespace {

struct Column {
  const char* name;
  uint8_t type;
  int length;
  bool nullable;
};
constexpr std::array<Column, kColumns> kTable = {{
    {"id", FERRO_TYPE_INT64, 0, false},
    {"team", FERRO_TYPE_INT64, 0, false},
    {"name", FERRO_TYPE_TEXT, 40, false},
    {"score", FERRO_TYPE_FLOAT64, 0, false},
    {"seen", FERRO_TYPE_TIMESTAMPTZ, 0, false},
    {"note", FERRO_TYPE_TEXT, 40, true},
}};
constexpr char kNote[] = "a note on every third row";

// Writes a plan from left to right: operands, then the node that takes them.
class Writer {
 public:
  Writer() : plan_(ferro_plan_new()) {}
  Writer& Name(const std::string& text) {
    ferro_plan_name(plan_.get(), BytesOf(text));
    return *this;
  }
  Writer& Int(int64_t value) {
    ferro_plan_int(plan_.get(), value);
    return *this;
  }
  Writer& Param(uint8_t type) {
    ferro_plan_param(plan_.get(), type, 0);
    return *this;
  }
  Writer& Node(uint8_t kind, uint32_t operands) {
    ferro_plan_node(plan_.get(), kind, operands);
    return *this;
  }
  Writer& None() { return Node(FERRO_NODE_NONE, 0); }
  Writer& List(uint32_t operands) { return Node(FERRO_NODE_LIST, operands); }
  // Of a SELECT, which begins with what is seldom there.
  Writer& Items() {
    None().None();
    for (const Column& column : kTable) {
      Name("").Name(column.name).Int(column.type).Node(FERRO_NODE_COLUMN, 3);
      Name("").Int(column.type).Node(FERRO_NODE_SELECT_ITEM, 3);
    }
    return List(kColumns);
  }
  Writer& Table(const std::string& table) { return Name(table).Name("").Node(FERRO_NODE_TABLE, 2); }
  std::string Done() const { return TextOf(ferro_plan_bytes(plan_.get())); }

 private:
  std::unique_ptr<ferro_plan, Freed<ferro_plan_free>> plan_;
};

bool Is(const ferro_value& cell, const std::string& text) {
  return cell.type == FERRO_TYPE_TEXT && std::string(cell.as.bytes, cell.size) == text;
}

std::string NameOf(int64_t key) {
  char text[32];
  std::snprintf(text, sizeof text, "player %012lld", static_cast<long long>(key));
  return text;
}

int64_t SeenAt(int64_t key) { return 1'700'000'000'000'000 + key * 1'000'003; }

}  // namespace

std::string CreateTable(const std::string& table) {
  Writer plan;
  plan.Name(table).Int(0);
  for (const Column& column : kTable) {
    plan.Name(column.name).Int(column.type).Int(column.length).Int(0).Int(0);
    plan.Int(column.nullable ? 1 : 0).Int(0).Int(0).Node(FERRO_NODE_COLUMN_DEFINITION, 8);
  }
  plan.List(kColumns).Name("id").List(1).List(0);
  return plan.Node(FERRO_NODE_CREATE_TABLE, 5).Done();
}

std::string DropTable(const std::string& table) {
  return Writer().Name(table).Int(1).Node(FERRO_NODE_DROP_TABLE, 2).Done();
}

std::string Insert(const std::string& table) {
  Writer plan;
  plan.Name(table);
  for (const Column& column : kTable) {
    plan.Name(column.name).Param(column.type).Node(FERRO_NODE_ASSIGNMENT, 2);
  }
  plan.List(kColumns).List(0).Name("id").Int(FERRO_TYPE_INT64);
  return plan.Node(FERRO_NODE_INSERT, 5).Done();
}

std::string GetByKey(const std::string& table) {
  Writer plan;
  plan.Items().Table(table);
  plan.Int(FERRO_BINARY_EQUAL);
  plan.Name("").Name("id").Int(FERRO_TYPE_INT64).Node(FERRO_NODE_COLUMN, 3);
  plan.Param(FERRO_TYPE_INT64).Node(FERRO_NODE_BINARY, 3);
  return plan.None().List(0).None().None().Int(0).None().Node(FERRO_NODE_SELECT, 11).Done();
}

std::string Scan(const std::string& table) {
  Writer plan;
  plan.Items().Table(table).None();
  return plan.None().List(0).None().None().Int(0).None().Node(FERRO_NODE_SELECT, 11).Done();
}

std::string DeleteAll(const std::string& table) {
  Writer plan;
  plan.Name(table).None().List(0).Name("id").Int(FERRO_TYPE_INT64);
  return plan.Node(FERRO_NODE_DELETE, 5).Done();
}

Rows::Rows(int64_t first_key, size_t count) {
  names_.reserve(count);  // short texts live within the strings, which must not move
  cells_.reserve(count * kColumns);
  for (size_t i = 0; i < count; ++i) {
    const int64_t key = first_key + static_cast<int64_t>(i);
    const std::string& name = names_.emplace_back(NameOf(key));
    cells_.push_back(ferro_int64(key));
    cells_.push_back(ferro_int64(key % 100));
    cells_.push_back(ferro_data(FERRO_TYPE_TEXT, name.data(), static_cast<uint32_t>(name.size())));
    cells_.push_back(ferro_float64(static_cast<double>(key) / 8));
    cells_.push_back(ferro_integer(FERRO_TYPE_TIMESTAMPTZ, SeenAt(key)));
    cells_.push_back(key % 3 == 0 ? ferro_data(FERRO_TYPE_TEXT, kNote, sizeof kNote - 1)
                                  : ferro_null());
  }
}

bool IsRow(const ferro_value* cells) {
  const int64_t key = cells[0].as.integer;
  return cells[0].type == FERRO_TYPE_INT64 && cells[1].as.integer == key % 100 &&
         Is(cells[2], NameOf(key)) && cells[3].as.real == static_cast<double>(key) / 8 &&
         cells[4].as.integer == SeenAt(key) &&
         (key % 3 == 0 ? Is(cells[5], kNote) : cells[5].type == FERRO_TYPE_NULL);
}

}  // namespace bench
