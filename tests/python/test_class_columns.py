"""Columns as attributes of a model's class, with the shortcut that finds them and without it."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from pyferro import PK, BackRef, Many, Model, Ref, _native
from pyferro._native import Column


class Shelf(Model, table="class_columns_shelf"):
    id: PK[int]
    name: str = ""
    count: int = 0  # a method of Model goes before it
    register: int = 0  # a method of the metaclass goes before it
    books: Many[Book] = BackRef()


class Book(Model, table="class_columns_book"):
    id: PK[int]
    title: str = ""
    shelf: Ref[Shelf]


@pytest.fixture(params=["shortcut", "without"], autouse=True)
def shortcut(request: pytest.FixtureRequest) -> Iterator[bool]:
    before = _native.shortcuts()
    with_it = request.param == "shortcut"
    _native.shortcuts(before if with_it else before - {"class_columns"})
    yield with_it
    _native.shortcuts(before)


def test_a_field_is_a_column_of_the_class() -> None:
    assert isinstance(Shelf.name, Column) and Shelf.name is Shelf.__ferro_info__.columns["name"]
    assert isinstance(Book.shelf_id, Column)
    assert Shelf(name="a").name == "a"


def test_attributes_go_before_columns() -> None:
    assert not isinstance(Shelf.count, Column) and callable(Shelf.count)
    assert not isinstance(Shelf.register, Column) and callable(Shelf.register)
    assert "count" in Shelf.__ferro_info__.columns and "register" in Shelf.__ferro_info__.columns
    assert not isinstance(Book.shelf, Column)  # a path


def test_an_attribute_that_comes_later_goes_before_the_column_too() -> None:
    type.__setattr__(Shelf, "name", "said")
    try:
        assert Shelf.name == "said"
    finally:
        type.__delattr__(Shelf, "name")
    assert isinstance(Shelf.name, Column)


def test_what_is_missing_is_told() -> None:
    with pytest.raises(AttributeError, match="did you mean 'name'"):
        _ = Shelf.nmae
    with pytest.raises(AttributeError):
        _ = Shelf.__nothing__
    assert not hasattr(Shelf, "_nothing")


def test_a_subclass_takes_no_column_for_a_default() -> None:
    class Labeled(Shelf, table="class_columns_labeled"):
        name: str
        label: str = "x"

    assert Labeled.name is not Shelf.name and Labeled.name.table == "class_columns_labeled"
    assert Labeled.model_fields["name"].is_required()
    assert Labeled(name="a").label == "x"


def test_a_class_is_made_on_one_thread_and_columns_are_read_on_another() -> None:
    """None is ever missing."""
    done, wrong = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            if not isinstance(Shelf.name, Column):
                wrong.append(Shelf.name)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(20):

        class Made(Shelf, table=f"class_columns_made_{number}"):
            name: str

        assert Made.model_fields["name"].is_required()
    done.set()
    reader.join()
    assert not wrong


def test_a_class_is_collected() -> None:
    def make() -> weakref.ref[Any]:
        class Gone(Model, table=False):
            id: int

        with pytest.raises(AttributeError):
            _ = Gone.id
        return weakref.ref(Gone)

    found = make()
    gc.collect()
    assert found() is None


def test_the_key_of_an_order_is_kept() -> None:
    first, again = (Shelf.where().order_by(Shelf.name.desc(), Shelf.id)._order for _ in range(2))
    assert first[0] is again[0] and first[1] is again[1]
    assert first[0].descending and not first[1].descending
    other = Shelf.where().order_by(Shelf.name.desc().nulls_first())._order
    assert other[0] is not first[0]
