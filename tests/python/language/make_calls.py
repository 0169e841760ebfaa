"""Random aggregates and windows."""

from __future__ import annotations

from dataclasses import replace

from . import tree
from .make_expressions import MakeExpressions
from .scope import COMPARABLE, ORDERED, Readable, Scope
from .tree import number
from .words import (
    AggregateFunction,
    FrameBound,
    FrameExclude,
    FrameUnit,
    Nulls,
    Type,
    WindowFunction,
)

_SPREADS = (
    AggregateFunction.avg,
    AggregateFunction.stddev_sample,
    AggregateFunction.stddev_population,
    AggregateFunction.variance_sample,
    AggregateFunction.variance_population,
)
_EXTREMES = (AggregateFunction.min, AggregateFunction.max)
_NO_EXTREME = (Type.bool, Type.uuid, Type.bytes)
_SEQUENCE = (WindowFunction.row_number, WindowFunction.ntile)
_RANKS = (WindowFunction.rank, WindowFunction.dense_rank)
_SHARES = (WindowFunction.percent_rank, WindowFunction.cume_dist)
_EDGES = (
    WindowFunction.lag, WindowFunction.lead, WindowFunction.first_value,
    WindowFunction.last_value, WindowFunction.nth_value,
)  # fmt: skip


class MakeCalls(MakeExpressions):
    def order_item(self, of: Readable) -> tree.OrderItem:
        nulls = Nulls.default
        if self.chance(0.3):
            nulls = self.rng.choice((Nulls.nulls_first, Nulls.nulls_last))
        elif not of.nullable and self.chance(0.3):
            nulls = Nulls.nulls_never
        return tree.OrderItem(of.expr, self.chance(0.4), nulls)

    def order_by(self, scope: Scope, most: int, total: bool) -> tuple[tree.OrderItem, ...]:
        """By some columns; if it shall be total, by what tells the rows apart as well."""
        found = [c for c in scope.columns if c.exact and c.type in ORDERED]
        chosen = self.rng.sample(found, min(len(found), self.rng.randrange(0, most + 1)))
        if total:
            assert scope.keys is not None
            keys = list(scope.keys)
            self.rng.shuffle(keys)
            chosen += [key for key in keys if key not in chosen]
        return tuple(self.order_item(c) for c in chosen)

    # Aggregates.

    def aggregate(self, type: Type, scope: Scope, exact: bool) -> tree.Expr | None:
        assert scope.within is not None
        return self._aggregate(type, scope.within, exact, False)

    def _aggregate(
        self, type: Type, rows: Scope, exact: bool, window: bool
    ) -> tree.Aggregate | None:
        of = self._aggregated(type, exact)
        if of is None:
            return None
        function, argument_type = of
        # An aggregate of nothing but the columns of a query around it belongs to that one.
        inner = replace(rows, windows=False, outer=None)
        filter = self.expr(Type.bool, inner, 1) if self.chance(0.25) else None
        if function == AggregateFunction.count and self.chance(0.5):
            return tree.Aggregate(function, (), False, filter)
        if function == AggregateFunction.string_agg:
            return None if window else self._string_agg(inner, filter)
        distinct = not window and self.chance(0.25)
        argument = self.expr(argument_type, inner, 1, exact or distinct)
        return tree.Aggregate(function, (argument,), distinct, filter)

    def _aggregated(self, type: Type, exact: bool) -> tuple[AggregateFunction, Type] | None:
        """A function that gives the type, and of what."""
        if type == Type.int64 and self.chance(0.5):
            return AggregateFunction.count, self.rng.choice(COMPARABLE)
        if type == Type.bool:
            return self.rng.choice((AggregateFunction.bool_and, AggregateFunction.bool_or)), type
        if type in (Type.int64, Type.decimal, Type.float64):
            if type == Type.float64 and not exact and self.chance(0.6):
                of = self.rng.choice((Type.int64, Type.float64))
                return self.rng.choice(_SPREADS), of
            return self.rng.choice((AggregateFunction.sum, *_EXTREMES)), type
        if type in _NO_EXTREME:
            return None
        if type == Type.text and self.chance(0.4):
            return AggregateFunction.string_agg, type
        return self.rng.choice(_EXTREMES), type

    def _string_agg(self, inner: Scope, filter: tree.Expr | None) -> tree.Aggregate:
        text = self.readable(Type.text, inner) or self.constant(Type.text, inner)
        separator: tree.Expr = tree.Param(Type.text, self.rng.choice((",", "", "; ", "é")))
        if not inner.parameters:
            separator = tree.Cast(number(0), Type.text)
        distinct = self.chance(0.3)
        order: tuple[tree.OrderItem, ...] = ()
        if isinstance(text, tree.Column):
            order = (tree.OrderItem(text, self.chance(0.4), Nulls.default),)
            if not distinct and inner.keys is not None and self.chance(0.5):
                order = self.order_by(inner, 1, True)
        return tree.Aggregate(
            AggregateFunction.string_agg, (text, separator), distinct, filter, order
        )

    # Windows.

    def window(self, type: Type, scope: Scope, exact: bool) -> tree.Expr | None:
        inner = replace(scope, windows=False)
        total = scope.keys is not None
        found = [c.expr for c in scope.columns if c.exact and c.type in COMPARABLE]
        partition = tuple(self.rng.sample(found, min(len(found), self.rng.choice((0, 1, 1, 2)))))
        call = self._window_call(type, inner, exact, total)
        if call is None:
            return None
        ordered = isinstance(call, tree.WindowCall) or self.chance(0.7)
        order = self.order_by(inner, 2, total and self.chance(0.8)) if ordered else ()
        if isinstance(call, tree.WindowCall) and call.function not in (*_RANKS, *_SHARES):
            order = self.order_by(inner, 1, True)
        framed = not isinstance(call, tree.WindowCall) or call.function in _EDGES[2:]
        frame = self._frame(scope) if framed and order and self.chance(0.6) else None
        if isinstance(call, tree.WindowCall) and not order:
            return None
        return tree.Over(call, partition, order, frame)

    def _window_call(
        self, type: Type, inner: Scope, exact: bool, total: bool
    ) -> tree.Aggregate | tree.WindowCall | None:
        if self.chance(0.4):
            return self._aggregate(type, inner, exact, True)
        if type == Type.int64 and self.chance(0.6):
            function = self.rng.choice(_RANKS + (_SEQUENCE if total else ()))
            buckets = (number(self.rng.randrange(1, 5)),)
            return tree.WindowCall(function, buckets if function == WindowFunction.ntile else ())
        if type == Type.float64 and not exact and self.chance(0.5):
            return tree.WindowCall(self.rng.choice(_SHARES))
        if not total:
            return None
        function = self.rng.choice(_EDGES)
        arguments = [self.expr(type, inner, 1, exact)]
        if function == WindowFunction.nth_value:
            arguments.append(number(self.rng.randrange(1, 4)))
        elif function in _EDGES[:2] and self.chance(0.6):
            arguments.append(number(self.rng.randrange(0, 3)))
            if self.chance(0.5):
                arguments.append(self.leaf(type, inner, exact, False))
        return tree.WindowCall(function, tuple(arguments))

    def _frame(self, scope: Scope) -> tree.Frame:
        unit = self.rng.choice((FrameUnit.rows, FrameUnit.rows, *FrameUnit))
        bounds = [
            bound
            for bound in FrameBound
            if unit != FrameUnit.range or bound not in (FrameBound.preceding, FrameBound.following)
        ]
        start = self.rng.choice([b for b in bounds if b != FrameBound.unbounded_following])
        end = self.rng.choice(
            [b for b in bounds if b >= start and b != FrameBound.unbounded_preceding]
        )
        exclude = FrameExclude.nothing
        if self.chance(0.25):
            exclude = self.rng.choice(tuple(FrameExclude))
        return tree.Frame(
            unit, start, self._count(start, scope), end, self._count(end, scope), exclude
        )

    def _count(self, bound: FrameBound, scope: Scope) -> tree.Expr | None:
        if bound not in (FrameBound.preceding, FrameBound.following):
            return None
        count = self.rng.randrange(0, 3)
        if scope.parameters and self.chance(0.4):
            return tree.Param(Type.int64, count)
        return number(count)
