// Numbers of two types where they meet: compared, chosen from, or put together by UNION. The narrower one is
// cast to the wider, from int64 to decimal to float64, so that the server never compares them in its own way.
// Each overload is for a node whose children are done, and says whether it has changed it.
#pragma once

#include "engine/ast/visit.h"
#include "engine/sql/rewrite/context.h"

namespace ferro::sql::rewrite {

// Comparisons, and arithmetic of a decimal and a float64.
bool CastNumbers(ast::Binary& binary, Context& context);
bool CastNumbers(ast::Between& between, Context& context);
// The value only: the list is converted when it is bound (Bind::meets).
bool CastNumbers(ast::In& in, Context& context);
bool CastNumbers(ast::InQuery& in, Context& context);
bool CastNumbers(ast::Case& choice, Context& context);
bool CastNumbers(ast::Call& call, Context& context);
bool CastNumbers(ast::WindowCall& call, Context& context);
bool CastNumbers(ast::Compound& compound, Context& context);

}  // namespace ferro::sql::rewrite
