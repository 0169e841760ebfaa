"""The value of an expression for a row or a group.

Operands are evaluated from left to right and only as far as needed; `eager` evaluates all of them,
to find out whether a database that does so could fail.
"""

from __future__ import annotations

import decimal
import math
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from . import tree
from .aggregates import aggregate, distinct, string_agg, sum_is_fragile
from .functions import FLOAT, NUMBER, TEXT
from .moments import MOMENT
from .patterns import like
from .rows import Env, Relation, order_keys
from .types import common, common_of, items_of, type_of, type_of_item
from .values import (
    EXACT,
    EvaluationError,
    Invalid,
    all_of,
    any_of,
    compare,
    compare_rows,
    convert,
    float64,
    int64,
    not_,
)
from .words import AggregateFunction, BinaryOp, Function, LiteralKind, LogicalOp, Type, UnaryOp

_SIMPLE: dict[Function, Callable[..., Any]] = {**TEXT, **NUMBER, **MOMENT}


def truncated_quotient(a: int, b: int) -> int:
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


class Expressions:
    def __init__(self, eager: bool = False) -> None:
        self.eager = eager
        # A database that adds in another sequence may fail where this does not.
        self.fragile = False
        self._types: dict[int, Type] = {}
        self._kept: list[tree.Node] = []  # so that no id() is given twice
        self._methods: dict[type[tree.Node], Callable[[Any, Env], Any]] = {
            tree.Column: lambda node, env: env.column(node),
            tree.Param: lambda node, env: node.value,
            tree.Literal: self._literal,
            tree.Unary: self._unary,
            tree.Binary: self._binary,
            tree.Logical: self._logical,
            tree.In: self._in,
            tree.Between: self._between,
            tree.Like: self._like,
            tree.Aggregate: self._aggregate,
            tree.Exists: self._exists,
            tree.Call: self._call,
            tree.Case: self._case,
            tree.Cast: self._cast,
            tree.Subquery: self._subquery,
            tree.InQuery: self._in_query,
            tree.Quantified: self._quantified,
            tree.Over: self._over,
        }

    def query(self, node: tree.Query, tables: Any, outer: Env | None) -> Relation:
        raise NotImplementedError

    def type_of(self, node: tree.Node) -> Type:
        found = self._types.get(id(node))
        if found is None:
            found = self._types[id(node)] = type_of(node)
            self._kept.append(node)
        return found

    def value(self, node: tree.Expr, env: Env) -> Any:
        if env.group is not None and not isinstance(node, (tree.Param, tree.Literal)):
            for key, value in env.group.keys:
                if key == node:
                    return value
        method = self._methods.get(type(node))
        if method is None:
            raise Invalid(f"{type(node).__name__} has no value here")
        return method(node, env)

    def _values(self, nodes: Sequence[tree.Expr], env: Env) -> Iterator[Any]:
        """Their values, as far as they are asked for; when eager all of them first."""
        if self.eager:
            return iter([self.value(node, env) for node in nodes])
        return (self.value(node, env) for node in nodes)

    def _literal(self, node: tree.Literal, env: Env) -> Any:
        match node.literal:
            case LiteralKind.null:
                return None
            case LiteralKind.integer:
                return node.integer
        return node.literal == LiteralKind.true

    def _unary(self, node: tree.Unary, env: Env) -> Any:
        value = self.value(node.operand, env)
        match node.op:
            case UnaryOp.is_null:
                return value is None
            case UnaryOp.is_not_null:
                return value is not None
            case UnaryOp.not_:
                return not_(value)
        if value is None:
            return None
        if isinstance(value, Decimal):  # whose minus rounds to the digits of the context
            return value.copy_negate() if value else value
        return int64(-value) if isinstance(value, int) else -value

    def _binary(self, node: tree.Binary, env: Env) -> Any:
        op = node.op
        if isinstance(node.left, tree.Row) and isinstance(node.right, tree.Row):
            pairs = list(zip(node.left.items, node.right.items, strict=True))
            return compare_rows(
                op,
                [self.value(item, env) for item in node.left.items],
                [self.value(item, env) for item in node.right.items],
                [(self.type_of(a), self.type_of(b)) for a, b in pairs],
            )
        a, b = self.value(node.left, env), self.value(node.right, env)
        type_a, type_b = self.type_of(node.left), self.type_of(node.right)
        if op <= BinaryOp.ge or op >= BinaryOp.distinct_from:
            return compare(op, a, b, type_a, type_b)
        if a is None or b is None:
            return None
        return self._arithmetic(op, a, b, common(type_a, type_b))

    @staticmethod
    def _arithmetic(op: BinaryOp, a: Any, b: Any, type: Type) -> Any:
        if op == BinaryOp.div:
            return float64(float(a) / float(b)) if b else None
        if op in (BinaryOp.idiv, BinaryOp.mod):
            if b == 0:
                return None
            quotient = truncated_quotient(a, b)
            return int64(quotient) if op == BinaryOp.idiv else a - b * quotient
        a, b = convert(a, type), convert(b, type)
        if isinstance(a, Decimal):
            exact = {BinaryOp.add: EXACT.add, BinaryOp.sub: EXACT.subtract}
            return exact.get(op, EXACT.multiply)(a, b)
        result = a + b if op == BinaryOp.add else a - b if op == BinaryOp.sub else a * b
        return float64(result) if isinstance(result, float) else int64(result)

    def _logical(self, node: tree.Logical, env: Env) -> bool | None:
        terms = self._values(node.terms, env)
        return all_of(terms) if node.op == LogicalOp.and_ else any_of(terms)

    def _in(self, node: tree.In, env: Env) -> bool | None:
        value, type = self.value(node.value, env), self.type_of(node.value)
        found = any_of(
            compare(BinaryOp.eq, value, item, type, node.list.type) for item in node.list.values
        )
        return not_(found) if node.negated else found

    def _between(self, node: tree.Between, env: Env) -> bool | None:
        value, low, high = (self.value(n, env) for n in (node.value, node.low, node.high))
        type = common_of(self.type_of(n) for n in (node.value, node.low, node.high))
        value, low, high = (convert(v, type) for v in (value, low, high))
        within = all_of(
            (
                compare(BinaryOp.ge, value, low, type, type),
                compare(BinaryOp.le, value, high, type, type),
            )
        )
        return not_(within) if node.negated else within

    def _like(self, node: tree.Like, env: Env) -> bool | None:
        value, pattern = self.value(node.value, env), self.value(node.pattern, env)
        if value is None or pattern is None:
            return None
        return like(value, pattern, node.fold_case) != node.negated

    def _case(self, node: tree.Case, env: Env) -> Any:
        type = self.type_of(node)
        if self.eager:
            self._all_values([when.value for when in node.whens], env)
            self._all_values([when.condition for when in node.whens], env)
            self._all_values([node.otherwise] if node.otherwise else [], env)
        for when in node.whens:
            if self.value(when.condition, env):
                return convert(self.value(when.value, env), type)
        return None if node.otherwise is None else convert(self.value(node.otherwise, env), type)

    def _cast(self, node: tree.Cast, env: Env) -> Any:
        return cast(self.value(node.operand, env), self.type_of(node.operand), node.type)

    def _call(self, node: tree.Call, env: Env) -> Any:
        function = node.function
        if function == Function.coalesce:
            common_type = self.type_of(node)
            values = self._values(node.arguments, env)
            return next((convert(v, common_type) for v in values if v is not None), None)
        if function == Function.grouping:
            if env.group is None:
                raise Invalid("grouping() without groups")
            return int(node.arguments[0] in env.group.missing)
        values_given = [self.value(argument, env) for argument in node.arguments]
        if function == Function.null_if:
            types = [self.type_of(argument) for argument in node.arguments]
            equal = compare(BinaryOp.eq, *values_given, *types)
            return None if equal else convert(values_given[0], common_of(types))
        if function == Function.now:
            return datetime.now(UTC)
        if function == Function.today:
            return datetime.now(UTC).date()
        if any(value is None for value in values_given):
            return None
        if function in (Function.greatest, Function.least):
            common_type = self.type_of(node)
            converted = [convert(value, common_type) for value in values_given]
            return max(converted) if function == Function.greatest else min(converted)
        if function in FLOAT:
            return FLOAT[function](*(float(value) for value in values_given))
        result = _SIMPLE[function](*values_given)
        return int64(result) if type(result) is int else result

    # What contains a query.

    def _exists(self, node: tree.Exists, env: Env) -> bool:
        return bool(self.query(node.query, env.tables, env).rows) != node.negated

    def _subquery(self, node: tree.Subquery, env: Env) -> Any:
        rows = self.query(node.query, env.tables, env).rows
        if len(rows) > 1:
            raise EvaluationError("a query for one value gives several rows")
        return rows[0][0] if rows else None

    def _in_query(self, node: tree.InQuery, env: Env) -> bool | None:
        wanted = node.value.items if isinstance(node.value, tree.Row) else (node.value,)
        values = [self.value(item, env) for item in wanted]
        given = [type_of_item(item) for item in items_of(node.query)]
        types = list(zip(map(self.type_of, wanted), given, strict=True))
        rows = self.query(node.query, env.tables, env).rows
        found = any_of(compare_rows(BinaryOp.eq, values, list(row), types) for row in rows)
        return not_(found) if node.negated else found

    def _quantified(self, node: tree.Quantified, env: Env) -> bool | None:
        value, type = self.value(node.value, env), self.type_of(node.value)
        of_row = type_of_item(items_of(node.query)[0])
        rows = self.query(node.query, env.tables, env).rows
        results = [compare(node.op, value, row[0], type, of_row) for row in rows]
        return all_of(results) if node.all else any_of(results)

    # Aggregates and windows.

    def _aggregate(self, node: tree.Aggregate, env: Env) -> Any:
        if env.group is None:
            raise Invalid("an aggregate without groups")
        return self.aggregate(node, env.group.rows)

    def _over(self, node: tree.Over, env: Env) -> Any:
        if id(node) not in env.windows:
            raise Invalid("a window out of place")
        return env.windows[id(node)]

    def aggregate(self, node: tree.Aggregate, rows: Sequence[Env]) -> Any:
        """Of these rows; also within a window."""
        if node.filter is not None:
            filter = node.filter
            kept = [row for row in rows if self.value(filter, row)]
            if self.eager:
                for row in rows:
                    self._all_values(node.arguments, row)
            rows = kept
        if not node.arguments:
            return len(rows)
        first = node.arguments[0]
        paired = [(self.value(first, row), row) for row in rows]
        paired = [(value, row) for value, row in paired if value is not None]
        values = [value for value, _ in paired]
        if node.function == AggregateFunction.string_agg:
            return self._string_agg(node, values, [row for _, row in paired])
        if node.distinct:
            values = distinct(values)
        type = self.type_of(first)
        if node.function == AggregateFunction.sum and type == Type.int64:
            self.fragile = self.fragile or sum_is_fragile(values)
        return aggregate(node.function, type, values)

    def _all_values(self, nodes: Sequence[tree.Expr], env: Env) -> None:
        for node in nodes:
            self.value(node, env)

    def _string_agg(self, node: tree.Aggregate, texts: list[str], rows: list[Env]) -> str | None:
        if not texts:
            return None
        separator = self.value(node.arguments[1], rows[0])
        if separator is None:
            raise Invalid("a separator that is NULL")
        columns = [[self.value(item.value, row) for row in rows] for item in node.order]
        keys = order_keys(node.order, columns, len(rows))
        return string_agg(texts, keys, separator, node.distinct)


def cast(value: Any, from_: Type, to: Type) -> Any:
    """Between numbers, of moments, and to text; a fraction is cut off toward zero."""
    if value is None or from_ == to:
        return value
    match to:
        case Type.int64:
            if isinstance(value, Decimal):
                return int64(int(value.to_integral_value(decimal.ROUND_DOWN)))
            return int64(math.trunc(value))
        case Type.float64:
            return float(value)
        case Type.decimal:
            return Decimal(value)
        case Type.text:
            return value.isoformat() if isinstance(value, date) else str(value)
    if to == Type.date:
        return value.date()
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return value.replace(tzinfo=UTC if to == Type.timestamptz else None)
