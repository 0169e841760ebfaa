"""INSERT … ON CONFLICT on every database: what it changes, what it leaves, what it refuses."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from conftest import Create, Waiting

from pyferro import (
    PK,
    CheckViolationError,
    Database,
    Field,
    Model,
    NotNullViolationError,
    StringTooLong,
    UniqueViolationError,
    UnsupportedFeature,
    case,
    excluded,
    fn,
    transaction,
)


class Author(Model, table="upsert_author"):
    id: PK[int]
    email: str = Field(max_length=60, unique=True)
    name: str = ""
    posts: int = 0
    worth: Decimal = Field(default=Decimal(0), max_digits=8, decimal_places=2)
    seen: datetime | None = None
    tags: list[str] = []


class LooseAuthor(Model, table="upsert_author"):
    """The rows of Author, by a model that lets posts be NULL."""

    id: PK[int]
    email: str = Field(max_length=60, unique=True)
    name: str = ""
    posts: int | None = 0
    worth: Decimal = Field(default=Decimal(0), max_digits=8, decimal_places=2)
    tags: list[str] = []


class Count(Model, table="upsert_count"):
    year: int = Field(primary_key=True)
    word: str = Field(primary_key=True, max_length=30)
    n: int = 0
    last: int = 0


class Token(Model, table="upsert_token"):
    code: str = Field(primary_key=True, max_length=30)


class LongToken(Model, table="upsert_token"):
    """The rows of Token, by a model that knows no limit."""

    code: str = Field(primary_key=True)


@pytest.fixture(autouse=True)
def tables(create: Create) -> None:
    create(Author, Count, Token)


def has_targets(db: Database) -> bool:
    return db.dialect != "mysql"


def test_columns_take_what_was_to_be_inserted(wait: Waiting) -> None:
    first = Author.create(email="a@x", name="Ada", posts=1).run()
    rows = [{"email": "a@x", "name": "Augusta", "posts": 9}, {"email": "b@x", "name": "Bea"}]
    assert wait(Author.insert(rows).on_conflict(Author.email).update(Author.name)) is None
    found = Author.where().order_by(Author.email).all().run()
    assert [(a.name, a.posts) for a in found] == [("Augusta", 1), ("Bea", 0)]
    assert found[0].id == first.id


def test_update_without_columns_takes_all_but_the_keys(wait: Waiting) -> None:
    first = Author.create(email="a@x", name="Ada", posts=1).run()
    now = datetime(2024, 5, 6, 7, 8, 9, 123456)
    row = Author(email="a@x", name="B", posts=2, worth=Decimal("3.25"), seen=now, tags=["x"])
    wait(Author.insert(row).on_conflict("email").update())
    assert Author.all().run() == [row.model_copy(update={"id": first.id})]


def test_values_and_expressions_of_both_rows(wait: Waiting) -> None:
    Author.create(email="a@x", name="Ada", posts=5, worth=Decimal("1.10")).run()
    now = datetime(2024, 5, 6)
    rows = [
        {"email": "a@x", "name": "new", "posts": 3, "worth": "2.25"},
        {"email": "b@x", "posts": 3},
    ]
    wait(
        Author.insert(rows)
        .on_conflict(Author.email)
        .update(
            posts=Author.posts + excluded.posts * 10,
            worth=excluded.worth + Author.worth,
            name=fn.concat(Author.name, "-", excluded.name),
            seen=now,
        )
    )
    found = Author.where().order_by(Author.email).all().run()
    assert [(a.name, a.posts, a.worth, a.seen) for a in found] == [
        ("Ada-new", 35, Decimal("3.35"), now),
        ("", 3, Decimal("0.00"), None),
    ]


def test_assignments_see_the_row_as_it_was(wait: Waiting) -> None:
    Count.create(year=1, word="a", n=7, last=1).run()
    change = Count.insert({"year": 1, "word": "a", "n": 2}).on_conflict(Count.year, Count.word)
    wait(change.update(n=excluded.n, last=Count.n))
    assert Count.select(Count.n, Count.last).one().run() == (2, 7)


def test_columns_that_change_places(db: Database, wait: Waiting) -> None:
    Count.create(year=1, word="a", n=7, last=1).run()
    change = Count.insert({"year": 1, "word": "a"}).on_conflict(Count.year, Count.word)
    swap = change.update(n=Count.last, last=Count.n)
    if has_targets(db):
        wait(swap)
        assert Count.select(Count.n, Count.last).one().run() == (1, 7)
    else:
        with pytest.raises(UnsupportedFeature, match="from left to right"):
            wait(swap)
        assert Count.select(Count.n, Count.last).one().run() == (7, 1)


def test_only_rows_that_meet_a_condition_are_changed(wait: Waiting) -> None:
    Author.bulk_create([Author(email=f"{i}@x", posts=i) for i in range(4)]).run()
    rows = [{"email": f"{i}@x", "name": "new", "posts": 100} for i in range(5)]
    wait(
        Author.insert(rows)
        .on_conflict(Author.email)
        .update(Author.name, Author.posts)
        .where(Author.posts >= 1, Author.posts < excluded.posts)
        .where(posts__ne=3)
    )
    found = Author.select(Author.name, Author.posts).order_by(Author.email).all().run()
    assert found == [("", 0), ("new", 100), ("new", 100), ("", 3), ("new", 100)]


def test_a_condition_that_is_null_changes_nothing(wait: Waiting) -> None:
    Author.create(email="a@x", name="old").run()
    change = Author.insert({"email": "a@x", "name": "new"}).on_conflict(Author.email)
    wait(change.update(Author.name).where(Author.seen > datetime(2000, 1, 1)))
    assert Author.select(Author.name).one().run() == "old"


def test_ignore_leaves_what_is_there(wait: Waiting) -> None:
    Author.create(email="a@x", name="old").run()
    rows = [{"email": "a@x", "name": "new"}, {"email": "b@x"}, {"email": "b@x", "name": "twice"}]
    wait(Author.insert(rows).on_conflict_ignore())
    assert Author.select(Author.name).order_by(Author.email).all().run() == ["old", ""]
    wait(Author.insert(rows).on_conflict(Author.email).ignore())
    wait(Token.insert([{"code": "a"}, {"code": "a"}]).on_conflict(Token.code).ignore())
    assert Author.count().run() == 2
    assert Token.count().run() == 1


def test_another_key_than_the_target_is_an_error_or_refused(db: Database, wait: Waiting) -> None:
    old = Author.create(email="a@x", name="old").run()
    row = {"id": old.id, "email": "b@x"}
    error = UniqueViolationError if has_targets(db) else UnsupportedFeature
    with pytest.raises(error):
        wait(Author.insert(row).on_conflict(Author.email).update(Author.name))
    with pytest.raises(error):
        wait(Author.insert(row).on_conflict(Author.email).ignore())
    wait(Author.insert(row).on_conflict_ignore())  # by whichever key
    assert Author.all().run() == [old]


def test_what_does_not_fit_is_no_conflict(wait: Waiting) -> None:
    """INSERT IGNORE would cut it off."""
    with pytest.raises((StringTooLong, CheckViolationError)):
        wait(LongToken.insert({"code": "x" * 40}).on_conflict_ignore())
    assert Token.count().run() == 0


def test_returning_gives_rows_inserted_and_changed(wait: Waiting) -> None:
    Author.create(email="a@x", posts=1).run()
    rows = [{"email": "a@x", "posts": 2}, {"email": "b@x", "posts": 3}]
    change = Author.insert(rows).on_conflict(Author.email).update(posts=Author.posts + 10)
    assert sorted(wait(change.returning(Author.email, Author.posts))) == [("a@x", 11), ("b@x", 3)]
    change = Author.insert(rows).on_conflict(Author.email).update(posts=Author.posts + 10)
    assert sorted(wait(change.returning(Author.posts + 1))) == [14, 22]
    change = Author.insert(rows[:1]).on_conflict(Author.email).update(Author.posts)
    [one] = wait(change.returning(Author))
    assert (one.email, one.posts) == ("a@x", 2)
    one.name = "saved"
    one.save().run()


def sent_to(db: Database) -> int:
    """Statements that a MySQL has executed so far for the pool's one connection that is in use."""
    [row] = db.fetch_all("show session status like 'Com_stmt_execute'").run()
    return int(list(row.values())[1])


