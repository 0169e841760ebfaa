"""Lists of scalars are arrays with one meaning everywhere: PostgreSQL's own or JSON text."""

from __future__ import annotations

import enum
import gc
import math
import sqlite3
import struct
import weakref
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from conftest import Create, Waiting
from pydantic import AfterValidator, AwareDatetime, BaseModel, ValidationError

import pyferro
from pyferro import PK, Database, Field, Model, _native
from pyferro.errors import BadStoredValue, InvalidText, OutOfRange, PlanError
from pyferro.types.kinds import NAMES, kind_of


class Color(enum.Enum):
    RED = "red"


class Inner(BaseModel):
    x: int


class Lists(Model, table="arrays_lists"):
    id: PK[int]
    ints: list[int | None] | None = None
    reals: list[float | None] | None = None
    truths: list[bool | None] | None = None
    texts: list[str | None] | None = None
    exacts: list[Decimal | None] | None = None
    days: list[date | None] | None = None
    clocks: list[time | None] | None = None
    naives: list[datetime | None] | None = None
    awares: list[AwareDatetime | None] | None = None
    spans: list[timedelta | None] | None = None
    refs: list[UUID | None] | None = None


class Plain(Model, table="arrays_plain"):
    id: PK[int]
    numbers: list[int]
    words: list[str] = []


PARIS = timezone(timedelta(hours=2))

VALUES: dict[str, list[Any]] = {
    "ints": [0, 1, -1, 2**53 + 1, 2**63 - 1, -(2**63)],
    "reals": [0.0, -0.0, 1.0, -1.5, 0.1, 1e300, 5e-324, 1.7976931348623157e308, 1e22, 123456789.0],
    "truths": [True, False],
    "texts": [
        "",
        "plain",
        "NULL",
        "null",
        "Füße 漢字 🦊",
        'it\'s \\ "quoted" {a,b} [1,2] %_',
        "a\nb\t\r\b\f\x01\x1f\x7f",
        "trailing  ",
        "\u2028 \ufeff é",
    ],
    "exacts": [
        Decimal("0"),
        Decimal("-1.50"),
        Decimal("12345678901234567890123456789012345678.123456789"),
        Decimal("0.000001"),
    ],
    "days": [date(1, 1, 1), date(1970, 1, 1), date(2024, 2, 29), date(9999, 12, 31)],
    "clocks": [time(0), time(23, 59, 59, 999999), time(12, 30, 0, 1)],
    "naives": [
        datetime(1, 1, 1),
        datetime(1969, 12, 31, 23, 59, 59, 999999),
        datetime(9999, 12, 31, 23, 59, 59, 999999),
    ],
    "awares": [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(2024, 3, 31, 2, 30, 0, 5, tzinfo=PARIS),
    ],
    "spans": [timedelta(0), timedelta(days=-1, microseconds=1), timedelta(days=400, seconds=5)],
    "refs": [UUID(int=0), UUID("12345678-1234-5678-9234-567812345678"), UUID(int=2**128 - 1)],
}
CASES = [
    (name, items)
    for name, values in VALUES.items()
    for items in ([], [None], values, [None, *values, None], *([value] for value in values))
]
COMPARABLE = [name for name in VALUES if name not in ("reals", "exacts")]


def exactly(items: list[Any] | None) -> Any:
    """What equality passes over: types, the sign of zero, the scale of a decimal, a time zone."""
    if items is None:
        return None

    def one(item: Any) -> Any:
        if isinstance(item, float):
            return struct.pack("d", item)
        if isinstance(item, Decimal):
            return item.as_tuple()
        if isinstance(item, datetime) and item.tzinfo is not None:
            return item.astimezone(UTC)
        return item

    return [(type(item), one(item)) for item in items]


@pytest.fixture
def tables(create: Create) -> None:
    create(Lists, Plain)


