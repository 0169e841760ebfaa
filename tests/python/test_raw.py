"""Statements in words of the user's: where values stand, what rows become, and what is refused."""

from __future__ import annotations

import datetime as dt
import enum
import sys
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, NotRequired
from uuid import UUID

import pytest
from conftest import Create
from pydantic import BaseModel, SecretStr, ValidationError
from typing_extensions import TypedDict

import pyferro
from pyferro import (
    PK,
    BadStoredValue,
    Database,
    Field,
    InterfaceError,
    Model,
    MultipleResults,
    NoResult,
    UnsupportedFeature,
    literal,
)
from pyferro.language.sql_text import Template

Wait = Callable[[Any], Any]


class Level(enum.Enum):
    LOW = "low"
    HIGH = "high"


class Thing(Model, table="raw_thing"):
    id: PK[int]
    name: str
    good: bool = True
    price: Decimal = Field(default=Decimal("1.50"), max_digits=8, decimal_places=2)
    made: dt.datetime = dt.datetime(2024, 2, 29, 23, 59, 59, 123456)
    day: dt.date = dt.date(2024, 2, 29)
    lasts: dt.timedelta = dt.timedelta(days=1, microseconds=7)
    key: UUID = UUID("12345678-1234-5678-1234-567812345678")
    raw: bytes = b"\0\xff"
    meta: dict[str, Any] | None = None
    level: Level = Level.HIGH
    token: SecretStr = SecretStr("hush")


@pytest.fixture
def things(create: Create, db: Database) -> list[Thing]:
    create(Thing)
    made = [
        Thing(id=1, name="it's", meta={"a": [1, None]}),
        Thing(id=2, name="?", good=False, level=Level.LOW),
        Thing(id=3, name=":name $1"),
    ]
    Thing.bulk_create(made).run()
    return made


def test_places_of_values(db: Database, things: list[Thing], wait: Wait) -> None:
    by_name = db.sql(
        "select id from raw_thing where id > :low and name <> :name order by 1", low=1, name="?"
    )
    assert wait(by_name.scalars()) == [3]
    assert wait(db.sql("select id from raw_thing where id > ? order by id", 1).scalars()) == [2, 3]
    assert wait(
        db.sql(
            "select id from raw_thing where id > $2 or id = $1 or id = $1 order by id", 1, 2
        ).scalars()
    ) == [1, 3]
    assert (
        wait(db.sql("select name from raw_thing where name = :n", n=":name $1").scalar())
        == ":name $1"
    )


def test_text_is_left_alone(db: Database, things: list[Thing]) -> None:
    text = """
        select id, -- :no ? $1
               /* it's :not ? $1 */ ':nor ''? $1' as "a :b ?"
        from raw_thing where id = :id
    """
    row = db.sql(text, id=2).one().run()
    assert row[0] == 2
    assert row[1] == ":nor '? $1"
    assert db.sql(text, id=2).into(dict).one().run()["a :b ?"] == ":nor '? $1"


def test_backslashes_are_characters(db: Database, things: list[Thing]) -> None:
    assert db.sql(
        r"select '\' || :v || '\'", v=literal("'; drop table raw_thing --")
    ).scalar().run() == (r"\'; drop table raw_thing --" + "\\")


def test_a_value_named_twice_is_one(db: Database, things: list[Thing]) -> None:
    text = "select lower(name) || :x, count(*) from raw_thing group by lower(name) || :x order by 1"
    if db.dialect == "postgresql":
        assert len(db.sql(text, x="!").all().run()) == 3
        assert db.sql(text, x="!").sql().params == ("!",)
    assert (
        db.sql("select id from raw_thing where id = :x or id = :x + 1", x=1).sql().sql.count("1")
        <= 3
    )


def test_results_have_their_types(db: Database, things: list[Thing], wait: Wait) -> None:
    row = wait(db.sql("select * from raw_thing where id = 1").one())
    thing = things[0]
    assert row._fields == tuple(Thing.model_fields)
    assert (row.id, row.name, row.made, row.day, row.price, row.raw, row.level) == (
        1,
        "it's",
        thing.made,
        thing.day,
        thing.price,
        thing.raw,
        "high",
    )
    assert row.meta == {"a": [1, None]}
    assert type(row.price) is Decimal
    assert type(row.made) is dt.datetime
    if db.dialect != "mysql":  # which has no types of its own for these
        assert (row.good, row.lasts, row.key) == (True, thing.lasts, thing.key)


