"""Columns of 16 and 32 bits, and decimals of stated digits: what does not fit is refused."""

from __future__ import annotations

import enum
from decimal import Decimal
from typing import Any, Literal

import pytest
from conftest import Create, Waiting

from pyferro import PK, Database, Field, Model, OutOfRange, StringTooLong

LOW16, HIGH16 = -(2**15), 2**15 - 1
LOW32, HIGH32 = -(2**31), 2**31 - 1


class Grade(enum.IntEnum):
    BAD = -3
    GOOD = 30000


class Narrow(Model, table="integers_narrow"):
    id: int | None = Field(default=None, primary_key=True, db_type="int")
    small: int | None = Field(default=None, db_type="smallint")
    middle: int | None = Field(default=None, db_type="int")
    wide: int | None = Field(default=None, db_type="bigint")
    grade: Grade | None = Field(default=None, db_type="smallint")
    price: Decimal | None = Field(default=None, db_type="numeric(5, 2)")
    whole: Decimal | None = Field(default=None, db_type="numeric(4)")
    name: str | None = Field(default=None, db_type="varchar(3)")


class Tiny(Model, table="integers_tiny"):
    code: int = Field(primary_key=True, db_type="smallint")
    twice: int = Field(default=0, db_type="smallint", unique=True)


@pytest.fixture(autouse=True)
def tables(create: Create) -> None:
    create(Narrow, Tiny)


FITS: list[tuple[str, Any]] = [
    *[("small", n) for n in (LOW16, -1, 0, HIGH16)],
    *[("middle", n) for n in (LOW32, LOW16 - 1, HIGH16 + 1, HIGH32)],
    *[("wide", n) for n in (-(2**63), LOW32 - 1, HIGH32 + 1, 2**63 - 1)],
    *[("grade", g) for g in Grade],
    *[("price", Decimal(d)) for d in ("999.99", "-999.99", "0.01", "1", "7.10")],
    *[("whole", Decimal(d)) for d in ("9999", "-1", "0")],
    ("name", "äöü"),
]

TOO_MUCH: list[tuple[str, Any, type[Exception]]] = [
    *[("small", n, OutOfRange) for n in (LOW16 - 1, HIGH16 + 1, 2**16, 2**63 - 1)],
    *[("middle", n, OutOfRange) for n in (LOW32 - 1, HIGH32 + 1, 2**32)],
    ("wide", 2**63, OutOfRange),
    *[("price", Decimal(d), OutOfRange) for d in ("1000", "-1000.00", "0.001", "1.999", "1E+9")],
    *[("whole", Decimal(d), OutOfRange) for d in ("10000", "0.5")],
    ("name", "abcd", StringTooLong),
    ("name", "abc ", StringTooLong),
]


@pytest.mark.parametrize(("name", "value"), FITS)
def test_what_fits_comes_back(name: str, value: Any, wait: Waiting) -> None:
    made = wait(Narrow.create(**{name: value}))
    back = getattr(wait(Narrow.get(made.id)), name)
    assert back == value
    assert type(back) is type(value)
    assert wait(Narrow.where(**{name: value}).count()) == 1
    assert wait(Narrow.where(**{f"{name}__in": [value]}).select(name).all()) == [value]


def test_many_at_once(wait: Waiting) -> None:
    rows = wait(Narrow.bulk_create([Narrow(**{name: value}) for name, value in FITS]))
    assert [row.id for row in rows] == sorted(row.id for row in rows)
    assert wait(Narrow.order_by("id").all()) == rows


@pytest.mark.parametrize(("name", "value", "error"), TOO_MUCH)
def test_what_does_not_fit_is_refused(
    name: str, value: Any, error: type[Exception], wait: Waiting
) -> None:
    kept = wait(Narrow.create())
    tries = [
        lambda: wait(Narrow.create(**{name: value})),
        lambda: wait(Narrow.bulk_create([Narrow(), Narrow(**{name: value})])),
        lambda: wait(Narrow.where(id=kept.id).update(**{name: value})),
        lambda: wait(Narrow.model_construct(**{**kept.model_dump(), name: value}).save()),
    ]
    for attempt in tries:
        with pytest.raises(error) as caught:
            attempt()
        assert caught.value.column == name
        assert str(value) not in str(caught.value)
    assert wait(Narrow.all()) == [kept]


