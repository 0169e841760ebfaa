"""RETURNING of inserts, updates and deletes, native or emulated, with one result on all databases."""

from __future__ import annotations

import pytest
from conftest import Create, Waiting

from pyferro import (
    PK,
    Database,
    Field,
    Model,
    Op,
    UniqueViolationError,
    UnsupportedFeature,
    fn,
    transaction,
)


class Part(Model, table="returning_part"):
    id: PK[int]
    name: str = Field(max_length=60, unique=True)
    stock: int = 0
    tags: list[str] = []


class Slot(Model, table="returning_slot"):
    row: int = Field(primary_key=True)
    place: int = Field(primary_key=True)
    guest: str | None = None


@pytest.fixture(autouse=True)
def tables(create: Create) -> None:
    create(Part, Slot)


def parts(count: int) -> list[Part]:
    made = [Part(name=f"p{i}", stock=i, tags=[str(i)]) for i in range(count)]
    return Part.bulk_create(made).run()


def test_update_gives_the_rows_as_they_are_then(wait: Waiting) -> None:
    made = parts(4)
    changed = wait(Part.where(Part.stock >= 2).update(stock=Part.stock + 10).returning(Part))
    assert sorted(p.stock for p in changed) == [12, 13]
    assert {p.id for p in changed} == {made[2].id, made[3].id}
    assert all(type(p) is Part and p.tags for p in changed)
    changed[0].name = "other"
    wait(changed[0].save())
    assert Part.where(name="other").count().run() == 1


def test_update_gives_columns_and_expressions(wait: Waiting) -> None:
    parts(2)
    rows = wait(
        Part.where(name="p1")
        .update(stock=5)
        .returning(Part.name, (Part.stock * 2).as_("twice"), fn.upper(Part.name))
    )
    assert rows == [("p1", 10, "P1")]
    assert wait(Part.where(name="p1").update(stock=6).returning(Part.stock)) == [6]
    assert wait(Part.where(name="p1").update(stock=6).returning(Part.tags)) == [["1"]]
    assert wait(Part.where(name="nobody").update(stock=6).returning(Part.stock)) == []


def test_update_of_what_it_is_found_by(wait: Waiting) -> None:
    parts(3)
    found = wait(Part.where(Part.stock < 2).update(stock=7).returning(Part.name, Part.stock))
    assert sorted(found) == [("p0", 7), ("p1", 7)]


def test_delete_gives_the_rows_as_they_were(wait: Waiting) -> None:
    parts(4)
    gone = wait(Part.where(Part.stock > 1).delete().returning(Part.name))
    assert sorted(gone) == ["p2", "p3"]
    [last] = wait(Part.where(Part.stock == 1).delete().returning())
    assert last.name == "p1"
    assert Part.count().run() == 1
    wait(last.save())  # it is a new row
    assert Part.count().run() == 2


def test_delete_of_many_gives_them_all(wait: Waiting) -> None:
    made = parts(3000)
    gone = wait(Part.where(Part.stock >= 0).delete().returning(Part.id, Part))
    assert sorted(key for key, _ in gone) == [p.id for p in made]
    assert all(key == part.id for key, part in gone)
    assert Part.count().run() == 0


def test_insert_gives_rows_in_the_order_they_were_given(wait: Waiting) -> None:
    rows = [Part(name="a"), {"name": "b", "stock": 4}, {"id": 900, "name": "c"}, Part(name="d")]
    made = wait(Part.insert(rows).returning(Part))
    assert [p.name for p in made] == ["a", "b", "c", "d"]
    assert made[2].id == 900
    assert len({p.id for p in made}) == 4
    assert rows[0].id is None  # type: ignore[attr-defined]  # rows are data
    assert wait(Part.insert({"name": "e"}).returning(Part.stock, Part.name)) == [(0, "e")]


def test_insert_of_many_gives_columns_without_the_key_in_order(wait: Waiting) -> None:
    names = [f"n{i * 7919 % 2500}" for i in range(2500)]
    rows = ({"name": name} for name in names)
    assert wait(Part.insert(rows).returning(Part.name)) == names


def test_insert_gives_expressions_with_values(wait: Waiting) -> None:
    rows = [{"name": "a", "stock": 1}, {"name": "b", "stock": 2}]
    assert wait(Part.insert(rows).returning(Part.stock + 100)) == [101, 102]
    assert Part.count().run() == 2


def test_insert_without_returning_gives_nothing(wait: Waiting) -> None:
    assert wait(Part.insert([{"name": "a"}, {"name": "b"}])) is None
    assert wait(Part.insert([])) is None
    assert wait(Part.insert([]).returning(Part.id)) == []
    assert Part.count().run() == 2


def test_an_insert_that_fails_leaves_nothing(wait: Waiting) -> None:
    rows = [{"name": "a"}, {"id": 5, "name": "b"}, {"name": "a"}]
    with pytest.raises(UniqueViolationError):
        wait(Part.insert(rows).returning(Part.id))
    assert Part.count().run() == 0


def test_keys_of_several_columns(db: Database, wait: Waiting) -> None:
    """Without RETURNING such rows cannot be found again by one column: that is said."""
    rows = [{"row": 1, "place": p} for p in range(3)]
    wait(Slot.insert(rows))

    def updated() -> Op[list[int]]:
        return Slot.where(Slot.place > 0).update(guest="Ada").returning(Slot.place)

    if db.server.startswith(("SQLite", "PostgreSQL")):
        assert sorted(wait(updated())) == [1, 2]
    else:
        with pytest.raises(UnsupportedFeature, match="single-column primary key"):
            wait(updated())
        assert Slot.where(guest="Ada").count().run() == 0


def test_within_a_transaction_it_is_part_of_it() -> None:
    parts(2)

    def fail() -> None:
        with transaction():
            assert Part.where(name="p0").update(stock=9).returning(Part.stock).run() == [9]
            assert Part.where(name="p1").delete().returning(Part.name).run() == ["p1"]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert sorted(Part.select(Part.stock).all().run()) == [0, 1]


def test_columns_of_other_tables_are_refused() -> None:
    with pytest.raises(TypeError, match="not of 'returning_slot'"):
        Part.where(name="p0").delete().returning(Slot.guest)
    with pytest.raises(TypeError, match="instances of Part and mappings"):
        Part.insert([Slot(row=1, place=2)])
    with pytest.raises(TypeError, match="takes instances and mappings"):
        Part.insert("name")
