"""What arrays are asked for: their elements and how many there are, as on every database."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from conftest import Create

from pyferro import PK, Database, Model, aliased, fn, select

Wait = Callable[[Any], Any]


class Bag(Model, table="array_bag"):
    id: PK[int]
    numbers: list[int | None] | None = None
    words: list[str | None] | None = None
    days: list[dt.date] | None = None
    moments: list[dt.datetime] | None = None
    keys: list[uuid.UUID] | None = None
    flags: list[bool] | None = None
    lasts: list[dt.timedelta] | None = None
    floats: list[float] | None = None
    prices: list[Decimal] | None = None


BIG = 2**53 + 1
WORDS = ["", "a", "A", "a ", 'q"q', "b\\", ",", "é", "漢", '","', "null", "1", "ß", "x" * 300]
ROWS: dict[str, list[Any]] = {
    "numbers": [[], [1, 2, 2], [None], [BIG], [BIG - 1, -(2**63), 2**63 - 1, None], None],
    "words": [[], WORDS, [None], ["A"], ["é", None], None],
    "days": [[], [dt.date(2024, 2, 29)], [dt.date(1, 1, 1), dt.date(9999, 12, 31)], None],
    "moments": [[], [dt.datetime(2024, 1, 1, 0, 0, 0, 1)], [dt.datetime(2024, 1, 1)], None],
    "keys": [[], [uuid.UUID(int=1)], [uuid.UUID(int=2**127), uuid.UUID(int=1)], None],
    "flags": [[], [True], [False], [True, False], None],
    "lasts": [[], [dt.timedelta(1)], [dt.timedelta(-1), dt.timedelta(microseconds=1)], None],
}


@pytest.fixture
def bags(create: Create) -> list[Bag]:
    create(Bag)
    made = [
        Bag(id=i + 1, **{name: rows[i % len(rows)] for name, rows in ROWS.items()})
        for i in range(12)
    ]
    Bag.bulk_create(made).run()
    return made


def wanted(column: str) -> list[list[Any]]:
    """Every element alone, pairs, nothing, and what no row has."""
    every = [one for row in ROWS[column] if row for one in row if one is not None]
    distinct = list(dict.fromkeys(every))
    return [[], *([one] for one in distinct), distinct[:2], distinct[-2:], distinct]


@pytest.mark.parametrize("column", list(ROWS))
def test_contains_and_overlaps(db: Database, bags: list[Bag], column: str) -> None:
    expr = getattr(Bag, column)
    for values in wanted(column):
        found = select(expr.contains(values), expr.overlaps(values)).order_by(Bag.id).all().run()
        expected = [
            (None, None)
            if (row := getattr(bag, column)) is None
            else (all(one in row for one in values), any(one in row for one in values))
            for bag in bags
        ]
        assert found == expected, values


def test_lengths(db: Database, bags: list[Bag], wait: Wait) -> None:
    found = wait(select(fn.array_length(Bag.numbers), fn.array_length(Bag.words)).order_by(Bag.id).all())
    assert found == [
        tuple(None if one is None else len(one) for one in (bag.numbers, bag.words)) for bag in bags
    ]
    assert wait(Bag.where(fn.array_length(Bag.floats) > 0).count()) == 0


def test_in_conditions(db: Database, bags: list[Bag], wait: Wait) -> None:
    assert wait(Bag.where(Bag.numbers.contains(2)).select(Bag.id).order_by("id").all()) == [2, 8]
    assert wait(Bag.where(Bag.words.contains("é"), Bag.id < 7).select(Bag.id).order_by("id").all()) == [2, 5]
    assert wait(Bag.where(~Bag.numbers.overlaps([BIG, 2])).count()) == 6
    other = aliased(Bag, "ferro_held")
    assert wait(select(other.id).where(other.numbers.contains([BIG])).order_by(other.id).all()) == [4, 10]
    assert wait(Bag.where(Bag.numbers.contains({1, 2})).update(flags=[True])) == 2


def test_what_is_refused(db: Database, bags: list[Bag]) -> None:
    for call in (
        lambda: Bag.floats.contains(1.5),
        lambda: Bag.prices.overlaps([Decimal(1)]),
        lambda: Bag.numbers.contains(None),
        lambda: Bag.numbers.contains([1, None]),
        lambda: Bag.numbers.contains("x"),
        lambda: Bag.numbers.overlaps(Bag.numbers),
        lambda: Bag.words.overlaps("abc"),
        lambda: Bag.id.overlaps([1]),
    ):
        with pytest.raises(TypeError):
            call()
