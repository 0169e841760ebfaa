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

// Whether values of the two types may be compared: of one type, numbers, or one of them not known.
bool GoTogether(Type a, Type b);

// The columns that a query gives: the items of its first select.
ast::List<const ast::SelectItem*> ItemsOf(const ast::Query& query);
Type TypeOf(const ast::SelectItem& item);

// ErrorClass::kPlan when operands of known types do not go together somewhere in `statement`.
absl::Status CheckTypes(const ast::Statement& statement);

}  // namespace ferro::sql
