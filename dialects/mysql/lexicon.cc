// The words of MySQL and MariaDB. Backquotes are understood in every sql_mode.
#include "dialects/mysql/tables.h"

namespace ferro::mysql {
namespace {

constexpr sql::Lexicon Words(absl::string_view explain, absl::string_view analyze) {
  return {
      .quote = '`',
      .empty_list = "SELECT NULL FROM DUAL WHERE FALSE",
      .double_type = "DOUBLE",
      .begin = "START TRANSACTION",
      .begin_write = "START TRANSACTION",
      .explain = explain,
      .explain_analyze = analyze,
  };
}

}  // namespace

const sql::Lexicon kMysqlLexicon = Words("EXPLAIN FORMAT=TREE ", "EXPLAIN ANALYZE ");
const sql::Lexicon kMariadbLexicon = Words("EXPLAIN FORMAT=JSON ", "ANALYZE FORMAT=JSON ");

}  // namespace ferro::mysql
