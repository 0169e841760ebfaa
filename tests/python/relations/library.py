"""Models with every kind of relation, and a small library of them."""

from __future__ import annotations

from typing import Any

from pyferro import PK, BackRef, Field, Many, ManyToMany, Model, OptRef, Ref


class Country(Model, table="rel_country"):
    code: str = Field(primary_key=True, max_length=2)
    name: str


class Writer(Model, table="rel_writer"):
    id: PK[int]
    name: str
    country: OptRef[Country] = None
    mentor: OptRef[Writer] = Field(related_name="pupils")
    pupils: Many[Writer] = BackRef()
    books: Many[Book] = BackRef("writer")
    edited: Many[Book] = BackRef("editor")
    card: OptRef[Card] = BackRef()


class Card(Model, table="rel_card"):
    id: PK[int]
    number: str
    writer: Ref[Writer] = Field(unique=True)


class Book(Model, table="rel_book"):
    id: PK[int]
    title: str
    pages: int = 0
    writer: Ref[Writer]
    editor: OptRef[Writer] = None
    tags: Many[Tag] = ManyToMany(through="rel_book_tag")
    shelves: Many[Shelf] = Field(through="Placed")


class Tag(Model, table="rel_tag"):
    id: PK[int]
    label: str
    books: Many[Book] = BackRef()


class Shelf(Model, table="rel_shelf"):
    id: PK[int]
    room: str


class Placed(Model, table="rel_placed"):
    """Pairs with a column of their own."""

    book: Ref[Book] = Field(primary_key=True)
    shelf: Ref[Shelf] = Field(primary_key=True)
    place: int = 0


MODELS = (Country, Writer, Card, Book, Tag, Shelf, Placed)


def all_models() -> tuple[type[Any], ...]:
    """With the table of pairs that is made for them."""
    return (*MODELS, Book.tags._relation.link)


def fill() -> None:
    """Three writers, five books."""
    Country.bulk_create(
        [Country(code="UK", name="Britain"), Country(code="US", name="America")]
    ).run()
    Writer.bulk_create(
        [
            Writer(name="Ada", country_id="UK"),
            Writer(name="Grace", country_id="US", mentor_id=1),
            Writer(name="Yuki", mentor_id=2),
        ]
    ).run()
    Card.bulk_create([Card(number="a-1", writer_id=1), Card(number="g-2", writer_id=2)]).run()
    Book.bulk_create(
        [
            Book(title="Notes", pages=120, writer_id=1),
            Book(title="Numbers", pages=30, writer_id=1, editor_id=2),
            Book(title="Looms", pages=90, writer_id=1, editor_id=1),
            Book(title="Compilers", pages=300, writer_id=2, editor_id=1),
            Book(title="Bugs", pages=10, writer_id=2),
        ]
    ).run()
    Tag.bulk_create([Tag(label="math"), Tag(label="code"), Tag(label="rare")]).run()
    link = Book.tags._relation.link
    link.bulk_create(
        [link(book_id=b, tag_id=t) for b, t in ((1, 1), (2, 1), (2, 2), (4, 2), (5, 2))]
    ).run()
    Shelf.bulk_create([Shelf(room="red"), Shelf(room="blue")]).run()
    Placed.bulk_create(
        [Placed(book_id=1, shelf_id=1, place=7), Placed(book_id=4, shelf_id=2, place=3)]
    ).run()
