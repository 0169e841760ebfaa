// PostgreSQL's words.
#include "dialects/postgresql/tables.h"

namespace ferro::postgresql {

const sql::Lexicon kLexicon = {
    .placeholder = sql::Placeholder::kDollar,
};

}  // namespace ferro::postgresql