def test_returning_of_many_takes_few_statements(db: Database, wait: Waiting) -> None:
    Author.bulk_create([Author(email=f"{i}@x", posts=1) for i in range(0, 900, 3)]).run()
    rows = [{"email": f"{i}@x", "posts": i} for i in range(900)]
    counts = db.dialect == "mysql"
    before = sent_to(db) if counts else 0
    change = Author.insert(rows).on_conflict(Author.email)
    found = wait(change.update(posts=Author.posts + 10).returning(Author.email, Author.posts))
    if counts:
        assert sent_to(db) - before < 12
    assert sorted(found) == sorted(
        (row["email"], 11 if row["posts"] % 3 == 0 else row["posts"]) for row in rows
    )
    pairs = [{"year": i % 7, "word": f"w{i}", "n": i} for i in range(1200)]
    for n in (1, 2):
        counted = Count.insert(pairs).on_conflict(Count.year, Count.word)
        got = wait(counted.update(n=Count.n + excluded.n).returning(Count.word, Count.n))
        assert sorted(got) == sorted((row["word"], n * int(str(row["n"]))) for row in pairs)
    bad = [*rows[:5], {"email": "z@x", "posts": None}]
    with pytest.raises(NotNullViolationError) as caught:
        wait(
            LooseAuthor.insert(bad)
            .on_conflict(LooseAuthor.email)
            .update(LooseAuthor.posts)
            .returning(LooseAuthor.email)
        )
    assert caught.value.row == 5
    assert Author.where(Author.email == "z@x").count().run() == 0