@pytest.mark.usefixtures("tables")
def test_every_array_comes_back(wait: Waiting) -> None:
    # In bulk, and more of them than one statement takes on any database but PostgreSQL.
    rows = [Lists.model_validate({name: items}) for name, items in CASES]
    wait(Lists.bulk_create(rows))
    loaded = {row.id: row for row in wait(Lists.all())}
    for (name, items), row in zip(CASES, rows, strict=True):
        back = getattr(loaded[row.id], name)
        assert (name, exactly(back)) == (name, exactly(items))
        assert loaded[row.id] == row
    for row in loaded.values():
        assert sum(getattr(row, name) is not None for name in VALUES) == 1


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("name", list(VALUES))
def test_an_array_is_stored_found_changed_and_selected(name: str, wait: Waiting) -> None:
    items = [*VALUES[name], None]
    made = wait(Lists.create(**{name: items}))
    assert exactly(getattr(wait(Lists.get(made.id)), name)) == exactly(items)
    assert [exactly(one) for one in wait(Lists.select(name).all())] == [exactly(items)]
    assert wait(Lists.where(**{f"{name}__isnull": False}).count()) == 1
    assert wait(Lists.select().update(**{name: None})) == 1
    assert wait(Lists.where(**{name: None}).count()) == 1
    assert wait(Lists.select().update(**{name: ()})) == 1
    assert getattr(wait(Lists.get(made.id)), name) == []
    made = wait(Lists.get(made.id))
    setattr(made, name, items)
    wait(made.save())
    assert exactly(getattr(wait(Lists.get(made.id)), name)) == exactly(items)


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("name", COMPARABLE)
def test_arrays_are_equal_element_by_element(name: str, wait: Waiting) -> None:
    values = VALUES[name]
    arrays: list[list[Any]] = [[], [None], values, [*values, None], [None, *values], values[::-1]]
    wait(Lists.bulk_create([Lists(**{name: items}) for items in [*arrays, None]]))
    column = getattr(Lists, name)
    for items in arrays:
        assert wait(Lists.where(**{name: items}).select(name).all()) == [items]
        assert wait(Lists.where(column != items).count()) == len(arrays) - 1
        assert wait(Lists.where(~(column == items)).count()) == len(arrays) - 1
    assert wait(Lists.where(column == values[:1]).count()) == 0
    assert wait(Lists.where(column == column).count()) == len(arrays)


@pytest.mark.usefixtures("tables")
def test_equality_of_texts_passes_over_nothing(wait: Waiting) -> None:
    near = [["a"], ["A"], ["a "], ["á"], ["a\u0301"], ["á"], ["a", ""], ['a","'], ["ss"], ["ß"]]
    wait(Lists.bulk_create([Lists(texts=items) for items in near]))
    for items in near:
        assert wait(Lists.where(texts=items).count()) == near.count(items)


@pytest.mark.usefixtures("tables")
def test_many_rows_keep_their_order_and_their_keys(wait: Waiting) -> None:
    rows = [Plain(numbers=list(range(i % 5)), words=[str(i)]) for i in range(2_300)]
    wait(Plain.bulk_create(rows))
    assert [row.id for row in rows] == sorted(row.id for row in rows)
    loaded = wait(Plain.select().order_by("id").all())
    assert [(r.id, r.numbers, r.words) for r in loaded] == [
        (r.id, r.numbers, r.words) for r in rows
    ]
    wait(Plain.bulk_create([Plain(id=10_000_000 - i, numbers=[i]) for i in range(1_200)]))
    assert wait(Plain.get(10_000_000 - 1_199)).numbers == [1_199]


@pytest.mark.usefixtures("tables")
def test_a_long_array_and_a_long_text(wait: Waiting) -> None:
    made = wait(Plain.create(numbers=list(range(-50_000, 50_000)), words=["x" * 100_000, "🦊" * 9]))
    assert wait(Plain.get(made.id)) == made


@pytest.mark.usefixtures("tables")
def test_what_is_stored_is_what_the_list_was_when_asked(wait: Waiting) -> None:
    made = wait(Plain.create(numbers=[0]))
    numbers = [1]
    op = Plain.where(id=made.id).update(numbers=numbers)
    numbers.append(2)
    wait(op)
    assert wait(Plain.select("numbers").all()) == [[1]]


