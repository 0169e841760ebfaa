"""pipeline(): requests in order in one transaction, all or none, and on PostgreSQL in few round trips."""

from __future__ import annotations

import asyncio
import time
import warnings
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from conftest import Create, Waiting
from support.pool import rested, settled
from support.proxy import Proxy

import pyferro
from pyferro import PK, Database, Field, Model, Op, Ref, before_save
from pyferro.errors import (
    InterfaceError,
    LockNotAvailable,
    ModelDoesNotExist,
    QueryTimeout,
    StaleData,
    UniqueViolationError,
)


class Crate(Model, table="line_crate"):
    id: PK[int | None] = None
    name: str = Field(max_length=40, unique=True)
    n: int = 0


class Label(Model, table="line_label"):
    id: PK[int | None] = None
    text: str = Field(max_length=40)
    crate: Ref[Crate] = Field(index=True)


class Dated(Model, table="line_dated"):
    id: PK[int]
    n: int
    version: int = Field(default=1, version=True)


class Watched(Model, table="line_watched"):
    id: PK[int]
    name: str

    @before_save
    def shout(self, created: bool) -> None:
        self.name = self.name.upper()


@pytest.fixture(autouse=True)
def tables(create: Create) -> None:
    create(Crate, Label, Dated, Watched)


def names() -> list[str]:
    return [crate.name for crate in Crate.select().order_by(Crate.name).all().run()]


def test_each_gives_what_it_gives_alone(wait: Waiting, db: Database) -> None:
    first = Crate(name="a", n=1)
    made = wait(pyferro.pipeline([Crate.create(name="x", n=5), first.save()]))
    assert [type(one) for one in made] == [Crate, type(None)]
    assert first.id == made[0].id + 1
    found = wait(
        db.pipeline(
            [
                Crate.where(Crate.n == 5).update(n=Crate.n + 1),
                Crate.where(Crate.name == "x").one(),  # sees what came before it
                Crate.where(Crate.n > 100).delete(),
                Crate.create(name="y"),
                db.fetch_all("SELECT count(*) AS c FROM line_crate"),
                Crate.select(Crate.n).order_by(Crate.n).all(),
                Crate.where(Crate.n == 6).update(n=7).returning(Crate.id, Crate.n),
                Crate.bulk_create([Crate(name="b"), Crate(name="c")]),
                first.delete(),
            ]
        )
    )
    assert found[0] == 1 and found[1].n == 6 and found[2] == 0
    assert found[3].id > first.id
    assert found[4] == [{"c": 3}] and found[5] == [0, 1, 6]
    assert found[6] == [(made[0].id, 7)]
    assert [one.name for one in found[7]] == ["b", "c"] and found[8] == 1
    assert names() == ["b", "c", "x", "y"]


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 499, 500, 501, 1203])
def test_any_number(wait: Waiting, count: int) -> None:
    made = wait(pyferro.pipeline(Crate.create(name=f"{i:05}", n=i) for i in range(count)))
    assert [one.n for one in made] == list(range(count))
    assert all(a.id < b.id for a, b in pairwise(made))
    for one in made:
        one.n *= 2
    assert wait(pyferro.pipeline(one.save() for one in made)) == [None] * count
    assert Crate.select(Crate.n).order_by(Crate.id).all().run() == [2 * i for i in range(count)]


def test_the_first_error_undoes_all(wait: Waiting, db: Database) -> None:
    Crate.create(name="there").run()
    crates = [Crate(name=f"n{i:03}") for i in range(200)]
    crates[120].name = "there"
    with pytest.raises(UniqueViolationError) as caught:
        wait(pyferro.pipeline(one.save() for one in crates))
    assert caught.value.row == 120
    assert any("request 120" in note for note in caught.value.__notes__)
    assert "there" not in str(caught.value)
    assert names() == ["there"]
    assert settled(db)[1] == 0


