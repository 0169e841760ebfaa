#include "dialects/sqlite/filters.h"

#include "dialects/sqlite/functions/tables.h"
#include "dialects/sqlite/handle.h"
#include "engine/base/error.h"

namespace ferro::sqlite {
namespace {

enum class Filters { kRight, kWrong, kAlwaysWrong };

// SQLITE_BloomFilter in SQLite's sqliteInt.h, the same in all versions that have such filters.
void TurnOff(sqlite3* db) { sqlite3_test_control(SQLITE_TESTCTRL_OPTIMIZATIONS, db, 0x00080000); }

// Whether 1 and 1.0 find each other where the join is by an index made for it.
bool FindsEqual(sqlite3* db) {
  StatementHandle statement;
  absl::string_view tail;
  const int code = Prepare(
      db,
      "SELECT 1 FROM a CROSS JOIN b ON a.x COLLATE ferro_decimal = b.y COLLATE ferro_decimal",
      false, statement, tail);
  return code == SQLITE_OK && sqlite3_step(statement.get()) == SQLITE_ROW;
}

Filters Try() {
  DatabaseHandle db;
  if (Open(":memory:", db) != SQLITE_OK) return Filters::kAlwaysWrong;
  sqlite3_create_collation_v2(db.get(), "ferro_decimal", SQLITE_UTF8, nullptr, CompareDecimals,
                              nullptr);
  sqlite3_exec(db.get(),
               "CREATE TABLE a (x); INSERT INTO a VALUES ('1');"
               "CREATE TABLE b (y); INSERT INTO b VALUES ('1.0')",
               nullptr, nullptr, nullptr);
  if (FindsEqual(db.get())) return Filters::kRight;
  TurnOff(db.get());
  return FindsEqual(db.get()) ? Filters::kWrong : Filters::kAlwaysWrong;
}

}  // namespace

absl::Status AvoidWrongFilters(sqlite3* db) {
  static const Filters filters = Try();
  switch (filters) {
    case Filters::kRight:
      break;
    case Filters::kWrong:
      TurnOff(db);
      break;
    case Filters::kAlwaysWrong:
      return MakeErrorWithHint(ErrorClass::kUnsupported,
                               "this SQLite library loses rows of joins by decimals",
                               "use a library of version 3.41 or newer");
  }
  return absl::OkStatus();
}

}  // namespace ferro::sqlite
