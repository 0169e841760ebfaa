// Decimals as arguments and results: canonical text, or an integer for a whole number.
#pragma once

#include "dialects/sqlite/functions/call.h"
#include "engine/value/big_decimal.h"

namespace ferro::sqlite {

// False, with an error for the caller of the SQL, when the argument is neither. A REAL is not
// taken: its digits are gone.
bool DecimalOf(sqlite3_context* context, sqlite3_value* value, BigDecimal& out);

// Canonical text, or an error when there are more digits than a decimal can have.
void ResultDecimal(sqlite3_context* context, const BigDecimal& value);

}  // namespace ferro::sqlite
