"""Queries mean the same on every database."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Create, Waiting
from pydantic import ValidationError

import pyferro
from pyferro import (
    PK,
    Database,
    Field,
    InterfaceError,
    Model,
    ModelDoesNotExist,
    MultipleResults,
    NoResult,
    desc,
    select,
)


class Person(Model, table="query_person"):
    id: PK[int]
    name: str = Field(max_length=40)
    age: int | None = None
    city: str = "Rome"


@pytest.fixture
def people(create: Create) -> list[Person]:
    create(Person)
    rows = [("Ada", 36), ("Bob", None), ("Cyd", 20), ("Dan", 51), ("Eve", 20)]
    return Person.bulk_create([Person(name=n, age=a) for n, a in rows]).run()


def names(query: Any) -> list[str]:
    return query.order_by("id").select("name").all().run()


def test_get_finds_by_key(people: list[Person], wait: Waiting) -> None:
    assert wait(Person.get(people[2].id)) == people[2]
    assert wait(Person.get_or_none(10_000)) is None
    with pytest.raises(ModelDoesNotExist) as caught:
        wait(Person.get(10_000))
    assert (caught.value.model, caught.value.pk) == (Person, 10_000)
    assert "10000" not in str(caught.value)


def test_conditions_as_expressions_lambdas_and_keywords(people: list[Person]) -> None:
    assert names(Person.where(Person.age > 20)) == ["Ada", "Dan"]
    assert names(Person.where(lambda p: (p.age > 20) & (p.name != "Dan"))) == ["Ada"]
    assert names(Person.where(age__gt=20, name__ne="Dan")) == ["Ada"]
    assert names(Person.where(Person.age == 20, name="Eve")) == ["Eve"]


@pytest.mark.parametrize(
    ("lookups", "expected"),
    [
        ({"age": 20}, "CE"),
        ({"age__exact": 20}, "CE"),
        ({"age__ne": 20}, "AD"),
        ({"age__lt": 36}, "CE"),
        ({"age__lte": 36}, "ACE"),
        ({"age__gt": 36}, "D"),
        ({"age__gte": 36}, "AD"),
        ({"age__in": [36, 51]}, "AD"),
        ({"age__in": []}, ""),
        ({"age__not_in": [20]}, "AD"),
        ({"age__not_in": []}, "ABCDE"),
        ({"age__between": (20, 36)}, "ACE"),
        ({"age__range": (37, 99)}, "D"),
        ({"name__like": "%d%"}, "AC"),
        ({"age__isnull": True}, "B"),
        ({"age__isnull": False}, "ACDE"),
        ({"age": None}, "B"),
        ({"age__ne": None}, "ACDE"),
    ],
)
def test_lookups(people: list[Person], lookups: dict[str, Any], expected: str) -> None:
    assert "".join(n[0] for n in names(Person.where(**lookups))) == expected


def test_expressions_compute_in_the_database(people: list[Person]) -> None:
    assert names(Person.where(Person.age * 2 + 1 == 41)) == ["Cyd", "Eve"]
    assert names(Person.where(~(Person.age >= 21) | Person.age.is_null())) == ["Bob", "Cyd", "Eve"]
    assert names(Person.where(Person.age << [36])) == ["Ada"]


def test_nulls_come_last_in_both_directions(people: list[Person]) -> None:
    up = Person.select("name").order_by("age", "name").all().run()
    down = Person.select("name").order_by("-age", "name").all().run()
    assert up == ["Cyd", "Eve", "Ada", "Dan", "Bob"]
    assert down == ["Dan", "Ada", "Cyd", "Eve", "Bob"]
    first = Person.select("name").order_by(lambda p: p.age, "desc", nulls="first").first().run()
    assert first == "Bob"
    assert Person.select("name").order_by(desc(Person.id)).first().run() == "Eve"


def test_limit_and_offset_page(people: list[Person], wait: Waiting) -> None:
    ordered = Person.select().order_by("id")
    assert [p.name for p in wait(ordered.limit(2).all())] == ["Ada", "Bob"]
    assert [p.name for p in wait(ordered.limit(2).offset(3).all())] == ["Dan", "Eve"]
    assert [p.name for p in wait(ordered.offset(4).all())] == ["Eve"]
    assert wait(ordered.limit(0).all()) == []
    assert wait(ordered.limit(0).first()) is None


def test_count_ignores_the_page_and_exists_does_not_count(
    people: list[Person], wait: Waiting
) -> None:
    adults = Person.where(Person.age >= 36)
    assert wait(adults.limit(1).offset(1).count()) == 2
    assert wait(Person.count()) == 5
    assert wait(adults.exists()) is True
    assert wait(Person.where(name="Zoe").exists()) is False
    assert wait(Person.select().offset(5).exists()) is False


def test_first_and_one(people: list[Person], wait: Waiting) -> None:
    assert wait(Person.where(name="Bob").first()) == people[1]
    assert wait(Person.where(name="Zoe").first()) is None
    assert wait(Person.where(name="Bob").one()) == people[1]
    with pytest.raises(NoResult):
        wait(Person.where(name="Zoe").one())
    with pytest.raises(MultipleResults):
        wait(Person.where(age=20).one())
    assert wait(Person.where(age=20).get(people[2].id)) == people[2]
    with pytest.raises(ModelDoesNotExist):
        wait(Person.where(age=20).get(people[0].id))


def test_select_gives_tuples_and_scalars(people: list[Person], wait: Waiting) -> None:
    young = Person.where(age=20).order_by("id")
    assert wait(young.select(Person.name, Person.age).all()) == [("Cyd", 20), ("Eve", 20)]
    assert wait(young.select("name").all()) == ["Cyd", "Eve"]
    assert wait(young.select(lambda p: (p.age, p.name)).first()) == (20, "Cyd")
    assert wait(young.select(Person.age + 1).all()) == [21, 21]
    assert wait(select(Person.id).where(Person.name == "Ada").all()) == [people[0].id]
    assert wait(select(Person).where(name="Ada").one()) == people[0]


def test_queries_are_values(people: list[Person]) -> None:
    base = Person.where(Person.age > 0)
    base.where(name="Ada").limit(1)
    assert base.count().run() == 4
    assert len(base.all().run()) == 4


def test_a_class_of_queries_may_hold_more(people: list[Person]) -> None:
    class Named(pyferro.Query[Person]):
        def __init__(self, said: str) -> None:
            super().__init__(Person)
            self.said = said

    query = Named("first")
    narrowed = query.where(Person.name == "Ada").limit(1)
    narrowed.said = "second"
    assert (type(narrowed), query.said, narrowed.offset(0).said) == (Named, "first", "second")
    assert narrowed.select(Person.age).all().run() == [36]


def test_a_query_that_changes_its_values_only_is_compiled_once(
    people: list[Person], db: Database
) -> None:
    Person.where(age__in=[1]).all().run()
    before = len(db._statements)
    assert len(Person.where(age__in=[20, 36, 51]).all().run()) == 4
    assert len(db._statements) == before


def test_sql_shows_the_text_without_values(people: list[Person]) -> None:
    text = str(Person.where(name="secret").limit(3).sql())
    assert "secret" not in text
    assert "query_person" in text


@pytest.mark.parametrize("wrong", [True, 3, "name = 1", None])
def test_what_is_no_condition_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match="condition"):
        Person.where(wrong)


def test_wrong_arguments_are_refused_before_anything_runs() -> None:
    with pytest.raises(TypeError, match="unknown lookup 'greater'"):
        Person.where(age__greater=3)
    with pytest.raises(ValueError, match="negative"):
        Person.select().limit(-1)
    with pytest.raises(TypeError, match="integer"):
        Person.select().offset(2.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="nulls"):
        Person.select().order_by("age", nulls="middle")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="age"):
        Person.where(Person.age == "20")
    with pytest.raises(TypeError):
        bool(Person.age == 20)


def test_a_row_that_the_model_forbids_names_table_and_key(people: list[Person]) -> None:
    class Strict(Model, table="query_person"):
        id: PK[int]
        name: str
        age: int

    with pytest.raises(ValidationError) as caught:
        Strict.all().run()
    notes = " ".join(getattr(caught.value, "__notes__", ()))
    assert "query_person" in notes
    assert str(people[1].id) in notes


def test_an_op_runs_once(people: list[Person], wait: Waiting) -> None:
    op = Person.count()
    assert wait(op) == 5
    with pytest.raises(InterfaceError, match="run already"):
        wait(op)


def test_an_op_that_never_runs_warns(people: list[Person]) -> None:
    with pytest.warns(RuntimeWarning, match="never awaited"):
        Person.count()


def test_without_a_database_there_is_a_clear_error() -> None:
    pyferro.reset_engine()
    with pytest.raises(InterfaceError, match="no database is connected"):
        Person.count().run()


def test_an_update_or_delete_of_groups_is_refused() -> None:
    for query in (Person.select().group_by("id"), Person.select().distinct()):
        with pytest.raises(TypeError, match="delete"):
            query.delete()
        with pytest.raises(TypeError, match="update"):
            query.update(age=1)
