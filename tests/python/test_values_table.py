"""Tables that stand in the statement: every type, there and back, joins, and none at all."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from conftest import Create

from pyferro import PK, Database, Model, select, values
from pyferro.queries.values import _AT_ONCE

Wait = Callable[[Any], Any]


class Item(Model, table="values_item"):
    id: PK[int]
    name: str
    made: dt.datetime | None = None


COLUMNS: dict[str, list[Any]] = {
    "n": [1, None, -(2**63), 2**63 - 1],
    "b": [True, False, None, True],
    "f": [1.5, -0.1, 1e300, None],
    "d": [Decimal("1.10"), Decimal("123456789012345678901234567.123"), None, Decimal(-7)],
    "t": ["a", "A'\"\\", None, "é漢" * 3000],
    "y": [b"", b"\0\xff", None, b"x" * 300],
    "day": [dt.date(1, 1, 1), dt.date(9999, 12, 31), None, dt.date(2024, 2, 29)],
    "clock": [dt.time(0), dt.time(23, 59, 59, 999999), None, dt.time(1, 2, 3, 4)],
    "at": [dt.datetime(2024, 1, 2, 3, 4, 5, 6), None, dt.datetime(1, 1, 1), dt.datetime(9999, 1, 1)],
    "when_": [dt.datetime(2024, 1, 2, 3, 4, 5, 6, dt.UTC), None, None, dt.datetime(1970, 1, 1, tzinfo=dt.UTC)],
    "lasts": [dt.timedelta(days=-1, microseconds=1), None, dt.timedelta(0), dt.timedelta(days=99999)],
    "u": [uuid.UUID(int=1), None, uuid.UUID(int=2**128 - 1), uuid.UUID(int=5)],
    "j": [{"a": [1]}, None, {}, {"b": None}],
    "l": [[1, None], [], None, [3]],
}


@pytest.mark.parametrize("column", list(COLUMNS))
def test_each_type_comes_back(db: Database, column: str) -> None:
    items = COLUMNS[column]
    given = [(place, item) for place, item in enumerate(items)]
    table = values(given, columns=("place", column), name="v", types={"l": list[int]} if column == "l" else {})
    found = select(table.c.place, table.c[column]).order_by(table.c.place).all().run()
    assert found == given
    for (_, now), (_, was) in zip(found, given, strict=True):
        assert type(now) is type(was)


def test_all_types_at_once(db: Database) -> None:
    rows = list(zip(*COLUMNS.values(), strict=True))
    table = values(rows, columns=tuple(COLUMNS), types={"l": list[int]})
    assert sorted(select(*[table.c[name] for name in COLUMNS]).all().run(), key=repr) == sorted(rows, key=repr)


def test_joins_and_conditions(create: Create, db: Database, wait: Wait) -> None:
    create(Item)
    Item.bulk_create([Item(id=i, name=f"n{i}") for i in range(1, 6)]).run()
    wanted = values([(2, "two"), (4, "four"), (9, "nine")], columns=("id", "label"), name="wanted")
    both = select(Item.name, wanted.c.label).join(wanted, wanted.c.id == Item.id)
    assert wait(both.order_by(Item.id).all()) == [("n2", "two"), ("n4", "four")]
    left = select(wanted.c.label, Item.name).left_join(Item, Item.id == wanted.c.id)
    assert wait(left.order_by(wanted.c.id).all()) == [("two", "n2"), ("four", "n4"), ("nine", None)]
    names = values([("n1",), ("N2",), ("n3 ",)], columns=("name",))
    assert wait(Item.where(Item.name.in_(select(names.c.name))).count()) == 1
    assert wait(select(wanted.c.id).where(wanted.c.label > "o").count()) == 1
    assert wait(select(wanted.c.id.sum()).one()) == 15


def test_no_rows_and_many(db: Database) -> None:
    none = values([], columns=("id", "name"), types={"id": int, "name": str})
    assert select(none.c.id, none.c.name).all().run() == []
    nulls = values([(None,), (None,)], columns=("id",), types={"id": int})
    assert select(nulls.c.id).all().run() == [None, None]
    many = values([(n,) for n in range(3 * _AT_ONCE + 5)], columns=("n",))
    assert select(many.c.n.count(), many.c.n.sum(), many.c.n.max()).one().run() == (773, 772 * 773 // 2, 772)


def test_mixed_numbers(db: Database) -> None:
    table = values([(1, Decimal("0.5")), (2.5, 3)], columns=("f", "d"))
    assert sorted(select(table.c.f, table.c.d).all().run()) == [(1.0, Decimal("0.5")), (2.5, Decimal(3))]


def test_what_is_refused() -> None:
    for call, match in (
        (lambda: values([(1,)], columns=()), "needs names"),
        (lambda: values([(1,)], columns="id"), "needs names"),
        (lambda: values([(1, 2)], columns=("a", "a")), "two columns 'a'"),
        (lambda: values([(1, 2)], columns=("a",)), "2 values for 1 columns"),
        (lambda: values([(1,), ("a",)], columns=("a",)), "of no one type"),
        (lambda: values([(None,)], columns=("a",)), "say it"),
        (lambda: values([], columns=("a",)), "say it"),
        (lambda: values([(Item.id,)], columns=("a",)), "no expressions"),
        (lambda: values([(1,)], columns=("a",), types={"b": int}), "no column 'b'"),
        (lambda: values([(1,)], columns=("a" * 64,)), "1 to 63 bytes"),
        (lambda: values([(1,)], columns=("a",), name=""), "1 to 63 bytes"),
    ):
        with pytest.raises(TypeError, match=match):
            call()


@pytest.mark.parametrize("name", ['x" UNION SELECT 1 --', "x`y", "'; DROP TABLE values_item; --"])
def test_names_are_names(db: Database, name: str) -> None:
    table = values([(1,)], columns=(name,), name=name)
    assert select(table.c[name]).all().run() == [1]


def test_a_zero_has_no_digits_too_many(db: Database) -> None:
    zeros = [Decimal(0), Decimal("0.00"), Decimal("-0.5"), Decimal(100)]
    table = values([(place, zero) for place, zero in enumerate(zeros)], columns=("place", "d"))
    assert select(table.c.d).order_by(table.c.place).all().run() == zeros
