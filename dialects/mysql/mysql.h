// The one public header of this dialect.
#pragma once

#include "engine/sql/dialect.h"

namespace ferro::mysql {

const sql::Dialect& GetDialect();

}  // namespace ferro::mysql
