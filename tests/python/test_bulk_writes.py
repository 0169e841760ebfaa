"""Many rows by one call: other values for each, the rows of a query, rows as they come; errors."""

from __future__ import annotations

import tracemalloc
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from conftest import Create, Waiting

from pyferro import (
    PK,
    CheckViolationError,
    Database,
    Field,
    Model,
    ModelDoesNotExist,
    NotNullViolationError,
    NotPersisted,
    StaleData,
    StringTooLong,
    UniqueViolationError,
    UnsupportedFeature,
    fn,
    select,
    transaction,
)


class Item(Model, table="bulk_item"):
    id: PK[int]
    name: str = Field(max_length=60, unique=True)
    price: int = 0
    note: str | None = None


class LongItem(Model, table="bulk_item"):
    """The rows of Item, by a model that knows no limit."""

    id: PK[int]
    name: str | None
    price: int = 0
    note: str | None = None


class Every(Model, table="bulk_every"):
    """A column of every type."""

    id: PK[int]
    truth: bool | None = None
    small: int | None = Field(default=None, db_type="smallint")
    real: float | None = None
    exact: Decimal | None = Field(default=None, max_digits=40, decimal_places=10)
    text: str | None = None
    raw: bytes | None = None
    day: date | None = None
    clock: time | None = None
    moment: datetime | None = None
    span: timedelta | None = None
    ident: UUID | None = None
    tree: dict[str, Any] | None = None
    words: list[str] | None = None


class Seat(Model, table="bulk_seat"):
    row: int = Field(primary_key=True)
    place: str = Field(primary_key=True, max_length=20)
    guest: str | None = None


class Page(Model, table="bulk_page"):
    id: PK[int]
    text: str
    version: int = Field(default=1, version=True)


@pytest.fixture(autouse=True)
def tables(create: Create) -> None:
    create(Item, Every, Seat, Page)


def items(count: int) -> list[Item]:
    return Item.bulk_create([Item(name=f"n{i}", price=i) for i in range(count)]).run()


# Updates.


def test_each_row_gets_its_own_values(wait: Waiting) -> None:
    made = items(2500)
    for i, one in enumerate(made):
        one.price = i * 3
        one.note = f"note {i}" if i % 2 else None
        one.name = f"unsaved {i}"
    assert wait(Item.bulk_update(made, Item.price, "note")) == 2500
    stored = {one.id: one for one in Item.all().run()}
    assert all(
        (stored[one.id].price, stored[one.id].note, stored[one.id].name)
        == (i * 3, f"note {i}" if i % 2 else None, f"n{i}")
        for i, one in enumerate(made)
    )
    wait(made[7].save())  # what was not written is still to be
    assert Item.get(made[7].id).run().name == "unsaved 7"


def test_values_of_every_type(wait: Waiting) -> None:
    made = Every.bulk_create([Every() for _ in range(4)]).run()
    full = {
        "truth": True,
        "small": -32768,
        "real": 1e-300,
        "exact": Decimal("123456789012345678901234567890.0123456789"),
        "text": "ü" * 70000,
        "raw": bytes(range(256)) * 300,
        "day": date(9999, 12, 31),
        "clock": time(23, 59, 59, 999999),
        "moment": datetime(2024, 2, 29, 1, 2, 3, 456789),
        "span": timedelta(days=-3, microseconds=1),
        "ident": UUID(int=2**128 - 1),
        "tree": {"a": [1, None, "ü"], "b": 2**60},
        "words": ["a", "", 'quote"'],
    }
    names = list(full)
    made[1].__dict__.update(full)
    made[2].__dict__.update(full, truth=False, text="", raw=b"", words=[], tree={}, small=0)
    made[3].__dict__.update(full, exact=Decimal("-0.0000000001"), span=timedelta(0))
    wait(Every.bulk_update(made, *names))
    assert Every.where().order_by(Every.id).all().run() == made
    for one in made:
        one.__dict__.update(dict.fromkeys(names))
    wait(Every.bulk_update(made[:1] + made[2:], *names))
    stored = Every.where().order_by(Every.id).all().run()
    assert stored[2] == made[2]
    assert stored[1].text == full["text"]


