"""What native code does with a level of relations is what a loop over its rows would do."""

from __future__ import annotations

import gc
import random
import sys
import weakref
from operator import itemgetter
from typing import Any

import pytest

from pyferro import Database, _native
from pyferro.instances.state import related, remember
from pyferro.tables.table import table_of

from .library import Book, Writer


class Plain:
    """An instance that is no model's: its slot is reached by name."""

    __slots__ = ("__dict__", "__ferro_related__")

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


def made(kind: str, count: int, keys: int) -> list[Any]:
    rng = random.Random(count * keys)
    rows = [(i, f"n{rng.randrange(keys)}", rng.randrange(3)) for i in range(count)]
    if kind == "plain":
        return [Plain(id=i, title=title, pages=pages) for i, title, pages in rows]
    return [Book(id=i, title=title, pages=pages, writer_id=1) for i, title, pages in rows]


KINDS = pytest.mark.parametrize("kind", ["model", "plain"])
NAMES = pytest.mark.parametrize("names", [("title",), ("title", "pages")])


@KINDS
@NAMES
def test_keys_are_of_one_field_or_several(kind: str, names: tuple[str, ...]) -> None:
    rows = made(kind, 50, 7)
    assert _native.keys_of(rows, names) == [itemgetter(*names)(row.__dict__) for row in rows]
    assert _native.keys_of([], names) == []


@pytest.mark.parametrize("places", [(), (9,), [0], ("a",), (-1,), None])
def test_places_of_a_key_are_columns(shelf: Database, places: Any) -> None:
    table = table_of(Writer)
    one = table.row_plan() if places is not None else _native.INT64
    with pytest.raises((TypeError, OverflowError)):
        shelf.start(
            table.get_plan,
            table.key_types,
            (1,),
            _native.RESULT_ROWS,
            ((one, (0,) if places is None else places),),
            None,
        )


@KINDS
@NAMES
def test_the_first_of_each_key_is_shared(kind: str, names: tuple[str, ...]) -> None:
    rows: list[Any] = made(kind, 200, 9)
    rows[3] = rows[77] = None
    before = made(kind, 1, 9)
    key = itemgetter(*names)
    seen = {key(row.__dict__): row for row in before}
    known = dict(seen)
    expected = [row if row is None else known.setdefault(key(row.__dict__), row) for row in rows]
    _native.share(rows, names, seen)
    assert all(one is other for one, other in zip(rows, expected, strict=True))
    assert list(seen) == list(known)
    assert all(seen[one] is known[one] for one in known)


@KINDS
def test_values_are_remembered_but_of_none(kind: str) -> None:
    rows: list[Any] = made(kind, 5, 2)
    rows[2] = None
    first: list[Any] = [object() for _ in rows]
    second: list[Any] = [None, *first[1:]]
    _native.remember(rows, "a", first)
    _native.remember(rows, "b", second)
    _native.remember(rows, "a", second)
    for i in (0, 1, 3, 4):
        expected = {"a": second[i], "b": second[i]}
        slot = related(rows[i]) if kind == "model" else rows[i].__ferro_related__
        assert slot == expected


def test_both_ways_of_remembering_meet() -> None:
    (book,) = made("model", 1, 1)
    remember(book, "writer", 1)
    _native.remember([book], "editor", [2])
    remember(book, "editor", 3)
    assert related(book) == {"writer": 1, "editor": 3}


