"""Relations of an instance: given, assigned, added to and taken from."""

from __future__ import annotations

from typing import Any

import pytest

from pyferro import Database, NotLoaded, NotPersisted, UniqueViolationError

from .library import Book, Card, Placed, Shelf, Tag, Writer


def labels(book: Book) -> list[str]:
    query: Any = Book.tags.of(book)
    found: list[str] = query.select(Tag.label).order_by(Tag.id).all().run()
    return found


def test_a_row_is_made_with_its_related_one(shelf: Database) -> None:
    ada = Writer.get(1).run()
    book = Book.create(title="Letters", writer=ada).run()
    assert (book.writer_id, book.writer) == (1, ada)
    assert Book.get(book.id).run().writer_id == 1
    assert Book(title="x", writer=ada, editor=None).editor_id is None
    with pytest.raises(TypeError, match="takes writer or writer_id, not both"):
        Book(title="x", writer=ada, writer_id=1)
    with pytest.raises(TypeError, match=r"Book\.writer takes Writer, not Tag"):
        Book(title="x", writer=Tag(label="y"))


def test_an_assigned_row_gives_its_key(shelf: Database) -> None:
    book = Book.get(5).run()
    book.editor = Writer.get(3).run()
    assert book.editor_id == 3
    book.save().run()
    assert Book.get(5).run().editor_id == 3
    book.editor = None
    book.save().run()
    assert Book.get(5).run().editor_id is None
    with pytest.raises(TypeError, match=r"Book\.editor takes Writer, not int"):
        book.editor = 3


def test_pairs_are_added_and_removed(shelf: Database, wait: Any) -> None:
    book = Book.get(1).run()
    math, code, rare = Tag.order_by(Tag.id).all().run()
    wait(Book.tags.of(book).add(code, math, code))
    assert labels(book) == ["math", "code"]
    wait(Book.tags.of(book).add(Tag(label="new"), rare))
    assert labels(book) == ["math", "code", "rare", "new"]
    wait(Book.tags.of(book).remove(code, rare))
    assert labels(book) == ["math", "new"]
    wait(Book.tags.of(book).set([rare, math]))
    assert labels(book) == ["math", "rare"]
    wait(Book.tags.of(book).clear())
    assert labels(book) == []
    assert Tag.count().run() == 4
    assert Tag.books.of(code).count().run() == 3
    wait(Tag.books.of(rare).add(book))
    assert labels(book) == ["rare"]


def test_what_was_loaded_is_forgotten_when_pairs_change(shelf: Database) -> None:
    book = Book.where(Book.id == 1).load(Book.tags).one().run()
    assert len(book.tags) == 1
    Book.tags.of(book).clear().run()
    with pytest.raises(NotLoaded):
        _ = book.tags


def test_rows_that_lead_here_are_added_and_removed(shelf: Database, wait: Any) -> None:
    ada = Writer.get(1).run()
    bugs = Book.get(5).run()
    wait(Writer.edited.of(ada).add(bugs))
    assert (bugs.editor_id, bugs.editor) == (1, ada)
    assert Writer.edited.of(ada).count().run() == 3
    wait(Writer.edited.of(ada).remove(bugs))
    assert bugs.editor_id is None
    assert Book.get(5).run().editor_id is None
    wait(Writer.edited.of(ada).set([bugs]))
    assert [book.id for book in Writer.edited.of(ada).all().run()] == [5]
    wait(Writer.edited.of(ada).clear())
    assert Writer.edited.of(ada).exists().run() is False
    new = Book(title="New")
    wait(Writer.books.of(ada).add(new))
    assert Book.get(new.id).run().writer_id == 1
    with pytest.raises(TypeError, match=r"Book\.writer always leads to a row"):
        wait(Writer.books.of(ada).clear())


def test_the_rows_of_an_instance_are_a_query(shelf: Database) -> None:
    ada = Writer.get(1).run()
    query = Writer.books.of(ada).where(Book.pages > 50).order_by(Book.pages)
    assert [book.title for book in query.all().run()] == ["Looms", "Notes"]
    assert Writer.books.of(ada).load(Book.tags).order_by(Book.id).all().run()[1].tags[1].id == 2
    assert Book.shelves.of(Book.get(4).run()).one().run().room == "blue"
    with pytest.raises(NotPersisted):
        Writer.books.of(Writer(name="new"))


def test_pairs_with_columns_of_their_own(shelf: Database) -> None:
    book, red = Book.get(5).run(), Shelf.get(1).run()
    Placed.create(book=book, shelf=red, place=9).run()
    assert Book.shelves.of(book).one().run().room == "red"
    assert Placed.get((5, 1)).run().place == 9
    with pytest.raises(UniqueViolationError):
        Placed.create(book=book, shelf=red, place=1).run()


def test_a_failed_change_leaves_nothing(shelf: Database) -> None:
    book = Book.get(3).run()
    with pytest.raises(TypeError, match=r"Book\.tags takes Tag, not Writer"):
        Book.tags.of(book).add(Tag.get(1).run(), Writer.get(1).run()).run()
    assert labels(book) == []


def test_one_to_one_is_unique(shelf: Database) -> None:
    with pytest.raises(UniqueViolationError):
        Card.create(number="z", writer=Writer.get(1).run()).run()
