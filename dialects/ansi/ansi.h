// The one public header of this dialect.
#pragma once

#include "engine/sql/dialect.h"

namespace ferro::ansi {

const sql::Dialect& GetDialect();

}  // namespace ferro::ansi