@pytest.mark.usefixtures("tables")
def test_a_null_among_what_may_not_be_null_is_a_validation_error(wait: Waiting) -> None:
    made = wait(Plain.create(numbers=[1]))
    wait(Plain.select().update(numbers=[1, None]))
    with pytest.raises(ValidationError) as caught:
        wait(Plain.get(made.id))
    [error] = caught.value.errors()
    assert (error["type"], error["loc"]) == ("int_type", ("numbers", 1))


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"ints": [1, 2**63]}, OutOfRange),
        ({"ints": ["1"]}, TypeError),
        ({"ints": [[1]]}, TypeError),
        ({"ints": 1}, TypeError),
        ({"ints": {1, 2}}, TypeError),
        ({"ints": "12"}, TypeError),
        ({"truths": [1]}, TypeError),
        ({"texts": ["a\0b"]}, InvalidText),
        ({"texts": ["\ud800"]}, InvalidText),
        ({"exacts": [Decimal("NaN")]}, OutOfRange),
        ({"exacts": [1.5]}, TypeError),
        ({"naives": [datetime(2024, 1, 1, tzinfo=UTC)]}, TypeError),
        ({"awares": [datetime(2024, 1, 1)]}, TypeError),
        ({"refs": ["12345678-1234-5678-9234-567812345678"]}, TypeError),
    ],
    ids=str,
)
def test_an_element_that_does_not_fit_is_refused(values: dict[str, Any], error: Any) -> None:
    with pytest.raises(error) as caught:
        Lists.select().update(**values).run()
    assert next(iter(values)) in str(caught.value) + str(getattr(caught.value, "column", ""))
    with pytest.raises(error):
        Lists.bulk_create([Lists.model_construct(id=None, **values)]).run()


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_lacks_are_kept_or_refused(
    number: float, kind: str, wait: Waiting
) -> None:
    if kind == "postgresql":
        made = wait(Lists.create(reals=[1.0, number]))
        assert exactly(wait(Lists.get(made.id)).reals) == exactly([1.0, number])
        return
    rows = [Lists(reals=[1.0, number])]
    for op in (Lists.create(reals=[1.0, number]), Lists.bulk_create(rows)):
        with pytest.raises(OutOfRange, match="element 2") as caught:
            wait(op)
        assert "NULL" in (caught.value.hint or "")
    assert wait(Lists.select().count()) == 0


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(
    "condition",
    [
        lambda: Lists.ints < [1],
        lambda: Lists.ints >= Lists.ints,
        lambda: Lists.ints.in_([1]),
        lambda: Lists.ints.not_in([[1]]),
        lambda: Lists.ints << [1],
        lambda: Lists.ints.between([1], [2]),
        lambda: Lists.texts.like("a%"),
        lambda: Lists.ints + 1,
        lambda: Lists.ints == [1.5],
    ],
)
def test_other_conditions_are_refused(condition: Any) -> None:
    with pytest.raises(TypeError):
        condition()


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(
    "query",
    [
        lambda: Lists.where(reals=[1.0]),
        lambda: Lists.where(Lists.exacts != [Decimal(1)]),
        lambda: Lists.where(Lists.ints == Lists.texts),
        lambda: Lists.select().order_by("ints"),
    ],
)
def test_queries_that_databases_would_answer_differently_are_refused(query: Any) -> None:
    with pytest.raises(PlanError) as caught:
        query().all().run()
    assert caught.value.hint


def test_which_lists_are_arrays() -> None:
    class Kinds(Model, table="arrays_kinds"):
        id: PK[int]
        ints: list[int]
        optional: list[int | None] | None = None
        constrained: list[Annotated[str, Field(max_length=3)]]
        validated: list[Annotated[int, AfterValidator(abs)]]
        aware: list[AwareDatetime]
        bare: list
        anything: list[Any]
        nested: list[list[int]]
        models: list[Inner]
        dicts: list[dict[str, int]]
        either: list[int | str]
        colors: list[Color]
        words: list[Literal["a", "b"]]
        asked: list[int] = Field(db_type="jsonb")
        raw: list[bytes] = Field(db_type="json")

    types = {name: NAMES[column.type] for name, column in Kinds.__ferro_info__.columns.items()}
    assert types == {
        "id": "int64",
        "ints": "int64-array",
        "optional": "int64-array",
        "constrained": "text-array",
        "validated": "int64-array",
        "aware": "timestamptz-array",
        **dict.fromkeys(
            ("bare", "anything", "nested", "models", "dicts", "either", "colors", "words"), "json"
        ),
        "asked": "json",
        "raw": "json",
    }