def test_one_that_cannot_begin(db: Database) -> None:
    """Found out while those before it are under way: the first that fails is told all the same."""

    def requests(second: str) -> Iterator[Op[Any]]:
        yield Crate.create(name="first")
        yield Crate.create(name=second)
        yield from (Crate.create(name=f"n{i:03}") for i in range(148))
        yield Crate.where(Crate.n == 0).using("nowhere").update(n=1)

    with db.transaction():
        with pytest.raises(InterfaceError, match="nowhere") as caught:
            db.pipeline(requests("second")).run()
        assert any("request 150" in note for note in caught.value.__notes__)
        with pytest.raises(UniqueViolationError) as before:
            db.pipeline(requests("first")).run()
        assert before.value.row == 1
        Crate.create(name="the block goes on").run()
    assert names() == ["the block goes on"]


@pytest.mark.parametrize("raised", [KeyboardInterrupt, ZeroDivisionError])
def test_an_iterable_that_raises(db: Database, raised: type[BaseException]) -> None:
    def requests() -> Iterator[Op[Any]]:
        yield from (Crate.create(name=f"n{i:03}") for i in range(150))
        raise raised

    with pytest.raises(raised):
        db.pipeline(requests()).run()
    assert settled(db)[1] == 0 and names() == []


def test_a_list_is_dropped_without_a_word(db: Database) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(TypeError, match="not Crate"):
            db.pipeline([Crate(name="a"), Crate(name="b"), Crate.create(name="c")]).run()
    assert names() == []


def test_the_time_of_an_iterable_is_its_own(db: Database, url: str) -> None:
    def requests() -> Iterator[Op[Any]]:
        for i in range(250):
            if i == 150:
                time.sleep(0.6)
            yield Crate.where(Crate.n == i).using(hasty).update(n=i)

    limited = f"{url}{'&' if '?' in url else '?'}statement_timeout=0.3"
    with pyferro.connect(limited, name="hasty").run() as hasty:
        assert hasty.pipeline(requests()).run() == [0] * 250


def test_what_was_not_written_is_still_to_be(wait: Waiting) -> None:
    made = Crate.bulk_create([Crate(name="a"), Crate(name="b")]).run()
    for one in made:
        one.n = 9
    with pytest.raises(UniqueViolationError):
        wait(pyferro.pipeline([*(one.save() for one in made), Crate.create(name="a")]))
    assert Crate.select(Crate.n).all().run() == [0, 0]
    wait(pyferro.pipeline(one.save() for one in made))
    assert Crate.select(Crate.n).all().run() == [9, 9]


def test_nor_is_what_was_answered_before_the_failure(wait: Waiting) -> None:
    """In groups that were sent before, too: the next try writes all of them."""
    made = Crate.bulk_create([Crate(name=f"n{i:03}") for i in range(250)]).run()
    new = [Crate(name=f"new {i}") for i in range(120)]
    for one in made:
        one.n = 9
    made[230].name = "n000"
    with pytest.raises(UniqueViolationError) as caught:
        wait(pyferro.pipeline([*(Crate.create(name=one.name) for one in new), *map(_saved, made)]))
    assert caught.value.row == 350
    made[230].name = "n230"
    assert wait(pyferro.pipeline(map(_saved, made))) == [None] * 250
    assert Crate.select(Crate.n).all().run() == [9] * 250


def _saved(crate: Crate) -> Op[Any]:
    return crate.save()


def test_a_row_that_is_not_there_leaves_no_trace(wait: Waiting) -> None:
    made = Crate.bulk_create([Crate(name=f"n{i}") for i in range(5)]).run()
    Crate.where(Crate.id == made[3].id).delete().run()
    for one in made:
        one.n = 9
    with pytest.raises(ModelDoesNotExist) as caught:
        wait(pyferro.pipeline(map(_saved, made)))
    assert caught.value.row == 3
    made[3].id = None
    wait(pyferro.pipeline(map(_saved, made)))
    assert Crate.select(Crate.n).all().run() == [9] * 5


