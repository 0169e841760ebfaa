// SQLite's words. TRUE and FALSE are names there when a column is called so, hence the numbers.
#include "dialects/sqlite/tables.h"

namespace ferro::sqlite {

const sql::Lexicon kLexicon = {
    .true_word = "1",
    .false_word = "0",
    // Of IN () SQLite drops the value, and with it an aggregate that makes one row.
    .empty_list = "SELECT NULL WHERE 0",
    .list_rows = "SELECT value FROM ferro_list(?)",
    .double_type = "REAL",
    // A transaction that begins by reading cannot always be made a writing one later:
    // SQLITE_BUSY_SNAPSHOT.
    .begin_write = "BEGIN IMMEDIATE",
    .explain = "EXPLAIN QUERY PLAN ",
    .explain_analyze = "",
};

}  // namespace ferro::sqlite