def test_returning_where_some_rows_are_left_alone(db: Database, wait: Waiting) -> None:
    Author.create(email="a@x", posts=1).run()
    rows = [{"email": "a@x", "posts": 2}, {"email": "b@x", "posts": 3}]

    def ignoring() -> Any:
        return Author.insert(rows).on_conflict(Author.email).ignore().returning(Author.email)

    def conditional() -> Any:
        change = Author.insert(rows).on_conflict(Author.email).update(posts=7)
        return change.where(Author.posts > 2).returning(Author.posts)

    if has_targets(db):
        assert wait(ignoring()) == ["b@x"]
        assert wait(conditional()) == [7]
    else:
        for op in (ignoring(), conditional()):
            with pytest.raises(UnsupportedFeature, match="does not say which rows"):
                wait(op)
        assert Author.count().run() == 1


def test_many_rows(wait: Waiting) -> None:
    words = [Count(year=2024, word=f"w{i}", n=i, last=1) for i in range(2500)]
    Count.bulk_create(words[::2]).run()
    wait(
        Count.insert(words)
        .on_conflict(Count.year, Count.word)
        .update(n=Count.n + excluded.n, last=case((excluded.n > 1000, 5), else_=4))
    )
    found = {c.word: (c.n, c.last) for c in Count.all().run()}
    assert len(found) == 2500
    assert all(
        found[f"w{i}"] == ((i, 1) if i % 2 else (2 * i, 5 if i > 1000 else 4)) for i in range(2500)
    )


def test_many_rows_with_a_list_in_the_condition(wait: Waiting) -> None:
    rows = [Count(year=y, word="x", n=1) for y in range(1200)]
    Count.bulk_create(rows).run()
    change = Count.insert(rows).on_conflict(Count.year, Count.word).update(n=excluded.n + 1)
    wait(change.where(Count.year.in_([3, 1100])))
    assert sorted(Count.where(n=2).select(Count.year).all().run()) == [3, 1100]


def test_a_row_that_is_written_twice_by_one_call_is_refused() -> None:
    rows = [{"email": "a@x"}, {"email": "b@x"}, {"email": "a@x"}]
    with pytest.raises(ValueError, match=r"rows 0 and 2 of Author have the same \(email\)"):
        Author.insert(rows).on_conflict(Author.email).update(Author.name)


def test_targets_are_unique_keys_of_the_model() -> None:
    with pytest.raises(TypeError, match=r"no unique key of \(name\)"):
        Author.insert({"email": "a"}).on_conflict(Author.name)
    with pytest.raises(TypeError, match=r"no unique key of \(year\)"):
        Count.insert({"year": 1, "word": "a"}).on_conflict(Count.year)
    with pytest.raises(TypeError, match="no column of Author"):
        Author.insert({"email": "a"}).on_conflict(Count.year)
    with pytest.raises(AttributeError, match="did you mean 'posts'"):
        Author.insert({"email": "a"}).on_conflict(Author.email).update(post=1)
    with pytest.raises(TypeError, match="no column but keys"):
        Token.insert({"code": "a"}).on_conflict(Token.code).update()
    with pytest.raises(TypeError, match="follows update"):
        Author.insert({"email": "a"}).on_conflict_ignore().where(posts=1)._take()


def test_excluded_means_nothing_elsewhere() -> None:
    with pytest.raises(Exception, match="known to an upsert only"):
        Author.where(Author.posts == excluded.posts).all().run()


def test_a_failed_upsert_leaves_nothing(wait: Waiting) -> None:
    rows: list[Any] = [Count(year=y, word="x") for y in range(1500)]
    rows.append(Count.model_construct(year=5000, word=None, n=0, last=0))
    with pytest.raises(Exception, match="word"):
        wait(Count.insert(rows).on_conflict(Count.year, Count.word).update(Count.n))
    assert Count.count().run() == 0


def test_upsert_by_the_primary_key(wait: Waiting) -> None:
    made = wait(Count.upsert(year=1, word="a", n=1))
    assert isinstance(made, Count)
    made.n = 5
    assert wait(made.save(on_conflict="update")) is made
    wait(Count.upsert(year=1, word="b"))
    wait(Count(year=1, word="b", last=3).save(on_conflict="update"))
    found = Count.select(Count.word, Count.n, Count.last).order_by(Count.word).all().run()
    assert found == [("a", 5, 0), ("b", 0, 3)]
    wait(Token.upsert(code="x"))
    wait(Token.upsert(code="x"))
    assert Token.count().run() == 1


def test_upsert_without_a_key_inserts(wait: Waiting) -> None:
    made = wait(Author.upsert(email="a@x"))
    assert Author.get(made.id).run() == made
    made.name = "b"
    made.save().run()
    assert Author.select(Author.name).one().run() == "b"


def test_upsert_where_another_key_may_be_violated(db: Database, wait: Waiting) -> None:
    made = Author.create(email="a@x").run()
    made.name = "c"
    if has_targets(db):
        wait(made.save(on_conflict="update"))
        assert Author.all().run() == [made]
    else:
        with pytest.raises(UnsupportedFeature, match="another unique key"):
            wait(made.save(on_conflict="update"))


def test_within_a_transaction() -> None:
    Author.create(email="a@x").run()
    with transaction():
        Author.insert({"email": "a@x", "posts": 3}).on_conflict(Author.email).update().run()
        Author.insert({"email": "a@x"}).on_conflict_ignore().run()
        assert Author.select(Author.posts).one().run() == 3
