// Where NULLs stand in an order, for servers that take NULL for the smallest value.
#pragma once

#include "engine/ast/query.h"
#include "engine/base/arena.h"

namespace ferro::sql::rewrite {

// before: ORDER BY x DESC NULLS FIRST, y NULLS LAST, z NULLS FIRST
// after:  ORDER BY x IS NULL DESC, x DESC, y IS NULL, y, z
ast::List<const ast::OrderItem*> NullsOrderAsIsNull(ast::List<const ast::OrderItem*> order,
                                                    Arena& arena);

// Whether that would add expressions.
bool SaysNulls(ast::List<const ast::OrderItem*> order);

// The same order without a word on NULLs.
ast::List<const ast::OrderItem*> NullsAsTheyStand(ast::List<const ast::OrderItem*> order,
                                                  Arena& arena);

// Whether the frame holds values so near to the current one, and whether it also holds all beyond one end.
bool HasDistance(const ast::Frame& frame);
bool HasOpenEnd(const ast::Frame& frame);

}  // namespace ferro::sql::rewrite