def test_what_the_server_computes_does_not_wrap(wait: Waiting) -> None:
    one = wait(Narrow.create(small=HIGH16, middle=HIGH32))
    for change in ({"small": Narrow.small + 1}, {"middle": Narrow.middle * 2}):
        with pytest.raises(OutOfRange):
            wait(Narrow.where(id=one.id).update(**change))
    assert wait(Narrow.get(one.id)) == one


def test_names_too_long_for_the_name_of_a_check_change_nothing(
    create: Create, wait: Waiting
) -> None:
    class Long(Model, table="integers_of_a_table_with_quite_a_long_name"):
        id: PK[int]
        a_column_with_a_long_name_too: int = Field(db_type="smallint")

    create(Long)
    wait(Long.create(a_column_with_a_long_name_too=HIGH16))
    with pytest.raises(OutOfRange):
        wait(Long.select().update(lambda t: {"a_column_with_a_long_name_too": t.id + HIGH16}))


def test_arithmetic_of_narrow_columns_is_wide(wait: Waiting) -> None:
    wait(Tiny.create(code=LOW16, twice=-1))
    assert wait(Tiny.select(lambda t: t.code + t.code).all()) == [2 * LOW16]
    assert wait(Tiny.select(lambda t: t.code * t.code).all()) == [LOW16 * LOW16]
    assert wait(Tiny.select(lambda t: -t.code).all()) == [-LOW16]
    assert wait(Tiny.select(lambda t: t.code // t.twice).all()) == [-LOW16]


def test_a_condition_may_ask_for_more_than_there_can_be(wait: Waiting) -> None:
    wait(Tiny.create(code=1, twice=2))
    assert wait(Tiny.where(Tiny.code < 10**12).count()) == 1
    assert wait(Tiny.where(Tiny.code == 2**16 + 1).count()) == 0
    assert wait(Tiny.where(Tiny.code << [1, 2**40]).count()) == 1
    assert wait(Tiny.get_or_none(2**33)) is None


def test_a_numbered_key_may_be_narrow(wait: Waiting) -> None:
    assert [wait(Narrow.create()).id for _ in range(2)] == [1, 2]
    assert wait(Narrow.create(id=HIGH32)).id == HIGH32
    with pytest.raises(OutOfRange):
        wait(Narrow.create(id=HIGH32 + 1))


def test_the_columns_are_what_was_asked_for(db: Database) -> None:
    from pyferro._native import HEADER
    from pyferro.tables.definitions import create_table

    sql = db.native.compile(HEADER + create_table(Narrow.__ferro_info__, ()).fragment).sql.lower()
    words = {
        "sqlite": [" between -32768 and 32767)", " between -2147483648 and 2147483647)"],
        "postgresql": ['"small" smallint', '"middle" integer', "numeric(5, 2)", "varchar(3)"],
        "mysql": ["`small` smallint", "`middle` integer", "decimal(5, 2)", "varchar(3)"],
    }
    for word in words[db.native.dialect if db.native.dialect in words else "mysql"]:
        assert word in sql


def test_a_token_that_cannot_hold_the_values_is_refused() -> None:
    for annotation, token, said in (
        (Grade, "varchar(3)", "does not fit"),
        (Literal[1, 40000], "smallint", "no room for all"),
        (str, "int", "does not fit"),
        (int, "numeric(5)", "does not fit"),
        (Decimal, "numeric(5, 6)", "no more than all"),
        (Decimal, "numeric(66)", "1 to 65 digits"),
        (Decimal, "numeric(0)", "1 to 65 digits"),
        (str, "varchar(0)", "unknown db_type"),
        (str, "mediumint", "known: text, smallint, int, bigint, .*numeric"),
    ):
        with pytest.raises(TypeError, match=said):
            type("Bad", (Model,), {"__annotations__": {"n": annotation}, "n": Field(db_type=token)})
