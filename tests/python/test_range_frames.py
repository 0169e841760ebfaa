"""Window frames of RANGE with distances, counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from conftest import Create
from pydantic import AwareDatetime

from pyferro import (
    PK,
    Database,
    Field,
    Model,
    PyferroError,
    UnsupportedFeature,
    aliased,
    desc,
    fn,
    select,
)

Wait = Callable[[Any], Any]


class Step(Model, table="range_step"):
    id: PK[int]
    at: int
    maybe: int | None = None
    word: str = ""


STEPS = [(1, 1, None), (2, 2, 5), (3, 2, 7), (4, 5, None), (5, 9, 10), (6, 10, -3), (7, 100, 5)]


@pytest.fixture
def steps(create: Create) -> None:
    create(Step)
    Step.bulk_create([Step(id=i, at=at, maybe=maybe) for i, at, maybe in STEPS]).run()


def sums(low: int | None, high: int | None, down: bool = False) -> list[int]:
    found = []
    for _, at, _ in STEPS:
        apart = [(other - at) * (-1 if down else 1) for _, other, _ in STEPS]
        found.append(
            sum(
                i
                for (i, _, _), d in zip(STEPS, apart, strict=True)
                if (low is None or d >= low) and (high is None or d <= high)
            )
        )
    return found


@pytest.mark.parametrize(
    "frame", [(-1, 1), (-3, 0), (0, 4), (-8, -1), (1, 8), (None, 1), (-1, None), (None, -1)]
)
@pytest.mark.parametrize("down", [False, True])
def test_distances(db: Database, steps: None, frame: Any, down: bool) -> None:
    order = desc(Step.at) if down else Step.at
    found = select(fn.coalesce(fn.sum(Step.id).over(order_by=order, range_=frame), 0))
    assert found.order_by(Step.id).all().run() == sums(*frame, down)


def test_nulls_are_near_each_other_only(db: Database, steps: None, wait: Wait) -> None:
    near = fn.sum(Step.id).over(order_by=Step.maybe, range_=(-2, 2))
    assert wait(select(near).order_by(Step.id).all()) == [5, 12, 12, 5, 5, 6, 12]
    all_before = fn.sum(Step.id).over(order_by=Step.maybe, range_=(None, 2))
    query = select(all_before).order_by(Step.id)
    if db.dialect == "mysql":
        with pytest.raises(UnsupportedFeature, match="range-distance"):
            wait(query.all())
    else:
        assert wait(query.all()) == [28, 18, 18, 28, 23, 6, 18]


def test_within_partitions(db: Database, steps: None) -> None:
    odd = Step.id % 2
    near = fn.count().over(partition_by=odd, order_by=Step.at, range_=(-3, 3))
    assert select(near).order_by(Step.id).all().run() == [2, 2, 2, 2, 1, 1, 1]


def test_what_is_refused(db: Database, steps: None) -> None:
    for over in (
        lambda: fn.count().over(order_by=[Step.at, Step.id], range_=(-1, 1)),
        lambda: fn.count().over(order_by=Step.word, range_=(-1, 1)),
        lambda: fn.count().over(range_=(-1, 1)),
        lambda: fn.count().over(order_by=Step.at, range_=(1, -1)),
    ):
        with pytest.raises((PyferroError, TypeError)):
            select(over()).all().run()


class Event(Model, table="range_event"):
    id: PK[int]
    day: date
    at: AwareDatetime
    local: datetime | None = None
    price: Decimal = Field(max_digits=8, decimal_places=2)
    wide: Decimal | None = Field(default=None, max_digits=30, decimal_places=2)


DAYS = [0, 0, 1, 6, 7, 8, 40]
PRICES = ["0.10", "0.10", "0.11", "1.00", "-0.89", "999999.99", "0.00"]


@pytest.fixture
def events(create: Create) -> None:
    create(Event)
    rows = []
    for i, (days, price) in enumerate(zip(DAYS, PRICES, strict=True), 1):
        at = datetime(2024, 2, 27, 23, 59, 59, 999999) + timedelta(days=days, microseconds=i % 2)
        rows.append(
            Event(
                id=i,
                day=date(2024, 2, 27) + timedelta(days=days),
                at=at.replace(tzinfo=UTC),
                local=None if i == 4 else at,
                price=Decimal(price),
            )
        )
    Event.bulk_create(rows).run()


def near(values: list[Any], low: Any, high: Any, down: bool) -> list[int]:
    apart = [[(b - a) * (-1 if down else 1) for b in values] for a in values]
    return [
        sum(
            i
            for i, d in enumerate(row, 1)
            if (low is None or d >= low) and (high is None or d <= high)
        )
        for row in apart
    ]


WEEK, MICRO = timedelta(days=7), timedelta(microseconds=1)
DISTANCES: list[tuple[str, Any, Any]] = [
    ("day", -WEEK, timedelta(0)),
    ("day", -timedelta(days=1), timedelta(days=1)),
    ("day", timedelta(hours=25), None),
    ("at", -WEEK, 0),
    ("at", -WEEK - MICRO, WEEK + MICRO),
    ("at", -MICRO, MICRO),
    ("at", None, -MICRO),
    ("price", Decimal("-0.01"), Decimal("0.01")),
    ("price", Decimal("-0.99"), 0),
    ("price", Decimal(1), Decimal("1000000")),
    ("price", None, Decimal("0.89")),
]


@pytest.mark.parametrize(("name", "low", "high"), DISTANCES)
@pytest.mark.parametrize("down", [False, True])
@pytest.mark.usefixtures("events")
def test_distances_in_time_and_decimals(name: str, low: Any, high: Any, down: bool) -> None:
    column = getattr(Event, name)
    over = fn.sum(Event.id).over(order_by=desc(column) if down else column, range_=(low, high))
    rows = select(column, fn.coalesce(over, 0)).order_by(Event.id).all().run()
    zero = timedelta(0) if name != "price" else Decimal(0)
    bounds = [zero if at == 0 and type(at) is int else at for at in (low, high)]
    assert [found for _, found in rows] == near([value for value, _ in rows], *bounds, down)


@pytest.mark.usefixtures("events")
def test_a_distance_where_values_are_null_and_of_an_alias() -> None:
    week = fn.count().over(order_by=Event.local, range_=(-WEEK, WEEK))
    assert select(week).order_by(Event.id).all().run() == [4, 3, 5, 1, 4, 3, 1]
    other = aliased(Event, "other")
    cent = fn.count().over(order_by=other.price, range_=(Decimal("-0.01"), Decimal("0.01")))
    assert select(other.id, cent).order_by(other.id).first().run() == (1, 3)


def test_distances_that_are_refused() -> None:
    for order, frame, error, said in (
        (Event.day, (Decimal(1), None), TypeError, "is a timedelta"),
        (Event.day, (1, WEEK), TypeError, "is a timedelta, not int"),
        (Event.price, (WEEK, None), TypeError, "is a Decimal"),
        (Event.price, (Decimal("0.001"), None), ValueError, "more places"),
        (Event.wide, (Decimal(1), None), TypeError, "at most 18 digits"),
        (Event.price * 2, (Decimal(1), None), TypeError, "in a decimal column"),
        (Event.id, (Decimal(1), None), TypeError, "else integers"),
        ([Event.day, Event.id], (WEEK, None), TypeError, "one order_by"),
    ):
        with pytest.raises(error, match=said):
            fn.count().over(order_by=order, range_=frame)