@KINDS
@NAMES
@pytest.mark.parametrize("back", [None, "parent"])
def test_rows_are_handed_out(kind: str, names: tuple[str, ...], back: str | None) -> None:
    rows, parents = made(kind, 100, 9), made(kind, 30, 15)
    found: dict[Any, list[Any]] = {}
    for half in (rows[:60], rows[60:]):
        _native.gather(_native.keys_of(half, names), half, found)
    key = itemgetter(*names)
    expected: dict[Any, list[Any]] = {}
    for row in rows:
        expected.setdefault(key(row.__dict__), []).append(row)
    assert list(found) == list(expected)
    assert all(list(map(id, found[one])) == list(map(id, expected[one])) for one in found)

    keys = _native.keys_of(parents, names)
    _native.hand_out(parents, keys, found, "many", True, back)
    _native.hand_out(parents, keys, found, "one", False, None)
    lists = [expected.get(key(parent.__dict__), []) for parent in parents]
    assert any(lists)
    assert not all(lists)
    for parent, wanted in zip(parents, lists, strict=True):
        kept = parent.__ferro_related__
        assert list(map(id, kept["many"])) == list(map(id, wanted))
        assert kept["many"] is not found.get(key(parent.__dict__))
        assert kept["one"] is (wanted[0] if wanted else None)
    last = {id(row): parent for parent, rows in zip(parents, lists, strict=True) for row in rows}
    for row in rows:
        slot = getattr(row, "__ferro_related__", {})
        assert slot.get("parent") is (None if back is None else last.get(id(row)))


def test_keys_that_hold_none_find_nothing() -> None:
    rows = [Plain(id=None), Plain(id=1)]
    _native.hand_out(rows, [None, 1], {1: [rows[0]]}, "one", False, None)
    assert [row.__ferro_related__ for row in rows] == [{"one": None}, {"one": rows[0]}]


class Broken:
    """A key that cannot be hashed, once it is asked."""

    def __hash__(self) -> int:
        raise RuntimeError("no hash")


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda row: _native.keys_of([row], ("missing",)), KeyError),
        (lambda row: _native.keys_of([3], ("id",)), AttributeError),
        (lambda row: _native.share([row, 3], ("id",), {}), AttributeError),
        (lambda row: _native.share([Plain(id=[])], ("id",), {}), TypeError),
        (lambda row: _native.remember([row], "a", []), ValueError),
        (lambda row: _native.remember([3], "a", [1]), AttributeError),
        (lambda row: _native.gather([Broken()], [row], {}), RuntimeError),
        (lambda row: _native.gather([1], [], {}), ValueError),
        (lambda row: _native.gather([1], [row], {1: ()}), TypeError),
        (lambda row: _native.hand_out([row], [Broken()], {}, "a", True, None), RuntimeError),
        (lambda row: _native.hand_out([row], [], {}, "a", True, None), ValueError),
        (lambda row: _native.hand_out([row], [1], {1: [3]}, "a", True, "b"), AttributeError),
    ],
)
def test_what_cannot_be_done_is_an_error(call: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        call(made("model", 1, 1)[0])


class Shrinking:
    """A key that empties a list when it is compared."""

    def __init__(self, rows: list[Any]) -> None:
        self.rows = rows

    def __hash__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        self.rows.clear()
        return False


def test_lists_that_change_meanwhile_are_read_no_further() -> None:
    rows: list[Any] = []
    rows += [Plain(id=Shrinking(rows)) for _ in range(5)]
    _native.share(rows, ("id",), {Shrinking(rows): Plain()})
    assert rows == []
    keys: list[Any] = []
    keys += [Shrinking(keys) for _ in range(5)]
    _native.gather(keys, made("model", 5, 5), {})
    assert keys == []


@pytest.mark.usefixtures("quick_collections")
def test_nothing_is_kept_and_cycles_are_collected(shelf: Database) -> None:
    def counts() -> list[int]:
        return [sys.getrefcount(one) for one in (None, "books", "writer", Writer, Book)]

    def load() -> list[weakref.ref[Any]]:
        writers = Writer.load(Writer.books.load(Book.tags)).all().run()
        books = Book.load(Book.writer, Book.editor).all().run()
        assert writers[0].books[0].writer is writers[0]
        return [weakref.ref(one) for one in (*writers, *writers[0].books, *books)]

    load()
    gc.collect()
    before = counts()
    for _ in range(50):
        alive = load()
        gc.collect()
        assert [one() for one in alive] == [None] * len(alive)
    assert all(abs(now - then) < 40 for now, then in zip(counts(), before, strict=True))
