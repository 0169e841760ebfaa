"""Random expressions of a wanted type.

Everything made is in the portable core and has one result: a float64 that databases may calculate
with other last bits is never compared, and texts whose capitals only a locale knows are not folded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from . import tree
from .make_terms import MakeTerms
from .scope import COMPARABLE, NUMBERS, ORDERED, Scope
from .words import (
    COMPARISONS,
    DISTINCTNESS,
    BinaryOp,
    Function,
    LogicalOp,
    Type,
    UnaryOp,
)

Maker = Callable[[], tree.Expr]


class MakeExpressions(MakeTerms):
    # Any expression.

    def expr(
        self, type: Type, scope: Scope, depth: int, exact: bool = True, ascii: bool = False
    ) -> tree.Expr:
        if depth <= 0 or self.chance(0.25):
            return self.leaf(type, scope, exact, ascii)
        if scope.within is not None and self.chance(0.5):
            found = self.aggregate(type, scope, exact)
            if found is not None and not (ascii and type == Type.text):
                return found
        if scope.windows and self.chance(0.4):
            found = self.window(type, scope, exact)
            if found is not None and not (ascii and type == Type.text):
                return found
        if self.queries_left > 0 and self.chance(0.07) and not ascii:
            return self.scalar_query(type, scope, exact)
        if self.chance(0.15):
            return self._choice(type, scope, depth - 1, exact, ascii)
        makers: dict[Type, Callable[..., tree.Expr]] = {
            Type.bool: self._bool,
            Type.int64: self._int64,
            Type.float64: self._float64,
            Type.decimal: self._decimal,
            Type.text: self._text,
            Type.date: self._moment,
            Type.timestamp: self._moment,
            Type.timestamptz: self._moment,
        }
        maker = makers.get(type)
        if maker is None:
            return self.leaf(type, scope, exact, ascii)
        return maker(type, scope, depth - 1, exact, ascii)

    def _choice(self, type: Type, scope: Scope, depth: int, exact: bool, ascii: bool) -> tree.Expr:
        """CASE and the functions of any type."""

        def one() -> tree.Expr:
            return self.expr(type, scope, depth, exact, ascii)

        kind = self.rng.randrange(5)
        if kind == 0:
            whens = tuple(
                tree.When(self.expr(Type.bool, scope, depth), one())
                for _ in range(self.rng.randrange(1, 3))
            )
            return tree.Case(whens, one() if self.chance(0.7) else None)
        if kind == 1 or (kind >= 3 and (type not in ORDERED or type == Type.bool)):
            return self._call(Function.coalesce, *(one() for _ in range(self.rng.randrange(2, 4))))
        if kind == 2:
            other = self.expr(type, scope, depth, True, ascii)
            return self._call(Function.null_if, self.expr(type, scope, depth, True, ascii), other)
        function = Function.greatest if kind == 3 else Function.least
        return self._call(function, *(one() for _ in range(self.rng.randrange(2, 4))))

    # Conditions.

    def condition(self, scope: Scope, depth: int) -> tree.Expr:
        return self.expr(Type.bool, scope, depth)

    def _bool(self, type: Type, scope: Scope, depth: int, exact: bool, ascii: bool) -> tree.Expr:
        makers: list[tuple[int, Maker]] = [
            (6, lambda: self._comparison(scope, depth)),
            (4, lambda: self._logical(scope, depth)),
            (2, lambda: self._null_test(scope, depth)),
            (2, lambda: self._between(scope, depth)),
            (2, lambda: self._in_list(scope, depth)),
            (3, lambda: self._like(scope, depth)),
            (2, lambda: self._text_test(scope, depth)),
            (1, lambda: self._row_comparison(scope, depth)),
        ]
        if self.queries_left > 0:
            makers.append((3, lambda: self._query_test(scope, depth)))
        maker = self.rng.choices([m for _, m in makers], [w for w, _ in makers])[0]
        return maker()

    def pair(self, scope: Scope, depth: int, ordered: bool) -> tuple[tree.Expr, tree.Expr]:
        """Two expressions that go together, numbers also of two types."""
        type = self.rng.choice(ORDERED if ordered else COMPARABLE)
        other = type
        if type in NUMBERS and self.chance(0.3):
            # A float64 meets others as one, and 2^53 + 1 is none.
            other = self.rng.choice((Type.int64, Type.decimal) if type != Type.float64 else (type,))
        left = self.readable(type, scope) if self.chance(0.6) else None
        return left or self.expr(type, scope, depth), self.expr(other, scope, depth)

    def _comparison(self, scope: Scope, depth: int) -> tree.Expr:
        op = self.rng.choice(DISTINCTNESS if self.chance(0.2) else COMPARISONS)
        ordered = BinaryOp.lt <= op <= BinaryOp.ge
        return tree.Binary(op, *self.pair(scope, depth, ordered))

    def _logical(self, scope: Scope, depth: int) -> tree.Expr:
        if self.chance(0.3):
            return tree.Unary(UnaryOp.not_, self.expr(Type.bool, scope, depth))
        terms = tuple(self.expr(Type.bool, scope, depth) for _ in range(self.rng.randrange(1, 4)))
        return tree.Logical(self.rng.choice((LogicalOp.and_, LogicalOp.or_)), terms)

    def _null_test(self, scope: Scope, depth: int) -> tree.Expr:
        op = self.rng.choice((UnaryOp.is_null, UnaryOp.is_not_null))
        return tree.Unary(op, self.expr(self.rng.choice(COMPARABLE), scope, depth))

    def _between(self, scope: Scope, depth: int) -> tree.Expr:
        type = self.rng.choice(ORDERED)
        value, low, high = (self.expr(type, scope, depth - i) for i in range(3))
        return tree.Between(value, low, high, self.chance(0.3))

    def _in_list(self, scope: Scope, depth: int) -> tree.Expr:
        type = self.rng.choice(COMPARABLE)
        if not scope.parameters:
            return self._null_test(scope, depth)
        values = tuple(self.value(type) for _ in range(self.rng.choice((0, 1, 2, 3, 5))))
        list = tree.ParamList(type, values)
        return tree.In(self.expr(type, scope, depth), list, self.chance(0.4))

    def _pattern(self) -> str:
        parts = self.rng.choices(("%", "_", "a", "A", "é", "\\%", "\\_", "\\\\", " ", "|"), k=3)
        return "".join(parts[: self.rng.randrange(0, 4)])

    def _like(self, scope: Scope, depth: int) -> tree.Expr:
        value = self.expr(Type.text, scope, depth)
        pattern: tree.Expr = tree.Param(Type.text, self._pattern())
        if not scope.parameters or self.chance(0.2):
            pattern = self.readable(Type.text, scope) or tree.NULL
        if not scope.parameters and pattern == tree.NULL:
            return self._null_test(scope, depth)
        return tree.Like(value, pattern, self.chance(0.3), self.chance(0.4))

    def _text_test(self, scope: Scope, depth: int) -> tree.Expr:
        function = self.rng.choice((Function.starts_with, Function.ends_with, Function.contains))
        text = self.expr(Type.text, scope, depth)
        return self._call(function, text, self.leaf(Type.text, scope, True, False))

    def _row(self, types: Sequence[Type], scope: Scope) -> tree.Row:
        return tree.Row(tuple(self.leaf(type, scope, True, False) for type in types))

    def _row_comparison(self, scope: Scope, depth: int) -> tree.Expr:
        types = [self.rng.choice(ORDERED) for _ in range(self.rng.randrange(2, 4))]
        op = self.rng.choice(COMPARISONS)
        return tree.Binary(op, self._row(types, scope), self._row(types, scope))

    def _query_test(self, scope: Scope, depth: int) -> tree.Expr:
        self.queries_left -= 1
        kind = self.rng.randrange(4)
        negated = self.chance(0.4)
        if kind == 0:
            type = self.rng.choice(COMPARABLE)
            return tree.Exists(self.member_query([type], scope), negated)
        if kind == 1:
            types = [self.rng.choice(COMPARABLE) for _ in range(2)]
            return tree.InQuery(self._row(types, scope), self.member_query(types, scope), negated)
        type = self.rng.choice(ORDERED)
        value = self.expr(type, scope, depth)
        query = self.member_query([type], scope)
        if kind == 2:
            return tree.InQuery(value, query, negated)
        return tree.Quantified(self.rng.choice(COMPARISONS), value, query, self.chance(0.5))
