"""Arithmetic of dates and times by operators, against Python's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Create
from pydantic import AwareDatetime

from pyferro import PK, Database, Model, literal, select

Wait = Callable[[Any], Any]
UTC = dt.UTC


class Event(Model, table="moment_event"):
    id: PK[int]
    at: dt.datetime | None = None
    seen: AwareDatetime | None = None
    day: dt.date | None = None
    lasts: dt.timedelta | None = None


MOMENTS = [
    dt.datetime(1, 1, 1),
    dt.datetime(1969, 12, 31, 23, 59, 59, 999999),
    dt.datetime(2024, 2, 28, 23, 59, 59, 999999),
    dt.datetime(2024, 3, 31, 1, 30),
    dt.datetime(9999, 12, 31, 23, 59, 59, 999999),
]
DELTAS = [
    dt.timedelta(0),
    dt.timedelta(microseconds=1),
    dt.timedelta(microseconds=-1),
    dt.timedelta(days=1, hours=2, seconds=3, microseconds=4),
    dt.timedelta(days=-366, microseconds=5),
    dt.timedelta(days=3652058),
    dt.timedelta(days=3652058, seconds=86399, microseconds=999999),
    dt.timedelta(days=-3652058),
    dt.timedelta(days=9999999),
    dt.timedelta(days=-9999999),
]


def moved(moment: Any, delta: dt.timedelta, sign: int) -> Any:
    try:
        return moment + delta if sign > 0 else moment - delta
    except OverflowError:
        return None


@pytest.fixture
def events(create: Create) -> list[Event]:
    create(Event)
    made = [
        Event(
            id=i + 1,
            at=moment,
            seen=moment.replace(tzinfo=UTC),
            day=moment.date(),
            lasts=DELTAS[i],
        )
        for i, moment in enumerate(MOMENTS)
    ]
    made.append(Event(id=9))
    Event.bulk_create(made).run()
    return made


def plus(value: Any, delta: dt.timedelta, sign: int = 1) -> Any:
    return None if value is None else moved(value, delta, sign)


@pytest.mark.parametrize("delta", DELTAS, ids=str)
def test_timedeltas_of_the_program(db: Database, events: list[Event], delta: dt.timedelta) -> None:
    query = select(
        Event.at + delta,
        delta + Event.at,
        Event.at - delta,
        Event.seen + delta,
        Event.seen - delta,
        Event.day + delta,
        Event.day - delta,
    )
    found = query.order_by(Event.id).all().run()
    assert found == [
        (
            plus(e.at, delta), plus(e.at, delta), plus(e.at, delta, -1), plus(e.seen, delta),
            plus(e.seen, delta, -1), plus(e.day, delta), plus(e.day, delta, -1),
        )
        for e in events
    ]  # fmt: skip


def test_intervals_of_the_database(db: Database, events: list[Event], wait: Wait) -> None:
    other = dt.timedelta(days=2, microseconds=3)
    query = select(
        Event.at + Event.lasts,
        Event.lasts + Event.at,
        Event.at - Event.lasts,
        Event.lasts + other,
        other - Event.lasts,
        Event.lasts - Event.lasts,
        literal(dt.datetime(2024, 1, 1)) + Event.lasts,
        dt.datetime(2024, 1, 1) + Event.lasts,
    )
    start = dt.datetime(2024, 1, 1)
    assert wait(query.order_by(Event.id).all()) == [
        (
            plus(e.at, e.lasts), plus(e.at, e.lasts), plus(e.at, e.lasts, -1), e.lasts + other,
            other - e.lasts, dt.timedelta(0), plus(start, e.lasts), plus(start, e.lasts),
        )
        if e.at is not None else (None,) * 8
        for e in events
    ]  # fmt: skip


def test_differences(db: Database, events: list[Event], wait: Wait) -> None:
    start = dt.datetime(2024, 1, 1, 0, 0, 0, 1)
    query = select(
        Event.at - start,
        start - Event.at,
        Event.seen - start.replace(tzinfo=UTC),
        Event.day - start.date(),
        start.date() - Event.day,
        Event.at - Event.at,
    )
    assert wait(query.order_by(Event.id).all()) == [
        (
            e.at - start, start - e.at, e.seen - start.replace(tzinfo=UTC), e.day - start.date(),
            start.date() - e.day, dt.timedelta(0),
        )
        if e.at is not None else (None,) * 6
        for e in events
    ]  # fmt: skip


def test_in_conditions_and_changes(db: Database, events: list[Event], wait: Wait) -> None:
    day = dt.timedelta(days=1)
    start = dt.datetime(2024, 3, 30)
    assert wait(Event.where(Event.at > start - day, Event.at < start + 2 * day).select(Event.id).all()) == [4]
    assert wait(Event.where(Event.at - start > day).select(Event.id).order_by("id").all()) == [4, 5]
    # The first day has none before it.
    assert wait(Event.where((Event.at - day) + day == Event.at).count()) == 4
    assert wait(Event.where(id=3).update(at=Event.at + day, lasts=Event.lasts + day)) == 1
    found = wait(Event.get(3))
    assert (found.at, found.lasts) == (MOMENTS[2] + day, DELTAS[2] + day)
    longest = select((Event.at - start).max()).where(Event.id < 5).one()
    assert wait(longest) == MOMENTS[3] - start


def test_what_is_refused(db: Database, events: list[Event]) -> None:
    for call in (
        lambda: Event.at + 1,
        lambda: Event.at + Event.at,
        lambda: Event.at * dt.timedelta(1),
        lambda: Event.day + Event.lasts,
        lambda: Event.at - Event.day,
        lambda: Event.at - Event.seen,
        lambda: Event.lasts - Event.at,
        lambda: Event.id + dt.timedelta(1),
        lambda: Event.lasts * 2,
        lambda: "a" + Event.at,
    ):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(TypeError):
        _ = Event.at - dt.datetime(2024, 1, 1, tzinfo=UTC)
