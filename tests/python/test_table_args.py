"""What `__table_args__` says: indexes, unique constraints and checks, on every database."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

import pytest
from conftest import Create, Waiting
from pydantic import AwareDatetime, SecretStr

import pyferro
from pyferro import (
    PK,
    Check,
    CheckViolationError,
    Col,
    Database,
    Field,
    Index,
    Model,
    PlanError,
    Ref,
    Unique,
    UniqueViolationError,
    UnsupportedFeature,
    desc,
    fn,
)


class Mood(StrEnum):
    GOOD = "good"
    ODD = "it's \\ odd"


class TaPost(Model):
    id: PK[int]
    title: Col[str] = Field(max_length=60)
    views: Col[int] = 0
    stars: Col[int | None] = None
    mood: Col[Mood] = Field(default=Mood.GOOD, db_check=True)
    kind: Col[Literal["a", "b"]] = Field(default="a", db_check=True)
    size: Col[int] = Field(default=1, db_check=lambda size: size.between(1, 9))
    __table_args__ = (
        Index("title", "-views"),
        Unique("title", "stars"),
        Check("positive", lambda p: p.views >= 0),
        Check("more_stars", lambda p: (p.stars < p.views) | p.title.startswith("new")),
    )


class TaMail(Model):
    id: PK[int]
    address: Col[str] = Field(max_length=80)
    gone: Col[bool] = False
    __table_args__ = (Index("address", unique=True, where=lambda m: ~m.gone, name="one_living"),)


class TaLower(Model):
    id: PK[int]
    name: Col[str]
    __table_args__ = (Index(lambda p: fn.lower(p.name), unique=True, name="one_lower"),)


class TaPartial(Model):
    id: PK[int]
    views: Col[int]
    __table_args__ = (Index("views", where=lambda p: p.views > 0),)


def info(model: Any) -> Any:
    return model.__ferro_info__


def test_names_are_made_of_the_table() -> None:
    table = info(TaPost)
    assert table.uniques == [("tapost_title_stars_key", ("title", "stars"))]
    assert [one.name for one in table.indexes] == ["tapost_title_views_idx"]
    assert [one.name for one in table.checks] == [
        "tapost_mood_check",
        "tapost_kind_check",
        "tapost_size_check",
        "tapost_positive_check",
        "tapost_more_stars_check",
    ]
    assert table.checks[-1].columns == ("stars", "views", "title")


def test_a_long_name_is_cut() -> None:
    class Long(Model, table="t" * 60):
        id: PK[int]
        n: int
        __table_args__ = (Check("positive", lambda p: p.n > 0),)

    [check] = info(Long).checks
    assert len(check.name) == 63
    assert check.name.endswith("_check")


def test_ferros_spellings() -> None:
    class Old(Model):
        id: PK[int]
        a: int
        b: int
        __ferro_composite_uniques__ = (("a", "b"),)
        __ferro_composite_indexes__ = (("b", "a"),)
        __ferro_checks__ = (Check("less", lambda p: p.a < p.b),)

    table = info(Old)
    assert table.uniques == [("old_a_b_key", ("a", "b"))]
    assert [(one.name, one.columns) for one in table.indexes] == [("old_b_a_idx", ("b", "a"))]
    assert [one.name for one in table.checks] == ["old_less_check"]


def test_a_relation_stands_for_its_key() -> None:
    class TaOwner(Model):
        id: PK[int]

    class TaOwned(Model):
        id: PK[int]
        owner: Ref[TaOwner]
        number: int
        __table_args__ = (Unique("owner", "number"), Index("number", "owner"))

    assert info(TaOwned).uniques == [("taowned_owner_id_number_key", ("owner_id", "number"))]
    assert info(TaOwned).indexes[0].columns == ("number", "owner_id")


REFUSED: list[tuple[dict[str, Any], bool]] = [
    ({"views": -1}, False),
    ({"views": 0}, True),
    ({"stars": 5, "views": 3}, False),
    ({"stars": 2, "views": 3}, True),
    ({"stars": 5, "views": 3, "title": "new"}, True),
    ({"stars": None}, True),
    ({"size": 10}, False),
    ({"size": 9}, True),
]


@pytest.mark.parametrize(("fields", "good"), REFUSED)
def test_checks_hold(
    db: Database, create: Create, wait: Waiting, fields: dict[str, Any], good: bool
) -> None:
    create(TaPost)
    made = TaPost(**{"title": "old", **fields})
    if good:
        wait(made.save())
        return
    with pytest.raises(CheckViolationError) as refused:
        wait(made.save())
    assert refused.value.constraint is not None
    assert refused.value.constraint.startswith("tapost_")
    assert set(refused.value.columns) <= {"views", "stars", "title", "size"}
    assert refused.value.columns
    assert wait(TaPost.count()) == 0


def test_only_members_are_stored(db: Database, create: Create) -> None:
    create(TaPost)
    for mood in Mood:
        TaPost.create(title=mood.value, mood=mood).run()
    table = "TaPost" if db.dialect == "none" else "tapost"
    for column in ("mood", "kind"):
        with pytest.raises(CheckViolationError) as refused:
            db.execute(f"update {table} set {column} = :wrong", wrong="good'").run()
        assert refused.value.columns == (column,)


def test_unique_columns(db: Database, create: Create) -> None:
    create(TaPost)
    TaPost.create(title="x", stars=0, views=1).run()
    TaPost.create(title="x", stars=None).run()
    TaPost.create(title="x", stars=None).run()
    with pytest.raises(UniqueViolationError) as refused:
        TaPost.create(title="x", stars=0, views=2).run()
    assert refused.value.constraint == "tapost_title_stars_key"
    assert refused.value.columns == ("title", "stars")


def test_unique_among_some_rows(db: Database, create: Create) -> None:
    if not db.supports("partial-unique-index"):
        with pytest.raises(UnsupportedFeature, match="column that is NULL outside"):
            create(TaMail)
        return
    create(TaMail)
    first = TaMail.create(address="a").run()
    TaMail.create(address="a", gone=True).run()
    TaMail.create(address="a", gone=True).run()
    with pytest.raises(UniqueViolationError) as refused:
        TaMail.create(address="a").run()
    assert refused.value.constraint == "one_living"
    TaMail.create(address="A").run()
    first.gone = True
    first.save().run()
    TaMail.create(address="a").run()
    db.create_tables(TaMail).run()  # again


def test_unique_expressions(db: Database, create: Create) -> None:
    if not db.supports("expression-index"):
        with pytest.raises(UnsupportedFeature, match="a column of its own"):
            create(TaLower)
        return
    create(TaLower)
    TaLower.create(name="Ada").run()
    with pytest.raises(UniqueViolationError) as refused:
        TaLower.create(name="ADA").run()
    assert refused.value.constraint == "one_lower"
    assert TaLower.where(fn.lower(TaLower.name) == "ada").count().run() == 1


def test_an_index_of_some_rows(db: Database, create: Create) -> None:
    if db.supports("partial-index"):
        create(TaPartial)
    else:
        with pytest.raises(UnsupportedFeature, match="leave the condition out"):
            create(TaPartial)


# Values in definitions.

NASTY = [
    "'",
    "''",
    '"',
    "\\",
    "\\'",
    "'); DROP TABLE ta_text; --",
    "/* */ -- #",
    "$1 ? :a %s {0} $$ $a$",
    "line\nbreak\r\ttab",
    "ß 漢 🦊 \u200b",
    " x ",
    "\x01\x7f",
    "X'27'",
    "E'\\n'",
    "",
]


@pytest.mark.parametrize("text", NASTY)
def test_a_text_in_a_check_is_that_text(db: Database, create: Create, text: str) -> None:
    class TaText(Model, table="ta_text"):
        id: PK[int]
        text: Col[str]
        other: Col[str] = "other"
        __table_args__ = (
            Check("not", lambda p: p.text != text),
            Check("one_of", lambda p: p.other.in_([text, "other"])),
        )

    create(TaText)
    TaText.create(text=text + "x", other=text).run()
    for fields in ({"text": text}, {"text": "y", "other": text + "x"}):
        with pytest.raises(CheckViolationError) as refused:
            TaText.create(**fields).run()
        assert refused.value.constraint in ("ta_text_not_check", "ta_text_one_of_check")
    [row] = TaText.all().run()
    assert row.other == text


class TaTypes(Model):
    id: PK[int]
    flag: Col[bool] = True
    int_: Col[int] = -(2**63)
    real: Col[float] = -1.5e-300
    money: Col[Decimal] = Field(default=Decimal("-12345.60"), max_digits=12, decimal_places=2)
    bytes_: Col[bytes] = b"\x00'\\\xff"
    day: Col[dt.date] = dt.date(1, 1, 1)
    time: Col[dt.time] = dt.time(23, 59, 59, 999999)
    at: Col[dt.datetime] = dt.datetime(9999, 12, 31, 23, 59, 59, 999999)
    instant: Col[AwareDatetime] = dt.datetime(1969, 7, 20, 20, 17, 40, 1, dt.UTC)
    span: Col[dt.timedelta] = dt.timedelta(days=-3, microseconds=7)
    key: Col[uuid.UUID] = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")
    __table_args__ = (
        Check("flag", lambda p: p.flag == True),  # noqa: E712
        Check("int", lambda p: p.int_ == -(2**63)),
        Check("real", lambda p: p.real == -1.5e-300),
        Check("money", lambda p: p.money == Decimal("-12345.6")),
        Check("bytes", lambda p: p.bytes_ == b"\x00'\\\xff"),
        Check("day", lambda p: p.day == dt.date(1, 1, 1)),
        Check("time", lambda p: p.time == dt.time(23, 59, 59, 999999)),
        Check("at", lambda p: p.at == dt.datetime(9999, 12, 31, 23, 59, 59, 999999)),
        Check(
            "instant",
            lambda p: p.instant == dt.datetime(1969, 7, 20, 20, 17, 40, 1, dt.UTC),
        ),
        Check("span", lambda p: p.span == dt.timedelta(days=-3, microseconds=7)),
        Check("key", lambda p: p.key == uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")),
    )


OTHERS: dict[str, Any] = {
    "flag": False,
    "int_": -(2**63) + 1,
    "real": -1.5000000000000003e-300,
    "money": Decimal("-12345.61"),
    "bytes_": b"\x00'\\\xfe",
    "day": dt.date(1, 1, 2),
    "time": dt.time(23, 59, 59, 999998),
    "at": dt.datetime(9999, 12, 31, 23, 59, 59, 999998),
    "instant": dt.datetime(1969, 7, 20, 20, 17, 40, 2, dt.UTC),
    "span": dt.timedelta(days=-3, microseconds=8),
    "key": uuid.UUID("00112233-4455-6677-8899-aabbccddeefe"),
}


def test_values_of_every_type_in_checks(db: Database, create: Create) -> None:
    create(TaTypes)
    TaTypes.create().run()
    for name, other in OTHERS.items():
        with pytest.raises(CheckViolationError) as refused:
            TaTypes.create(**{name: other}).run()
        assert refused.value.columns == (name,)
    assert TaTypes.count().run() == 1


# Declarations that cannot be right.


def declared(*arguments: Any, **more: Any) -> Any:
    body = {"__annotations__": {"id": PK[int], "n": int, "s": SecretStr, "tags": list[int]}}
    body |= {"__module__": __name__, "__qualname__": "Wrong", "__table_args__": arguments, **more}
    return type(Model)("Wrong", (Model,), body)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("n",), "it takes Index, FullText, Unique, Check and ForeignKeyConstraint, not str"),
        (({"schema": "x"},), "not dict"),
        ((Unique("m"),), "'m' is no column"),
        ((Index(),), "an index needs a column"),
        ((Index(3),), "columns and expressions, not int"),
        ((Index("tags"),), "an array is no part of a key"),
        ((Index(lambda p: desc(p.n).nulls_first()),), "where NULLs stand"),
        ((Index("n", where=lambda p: p.n),), None),
        ((Check("x", lambda p: p.n is not None),), "is an expression, not bool"),
        ((Check("x", lambda p: p.m > 0),), "has no column 'm'"),
        ((Check("x", lambda p: p.s == "y"),), "is a secret"),
        ((Check("x", lambda p: p.n > 0), Check("x", lambda p: p.n < 9)), "are named 'wrong_x"),
        ((Index("n", name="i"), Index("-n", name="i")), "are named 'i'"),
    ],
)
def test_a_declaration_that_is_refused(arguments: tuple[Any, ...], said: str | None) -> None:
    if said is None:
        model = declared(*arguments)
        with pytest.raises(pyferro.PlanError, match="stands as a condition"):
            made_on_sqlite(model)
        return
    with pytest.raises((TypeError, AttributeError), match=said):
        declared(*arguments)


def test_a_unique_constraint_needs_columns() -> None:
    with pytest.raises(TypeError, match="needs a column"):
        Unique()
    with pytest.raises(TypeError, match="twice"):
        Unique("a", "a")
    with pytest.raises(TypeError, match="1 to 63 bytes"):
        Index("a", name="")


def made_on_sqlite(model: Any) -> None:
    pyferro.reset_engine()
    try:
        with pyferro.connect("sqlite::memory:").run() as database:
            database.create_tables(model).run()
    finally:
        pyferro.reset_engine()


class TaInner(Model):
    id: PK[int]


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (lambda p: fn.now() > dt.datetime(2000, 1, 1, tzinfo=dt.UTC), "depends on the time"),
        (lambda p: p.n.in_(TaInner.select(TaInner.id)), "reads rows of tables"),
        (lambda p: p.n.max() > 3, "reads rows of tables"),
        (lambda p: TaInner.id > 3, "reads the column id of tainner"),
        (lambda p: p.n.in_([]), "is an empty list"),
        (lambda p: p.n + 1, "stands as a condition"),
    ],
)
def test_a_condition_that_no_row_can_meet_for_itself(condition: Any, said: str) -> None:
    with pytest.raises(pyferro.PyferroError, match=said):
        made_on_sqlite(declared(Check("x", condition)))


def test_members_are_needed_to_check_for_them() -> None:
    with pytest.raises(TypeError, match="db_check=True holds a column to the values"):

        class Plain(Model):
            id: PK[int]
            n: int = Field(db_check=True)


def test_a_json_key_that_a_server_would_read_differently_is_refused(db: Database) -> None:
    for key in ("it's", 'a"b', "a\\b"):

        class Keyed(Model, table="arg_keyed"):
            id: PK[int]
            meta: dict[str, Any]
            __table_args__ = (Check("key", lambda row, k=key: row.meta[k].as_(int) > 0),)

        with pytest.raises(PlanError, match="a JSON key with a quote or backslash"):
            db.create_tables(Keyed).run()
