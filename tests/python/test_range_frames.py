"""Window frames of RANGE with distances, counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest import Create

from pyferro import PK, Database, Model, PyferroError, UnsupportedFeature, desc, fn, select

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