def test_keys_of_several_columns(wait: Waiting) -> None:
    seats = [Seat(row=r, place=p) for r in range(3) for p in ("a", "A", "ü", "a ")]
    Seat.bulk_create(seats).run()
    for one in seats:
        one.guest = f"{one.row}{one.place}"
    assert wait(Seat.bulk_update(seats[1:], Seat.guest)) == 11
    stored = {(s.row, s.place): s.guest for s in Seat.all().run()}
    assert stored.pop((0, "a")) is None
    assert all(guest == f"{row}{place}" for (row, place), guest in stored.items())


def test_values_that_stay_the_same_count(wait: Waiting) -> None:
    made = items(3)
    assert wait(Item.bulk_update(made, Item.price)) == 3
    assert wait(Item.bulk_update([], Item.price)) == 0


def test_a_row_that_is_gone_stops_all_of_them(wait: Waiting) -> None:
    made = items(1500)
    Item.where(Item.id == made[1100].id).delete().run()
    for one in made:
        one.price = -1
    with pytest.raises(ModelDoesNotExist) as caught:
        wait(Item.bulk_update(made, Item.price))
    assert caught.value.row == 1100
    assert caught.value.pk == made[1100].id
    assert Item.where(price=-1).count().run() == 0


def test_what_cannot_be_updated_in_bulk_is_refused() -> None:
    made = items(2)
    with pytest.raises(TypeError, match="at least one column"):
        Item.bulk_update(made)
    with pytest.raises(TypeError, match="cannot write 'id'"):
        Item.bulk_update(made, Item.id)
    with pytest.raises(TypeError, match="no column of Item"):
        Item.bulk_update(made, Seat.guest)
    with pytest.raises(NotPersisted, match="row 1 has no key"):
        Item.bulk_update([made[0], Item(name="x")], Item.price)
    with pytest.raises(ValueError, match="rows 0 and 2 have the same key"):
        Item.bulk_update([*made, made[0]], Item.price)
    with pytest.raises(TypeError, match="instances of Item"):
        Item.bulk_update([Seat(row=1, place="a")], Item.price)  # type: ignore[list-item]
    seats = [Seat(row=1, place=place) for place in ("a", "b", "a")]
    with pytest.raises(ValueError, match="rows 0 and 2 have the same key"):
        Seat.bulk_update(seats, Seat.guest)


def test_rows_with_keys_and_without_are_given_back_and_named_by_their_places(
    wait: Waiting,
) -> None:
    (there,) = items(1)
    rows = [Item(name="a"), Item(id=900, name="b"), Item(name=there.name), Item(id=901, name="c")]
    with pytest.raises(UniqueViolationError) as caught:
        wait(Item.insert(rows))
    assert caught.value.row == 2
    rows[2].name = "d"
    assert wait(Item.insert(rows).returning(Item.name)) == ["a", "b", "d", "c"]


# Errors of one row.


@pytest.mark.parametrize("within", [False, True])
def test_the_row_that_violates_a_constraint_is_named(wait: Waiting, within: bool) -> None:
    rows = [Item(name=f"n{i}") for i in range(8000)]
    rows[7312].name = "n99"

    def attempt(op: Any) -> UniqueViolationError:
        with pytest.raises(UniqueViolationError) as caught:
            op.run() if within else wait(op)
        return caught.value

    if within:
        with transaction():
            Item.create(name="before").run()
            error = attempt(Item.bulk_create(rows))
            assert Item.count().run() == 1
            Item.create(name="after").run()
        assert Item.count().run() == 2
    else:
        error = attempt(Item.bulk_create(rows))
        assert Item.count().run() == 0
    assert error.row == 7312
    assert "(row 7312)" in str(error)
    assert rows[0].id is None


def test_the_row_is_named_by_its_place_in_the_call(wait: Waiting) -> None:
    rows = [Item(id=i if i % 2 else None, name=f"n{i}") for i in range(1, 1201)]
    rows[1001].name = "n1"
    rows[1000].name = "n1"
    with pytest.raises(UniqueViolationError) as caught:
        wait(Item.bulk_create(rows))
    assert caught.value.row in (1000, 1001)
    assert Item.count().run() == 0
    data = [{"name": f"m{i}"} for i in range(300)] + [{"id": 7, "name": "m8"}]
    with pytest.raises(UniqueViolationError) as caught:
        wait(Item.insert(data))
    assert caught.value.row in (8, 300)
    assert Item.count().run() == 0


