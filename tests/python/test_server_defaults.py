"""`Field(server_default=…)`: what the database puts, and that it is read back."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from conftest import Create, Waiting
from pydantic import AwareDatetime

import pyferro
from pyferro import PK, Col, Database, Field, Model, fn, now, sql


class Level(Enum):
    LOW = "low"
    HIGH = "high"


class SdEntry(Model):
    id: PK[int]
    title: Col[str]
    made: Col[AwareDatetime] = Field(server_default=now)
    plain: Col[dt.datetime] = Field(server_default=now)
    day: Col[dt.date] = Field(server_default=fn.today)
    note: Col[str] = Field(server_default='it\'s \\ a "note"')
    level: Col[Level] = Field(server_default=Level.HIGH)
    maybe: Col[int | None] = Field(server_default=7)


class SdTypes(Model):
    id: PK[int]
    flag: Col[bool] = Field(server_default=False)
    int_: Col[int] = Field(server_default=-5)
    real: Col[float] = Field(server_default=0.1)
    money: Col[Decimal] = Field(server_default=Decimal("1.50"), max_digits=6, decimal_places=2)
    bytes_: Col[bytes] = Field(server_default=b"\x00'\\")
    time: Col[dt.time] = Field(server_default=dt.time(1, 2, 3, 4))
    at: Col[dt.datetime] = Field(server_default=dt.datetime(2024, 2, 29, 1, 2, 3, 4))
    span: Col[dt.timedelta] = Field(server_default=dt.timedelta(hours=-1))
    key: Col[uuid.UUID] = Field(server_default=uuid.UUID(int=7))
    meta: Col[dict[str, Any]] = Field(server_default={"a": "it's \\"})
    long: Col[str] = Field(server_default="long")
    sum: Col[int] = Field(server_default=sql("1 + {n}", n=2))


class SdNamed(Model):
    name: Col[str] = Field(primary_key=True, max_length=20)
    note: Col[str] = ""
    number: Col[int] = Field(server_default=3)


class SdPair(Model):
    __primary_key__ = ("a", "b")
    a: Col[int]
    b: Col[int]
    number: Col[int] = Field(server_default=3)


def is_recent(moment: dt.datetime) -> bool:
    return abs(dt.datetime.now(dt.UTC) - moment) < dt.timedelta(minutes=5)


def test_what_is_left_out_is_read_back(db: Database, create: Create, wait: Waiting) -> None:
    create(SdEntry)
    new = SdEntry(title="x")
    assert new.made is None
    made = wait(SdEntry.create(title="x"))
    assert made.id == 1
    assert is_recent(made.made)
    assert is_recent(made.plain.replace(tzinfo=dt.UTC))
    assert abs(made.day - made.made.date()) <= dt.timedelta(days=1)
    assert made.note == 'it\'s \\ a "note"'
    assert made.level is Level.HIGH
    assert made.maybe == 7
    found = wait(SdEntry.get(made.id))
    assert found == made
    wait(found.save())  # nothing to write


def test_what_is_given_is_stored(db: Database, create: Create) -> None:
    create(SdEntry)
    at = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    made = SdEntry.create(title="x", made=at, note="", level=Level.LOW, maybe=None).run()
    found = SdEntry.get(made.id).run()
    assert (found.made, found.note, found.level, found.maybe) == (at, "", Level.LOW, None)
    assert is_recent(found.plain.replace(tzinfo=dt.UTC))


def test_many_at_once(db: Database, create: Create, wait: Waiting) -> None:
    create(SdEntry)
    rows = []
    for n in range(20):
        note = {"note": f"n{n}"} if n % 3 else {}
        rows.append(SdEntry(title=str(n), id=100 + n if n % 4 == 3 else None, **note))
    made = wait(SdEntry.bulk_create(rows))
    assert made == rows
    for n, row in enumerate(made):
        assert row.title == str(n)
        assert row.note == (f"n{n}" if n % 3 else 'it\'s \\ a "note"')
        assert is_recent(row.made)
        assert row.id == 100 + n or n % 4 != 3
    stored = {row.title: row for row in wait(SdEntry.all())}
    assert [stored[row.title] for row in made] == made


def test_every_type(db: Database, create: Create) -> None:
    create(SdTypes)
    made = SdTypes.create().run()
    assert made.flag is False
    assert (made.int_, made.real, made.money) == (-5, 0.1, Decimal("1.50"))
    assert made.bytes_ == b"\x00'\\"
    assert made.time == dt.time(1, 2, 3, 4)
    assert made.at == dt.datetime(2024, 2, 29, 1, 2, 3, 4)
    assert made.span == dt.timedelta(hours=-1)
    assert made.key == uuid.UUID(int=7)
    assert made.meta == {"a": "it's \\"}
    assert (made.long, made.sum) == ("long", 3)
    assert SdTypes.get(made.id).run() == made
    assert SdTypes.where(SdTypes.money == Decimal("1.5")).count().run() == 1


def test_a_key_of_ones_own(db: Database, create: Create) -> None:
    create(SdNamed)
    assert SdNamed.create(name="a").run().number == 3
    made = SdNamed(name="b")
    made.save().run()
    assert made.number == 3
    made.number = 4
    made.save().run()
    rows = SdNamed.bulk_create([SdNamed(name=c) for c in "dc"]).run()
    assert [(row.name, row.number) for row in rows] == [("d", 3), ("c", 3)]
    again = SdNamed(name="b")  # of unknown origin: what it does not say is not written
    again.save().run()
    assert SdNamed.get("b").run().number == 4


def test_a_key_of_two_columns(db: Database, create: Create) -> None:
    create(SdPair)
    if db.dialect == "mysql" and db.server.startswith("MySQL"):
        with pytest.raises(pyferro.UnsupportedFeature, match="key"):
            SdPair.create(a=1, b=2).run()
        assert SdPair.create(a=1, b=2, number=9).run().number == 9
        return
    assert SdPair.create(a=1, b=2).run().number == 3


def test_insert_of_rows(db: Database, create: Create) -> None:
    create(SdNamed)
    rows = SdNamed.insert([{"name": "a"}, {"name": "b", "number": 8}]).returning(SdNamed).run()
    assert [(row.name, row.number) for row in rows] == [("a", 3), ("b", 8)]


# Declarations that cannot be right.


def declared(annotation: Any, default: Any, **options: Any) -> Any:
    body = {
        "__annotations__": {"id": PK[int], "n": annotation},
        "__module__": __name__,
        "__qualname__": "Wrong",
        "n": Field(server_default=default, **options),
    }
    return type(Model)("Wrong", (Model,), body)


@pytest.mark.parametrize(
    ("annotation", "default", "options", "said"),
    [
        (int, "x", {}, "does not fit"),
        (int, now, {}, "is of type timestamptz, the column of type int64"),
        (str, 3, {}, "does not fit"),
        (int, 2**63, {}, "does not fit"),
        (str, "long", {"max_length": 3}, "does not fit"),
    ],
)
def test_a_default_that_is_refused(
    annotation: Any, default: Any, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(TypeError, match=said):
        declared(annotation, default, **options)


def test_a_key_has_no_default_of_the_database() -> None:
    with pytest.raises(TypeError, match="a key has no server_default"):

        class Keyed(Model):
            name: str = Field(primary_key=True, server_default="x")


def test_a_default_knows_no_row() -> None:
    model = declared(int, SdNamed.number + 1)
    pyferro.reset_engine()
    with (
        pyferro.connect("sqlite::memory:").run() as database,
        pytest.raises(pyferro.PlanError, match="a default reads the column number"),
    ):
        database.create_tables(model).run()
    pyferro.reset_engine()


class SdOnly(Model):
    name: Col[str] = Field(primary_key=True, max_length=20)
    number: Col[int] = Field(server_default=3)
    note: Col[str | None] = Field(server_default="n", max_length=20)


class SdKey(Model):
    name: Col[str] = Field(primary_key=True, max_length=20)


def test_saving_a_row_that_is_there_and_gives_nothing(create: Create, wait: Waiting) -> None:
    create(SdOnly, SdKey)
    SdOnly.insert({"name": "a", "number": 8}).run()
    one = SdOnly(name="a")
    wait(one.save())
    assert (one.number, one.note) == (8, "n")
    one.number = 9
    wait(one.save())
    assert SdOnly.select(SdOnly.number).all().run() == [9]
    new = SdOnly(name="b")
    wait(new.save())
    assert (new.number, new.note) == (3, "n")
    for _ in range(2):
        wait(SdKey(name="k").save())
    assert SdKey.count().run() == 1


def test_rows_as_data_leave_it_to_the_database(create: Create, wait: Waiting) -> None:
    create(SdOnly)
    rows: list[Any] = [{"name": "a"}, {"name": "b", "number": 5}, SdOnly(name="c", note=None)]
    found = wait(SdOnly.insert(rows).returning(SdOnly.name, SdOnly.number, SdOnly.note))
    wanted = [("a", 3, "n"), ("b", 5, "n"), ("c", 3, None)]
    assert found == wanted
    again = [{**row, "name": row["name"] * 2} for row in rows[:2]]
    assert wait(SdOnly.copy_in(iter([*again, SdOnly(name="cc", note=None)]))) == 3
    assert wait(SdOnly.copy_in(((f"x{i}",) for i in range(600)), columns=["name"])) == 600
    stored = SdOnly.select(SdOnly.name, SdOnly.number, SdOnly.note).all().run()
    assert sorted(row for row in stored if len(row[0]) < 3 and "x" not in row[0]) == sorted(
        [*wanted, *((name * 2, number, note) for name, number, note in wanted)]
    )
    assert {row[1:] for row in stored if "x" in row[0]} == {(3, "n")}