def test_values_have_their_types(db: Database, things: list[Thing]) -> None:
    thing = things[0]
    text = (
        "select count(*) from raw_thing where id = :id and good = :good and price = :price"
        " and made = :made and day = :day and lasts = :lasts and \"key\" = :key and raw = :raw"
    )
    values = {
        name: getattr(thing, name)
        for name in ("id", "good", "price", "made", "day", "lasts", "key", "raw")
    }
    assert db.sql(text, **values).scalar().run() == 1
    assert db.sql(
        "select id from raw_thing where meta is null and :x is null order by id", x=None
    ).scalars().run() == [2, 3]
    assert db.sql(
        "select id from raw_thing where level = :level", level=Level.LOW
    ).scalars().run() == [2]
    hidden = db.sql("select id from raw_thing where token = :t and id = 1", t=SecretStr("hush"))
    assert hidden.scalars().run() == [1]
    assert hidden.sql().params == ("REDACTED",)


def test_into_models(db: Database, things: list[Thing], wait: Wait) -> None:
    found = wait(db.sql("select * from raw_thing order by id").into(Thing).all())
    assert found == things
    found[0].name = "other"
    wait(found[0].save())
    assert wait(db.sql("select name from raw_thing where id = 1").scalar()) == "other"


class Card(BaseModel):
    name: str
    made: dt.datetime
    lasts: dt.timedelta
    good: bool
    key: UUID
    level: Level
    meta: dict[str, list[int | None]] | None = None
    other: int = 5


class Slim(TypedDict):
    id: int
    made: dt.datetime
    lasts: NotRequired[dt.timedelta]


@dataclass
class Point:
    id: int
    good: bool
    label: str = ""


class Anything(BaseModel):
    name: Any
    members: set[str] = set()


def test_into_others(db: Database, things: list[Thing], wait: Wait) -> None:
    text = 'select good, name, made, lasts, "key", level, meta from raw_thing where id = :id'
    thing = things[0]
    assert wait(db.sql(text, id=1).into(Card).one()) == Card(
        name=thing.name,
        made=thing.made,
        lasts=thing.lasts,
        good=True,
        key=thing.key,
        level=Level.HIGH,
        meta={"a": [1, None]},
    )
    slim = wait(db.sql("select id, made, lasts from raw_thing order by id").into(Slim).first())
    assert slim == {"id": 1, "made": thing.made, "lasts": thing.lasts}
    assert wait(db.sql("select id, good from raw_thing order by id").into(Point).all()) == [
        Point(1, True),
        Point(2, False),
        Point(3, True),
    ]
    assert wait(db.sql("select name from raw_thing where id = 2").into(Anything).one()).name == "?"
    assert wait(db.sql("select id from raw_thing where id = 9").into(dict).first()) is None


def test_targets_are_held_to_the_columns(db: Database, things: list[Thing]) -> None:
    for where in ("id > 0", "id > 99"):
        with pytest.raises(TypeError, match=r"Card.name is required.*did you mean 'nam'"):
            db.sql(f"select name as nam from raw_thing where {where}").into(Card).all().run()
        with pytest.raises(TypeError, match="a column 'day' and Point has no such field"):
            db.sql(f"select id, good, day from raw_thing where {where}").into(Point).all().run()
        with pytest.raises(TypeError, match="two columns 'id'"):
            db.sql(f"select id, id from raw_thing where {where}").into(dict).all().run()
    with pytest.raises(TypeError, match="into"):
        db.sql("select 1").into(int)
    assert db.sql("select count(*) from raw_thing").scalar().run() == 3  # it still works
    with pytest.raises((BadStoredValue, ValidationError)):
        db.sql("select name, good as made from raw_thing").into(
            type("Odd", (BaseModel,), {"__annotations__": {"name": int, "made": dt.datetime}})
        ).all().run()


def test_one_and_first(db: Database, things: list[Thing]) -> None:
    text = "select name from raw_thing where id >= :id order by id"
    assert db.sql(text, id=1).first().run() == ("it's",)
    assert db.sql(text, id=3).one().run().name == ":name $1"
    assert db.sql(text, id=9).first().run() is None
    with pytest.raises(NoResult):
        db.sql(text, id=9).one().run()
    with pytest.raises(MultipleResults):
        db.sql(text, id=1).one().run()


