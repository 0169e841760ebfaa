"""`load(…, strategy="json")` gives what the batched strategy gives, by one statement."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from conftest import Create, Waiting
from pydantic import AwareDatetime, BaseModel, SecretStr

import pyferro
from pyferro import PK, BackRef, Database, Field, Many, Model, Ref, select, transaction
from pyferro.instances.state import related

from .library import Book, Tag, Writer


def graph(rows: list[Any]) -> list[Any]:
    """The fields and loaded relations of instances; one that was seen before is its number."""
    seen: dict[int, int] = {}

    def of(one: Any) -> Any:
        if isinstance(one, list):
            return [of(each) for each in one]
        if one is None:
            return None
        if id(one) in seen:
            return seen[id(one)]
        seen[id(one)] = len(seen)
        loaded = {name: of(value) for name, value in sorted(related(one).items())}
        return type(one), one.__dict__.copy(), one.model_fields_set, loaded

    return [of(row) for row in rows]


LOADS: list[Callable[[], tuple[Any, ...]]] = [
    lambda: (Writer.books,),
    lambda: (Writer.books, Writer.edited),
    lambda: (Writer.books.load(Book.tags),),
    lambda: (Writer.books.load(Book.tags.load(Tag.books), Book.editor, Book.shelves),),
    lambda: (Writer.books.load(Book.editor.card), Writer.country),
    lambda: (Writer.mentor.books.load(Book.tags), Writer.pupils),
    lambda: (Writer.books.order_by(Book.pages.desc()).limit(2),),
    lambda: (Writer.books.where(Book.pages > 20).order_by(Book.title).limit(1).load(Book.tags),),
    lambda: (Writer.books.where(Book.editor.name == "Ada"),),
    lambda: (Writer.books.load(Book.tags.where(Tag.label != "math").order_by(Tag.label.desc())),),
    lambda: (Writer.books.load(Book.writer.books.load(Book.shelves)),),
]

QUERIES: list[Callable[[Any], Any]] = [
    lambda query: query.order_by(Writer.id),
    lambda query: query.where(Writer.name != "Grace").order_by(Writer.id),
    lambda query: query.where(Writer.country.name == "Britain").order_by(Writer.id),
    lambda query: query.order_by(Writer.name.desc()).limit(2).offset(1),
    lambda query: query.where(Writer.books.any(Book.pages > 100)).order_by(Writer.id).limit(1),
    lambda query: query.order_by(Writer.id).after((1,)),
    lambda query: query.order_by(Writer.id).limit(1).before((3,)),
    lambda query: query.where(Writer.id == 77),
]


@pytest.mark.parametrize("load", range(len(LOADS)))
def test_it_gives_what_batches_give(shelf: Database, load: int) -> None:
    wait = Waiting(load % 2 == 0)
    for query in QUERIES:
        wanted = graph(query(select(Writer)).load(*LOADS[load]()).all().run())
        one = query(select(Writer)).load(*LOADS[load](), strategy="json").all()
        with shelf.assert_queries(1):
            found = wait(one)
        assert graph(found) == wanted


def test_rows_that_come_twice_and_joins(shelf: Database) -> None:
    query = select(Writer).join(Book, Book.writer_id == Writer.id).order_by(Book.id)
    wanted = graph(query.load(Writer.books).all().run())
    found = query.load(Writer.books, strategy="json").all().run()
    assert len(found) == 5
    assert [books[3]["books"] for books in graph(found)] != []
    for one, other in zip(found, query.load(Writer.books).all().run(), strict=True):
        assert one == other
        assert one.books == other.books
    assert len(wanted) == 5


def test_what_it_is_not_for(shelf: Database) -> None:
    for query in (select(Writer).distinct(), select(Writer).for_update()):
        with pytest.raises(pyferro.UnsupportedFeature, match="leave the strategy out"):
            query.load(Writer.books, strategy="json").all().run()


def test_first_get_and_one(shelf: Database, wait: Any) -> None:
    query = select(Writer).load(Writer.books, strategy="json").order_by(Writer.id)
    first = wait(query.first())
    assert [book.title for book in first.books] == ["Notes", "Numbers", "Looms"]
    assert all(book.writer is first for book in first.books)
    assert [book.title for book in wait(query.get(2)).books] == ["Compilers", "Bugs"]
    assert wait(query.where(Writer.name == "Yuki").one()).books == []
    assert wait(query.where(Writer.name == "No").first()) is None


def test_beside_relations_that_are_batched(shelf: Database) -> None:
    query = Writer.order_by(Writer.id).load(Writer.books, strategy="json").load(Writer.edited)
    with shelf.assert_queries(2):
        found = query.all().run()
    wanted = Writer.order_by(Writer.id).load(Writer.books, Writer.edited).all().run()
    assert graph(found) == graph(wanted)
    with pytest.raises(ValueError, match="'batch' and 'json'"):
        Writer.load(Writer.books, strategy="lazy")  # type: ignore[arg-type]


def test_within_a_session_a_row_is_one_object(shelf: Database) -> None:
    with pyferro.engines.session():
        held = Book.get(1).run()
        [writer] = Writer.where(id=1).load(Writer.books, strategy="json").all().run()
        assert writer.books[0] is held


# Streams.


@pytest.mark.parametrize("strategy", ["batch", "json"])
@pytest.mark.parametrize("size", [1, 2, 3, 10])
async def test_streams_load_relations(shelf: Database, strategy: Any, size: int) -> None:
    query = Writer.order_by(Writer.id).load(
        Writer.books.load(Book.tags), Writer.mentor, strategy=strategy
    )
    wanted = await query.all()
    found = [batch async for batch in query.batches(size)]
    assert [len(batch) for batch in found] == [min(size, 3 - at) for at in range(0, 3, size)]
    rows = [row for batch in found for row in batch]
    assert rows == wanted
    assert [row.books for row in rows] == [row.books for row in wanted]
    assert [row.mentor for row in rows] == [row.mentor for row in wanted]
    tags = [[book.tags for book in row.books] for row in rows]
    assert tags == [[book.tags for book in row.books] for row in wanted]
    assert [row async for row in query.stream(size)] == wanted


def test_streams_load_relations_without_a_loop(shelf: Database) -> None:
    query = Writer.order_by(Writer.id).load(Writer.books)
    assert [len(row.books) for row in query.stream(2)] == [3, 2, 0]
    for row in query.stream(1):
        assert len(row.books) == 3
        break
    assert Writer.count().run() == 3


def test_a_stream_within_a_transaction_has_one_statement(shelf: Database) -> None:
    query = Writer.order_by(Writer.id)
    with transaction():
        with pytest.raises(pyferro.UnsupportedFeature, match="its connection"):
            list(query.load(Writer.books).stream())
        found = list(query.load(Writer.books, strategy="json").stream(2))
        assert [len(row.books) for row in found] == [3, 2, 0]
        assert next(iter(query.load(Writer.mentor).stream())).mentor is None


# Values.


class JsColor(enum.Enum):
    RED = "red"


class JsContent(BaseModel):
    price: Decimal
    when: datetime | None = None


class JsParent(Model):
    id: PK[int]
    kids: Many[JsKid] = BackRef()


class JsKid(Model):
    id: PK[int]
    parent: Ref[JsParent]
    truth: bool | None = None
    big: int | None = None
    small: int | None = Field(default=None, db_type="smallint")
    real: float | None = None
    exact: Decimal | None = Field(default=None, max_digits=40, decimal_places=10)
    text: str | None = None
    raw: bytes | None = None
    day: date | None = None
    at: time | None = None
    naive: datetime | None = None
    aware: AwareDatetime | None = None
    span: timedelta | None = None
    uuid: UUID | None = None
    doc: dict[str, Any] | None = None
    listed: list[Any] | None = None
    content: JsContent | None = None
    color: JsColor | None = None
    secret: SecretStr | None = None
    ints: list[int | None] | None = None
    reals: list[float] | None = None
    words: list[str | None] | None = None
    exacts: list[Decimal] | None = None
    moments: list[datetime | None] | None = None
    uuids: list[UUID] | None = None
    days: list[date] | None = None


VALUES: dict[str, list[Any]] = {
    "truth": [True, False],
    "big": [(1 << 63) - 1, -(1 << 63), 0, (1 << 53) + 1],
    "small": [-32768, 32767],
    "real": [-0.0, 0.1, 1e308, 5e-324, -1.0, 123456789.123456789, 1 / 3, 2.0**53 + 2],
    "exact": [Decimal("123456789012345678901234567890.0123456789"), Decimal("-0.5"), Decimal(0)],
    "text": ["", "é\"\\\n\t\x01", "null", "😀" * 5, "[1, 2]", "' or 1=1 --"],
    "raw": [b"", bytes(range(256)), b"\xff\x00"],
    "day": [date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29)],
    "at": [time(0), time(23, 59, 59, 999999), time(1, 2, 3)],
    "naive": [datetime(1000, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)],
    "aware": [datetime(2000, 1, 2, 3, 4, 5, 6, UTC), datetime(1000, 1, 1, tzinfo=UTC)],
    "span": [timedelta(0), timedelta(days=-1, microseconds=1), timedelta(days=30000, hours=5)],
    "uuid": [UUID(int=0), UUID(int=(1 << 128) - 1)],
    "doc": [{"a": [1, 2.5, None, "x", {"b": {}}], "é": True, "n": 12345678901234567}, {}],
    "listed": [[], ["a", {"b": [None]}, 0.1]],
    "content": [JsContent(price=Decimal("1.10")), JsContent(price=Decimal(3), when=datetime(2024, 1, 1))],
    "color": [JsColor.RED],
    "secret": [SecretStr("hidden")],
    "ints": [[], [1, None, -(1 << 63)]],
    "reals": [[0.1, 1e300, -0.0]],
    "words": [["", None, "a\"b\\,{}", "é"]],
    "exacts": [[Decimal("1.50"), Decimal("12345678901234567890.123")]],
    "moments": [[datetime(2024, 1, 1, 1, 1, 1, 5), None]],
    "uuids": [[UUID(int=5)]],
    "days": [[date(1, 1, 1)]],
}  # fmt: skip


def test_every_value_comes_back_as_it_was(create: Create, db: Database) -> None:
    create(JsParent, JsKid)
    parents = JsParent.bulk_create([JsParent() for _ in range(3)]).run()
    kids = [
        JsKid(parent_id=parents[i % 2].id, **{name: value})
        for name, values in VALUES.items()
        for i, value in enumerate([*values, None])
    ]
    JsKid.bulk_create(kids).run()
    query = JsParent.order_by(JsParent.id)
    wanted = query.load(JsParent.kids).all().run()
    found = query.load(JsParent.kids, strategy="json").all().run()
    for one, other in zip(found, wanted, strict=True):
        for kid, same in zip(one.kids, other.kids, strict=True):
            assert kid == same
            assert repr(kid) == repr(same)
    assert graph(found) == graph(wanted)
    assert sum(len(one.kids) for one in found) == len(kids)
    # Nested, documents are texts within texts.
    nested = JsKid.where(doc=None).order_by(JsKid.id).load(JsKid.parent.kids, strategy="json")
    plain = JsKid.where(doc=None).order_by(JsKid.id).load(JsKid.parent.kids)
    for kid, same in zip(nested.all().run(), plain.all().run(), strict=True):
        assert kid.parent.kids == same.parent.kids


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_numbers_that_json_has_not(create: Create, db: Database, value: float) -> None:
    if db.dialect == "mysql" or (math.isnan(value) and db.dialect == "sqlite"):
        pytest.skip("it has no such numbers")
    create(JsParent, JsKid)
    parent = JsParent.create().run()
    JsKid.bulk_create([JsKid(parent_id=parent.id, real=one) for one in (value, 1.5, None)]).run()
    [found] = JsParent.load(JsParent.kids, strategy="json").all().run()
    assert [repr(kid.real) for kid in found.kids] == [repr(value), "1.5", "None"]


def test_a_row_that_does_not_fit_is_refused_alike(create: Create, db: Database) -> None:
    create(JsParent, JsKid)
    parent = JsParent.create().run()
    JsKid.create(parent_id=parent.id, text="t").run()
    db.execute("update jskid set color = 'blue'").run()
    said = []
    for strategy in ("batch", "json"):
        with pytest.raises(ValueError, match="color") as caught:
            JsParent.load(JsParent.kids, strategy=strategy).all().run()  # type: ignore[arg-type]
        said.append((type(caught.value), str(caught.value)))
    assert said[0] == said[1]
