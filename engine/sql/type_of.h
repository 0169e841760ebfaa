// The canonical type of an expression, as far as it is known, and the check that types go together.
// Databases disagree about what '1' = 1 or a date against a timestamp means, so such mixtures are
// refused here and never reach them.
#pragma once

#include "absl/status/status.h"
#include "engine/ast/visit.h"

namespace ferro::sql {

// kNull when it is not known: a column or parameter without a declared type, NULL itself.
Type TypeOf(const ast::Expr& expr);

// The type as which two operands meet: the wider of two numeric types, the known one of two, else
// `a`.
Type CommonType(Type a, Type b);

// ErrorClass::kPlan when operands of known types do not go together somewhere in `statement`.
absl::Status CheckTypes(const ast::Statement& statement);

}  // namespace ferro::sql