def test_streams(db: Database, things: list[Thing], wait: Wait) -> None:
    query = db.sql("select * from raw_thing order by id")
    assert [row.id for row in query.stream()] == [1, 2, 3]
    assert list(query.into(Thing).stream()) == things
    assert [[row["id"] for row in rows] for rows in query.into(dict).batches(2)] == [[1, 2], [3]]
    assert list(db.sql("select id, good from raw_thing where id > 9").into(Point).stream()) == []
    with pytest.raises(TypeError, match="no such field"):
        list(query.into(Point).batches(2))
    assert [thing.id for thing in Thing.where().order_by("id").tag("streamed").stream()] == [1, 2, 3]


def test_execute_gives_affected_rows(db: Database, things: list[Thing], wait: Wait) -> None:
    assert wait(db.execute("update raw_thing set name = :n where id > :id", n="x", id=1)) == 2
    assert wait(db.execute("update raw_thing set name = 'x' where id = 99")) == 0
    assert wait(db.execute("delete from raw_thing where id = $1", 3)) == 1
    assert wait(pyferro.execute("delete from raw_thing where id = ?", 2)) == 1
    assert wait(db.sql("select count(*) from raw_thing").scalar()) == 1


def test_ferro_call_shapes(db: Database, things: list[Thing], wait: Wait) -> None:
    assert wait(
        pyferro.fetch_all("select id, name from raw_thing where id > ? order by id", 1)
    ) == [{"id": 2, "name": "?"}, {"id": 3, "name": ":name $1"}]
    one = wait(pyferro.fetch_one("select made from raw_thing where id = $1", 1, using=db.name))
    assert one == {"made": things[0].made}
    assert (
        wait(pyferro.fetch_one("select 1 from raw_thing where id = :id", id=99, using=db)) is None
    )
    with pyferro.engines.session() as session:
        assert wait(
            pyferro.fetch_all("select id from raw_thing where id = 1", session=session)
        ) == [{"id": 1}]


def test_in_transactions(db: Database, things: list[Thing]) -> None:
    with pytest.raises(ZeroDivisionError), db.transaction() as tx:
        assert tx.execute("delete from raw_thing where id > :id", id=0).run() == 3
        assert tx.fetch_all("select id from raw_thing").run() == []
        assert tx.fetch_one("select count(*) as n from raw_thing").run() == {"n": 0}
        with pytest.raises(InterfaceError, match="a transaction is open"):
            db.execute("delete from raw_thing", autocommit=True).run()
        raise ZeroDivisionError
    assert db.sql("select count(*) from raw_thing").scalar().run() == 3
    assert db.execute("delete from raw_thing where id = 1", autocommit=True).run() == 1


def test_definitions(db: Database, create: Create) -> None:
    db.execute("create table raw_made (a int primary key)").run()
    try:
        assert db.execute("insert into raw_made values (:a)", a=7).run() == 1
        assert db.sql("select a from raw_made").scalars().run() == [7]
        with db.transaction():
            if db.dialect == "mysql":  # it would end the transaction
                with pytest.raises(UnsupportedFeature):
                    db.execute("drop table raw_made").run()
            assert db.sql("select a from raw_made").scalar().run() == 7
    finally:
        db.execute("drop table raw_made").run()


@pytest.mark.parametrize(
    "word", ["begin", "START TRANSACTION", "commit", "/* x */ Rollback", "savepoint s"]
)
def test_transactions_are_refused(db: Database, word: str) -> None:
    with pytest.raises(InterfaceError, match="whatever connection"):
        db.execute(word)


def test_what_is_said_wrong(db: Database) -> None:
    for call, match in (
        (lambda: db.sql("select :a", b=1), "lacks a value for :a"),
        (lambda: db.sql("select :a", a=1, b=2), "has no :b"),
        (lambda: db.sql("select :a"), "lacks a value for :a"),
        (lambda: db.sql("select $1"), r"lacks a value for \$1"),
        (lambda: db.sql("select ?, ?", 1), "places for 2 values, and 1 were given"),
        (lambda: db.sql("select $2", 1, 2), r"has no \$1"),
        (lambda: db.sql("select 1", 1), "places for 0 values"),
        (lambda: db.sql("select ?, :a", 1, a=2), "not both ways"),
        (lambda: db.sql("select ?1", 1), r"write \$1"),
        (lambda: db.sql("select $0", 1), r"from \$1"),
        (lambda: db.sql("select :a", a=object()), "has no place"),
        (lambda: db.sql("select :a", a=[]), "of no one type"),
        (lambda: db.sql("select :a", a=[1, "x"]), "of no one type"),
        (lambda: db.sql(b"select 1"), "is a str"),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError, match=match):
            call()
    for text in (
        "",
        " -- nothing\n",
        "select 'open",
        'select "open',
        "select /* open",
        "select \0",
    ):
        with pytest.raises(InterfaceError):
            db.sql(text)
    with pytest.raises(InterfaceError, match="65536 bytes"):
        db.sql("select '" + "x" * 70000 + "'")


