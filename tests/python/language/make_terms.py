"""Random expressions of numbers, texts and moments, and what they are made of.

Everything made is in the portable core and has one result: a float64 that databases may calculate
with other last bits is never compared, and texts whose capitals only a locale knows are not folded.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from . import tree
from .schema import DOMAINS, FLOATS, LARGE, WORDS
from .scope import Readable, Scope
from .tree import number
from .words import (
    BinaryOp,
    Function,
    Type,
    UnaryOp,
)

DAY_PARTS = tuple(
    f for f in Function if f not in (Function.hour, Function.minute, Function.second,
                                     Function.microsecond)
    and Function.year <= f <= Function.epoch_microseconds
)  # fmt: skip
CLOCK_PARTS = (Function.hour, Function.minute, Function.second, Function.microsecond)
DAY_TRUNCS = tuple(f for f in Function if Function.trunc_year <= f <= Function.trunc_day)
CLOCK_TRUNCS = (Function.trunc_hour, Function.trunc_minute, Function.trunc_second)
DAY_ADDS = (Function.add_years, Function.add_months, Function.add_days)
CLOCK_ADDS = (
    Function.add_hours, Function.add_minutes, Function.add_seconds, Function.add_microseconds,
)  # fmt: skip
_DAYS = (Type.date, Type.timestamp, Type.timestamptz)
_ROUNDINGS = (Function.ceil, Function.floor, Function.trunc, Function.round)
SELF = (Function.abs, Function.sign, *_ROUNDINGS)


class MakeTerms:
    """`exact` and `ascii` ask for an expression that is so (see scope.Readable)."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.queries_left = 0

    # Queries are made elsewhere.

    def scalar_query(self, type: Type, scope: Scope, exact: bool) -> tree.Expr:
        raise NotImplementedError

    def member_query(self, types: Sequence[Type], scope: Scope) -> tree.Query:
        raise NotImplementedError

    def window(self, type: Type, scope: Scope, exact: bool) -> tree.Expr | None:
        raise NotImplementedError

    def aggregate(self, type: Type, scope: Scope, exact: bool) -> tree.Expr | None:
        raise NotImplementedError

    def expr(
        self, type: Type, scope: Scope, depth: int, exact: bool = True, ascii: bool = False
    ) -> tree.Expr:
        raise NotImplementedError

    # Leaves.

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def value(self, type: Type, ascii: bool = False) -> Any:
        if type == Type.int64 and self.chance(0.1):
            return self.rng.choice(LARGE)
        if type == Type.text and ascii:
            return self.rng.choice(WORDS)
        return self.rng.choice(DOMAINS[type])

    def constant(self, type: Type, scope: Scope, ascii: bool = False) -> tree.Expr:
        if type == Type.int64 and (self.chance(0.4) or not scope.parameters):
            return number(self.rng.randrange(-2, 5))
        if type == Type.bool and (self.chance(0.5) or not scope.parameters):
            return tree.TRUE if self.chance(0.5) else tree.FALSE
        if not scope.parameters:
            return tree.Cast(tree.NULL, type)
        if self.chance(0.12):
            return tree.Param(type, None)
        return tree.Param(type, self.value(type, ascii))

    def readable(
        self, type: Type, scope: Scope, exact: bool = True, ascii: bool = False
    ) -> tree.Expr | None:
        found = scope.of(type, exact, ascii)
        if scope.outer is not None and (not found or self.chance(0.25)):
            found = scope.outer.of(type, exact, ascii) or found
        if not found:
            return None
        usual = [c for c in found if not c.large]
        chosen: Readable = self.rng.choice(usual if usual and self.chance(0.75) else found)
        return chosen.expr

    def leaf(self, type: Type, scope: Scope, exact: bool, ascii: bool) -> tree.Expr:
        if self.chance(0.75):
            found = self.readable(type, scope, exact, ascii)
            if found is not None:
                return found
        return self.constant(type, scope, ascii)

    def _call(self, function: Function, *arguments: tree.Expr) -> tree.Expr:
        return tree.Call(function, arguments)

    # Numbers.

    def _int64(self, type: Type, scope: Scope, depth: int, exact: bool, ascii: bool) -> tree.Expr:
        def one() -> tree.Expr:
            return self.expr(Type.int64, scope, depth)

        kind = self.rng.randrange(10)
        if kind <= 2:
            ops = (BinaryOp.add, BinaryOp.sub, BinaryOp.mul, BinaryOp.idiv, BinaryOp.mod)
            return tree.Binary(self.rng.choice(ops), one(), one())
        if kind == 3:
            return tree.Unary(UnaryOp.neg, one())
        if kind == 4:
            return self._call(self.rng.choice(SELF), one())
        if kind == 5:
            if self.chance(0.4):
                text = self.expr(Type.text, scope, depth)
                return self._call(Function.position, text, self.leaf(Type.text, scope, True, False))
            if self.chance(0.2):
                return self._call(Function.octet_length, self.expr(Type.bytes, scope, depth))
            function = self.rng.choice((Function.length, Function.octet_length))
            return self._call(function, self.expr(Type.text, scope, depth))
        if kind <= 7:
            return self._moment_part(scope, depth)
        from_ = self.rng.choice((Type.bool, Type.float64, Type.decimal))
        return tree.Cast(self.expr(from_, scope, depth), Type.int64)

    def _moment_part(self, scope: Scope, depth: int) -> tree.Expr:
        kind = self.rng.randrange(6)
        if kind == 0:
            days = (self.expr(Type.date, scope, depth), self.expr(Type.date, scope, depth))
            return self._call(Function.days_between, *days)
        if kind == 1:
            type = self.rng.choice((Type.timestamp, Type.timestamptz))
            moments = (self.expr(type, scope, depth), self.expr(type, scope, depth))
            return self._call(Function.microseconds_between, *moments)
        if kind <= 3:
            type = self.rng.choice((Type.time, Type.timestamp, Type.timestamptz))
            return self._call(self.rng.choice(CLOCK_PARTS), self.expr(type, scope, depth))
        type = self.rng.choice(_DAYS)
        return self._call(self.rng.choice(DAY_PARTS), self.expr(type, scope, depth))

    def _float64(self, type: Type, scope: Scope, depth: int, exact: bool, ascii: bool) -> tree.Expr:
        def one() -> tree.Expr:
            return self.expr(Type.float64, scope, depth, exact)

        kind = self.rng.randrange(8 if exact else 12)
        if kind <= 2:
            op = self.rng.choice((BinaryOp.add, BinaryOp.sub, BinaryOp.mul))
            return tree.Binary(op, one(), one())
        if kind == 3:
            return tree.Unary(UnaryOp.neg, one())
        if kind == 4:
            # What is not exact may round to either side.
            exactly = self.expr(Type.float64, scope, depth)
            return self._call(self.rng.choice(SELF), exactly)
        if kind <= 6:
            column = self.readable(Type.float64, scope)
            return (
                column or tree.Param(Type.float64, self.rng.choice(FLOATS))
                if (scope.parameters)
                else column or tree.Cast(number(self.rng.randrange(-3, 4)), Type.float64)
            )
        if kind == 7:
            return tree.Cast(number(self.rng.randrange(-3, 4)), Type.float64)
        if kind <= 9:
            types = self.rng.choices((Type.int64, Type.float64), k=2)
            operands = [self.expr(t, scope, depth) for t in types]
            return tree.Binary(BinaryOp.div, *operands)
        if kind == 10:
            function = self.rng.choice((Function.sqrt, Function.ln, Function.log10, Function.exp))
            small = self.readable(self.rng.choice((Type.float64, Type.decimal)), scope)
            if function == Function.exp:
                small = number(self.rng.randrange(-5, 6))
            return self._call(function, small or number(2))
        exponent = number(self.rng.randrange(-3, 4))
        return self._call(Function.power, self.expr(Type.float64, scope, 0), exponent)

    def _decimal(self, type: Type, scope: Scope, depth: int, exact: bool, ascii: bool) -> tree.Expr:
        def one() -> tree.Expr:
            return self.expr(Type.decimal, scope, depth)

        kind = self.rng.randrange(8)
        if kind <= 3:
            op = self.rng.choice((BinaryOp.add, BinaryOp.sub, BinaryOp.mul))
            other = self.expr(Type.int64, scope, depth) if self.chance(0.3) else one()
            return tree.Binary(op, one(), other)
        if kind == 4:
            return tree.Unary(UnaryOp.neg, one())
        if kind == 5:
            return self._call(self.rng.choice(SELF), one())
        if kind == 6:
            return self._call(Function.round_to, one(), number(self.rng.randrange(0, 4)))
        return tree.Cast(self.expr(Type.int64, scope, depth), Type.decimal)

    # Texts.

    def _text(self, type: Type, scope: Scope, depth: int, exact: bool, ascii: bool) -> tree.Expr:
        def one(limited: bool = False) -> tree.Expr:
            return self.expr(Type.text, scope, depth, True, ascii or limited)

        def count(low: int, high: int) -> tree.Expr:
            if self.chance(0.3):
                found = self.readable(Type.int64, scope)
                if found is not None:
                    return found
            return number(self.rng.randrange(low, high))

        kind = self.rng.randrange(10)
        if kind == 0:
            return self._call(Function.concat, *(one() for _ in range(self.rng.randrange(1, 4))))
        if kind == 1:
            return self._call(Function.lower, one())
        if kind == 2:
            return self._call(Function.upper, one(True))
        if kind <= 4:
            arguments = [one(), count(1, 4)]
            if self.chance(0.6):
                arguments.append(count(0, 4))
            return self._call(Function.substr, *arguments)
        if kind == 5:
            trims = (Function.trim, Function.trim_left, Function.trim_right)
            return self._call(self.rng.choice(trims), one())
        if kind == 6:
            part = self.leaf(Type.text, scope, True, ascii)
            return self._call(
                Function.replace, one(), part, self.leaf(Type.text, scope, True, ascii)
            )
        if kind == 7:
            return self._call(Function.reverse, one())
        if kind == 8:
            return self._call(Function.repeat, one(), number(self.rng.randrange(-1, 4)))
        from_ = self.rng.choice((Type.int64, Type.date))
        return tree.Cast(self.expr(from_, scope, depth), Type.text)

    # Moments.

    def _moment(self, type: Type, scope: Scope, depth: int, exact: bool, ascii: bool) -> tree.Expr:
        def one() -> tree.Expr:
            return self.expr(type, scope, depth)

        clock = type != Type.date
        kind = self.rng.randrange(4)
        if kind == 0:
            others = [t for t in _DAYS if t != type]
            return tree.Cast(self.expr(self.rng.choice(others), scope, depth), type)
        if kind == 1:
            truncs = DAY_TRUNCS + (CLOCK_TRUNCS if clock else ())
            return self._call(self.rng.choice(truncs), one())
        adds = DAY_ADDS + (CLOCK_ADDS if clock else ())
        count = self.rng.choice((-400, -13, -12, -1, 0, 1, 1, 2, 11, 12, 25, 59, 366, 100_000))
        function = self.rng.choice(adds)
        if function in DAY_ADDS[:2] and abs(count) > 400:
            count = 7
        return self._call(function, one(), number(count))