def test_within_a_transaction_it_is_a_savepoint(db: Database) -> None:
    with db.transaction() as tx:
        Crate.create(name="before").run()
        with pytest.raises(UniqueViolationError):
            tx.pipeline([Crate.create(name="new"), Crate.create(name="before")]).run()
        tx.pipeline([Crate.create(name="after"), Crate.create(name="last")]).run()
        assert names() == ["after", "before", "last"]
        with pytest.raises(ZeroDivisionError), db.transaction():
            db.pipeline([Crate.create(name="gone")]).run()
            _ = 1 / 0
    assert names() == ["after", "before", "last"]


def test_what_changes_between(wait: Waiting) -> None:
    """A row that is not there, or of another version, is an error; and then nothing is written."""
    Dated.bulk_create([Dated(id=i, n=0) for i in range(5)]).run()
    mine, theirs = Dated.select().order_by(Dated.id).all().run(), Dated.get(3).run()
    theirs.n = 7
    theirs.save().run()
    for one in mine:
        one.n = 1
    with pytest.raises(StaleData):
        wait(pyferro.pipeline(one.save() for one in mine))
    assert Dated.select(Dated.n).order_by(Dated.id).all().run() == [0, 0, 0, 7, 0]
    Dated.where(Dated.id == 4).delete().run()
    with pytest.raises(ModelDoesNotExist):
        wait(pyferro.pipeline([mine[0].save(), mine[4].save()]))
    assert Dated.get(0).run().n == 0


def test_versions_go_on(wait: Waiting) -> None:
    one = wait(Dated.create(id=1, n=0))
    twin = Dated.get(1).run()
    one.n = 1
    wait(pyferro.pipeline([one.save(), one.refresh(), one.save(full=True)]))
    assert (one.n, one.version) == (1, 3) and Dated.get(1).run() == one
    # The stale one is found out before the row is gone, and after it there is nothing to be stale.
    with pytest.raises(StaleData):
        wait(pyferro.pipeline([twin.delete(), Dated.where(Dated.id == 1).delete()]))
    assert Dated.get(1).run() == one
    one.delete().run()
    assert wait(pyferro.pipeline([twin.delete(), Dated.create(id=1, n=7)]))[0] == 0


def test_several_steps_have_their_turn(wait: Waiting) -> None:
    """Hooks, rows of unknown origin and related ones: what takes more than one statement."""
    crate = Crate(name="new")
    label = Label(text="l", crate=crate)
    wait(
        pyferro.pipeline(
            [
                Watched(id=1, name="low").save(),
                Crate.create(name="between"),
                label.save(),
                Dated(id=8, n=3).save(),  # is there one? then it is inserted
                Dated.where(Dated.id == 8).update(n=Dated.n * 2),
                Watched.where(Watched.name == "LOW").update(name="seen"),
            ]
        )
    )
    assert Watched.get(1).run().name == "seen"
    assert Label.get(label.id).run().crate_id == crate.id
    assert Dated.get(8).run().n == 6


def test_what_is_no_request(db: Database) -> None:
    with pytest.raises(TypeError, match="not Crate"):
        pyferro.pipeline([Crate(name="a")]).run()
    used = Crate.create(name="a")
    used.run()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InterfaceError, match="has run already"):
            pyferro.pipeline([Crate.create(name="b"), used, Crate.create(name="c")]).run()
    assert names() == ["a"]


def test_of_another_connection(db: Database, kind: str, url: str) -> None:
    """Its changes would be kept when those here are undone, so it is refused."""
    if kind == "sqlite":
        url += "?busy_timeout=0.2"
    with pyferro.connect(url, name="other").run() as other:
        there = Crate.where(Crate.n == 0).using(other)
        for requests in (
            [Crate.create(name="a"), there.update(n=1)],
            [there.count()],
            [Crate(name="b").save(using=other)],
        ):
            with pytest.raises(InterfaceError, match="another connection"):
                db.pipeline(requests).run()
    assert names() == []


