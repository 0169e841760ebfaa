// ferro_list(?): the values of a list that is bound as one parameter (see encode.h), as a table of one column,
// `value`. So a statement is the same for lists of any length.
#include <cstdint>
#include <new>

#include "dialects/sqlite/encode.h"
#include "dialects/sqlite/functions/tables.h"

namespace ferro::sqlite {
namespace {

constexpr int kValue = 0;
constexpr int kList = 1;  // the hidden column that the argument is compared with

// SQLite knows only what these begin with.
struct Cursor : sqlite3_vtab_cursor {
  const db::Parameter* list = nullptr;
  size_t at = 0;
};

Cursor& Of(sqlite3_vtab_cursor* cursor) { return *static_cast<Cursor*>(cursor); }

int Connect(sqlite3* db, void*, int, const char* const*, sqlite3_vtab** table, char**) {
  const int code = sqlite3_declare_vtab(db, "CREATE TABLE list(value, list HIDDEN)");
  if (code != SQLITE_OK) return code;
  sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
  *table = new (std::nothrow) sqlite3_vtab{};
  return *table == nullptr ? SQLITE_NOMEM : SQLITE_OK;
}

int Disconnect(sqlite3_vtab* table) {
  delete table;
  return SQLITE_OK;
}

int BestIndex(sqlite3_vtab*, sqlite3_index_info* info) {
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (constraint.iColumn != kList || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
    if (!constraint.usable) return SQLITE_CONSTRAINT;
    info->aConstraintUsage[i] = {.argvIndex = 1, .omit = 1};
    info->estimatedCost = 100;
    info->estimatedRows = 100;  // nothing is known when it is planned
    return SQLITE_OK;
  }
  return SQLITE_CONSTRAINT;  // it has no rows without its argument
}

int Open(sqlite3_vtab*, sqlite3_vtab_cursor** cursor) {
  *cursor = new (std::nothrow) Cursor{};
  return *cursor == nullptr ? SQLITE_NOMEM : SQLITE_OK;
}

int Close(sqlite3_vtab_cursor* cursor) {
  delete &Of(cursor);
  return SQLITE_OK;
}

int Filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value** arguments) {
  Of(cursor).list =
      static_cast<const db::Parameter*>(sqlite3_value_pointer(arguments[0], kListPointer));
  Of(cursor).at = 0;
  return SQLITE_OK;
}

int Next(sqlite3_vtab_cursor* cursor) {
  ++Of(cursor).at;
  return SQLITE_OK;
}

int Eof(sqlite3_vtab_cursor* cursor) {
  const Cursor& it = Of(cursor);
  return it.list == nullptr || it.at >= it.list->count ? 1 : 0;
}

int Column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int column) {
  const Cursor& it = Of(cursor);
  if (column == kValue) {
    WithinMemory(context, [&] { ResultValue(context, it.list->value(it.at)); });
  }
  return SQLITE_OK;
}

int RowId(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
  *id = static_cast<sqlite3_int64>(Of(cursor).at);
  return SQLITE_OK;
}

constexpr sqlite3_module MakeModule() {
  sqlite3_module module = {};
  module.xConnect = Connect;  // without xCreate: it is there without CREATE VIRTUAL TABLE, and only so
  module.xBestIndex = BestIndex;
  module.xDisconnect = Disconnect;
  module.xOpen = Open;
  module.xClose = Close;
  module.xFilter = Filter;
  module.xNext = Next;
  module.xEof = Eof;
  module.xColumn = Column;
  module.xRowid = RowId;
  return module;
}

constexpr sqlite3_module kModule = MakeModule();

}  // namespace

int RegisterList(sqlite3* db) {
  return sqlite3_create_module_v2(db, "ferro_list", &kModule, nullptr, nullptr);
}

}  // namespace ferro::sqlite