def test_rows_that_do_not_fit_are_named(wait: Waiting) -> None:
    rows = [LongItem(name=f"n{i}") for i in range(1200)]
    rows[777].name = "x" * 61
    with pytest.raises((StringTooLong, CheckViolationError)) as caught:
        wait(LongItem.bulk_create(rows))
    assert caught.value.row == 777
    rows[777].name = None
    with pytest.raises(NotNullViolationError) as missing:
        wait(LongItem.bulk_create(rows))
    assert missing.value.row == 777
    assert Item.count().run() == 0


def test_a_failed_bulk_update_names_the_row_and_changes_nothing(wait: Waiting) -> None:
    made = items(2000)
    for one in made:
        one.price = 5
    made[1234].name = "n5"
    with pytest.raises(UniqueViolationError) as caught:
        wait(Item.bulk_update(made, Item.price, Item.name))
    assert caught.value.row == 1234
    assert Item.where(price=5).count().run() == 1


# Versions.


def test_a_version_counts_changes_and_finds_others(wait: Waiting) -> None:
    page = wait(Page.create(text="a"))
    other = wait(Page.get(page.id))
    page.text = "b"
    wait(page.save())
    assert page.version == 2
    other.text = "c"
    with pytest.raises(StaleData) as caught:
        wait(other.save())
    assert caught.value.pk == page.id
    assert Page.get(page.id).run() == Page(id=page.id, text="b", version=2)
    with pytest.raises(StaleData):
        wait(other.delete())
    wait(other.refresh())
    other.text = "c"
    wait(other.save())
    assert (other.version, Page.get(page.id).run().text) == (3, "c")
    assert wait(other.delete()) == 1
    assert wait(other.delete()) == 0
    page.text = "d"
    with pytest.raises(ModelDoesNotExist):
        wait(page.save())


def test_a_copy_is_stale_too(wait: Waiting) -> None:
    page = Page.create(text="a").run()
    copy = page.model_copy(update={"text": "c"})
    page.text = "b"
    page.save().run()
    with pytest.raises(StaleData):
        wait(copy.save())
    with pytest.raises(TypeError, match="saved by save"):
        copy.save(on_conflict="update")


def test_updates_of_queries_and_many_rows_count_versions(wait: Waiting) -> None:
    pages = Page.bulk_create([Page(text=str(i)) for i in range(600)]).run()
    wait(Page.where(Page.id == pages[500].id).update(text="theirs"))
    for one in pages:
        one.text = "ours"
    with pytest.raises(StaleData) as caught:
        wait(Page.bulk_update(pages, Page.text))
    assert caught.value.row == 500
    assert pages[0].version == 1
    assert Page.where(text="ours").count().run() == 0
    pages[500].version = 2
    assert wait(Page.bulk_update(pages, Page.text)) == 600
    assert {one.version for one in pages} == {2, 3}
    assert Page.where().order_by(Page.id).all().run() == pages


class BadVersion(Model, abstract=True):
    id: PK[int]
    version: str = Field(default="", version=True)


def test_versions_are_declared_rightly() -> None:
    def declare() -> None:
        class Bad(BadVersion, table="bulk_bad"):
            pass

        Bad.where()

    with pytest.raises(TypeError, match="one int"):
        declare()


# Rows of queries.


def test_rows_of_a_query_are_inserted(wait: Waiting) -> None:
    items(6)
    query = select(fn.concat("copy of ", Item.name).as_("name"), Item.price * 10).where(
        Item.price > 2
    )
    assert wait(Item.insert_from(query, Item.name, Item.price)) == 3
    found = Item.where(Item.price >= 30).select(Item.name, Item.price).order_by(Item.price)
    assert found.all().run() == [("copy of n3", 30), ("copy of n4", 40), ("copy of n5", 50)]
    seats = select(Item.price.as_("row"), Item.note.as_("place")).where(Item.price < 3)
    with pytest.raises(TypeError, match="may give NULL"):
        Seat.insert_from(seats)
    keys = select(Seat.row, Seat.place, Seat.guest)
    with pytest.raises(TypeError, match="gives 3 columns"):
        Seat.insert_from(keys, Seat.row)
    with pytest.raises(TypeError, match="cast"):
        Item.insert_from(select(Item.price), Item.name)


def test_rows_of_a_query_are_given_back(db: Database, wait: Waiting) -> None:
    items(3)

    def made() -> Any:
        query = select(fn.concat(Item.name, "+").as_("name"), Item.price)
        return Item.insert_from(query).returning(Item.name)

    if db.supports("insert-select-returning"):
        assert sorted(wait(made())) == ["n0+", "n1+", "n2+"]
    else:
        with pytest.raises(UnsupportedFeature, match="select them afterwards"):
            wait(made())


