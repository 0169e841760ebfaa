"""get_or_create and update_or_create: one row, whoever else asks at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from conftest import Create, Waiting
from pydantic import ValidationError

from pyferro import (
    PK,
    Field,
    Model,
    MultipleResults,
    UniqueViolationError,
    transaction,
)


class Tag(Model, table="getting_tag"):
    id: PK[int]
    name: str = Field(max_length=40, unique=True)
    slug: str = Field(max_length=40, unique=True)
    uses: int = 0


class Pair(Model, table="getting_pair"):
    a: int = Field(primary_key=True)
    b: int = Field(primary_key=True)
    n: int = 0


class Loose(Model, table="getting_loose"):
    id: PK[int]
    name: str
    n: int = 0


@pytest.fixture(autouse=True)
def tables(create: Create) -> None:
    create(Tag, Pair, Loose)


def test_get_or_create(wait: Waiting) -> None:
    made, new = wait(Tag.get_or_create(name="a", defaults={"slug": "A", "uses": 3}))
    assert new
    assert Tag.all().run() == [made]
    made.uses = 4
    made.save().run()
    found, new = wait(Tag.get_or_create(name="a", defaults={"slug": "B"}))
    assert (found, new) == (made, False)
    pair, new = wait(Pair.get_or_create(a=1, b=2))
    assert new
    assert wait(Pair.get_or_create(b=2, a=1, defaults={"n": 9})) == (pair, False)


def test_update_or_create(wait: Waiting) -> None:
    made, new = wait(Tag.update_or_create(name="a", defaults={"slug": "A", "uses": 3}))
    assert new
    found, new = wait(Tag.update_or_create(name="a", defaults={"uses": 5}))
    assert (new, found.id, found.slug, found.uses) == (False, made.id, "A", 5)
    found, new = wait(Tag.update_or_create(name="a", defaults={"uses": Tag.uses + 1}))
    assert (new, found.uses) == (False, 6)
    assert Tag.all().run() == [found]
    _, new = wait(Pair.update_or_create(a=1, b=2, defaults={"n": 1}))
    assert new
    found, new = wait(Pair.update_or_create(a=1, b=2, defaults={"n": 2}))
    assert (new, found) == (False, Pair(a=1, b=2, n=2))
    assert wait(Pair.update_or_create(a=1, b=2)) == (found, False)


def test_the_new_row_is_validated_and_may_violate_another_key(wait: Waiting) -> None:
    with pytest.raises(ValidationError):
        wait(Tag.get_or_create(name="a"))
    Tag.create(name="a", slug="A").run()
    with pytest.raises(UniqueViolationError):
        wait(Tag.get_or_create(name="b", defaults={"slug": "A"}))
    with pytest.raises(UniqueViolationError):
        wait(Tag.update_or_create(name="b", defaults={"slug": "A"}))
    assert Tag.count().run() == 1


def test_without_a_unique_key(wait: Waiting) -> None:
    made, new = wait(Loose.get_or_create(name="a", defaults={"n": 1}))
    assert new
    assert wait(Loose.get_or_create(name="a")) == (made, False)
    found, new = wait(Loose.update_or_create(name="a", defaults={"n": 2}))
    assert (new, found.n) == (False, 2)
    Loose.create(name="a").run()
    with pytest.raises(MultipleResults):
        wait(Loose.get_or_create(name="a"))
    with pytest.raises(MultipleResults):
        wait(Loose.update_or_create(name="a", defaults={"n": 3}))
    assert sorted(Loose.select(Loose.n).all().run()) == [0, 2]


def test_lookups_are_values_of_fields() -> None:
    with pytest.raises(TypeError, match="by which the row is found"):
        Tag.get_or_create()
    with pytest.raises(TypeError, match="has values"):
        Tag.get_or_create(uses__gt=3)
    with pytest.raises(AttributeError, match="did you mean 'name'"):
        Tag.get_or_create(nam="a")
    with pytest.raises(AttributeError, match="did you mean 'uses'"):
        Tag.update_or_create(name="a", defaults={"use": 1})


def test_within_a_transaction_it_goes_on_after_a_violation() -> None:
    Tag.create(name="a", slug="A").run()
    with transaction():
        assert not Tag.get_or_create(name="a", defaults={"slug": "x"}).run()[1]
        assert Tag.get_or_create(name="b", defaults={"slug": "B"}).run()[1]
        with pytest.raises(UniqueViolationError):
            Tag.get_or_create(name="c", defaults={"slug": "A"}).run()
        assert Tag.update_or_create(name="b", defaults={"uses": 2}).run()[0].uses == 2
    assert Tag.count().run() == 2


TASKS = 100


def at_once(make: Any) -> list[Any]:
    async def body() -> list[Any]:
        return await asyncio.gather(*(asyncio.ensure_future(_one(make, i)) for i in range(TASKS)))

    return asyncio.run(body())


async def _one(make: Any, number: int) -> Any:
    return await make(number)


def test_of_many_that_ask_at_once_one_creates() -> None:
    found = at_once(lambda i: Tag.get_or_create(name="a", defaults={"slug": "A", "uses": i}))
    assert sum(new for _, new in found) == 1
    [stored] = Tag.all().run()
    assert all(tag == stored for tag, _ in found)


def test_of_many_that_ask_for_several_each_is_made_once() -> None:
    found = at_once(lambda i: Tag.get_or_create(name=f"n{i % 10}", defaults={"slug": f"s{i % 10}"}))
    assert sum(new for _, new in found) == 10
    assert Tag.count().run() == 10
    assert len({tag.id for tag, _ in found}) == 10


def test_of_many_that_update_or_create_at_once_one_creates() -> None:
    found = at_once(lambda i: Tag.update_or_create(name="a", defaults={"slug": "A", "uses": i + 1}))
    assert sum(new for _, new in found) == 1
    [stored] = Tag.all().run()
    assert stored.uses in range(1, TASKS + 1)
    assert {tag.id for tag, _ in found} == {stored.id}
