"""Blocks that fail when the database is asked too often."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from conftest import Create

from pyferro import PK, Database, ForeignKey, Model, NotLoaded

from .library import Book


def test_statements_are_counted(shelf: Database, wait: Any) -> None:
    with shelf.assert_queries(2) as seen:
        wait(Book.load(Book.writer, Book.tags).all())
    assert [event.operation for event in seen] == ["SELECT", "SELECT"]
    with shelf.assert_queries(max=3):
        wait(Book.count())
    said = r"1 statements were wanted, and 2 were sent:\n  1\. SEL"
    with pytest.raises(AssertionError, match=said), shelf.assert_queries(1):
        wait(Book.load(Book.tags).all())
    with pytest.raises(ZeroDivisionError), shelf.assert_queries(5):
        _ = 1 / 0
    with pytest.raises(TypeError, match="takes a number of statements"):
        shelf.assert_queries().__enter__()


def test_rows_are_not_asked_for_one_by_one(create: Create, db: Database, wait: Any) -> None:
    class Owner(Model, table="gua_owner"):
        id: PK[int]

    class Pet(Model, table="gua_pet"):
        id: PK[int]
        owner: Annotated[Owner, ForeignKey(related_name=None)]

    create(Owner, Pet)
    owner = wait(Owner.create())
    pet = wait(Pet.get(wait(Pet.create(owner=owner)).id))
    assert wait(pet.owner) == owner
    with db.no_lazy():
        with pytest.raises(NotLoaded):
            _ = pet.owner
        assert wait(Pet.load(Pet.owner).one()).owner == owner