def test_what_no_array_can_be_is_refused_with_advice() -> None:
    with pytest.raises(TypeError, match=r"no arrays of bytes[^$]*db_type='json'"):

        class Bytes(Model):
            id: PK[int]
            parts: list[bytes]

    for marker in ({"primary_key": True}, {"unique": True}, {"index": True}):
        with pytest.raises(TypeError, match="no part of a key"):

            class Indexed(Model):
                id: int
                tags: list[str] = Field(**marker)  # type: ignore[arg-type]

    with pytest.raises(TypeError, match="no part of a key"):

        class Together(Model):
            __ferro_composite_uniques__ = (("name", "tags"),)
            id: PK[int]
            name: str
            tags: list[str]

    with pytest.raises(TypeError, match="does not fit an annotation of int64-array"):

        class Other(Model):
            id: PK[int]
            tags: list[int] = Field(db_type="bigint")


@pytest.fixture
def by_hand(tmp_path: Path) -> Any:
    """A table of SQLite, and how others write into it."""
    path = tmp_path / "hand.db"
    pyferro.reset_engine()
    database: Database = pyferro.connect(f"sqlite:///{path}").run()
    database.create_tables(Lists).run()

    def write(column: str, text: Any) -> None:
        with sqlite3.connect(path) as other:
            other.execute("DELETE FROM arrays_lists")
            other.execute(f"INSERT INTO arrays_lists (id, {column}) VALUES (1, ?)", (text,))

    yield write
    pyferro.reset_engine()


@pytest.mark.parametrize(
    ("column", "text", "items"),
    [
        ("ints", " [ 1 , null,\n-2 ] ", [1, None, -2]),
        ("reals", "[1, 2.50, 1E3]", [1.0, 2.5, 1000.0]),
        ("texts", '["\\u00e9\\ud83e\\udd8a\\/"]', ["é🦊/"]),
        ("awares", '["2024-06-01T12:00:00+02:00"]', [datetime(2024, 6, 1, 10, tzinfo=UTC)]),
    ],
)
def test_what_others_wrote_is_read_and_found(
    by_hand: Any, column: str, text: str, items: list[Any]
) -> None:
    by_hand(column, text)
    assert getattr(Lists.get(1).run(), column) == items
    if column == "ints":
        assert Lists.where(ints=items).count().run() == 1


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("ints", '[1,"x"]'),
        ("ints", "[1.5]"),
        ("ints", "[[1]]"),
        ("ints", '{"a":1}'),
        ("ints", "1"),
        ("ints", 1),
        ("ints", b"[1]"),
        ("ints", "[1"),
        ("texts", '["\\ud800"]'),
        ("days", '["2024-02-30"]'),
        ("exacts", "[1.5]"),
    ],
)
def test_what_is_no_array_is_a_bad_stored_value(by_hand: Any, column: str, text: Any) -> None:
    by_hand(column, text)
    with pytest.raises(BadStoredValue) as caught:
        Lists.get(1).run()
    assert caught.value.column == column
    assert "-array" in str(caught.value)
    assert "2024-02-30" not in str(caught.value)
    # It is equal to nothing, and other columns and rows can be read.
    if column == "ints":
        assert Lists.where(ints=[1]).count().run() == (1 if text == b"[1]" else 0)
    assert Lists.select("id").all().run() == [1]


def test_a_loaded_list_takes_part_in_garbage_collection() -> None:
    pyferro.reset_engine()
    pyferro.connect("sqlite::memory:").run().create_tables(Plain).run()
    Plain.create(numbers=[1], words=["a"]).run()
    loaded = Plain.get(1).run()
    assert gc.is_tracked(loaded)
    loaded.numbers.append(loaded)  # type: ignore[arg-type]
    gone = weakref.ref(loaded)
    del loaded
    gc.collect()
    assert gone() is None
    pyferro.reset_engine()


@pytest.mark.parametrize(
    "annotation", [dict[str, int] | list[int], list[int] | list[str] | None, list[int] | dict]
)
def test_a_list_beside_something_else_is_json(annotation: Any) -> None:
    assert kind_of(annotation, []).type == _native.JSON