def test_statements_are_told_one_by_one(db: Database) -> None:
    with db.assert_queries(3) as events:
        db.pipeline([Crate.create(name="a"), Crate.create(name="b"), Crate.select().count()]).run()
    assert [event.operation for event in events] == ["INSERT", "INSERT", "SELECT"]


async def test_a_cancelled_task_leaves_nothing(db: Database) -> None:
    """At whatever point: all or nothing is there, and the connection is sound.

    One that is cancelled while it waits for COMMIT may have all.
    """
    for turns in range(12):
        crates = [Crate(name=f"{turns} {i:04}") for i in range(600)]
        task = asyncio.ensure_future(_piped(crates))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait([task])
        assert len(done) == 1
        stored = await Crate.where(Crate.name.startswith(f"{turns} ")).count()
        assert stored == 600 or (stored == 0 and task.cancelled())
    await rested(db)


async def _piped(crates: list[Crate]) -> None:
    await pyferro.pipeline(one.save() for one in crates)


def test_its_time_is_of_all_together(db: Database, kind: str) -> None:
    slow = {
        "postgresql": "UPDATE line_crate SET n = n WHERE pg_sleep(0.4) IS NOT NULL",
        "sqlite": None,
    }.get(kind, "UPDATE line_crate SET n = n WHERE sleep(0.4) = 0")
    if slow is None:
        pytest.skip("SQLite has nothing that sleeps")
    Crate.create(name="one").run()
    with pytest.raises(QueryTimeout):
        db.pipeline([Crate.create(name="b"), *(db.execute(slow) for _ in range(3))]).timeout(
            0.6
        ).run()
    assert names() == ["one"]


def test_requests_keep_their_own_time(db: Database, kind: str, url: str) -> None:
    """A row that somebody else has locked: what was sent before must not wear its time out."""
    if kind == "sqlite":
        pytest.skip("SQLite has no locks of rows")
    first, second = Crate.bulk_create([Crate(name="a"), Crate(name="b")]).run()
    with pyferro.connect(url, name="holder").run() as holder, holder.transaction():
        Crate.where(Crate.id == second.id).using(holder).update(n=5).run()
        waiting = Crate.where(Crate.id == second.id)
        for limited in (
            db.pipeline(
                [
                    Crate.where(Crate.id == first.id).update(n=1),
                    Crate.where(Crate.id == first.id).update(n=2),
                    Crate.where(Crate.n == 0).first(),
                    waiting.update(n=7),
                ]
            ).timeout(0.4),
            db.pipeline(
                [Crate.where(Crate.id == first.id).update(n=1), waiting.update(n=7).timeout(0.4)]
            ),
        ):
            with pytest.raises((QueryTimeout, LockNotAvailable)):
                limited.run()
    assert Crate.select(Crate.n).order_by(Crate.id).all().run() == [0, 5]


def test_few_round_trips_on_postgresql(db: Database, kind: str, url: str) -> None:
    if kind != "postgresql":
        pytest.skip("the others answer each statement before they take the next")
    proxy = Proxy(url)
    try:
        with pyferro.connect(proxy.url, name="through").run() as through:
            made = Crate.bulk_create([Crate(name=f"{i}") for i in range(400)]).run()
            for one in made:
                one.n = 1
            proxy.cut(None)  # counts from here
            through.pipeline(one.save(using=through) for one in made).run()
            sides = [side for side, _ in proxy.trace]
            # BEGIN, COMMIT, and segments of 50 statements; a portion may come in two.
            assert sum(pair == ("client", "server") for pair in pairwise(sides)) <= 20
    finally:
        proxy.close()
    assert Crate.where(Crate.n == 1).count().run() == 400