# Pages and joins.


def test_changes_of_a_page(wait: Waiting) -> None:
    items(10)
    query = Item.where(Item.price > 1).order_by(Item.price.desc()).limit(3).offset(1)
    assert wait(query.update(note="x")) == 3
    assert Item.where(note="x").select(Item.price).order_by(Item.price).all().run() == [6, 7, 8]
    gone = wait(Item.order_by(Item.price).limit(2).delete().returning(Item.name))
    assert sorted(gone) == ["n0", "n1"]
    assert wait(Item.where(Item.price > 100).limit(2).delete()) == 0
    assert wait(Item.order_by(Item.price).update(note="all")) == 8


def test_changes_of_joined_rows(wait: Waiting) -> None:
    items(6)
    Seat.bulk_create([Seat(row=i, place=p, guest="g") for i in (2, 4) for p in "ab"]).run()
    joined = Item.where().join(Seat, Seat.row == Item.price).where(Seat.guest == "g")
    assert wait(joined.update(price=Item.price + 100)) == 2
    assert sorted(Item.select(Item.price).all().run()) == [0, 1, 3, 5, 102, 104]
    seats = Seat.where().join(Item, Item.price == Seat.row + 100).where(Item.name == "n2")
    assert wait(seats.delete()) == 2
    assert Seat.count().run() == 2


def test_changes_that_look_at_the_table_itself(wait: Waiting) -> None:
    items(6)
    top = select(Item.price.max()).scalar()
    assert wait(Item.where(Item.price == top).update(note="top")) == 1
    assert wait(Item.where(Item.price < 2).update(price=top)) == 2
    assert sorted(Item.select(Item.price).all().run()) == [2, 3, 4, 5, 5, 5]
    with pytest.raises(TypeError, match="takes no group_by"):
        Item.where().group_by(Item.price).delete()


# Rows as they come.


def test_copy_in_takes_tuples_mappings_and_instances(wait: Waiting) -> None:
    rows = ((f"n{i}", i) for i in range(12000))
    assert wait(Item.copy_in(rows, columns=[Item.name, "price"])) == 12000
    assert Item.where(Item.price == 11999).select(Item.name, Item.note).one().run() == (
        "n11999",
        None,
    )
    assert wait(Item.copy_in([Item(name="a"), {"name": "b"}, {"id": 90000, "name": "c"}])) == 3
    assert Item.count().run() == 12003
    assert wait(Item.copy_in(iter(()))) == 0


def test_copy_in_of_an_async_iterator() -> None:
    import asyncio

    async def rows() -> AsyncIterator[dict[str, Any]]:
        for i in range(6001):
            yield {"name": f"n{i}", "price": i}

    async def body() -> int:
        return await Item.copy_in(rows())

    assert asyncio.run(body()) == 6001
    assert Item.count().run() == 6001
    with pytest.raises(TypeError, match="awaited"):
        Item.copy_in(rows()).run()


def test_a_row_that_copy_in_cannot_store_is_named(wait: Waiting) -> None:
    rows = [(f"n{i}",) for i in range(9000)]
    rows[7312] = ("n8",)
    with pytest.raises(UniqueViolationError) as caught:
        wait(Item.copy_in(rows, columns=[Item.name]))
    assert caught.value.row == 7312
    rows[7312] = ("a", "b")  # type: ignore[assignment]
    with pytest.raises(TypeError, match="2 values for 1 columns") as wrong:
        wait(Item.copy_in(rows, columns=[Item.name]))
    assert wrong.value.__notes__ == ["in row 7312 of copy_in()"]
    assert Item.count().run() == 0
    with pytest.raises(TypeError, match="no values for 'name'"):
        Item.copy_in([], columns=[Item.price])
    with pytest.raises(TypeError, match="name the columns"):
        wait(Item.copy_in([("a", 1)]))


def test_copy_in_holds_no_more_than_a_batch(kind: str) -> None:
    if kind != "sqlite":
        pytest.skip("the same code on every database")

    def rows(count: int) -> Iterator[tuple[str, int]]:
        return ((f"{count} {i}", i) for i in range(count))

    def peak(count: int) -> int:
        tracemalloc.start()
        Item.copy_in(rows(count), columns=[Item.name, Item.price]).run()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few = peak(10_000)
    assert peak(60_000) < few * 1.5