def test_one_statement_at_a_time(db: Database, things: list[Thing]) -> None:
    with pytest.raises(pyferro.PyferroError):
        db.execute("delete from raw_thing where id = 1; drop table raw_thing").run()
    assert db.sql("select count(*) from raw_thing").scalar().run() >= 2


def test_arrays_and_json(db: Database, things: list[Thing]) -> None:
    ids = {"postgresql": "id = any(:ids)"}.get(
        db.dialect, "id in (select value from json_each(:ids))"
    )
    if "mysql" in db.dialect:
        ids = "id in (select v from json_table(:ids, '$[*]' columns (v bigint path '$')) as j)"
    query = "select id from raw_thing where " + ids + " order by id"
    assert db.sql(query, ids=[1, 3]).scalars().run() == [1, 3]
    assert db.sql(query, ids=literal([], list[int])).scalars().run() == []
    assert db.execute("update raw_thing set meta = :meta where id = 2", meta={"x": 1}).run() == 1
    assert Thing.get(2).run().meta == {"x": 1}


def test_expressions_and_tables(db: Database, things: list[Thing]) -> None:
    found = db.sql(
        "select :id from :t where :cond",
        id=Thing.id,
        t=Thing,
        cond=Thing.id.in_([2, 3]) & (Thing.name == "?"),
    )
    assert found.scalars().run() == [2]


def template(*parts: Any) -> Template:
    """A template of texts and values by turns, as t"…" makes it on Python 3.14."""
    if sys.version_info >= (3, 14):
        from string.templatelib import Interpolation

        return Template(
            *(one if i % 2 == 0 else Interpolation(one, "v") for i, one in enumerate(parts))
        )
    made = Template()
    made.strings = parts[::2]
    made.interpolations = tuple(
        SimpleNamespace(value=one, expression="v", conversion=None, format_spec="")
        for one in parts[1::2]
    )
    return made


def test_templates_by_hand(db: Database, things: list[Thing]) -> None:
    text = template(
        "select id from ", Thing, " where id > ", 1, " and ", Thing.name != "x", " order by id"
    )
    assert db.sql(text).scalars().run() == [2, 3]
    assert pyferro.fetch_all(template("select id from raw_thing where id = ", 2, "")).run() == [
        {"id": 2}
    ]
    assert (
        Thing.where(pyferro.sql(template("", Thing.id, " > ", 1, ""), type=bool)).count().run() == 2
    )
    for bad in (
        template("select '", 1, "'"),
        template('select "', 1, '"'),
        template("select 1 -- ", 1, ""),
        template("select 1 /* ", 1, " */"),
    ):
        with pytest.raises(TypeError, match="within a string"):
            db.sql(bad)
    with pytest.raises(TypeError, match="holds its values itself"):
        db.sql(template("select ", 1, ""), 1)
    with pytest.raises(TypeError, match="lacks a value for :a"):
        db.sql(template("select ", 1, ", :a"))
    with pytest.raises(InterfaceError):
        db.sql(template("select \0", 1, ""))


@pytest.mark.skipif(sys.version_info < (3, 14), reason="template strings came with 3.14")
def test_templates(db: Database, things: list[Thing]) -> None:
    scope: dict[str, Any] = {"db": db, "Thing": Thing, "v": 1, "pyferro": pyferro}
    run = lambda text: eval(text, scope)  # noqa: E731
    assert run("db.sql(t'select id from {Thing} where id > {v} order by id')").scalars().run() == [
        2,
        3,
    ]
    assert run(
        "pyferro.fetch_all(t'select id from raw_thing where {Thing.name == \"?\"}')"
    ).run() == [{"id": 2}]
    assert run("Thing.where(pyferro.sql(t'{Thing.id} > {v}', type=bool))").count().run() == 2
    for text, match in (
        ("db.sql(t\"select '{v}'\")", "within a string"),
        ("db.sql(t'select 1 -- {v}')", "within a string"),
        ("db.sql(t'select {v!r}')", "bound as a value"),
        ("db.sql(t'select {v:x}')", "bound as a value"),
        ("db.sql(t'select {v}', 1)", "holds its values itself"),
        ("db.sql(t'select {v} + :a')", "lacks a value for :a"),
    ):
        with pytest.raises(TypeError, match=match):
            run(text)
