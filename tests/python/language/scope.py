"""What a random expression may read where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from . import tree
from .words import Type

# Without an order that databases share, so never sorted or compared by it.
UNORDERED = (Type.uuid, Type.bytes)
COMPARABLE = tuple(t for t in Type if t not in (Type.null, Type.interval, Type.json))
ORDERED = tuple(t for t in COMPARABLE if t not in UNORDERED)
# Of random columns: what has more functions comes more often.
WEIGHTED = COMPARABLE + 2 * (Type.int64, Type.float64, Type.decimal, Type.text) + (
    Type.date, Type.timestamp,
)  # fmt: skip
NUMBERS = (Type.int64, Type.float64, Type.decimal)


@dataclass(frozen=True)
class Readable:
    """A column, or what stands for one. A float64 is exact when every database calculates the
    same bits of it: only such are compared. `ascii`: no letters beyond."""

    expr: tree.Expr
    type: Type
    exact: bool = True
    ascii: bool = True
    large: bool = False
    nullable: bool = True


@dataclass
class Scope:
    columns: list[Readable]
    # What tells any two rows apart, if that is known.
    keys: list[Readable] | None = None
    outer: Scope | None = None
    # Of a grouped query: what its aggregates read.
    within: Scope | None = None
    windows: bool = False
    parameters: bool = True
    tables: list[CteOf] = field(default_factory=list)

    def of(self, type: Type, exact: bool, ascii: bool) -> list[Readable]:
        return [
            c
            for c in self.columns
            if c.type == type and (c.exact or not exact) and (c.ascii or not ascii)
        ]


@dataclass(frozen=True)
class Out:
    """A column of a query's result."""

    name: str
    type: Type
    exact: bool = True
    ascii: bool = True
    large: bool = False


@dataclass(frozen=True)
class CteOf:
    name: str
    columns: tuple[Out, ...]


def is_ascii(value: Any) -> bool:
    return not isinstance(value, str) or value.isascii()


def magnitude(value: Any) -> float:
    return abs(float(value)) if isinstance(value, (int, float, Decimal)) else 0.0
