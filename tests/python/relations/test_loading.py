"""Related rows that are loaded along, and later."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

import pyferro
from pyferro import Database, NotLoaded, _native, select

from .library import Book, Shelf, Tag, Writer


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The plans that were started."""
    seen: list[bytes] = []
    start = Database.start

    def counting(self: Database, whole: bytes, *rest: Any) -> Any:
        seen.append(whole)
        return start(self, whole, *rest)

    monkeypatch.setattr(Database, "start", counting)
    return seen


def test_one_row_is_joined(shelf: Database, wait: Any, statements: list[bytes]) -> None:
    books = wait(Book.order_by(Book.id).load(Book.writer, Book.editor).all())
    assert len(statements) == 1
    assert [book.writer.name for book in books] == ["Ada", "Ada", "Ada", "Grace", "Grace"]
    assert [book.editor and book.editor.name for book in books] == [
        None,
        "Grace",
        "Ada",
        "Ada",
        None,
    ]
    assert books[0].writer is books[1].writer
    assert books[0] == Book.get(1).run()


def test_a_joined_row_becomes_one_instance(
    shelf: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[list[Any]] = []
    share = _native.share

    def seen(rows: list[Any], *rest: Any) -> None:
        made.append(list(rows))
        share(rows, *rest)

    monkeypatch.setattr(_native, "share", seen)
    Book.order_by(Book.id).load(Book.writer, Book.editor).all().run()
    writers, editors = made
    assert len(set(map(id, writers))) == 2
    assert [editor and editor.name for editor in editors] == [None, "Grace", "Ada", "Ada", None]
    assert editors[2] is editors[3]


def test_a_batch_has_joined_instances_of_its_own(shelf: Database) -> None:
    """Those of earlier ones are neither given again nor kept."""
    batches = iter(Book.order_by(Book.id).load(Book.writer).batches(2))
    first = next(batches)
    assert first[0].writer is first[1].writer
    gone = weakref.ref(first[0].writer)
    second = next(batches)
    assert [book.writer.name for book in second] == ["Ada", "Grace"]
    assert second[0].writer == first[0].writer
    assert second[0].writer is not first[0].writer
    del first
    gc.collect()
    assert gone() is None
    assert [book.writer.name for [book] in batches] == ["Grace"]


def test_many_rows_take_one_query_for_each_level(
    shelf: Database, wait: Any, statements: list[bytes]
) -> None:
    writers = wait(Writer.order_by(Writer.id).load(Writer.books.load(Book.tags)).all())
    assert len(statements) == 3
    assert [[book.title for book in writer.books] for writer in writers] == [
        ["Notes", "Numbers", "Looms"],
        ["Compilers", "Bugs"],
        [],
    ]
    numbers = writers[0].books[1]
    assert numbers.writer is writers[0]
    assert [tag.label for tag in numbers.tags] == ["math", "code"]
    assert writers[0].books[0].tags[0] is numbers.tags[0]


def test_which_rows_in_which_order_and_how_many(shelf: Database) -> None:
    top = Writer.books.where(Book.pages < 300).order_by(Book.pages.desc()).limit(2)
    writers = Writer.order_by(Writer.id).load(top).all().run()
    assert [[book.title for book in writer.books] for writer in writers] == [
        ["Notes", "Looms"],
        ["Bugs"],
        [],
    ]
    tags = Tag.order_by(Tag.id).load(Tag.books.order_by(Book.writer.name.desc(), Book.id).limit(2))
    assert [[book.id for book in tag.books] for tag in tags.all().run()] == [[1, 2], [4, 5], []]
    by_words = Writer.where(Writer.id == 1).load(Writer.books.where(title__startswith="N")).one()
    assert len(by_words.run().books) == 2


@pytest.mark.parametrize("strategy", ["batch", "json"])
def test_an_order_by_a_related_key_is_made_total(shelf: Database, strategy: Any) -> None:
    Writer.bulk_create([Writer(id=n, name="x", mentor_id=3) for n in (9, 8, 7)]).run()
    firsts = Writer.pupils.order_by(lambda pupil: pupil.card.id).limit(2)
    yuki = Writer.where(Writer.id == 3).load(firsts, strategy=strategy).one().run()
    assert [pupil.id for pupil in yuki.pupils] == [7, 8]


def test_relations_below_a_relation(shelf: Database, statements: list[bytes]) -> None:
    book = Book.where(Book.id == 4).load(Book.editor.country, Book.writer.mentor.card).one().run()
    assert len(statements) == 1
    assert book.editor.country.name == "Britain"
    assert (book.writer.mentor.name, book.writer.mentor.card.number) == ("Ada", "a-1")
    below = Book.where(Book.id == 4).load(Book.writer.books.load(Book.shelves)).first().run()
    assert below is not None
    assert [[shelf.room for shelf in book.shelves] for book in below.writer.books] == [["blue"], []]
    by_method = Book.where(Book.id == 4).load(Book.writer.load(Writer.books)).one().run()
    assert len(by_method.writer.books) == 2


def test_the_first_and_the_one_of_a_key(shelf: Database, wait: Any) -> None:
    found = wait(Book.order_by(Book.id).load(Book.tags).first())
    assert [tag.label for tag in found.tags] == ["math"]
    assert wait(Book.where(Book.id == 99).load(Book.tags).first()) is None
    assert wait(select(Book).load(Book.writer).get(2)).writer.name == "Ada"


def test_the_other_side_of_one_to_one_is_one_row(shelf: Database) -> None:
    writers = Writer.order_by(Writer.id).load(Writer.card).all().run()
    assert [writer.card and writer.card.number for writer in writers] == ["a-1", "g-2", None]


def test_instances_that_are_there(shelf: Database, wait: Any, statements: list[bytes]) -> None:
    books = Book.order_by(Book.id).all().run()
    with pytest.raises(NotLoaded, match=r"add \.load\(Book\.writer\)"):
        _ = books[0].writer
    del statements[:]
    wait(pyferro.fetch(books, Book.writer.country, Book.editor, Book.tags))
    assert len(statements) == 3
    assert books[0].writer is books[1].writer
    assert books[3].writer.country.name == "America"
    assert [len(book.tags) for book in books] == [1, 2, 0, 1, 1]
    assert books[0].editor is None
    assert books[3].editor.name == "Ada"
    wait(pyferro.fetch([], Book.writer))


def test_a_key_that_changes_forgets_its_row(shelf: Database) -> None:
    book = Book.where(Book.id == 1).load(Book.writer).one().run()
    book.writer_id = 2
    with pytest.raises(NotLoaded):
        _ = book.writer
    pyferro.fetch([book], Book.writer).run()
    assert book.writer.name == "Grace"


def test_what_was_loaded_is_no_part_of_the_value(shelf: Database) -> None:
    import copy
    import pickle

    loaded = Writer.load(Writer.books).order_by(Writer.id).all().run()[0]
    plain = Writer.get(1).run()
    assert loaded == plain
    assert loaded.model_dump() == plain.model_dump()
    assert repr(loaded) == repr(plain)
    for other in (copy.copy(loaded), loaded.model_copy(), pickle.loads(pickle.dumps(loaded))):
        assert other == loaded
        with pytest.raises(NotLoaded):
            _ = other.books


def test_loading_what_is_no_relation_says_so(shelf: Database) -> None:
    with pytest.raises(TypeError, match=r"takes relations such as Post\.author"):
        Book.where().load(Book.title)
    with pytest.raises(TypeError, match=r"takes its own relations, not Writer\.books"):
        Book.where().load(Writer.books)
    with pytest.raises(TypeError, match=r"names Writer\.books twice"):
        Writer.where().load(Writer.books.limit(1), Writer.books.limit(2))
    with pytest.raises(AttributeError, match=r"leads to many rows and has no column 'title'"):
        _ = Writer.books.title


def test_more_parents_than_one_statement_takes(
    shelf: Database, monkeypatch: pytest.MonkeyPatch, statements: list[bytes]
) -> None:
    from pyferro.relations import loading

    monkeypatch.setattr(loading, "_KEYS", 2)
    books = Book.order_by(Book.id).load(Book.tags).all().run()
    assert len(statements) == 4
    assert [len(book.tags) for book in books] == [1, 2, 0, 1, 1]


def test_rows_of_pairs_are_loaded_too(shelf: Database) -> None:
    shelves = Shelf.order_by(Shelf.id).all().run()
    assert len(shelves) == 2
    books = Book.load(Book.shelves).where(Book.shelves.any()).order_by(Book.id).all().run()
    assert [[one.room for one in book.shelves] for book in books] == [["red"], ["blue"]]
