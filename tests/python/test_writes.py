"""Inserting, saving, changing and deleting rows."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Create, Waiting
from pydantic import ValidationError

from pyferro import (
    PK,
    Field,
    Model,
    ModelDoesNotExist,
    NotNullViolationError,
    NotPersisted,
    Op,
    UniqueViolationError,
    transaction,
)


class Item(Model, table="writes_item"):
    id: PK[int]
    name: str = Field(max_length=60, unique=True)
    price: int = 0
    note: str | None = None


class Code(Model, table="writes_code"):
    code: str = Field(primary_key=True, max_length=10)
    label: str
    rank: int = 0


class Seat(Model, table="writes_seat"):
    row: int = Field(primary_key=True)
    place: int = Field(primary_key=True)
    guest: str | None = None


class GivenItem(Model, table="writes_item"):
    """The rows of Item, by a model that says nothing of their being numbered."""

    id: int | None = Field(default=None, primary_key=True, autoincrement=False)
    name: str
    price: int = 0
    note: str | None = None


class OpenSeat(Model, table="writes_seat"):
    """The rows of Seat, with a key that may be left open."""

    row: int | None = Field(default=None, primary_key=True)
    place: int | None = Field(default=None, primary_key=True)
    guest: str | None = None


@pytest.fixture(autouse=True)
def tables(create: Create) -> None:
    create(Item, Code, Seat)


def test_create_gives_the_key(wait: Waiting) -> None:
    first = wait(Item.create(name="a"))
    second = wait(Item.create(name="b", price=3))
    assert first.id is not None
    assert second.id != first.id
    assert wait(Item.get(second.id)) == second


def test_create_validates_before_it_inserts() -> None:
    with pytest.raises(ValidationError):
        Item.create(name="x", price="dear")
    assert Item.count().run() == 0


def test_create_with_a_given_key_uses_it(wait: Waiting) -> None:
    assert wait(Item.create(id=77, name="a")).id == 77
    assert wait(Item.get(77)).name == "a"


def test_zero_is_a_key_as_any_other(wait: Waiting) -> None:
    """MySQL would number the row instead, unless its session says otherwise."""
    assert wait(Item.create(id=0, name="none")).id == 0
    assert wait(Item.get(0)).name == "none"
    wait(Item.where(Item.id == 0).delete())
    made = wait(Item.bulk_create([Item(id=3, name="c"), Item(id=0, name="a"), Item(id=-1, name="b")]))
    assert [one.id for one in made] == [3, 0, -1]
    assert {one.id: one.name for one in Item.select().all().run()} == {3: "c", 0: "a", -1: "b"}
    again = Item.get(0).run()
    again.name = "d"
    wait(again.save())
    assert Item.get(0).run().name == "d"


def test_bulk_create_returns_keys_in_order(wait: Waiting) -> None:
    made = wait(Item.bulk_create([Item(name=f"n{i}", price=i) for i in range(2500)]))
    keys = [item.id for item in made]
    assert None not in keys
    stored = dict(Item.select(Item.name, Item.id).all().run())
    assert [stored[item.name] for item in made] == keys


def test_bulk_create_of_nothing_is_nothing(wait: Waiting) -> None:
    assert wait(Item.bulk_create([])) == []


def test_bulk_create_mixes_given_and_made_keys(wait: Waiting) -> None:
    items = [Item(name="a"), Item(id=500, name="b"), Item(name="c")]
    made = wait(Item.bulk_create(items))
    assert made[1].id == 500
    assert {i.name for i in made} == set(Item.select("name").all().run())
    assert all(Item.get(i.id).run().name == i.name for i in made)


def test_bulk_create_stores_all_or_nothing(wait: Waiting) -> None:
    items = [Item(name=f"n{i}") for i in range(1500)]
    items[1400].name = "n3"
    with pytest.raises(UniqueViolationError):
        wait(Item.bulk_create(items))
    assert Item.count().run() == 0
    assert items[0].id is None


def test_a_failed_half_of_a_mixed_bulk_undoes_the_other(wait: Waiting) -> None:
    items = [Item(id=1, name="a"), Item(name="b"), Item(name="b")]
    with pytest.raises(UniqueViolationError):
        wait(Item.bulk_create(items))
    assert Item.count().run() == 0
    assert [i.id for i in items] == [1, None, None]


def test_bulk_create_refuses_other_objects() -> None:
    with pytest.raises(TypeError, match="instances of Item"):
        Item.bulk_create([Code(code="a", label="b")])  # type: ignore[list-item]


def test_save_inserts_and_then_updates(wait: Waiting) -> None:
    item = Item(name="a")
    wait(item.save())
    assert item.id is not None
    item.price = 9
    wait(item.save())
    assert Item.all().run() == [item]


def test_save_writes_only_what_was_assigned_since(wait: Waiting) -> None:
    item = Item.create(name="a", price=1).run()
    Item.where(id=item.id).update(note="by somebody else").run()
    item.price = 2
    wait(item.save())
    stored = Item.get(item.id).run()
    assert (stored.price, stored.note) == (2, "by somebody else")


def test_what_was_loaded_saves_only_what_was_assigned(wait: Waiting) -> None:
    key = Item.create(name="a", price=1).run().id
    for load in (
        lambda: Item.get(key).run(),
        lambda: Item.get_or_none(key).run(),
        lambda: Item.where(id=key).first().run(),
        lambda: Item.where(id=key).one().run(),
        lambda: Item.all().run()[0],
    ):
        item = load()
        Item.where(id=key).update(note="by somebody else", price=0).run()
        item.price = 2
        item.note = None
        Item.where(id=key).update(name="renamed").run()
        wait(item.save())
        assert Item.get(key).run() == Item(id=key, name="renamed", price=2)


def test_save_only_exclude_and_full(wait: Waiting) -> None:
    item = Item.create(name="a").run()
    item.price, item.note = 5, "x"
    wait(item.save(only=["price"]))
    assert (Item.get(item.id).run().price, Item.get(item.id).run().note) == (5, None)
    wait(item.save(exclude=["note"]))
    assert Item.get(item.id).run().note is None
    Item.where(id=item.id).update(price=0).run()
    wait(item.save(full=True))
    assert Item.get(item.id).run() == item
    with pytest.raises(AttributeError, match="did you mean 'price'"):
        item.save(only=["prize"])


def test_saving_a_copy_writes_all_of_it(wait: Waiting) -> None:
    item = Item.create(name="a").run()
    wait(item.model_copy(update={"price": 8}).save())
    assert Item.get(item.id).run().price == 8


def test_save_with_a_key_of_the_caller_inserts_or_updates(wait: Waiting) -> None:
    wait(Code(code="x", label="one").save())
    assert Code.get("x").run().label == "one"
    wait(Code(code="x", label="two", rank=3).save())
    assert Code.all().run() == [Code(code="x", label="two", rank=3)]


def test_an_unchanged_row_counts_as_found(wait: Waiting) -> None:
    code = Code.create(code="x", label="one").run()
    wait(code.save(full=True))
    assert Code.count().run() == 1


def test_saving_a_row_that_is_gone_says_so(wait: Waiting) -> None:
    item = Item.create(name="a").run()
    Item.where(id=item.id).delete().run()
    item.price = 3
    with pytest.raises(ModelDoesNotExist):
        wait(item.save())


def test_a_key_that_the_caller_must_give_is_asked_for() -> None:
    seat = Seat.model_construct(row=1, place=None)
    with pytest.raises(NotPersisted, match="has no key"):
        seat.save()


def test_an_instance_made_past_validation_is_not_stored_in_part() -> None:
    with pytest.raises(TypeError, match="'name'"):
        Item.model_construct(id=None, price=1).save().run()
    assert Item.count().run() == 0


def refused_key(wait: Waiting, op: Op[Any]) -> NotNullViolationError:
    """The error for a key that is NULL, which came before any SQL was sent."""
    with pytest.raises(NotNullViolationError) as caught:
        wait(op)
    assert caught.value.sql is None
    return caught.value


def test_none_for_a_key_is_refused_where_the_database_would_number_it(wait: Waiting) -> None:
    error = refused_key(wait, GivenItem.create(name="a"))
    assert (error.table, error.columns, error.row) == ("writes_item", ("id",), None)
    assert "leave the key out" in str(error)
    assert wait(Item.count()) == 0
    assert wait(GivenItem.create(id=5, name="a")).id == 5


def test_none_for_a_key_in_a_bulk_names_the_row_and_stores_nothing(wait: Waiting) -> None:
    items = [GivenItem(id=7, name="a"), GivenItem(id=8, name="b"), GivenItem(name="c")]
    error = refused_key(wait, GivenItem.bulk_create(items))
    assert (error.table, error.columns, error.row) == ("writes_item", ("id",), 2)
    assert wait(Item.count()) == 0
    assert items[2].id is None


def test_none_for_a_key_that_is_text_is_refused_likewise(wait: Waiting) -> None:
    code = Code.model_construct(code=None, label="a", rank=0)
    error = refused_key(wait, Code.bulk_create([code]))
    assert (error.table, error.columns, error.row) == ("writes_code", ("code",), 0)
    assert "leave the key out" not in str(error)
    assert wait(Code.count()) == 0


def test_none_in_a_key_of_several_columns_is_refused_likewise(wait: Waiting) -> None:
    with pytest.raises(NotNullViolationError) as caught:
        OpenSeat.create(row=1)
    assert (caught.value.table, caught.value.columns) == ("writes_seat", ("place",))
    assert caught.value.row is None
    seats = [OpenSeat(row=1, place=1), OpenSeat(place=2)]
    error = refused_key(wait, OpenSeat.bulk_create(seats))
    assert (error.table, error.columns, error.row) == ("writes_seat", ("row",), 1)
    assert wait(Seat.count()) == 0


def test_a_refused_key_leaves_the_transaction_usable() -> None:
    with transaction():
        Item.create(name="a").run()
        with pytest.raises(NotNullViolationError):
            GivenItem.create(name="b").run()
        Item.create(name="c").run()
    assert Item.select("name").order_by("name").all().run() == ["a", "c"]


def test_delete_and_refresh(wait: Waiting) -> None:
    item = Item.create(name="a").run()
    Item.where(id=item.id).update(price=7).run()
    wait(item.refresh())
    assert item.price == 7
    assert wait(item.delete()) == 1
    assert wait(item.delete()) == 0
    with pytest.raises(ModelDoesNotExist):
        wait(item.refresh())


def test_a_deleted_row_can_be_saved_again(wait: Waiting) -> None:
    item = Item.create(name="a").run()
    item.delete().run()
    wait(item.save())
    assert Item.all().run() == [item]


def test_keys_of_several_columns(wait: Waiting) -> None:
    seat = wait(Seat.create(row=1, place=2, guest="Ada"))
    assert wait(Seat.get((1, 2))) == seat
    seat.guest = None
    wait(seat.save())
    assert wait(Seat.get((1, 2))).guest is None
    wait(Seat.bulk_create([Seat(row=2, place=p) for p in range(3)]))
    assert wait(seat.delete()) == 1
    assert wait(Seat.count()) == 3


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"price": 10}, [10, 10, 3]),
        ({"price": Item.price + 1}, [2, 3, 3]),
        ({"price": Item.price * 2, "note": "x"}, [2, 4, 3]),
    ],
)
def test_update_by_value_and_expression(
    wait: Waiting, changes: dict[str, Any], expected: list[int]
) -> None:
    Item.bulk_create([Item(name=str(i), price=i) for i in (1, 2, 3)]).run()
    assert wait(Item.where(Item.price < 3).update(**changes)) == 2
    assert Item.select("price").order_by("name").all().run() == expected


def test_update_by_lambda(wait: Waiting) -> None:
    Item.create(name="a", price=4).run()
    wait(Item.select().update(lambda i: {"price": i.price - 1, "note": None}))
    assert Item.select("price").one().run() == 3


def test_an_update_counts_matched_rows_even_when_nothing_changes(wait: Waiting) -> None:
    Item.create(name="a", price=4).run()
    assert wait(Item.where(name="a").update(price=4)) == 1


def test_update_of_unknown_columns_or_none_is_refused() -> None:
    with pytest.raises(AttributeError, match="did you mean 'price'"):
        Item.select().update(prise=3)
    with pytest.raises(TypeError, match="at least one"):
        Item.select().update()


def test_delete_by_condition_counts(wait: Waiting) -> None:
    Item.bulk_create([Item(name=str(i), price=i) for i in range(5)]).run()
    assert wait(Item.where(Item.price >= 3).delete()) == 2
    assert wait(Item.select().delete()) == 3
