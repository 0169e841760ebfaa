// The words of ISO SQL; everything is as the Lexicon has it by default but the empty list, which
// ISO does not have.
#include "dialects/ansi/tables.h"

namespace ferro::ansi {

const sql::Lexicon kLexicon = {
    .empty_list = "SELECT NULL FROM (VALUES (0)) AS nothing WHERE FALSE",
    .begin = "START TRANSACTION",
    .begin_write = "START TRANSACTION",
};

}  // namespace ferro::ansi
