// The words of MySQL and MariaDB. Backquotes are understood in every sql_mode.
#include "dialects/mysql/tables.h"

namespace ferro::mysql {

const sql::Lexicon kLexicon = {
    .quote = '`',
    .empty_list = "SELECT NULL FROM DUAL WHERE FALSE",
    .double_type = "DOUBLE",
    .begin = "START TRANSACTION",
    .begin_write = "START TRANSACTION",
};

}  // namespace ferro::mysql
