"""No text that reaches the public interface becomes SQL: it is a name in quotes, a bound value, a
word of a fixed list, or an error. One test for each class of hole that Django's query language had.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from conftest import Create
from pydantic import create_model

from language.hostile import (
    IMPOSSIBLE,
    NAMES,
    PLAIN,
    UNUSUAL,
    Canary,
    Guard,
    assert_one_name,
    refused,
)
from pyferro import (
    PK,
    Database,
    DatabaseError,
    Model,
    aliased,
    any_,
    asc,
    case,
    desc,
    exists,
    fn,
    row,
    select,
)


class Song(Model, table="injected_song"):
    id: PK[int]
    title: str = ""
    plays: int = 0
    born: datetime.datetime = datetime.datetime(2024, 5, 6, 7, 8, 9)


@pytest.fixture
def guard(create: Create, db: Database) -> Iterator[Guard]:
    create(Canary, Song)
    Song.create(title="one", plays=1).run()
    found = Guard(db)
    yield found
    found.check()


def _recursive(name: str) -> Any:
    numbers = select(Song.plays.as_("n")).cte(name)
    numbers.union_all(lambda c: select(c.n + 1).where(c.n < 3))
    return select(numbers.c.n).order_by(numbers.c.n)


def _of_columns(source: Any) -> Any:
    return select(source.c.plays).order_by(source.c.plays)


def _grouped(name: str) -> Any:
    return select(Song.plays.as_(name), fn.count()).group_by(name).order_by(name)


def _inner(name: str) -> Any:
    return select(select(Song.plays.as_(name)).subquery("s").c[name])


# Names that a query makes up, each with what it reads: the song's 1 play.
NAMED: dict[str, Callable[[str], Any]] = {
    "as_": lambda name: select(Song.plays.as_(name)),
    "as_ of a value": lambda name: select((Song.plays + 0).as_(name)).order_by(name),
    "group_by": _grouped,
    "column of a subquery": _inner,
    "subquery": lambda name: _of_columns(select(Song.plays).subquery(name)),
    "cte": lambda name: _of_columns(select(Song.plays).cte(name)),
    "recursive cte": _recursive,
    "aliased": lambda name: select(aliased(Song, name).plays),
    "union": lambda name: (
        select(Song.plays.as_(name)).union(select(Song.plays + 0)).order_by(name, nulls="native")
    ),
    "lock": lambda name: (lambda a: select(a.plays).for_update(of=a))(aliased(Song, name)),
}


@pytest.mark.parametrize("what", list(NAMED))
def test_names_of_results_and_sources(guard: Guard, db: Database, what: str) -> None:
    """CVE-2022-28346, CVE-2025-13372 and CVE-2026-1287: aliases from keywords, and in sources."""
    make = NAMED[what]
    if what == "lock" and not db.supports("lock-of"):
        refused(lambda: str(make(PLAIN).sql()))
        return
    wanted = make(PLAIN).all().run()
    for text in NAMES:
        assert_one_name(db, lambda name: str(make(name).sql()), text)
        assert make(text).all().run() == wanted, text
    for text in UNUSUAL:
        assert_one_name(db, lambda name: str(make(name).sql()), text)
        if db.dialect == "mysql":
            with suppress(DatabaseError):
                assert make(text).all().run() == wanted, text
        else:
            assert make(text).all().run() == wanted, text
    for text in IMPOSSIBLE:
        refused(lambda text=text: make(text).all().run())


def test_rows_with_hostile_names(guard: Guard) -> None:
    for text in NAMES:
        [found] = select(Song.plays.as_(text), Song.id).named().all().run()
        assert found == (1, 1)
        target = create_model("Target", **{text: (int, ...)})
        [made] = select(Song.plays.as_(text)).into(target).all().run()
        assert getattr(made, text) == 1


COLUMN_TEXTS = (
    *(text for text in (*NAMES, *UNUSUAL, *IMPOSSIBLE) if text != "*"),
    "",
    "-",
    "--id",
    "id DESC",
    "id; DROP TABLE canary",
    "-id; DROP TABLE canary",
    "-(SELECT 1)",
    "1",
    "random()",
    '"id"',
    "injected_song.id",
    '"injected_song"."id"',
    "id\0",
    "id ",
    "ID",
    "\uff49\uff44",  # full-width "id"
    "__class__",
    "id__class__",
    "_table",
)


def test_order_by(guard: Guard) -> None:
    """CVE-2021-35042: names of columns are looked up, never written."""
    songs = Song.where()
    for text in COLUMN_TEXTS:
        for call in (
            lambda t=text: songs.order_by(t),
            lambda t=text: songs.order_by(f"-{t}"),
            lambda t=text: songs.order_by(asc(t)),
            lambda t=text: songs.order_by(desc(t)),
            lambda t=text: songs.order_by("id", t),
            lambda t=text: songs.select(t),
            lambda t=text: songs.distinct(t),
            lambda t=text: select(Song.id).union(select(Song.plays)).order_by(t),
            lambda t=text: getattr(Song, t).fragment,
            lambda t=text: getattr(aliased(Song, "a"), t).fragment,
            lambda t=text: aliased(Song, "a").c[t].fragment,
        ):
            refused(call, AttributeError)
        if not text.startswith("_"):  # what objects of Python have
            refused(lambda t=text: songs.select(lambda s: getattr(s, t)), AttributeError)
        if text:
            refused(lambda t=text: songs.select("id").group_by(t).all().run(), AttributeError)


def test_group_by_nothing(guard: Guard) -> None:
    refused(lambda: Song.where().select("id").group_by("").all().run())


INTERNALS = ("_owner", "__class__", "__dict__", "__doc__", "__init__", "__module__")


@pytest.mark.parametrize("name", INTERNALS)
def test_columns_are_not_attributes(guard: Guard, name: str) -> None:
    source = select(Song.plays).subquery("s")
    refused(lambda: source.c[name], AttributeError)
    refused(lambda: select(source.c.plays).order_by(name), AttributeError)
    refused(lambda: select(source.c.plays).where(**{name: 1}), AttributeError)


def test_lookups_and_connectors(guard: Guard) -> None:
    """CVE-2025-64459: keywords of conditions, among them those that peers give a meaning."""
    songs = Song.where()
    reserved = ("_connector", "_negated", "connector", "OR", "AND", "pk", "extra", "raw")
    for text in (*COLUMN_TEXTS, *reserved):
        refused(lambda t=text: songs.where(**{t: "OR 1=1 OR"}), AttributeError, TypeError)
        refused(lambda t=text: songs.where(**{f"{t}__gte": 1}), AttributeError, TypeError)
        refused(lambda t=text: songs.where(**{f"id__{t}": 1}), AttributeError, TypeError)
        refused(lambda t=text: songs.where(**{f"id__gte__{t}": 1}), AttributeError, TypeError)
        refused(lambda t=text: songs.having(**{t: 1}), AttributeError, TypeError)
        refused(lambda t=text: songs.update(**{t: 1}), AttributeError)
        song = Song(id=1, title="one")
        refused(lambda t=text, s=song: s.save(only=[t]).run(), AttributeError)
        refused(lambda t=text, s=song: s.save(exclude=[t]).run(), AttributeError)
    for connector in ("OR 1=1 OR", ") OR (1=1", None, True):
        refused(lambda c=connector: songs.where(_connector=c), AttributeError, TypeError)
        refused(lambda c=connector: songs.where(c), TypeError)
    for text in NAMES:
        # A text is no condition, and none of its parts.
        refused(lambda t=text: songs.where(t), TypeError)
        refused(lambda t=text: songs.where(lambda s: t), TypeError)
        refused(lambda t=text: (Song.id == 1) & t, TypeError)
        refused(lambda t=text: (Song.id == 1) | t, TypeError)
        refused(lambda t=text: songs.where(id__isnull=t), TypeError)
        refused(lambda t=text: songs.limit(t), TypeError)
        refused(lambda t=text: songs.offset(t), TypeError)


def test_words_of_a_fixed_list(guard: Guard) -> None:
    """CVE-2022-34265: what of a moment is wanted, kinds of joins, frames, places of NULLs."""
    words = (*COLUMN_TEXTS, "YEAR", "year ", "year' FROM now()); DROP TABLE canary; --", "century")
    other = aliased(Song, "other")
    on = other.id == Song.id
    for text in words:
        for call in (
            lambda t=text: fn.extract(t, Song.born),
            lambda t=text: fn.date_trunc(t, Song.born),
            lambda t=text: fn.date_add(Song.born, **{t: 1}),
            lambda t=text: select(Song.id).join(other, on, kind=t),
            lambda t=text: fn.count().over(order_by=Song.id, rows=(None, 0), exclude=t),
            lambda t=text: select(Song.id).order_by("id", nulls=t),
            lambda t=text: fn.count().over(order_by=t),
            lambda t=text: Song.id.cast(t),
        ):
            refused(call, TypeError)
        for call in (
            lambda t=text: fn.count().over(rows=(t, 0)),
            lambda t=text: fn.ntile(t).over(order_by=Song.id),
            lambda t=text: fn.lag(Song.id, t).over(order_by=Song.id),
            lambda t=text: fn.nth_value(Song.id, t).over(order_by=Song.id),
            lambda t=text: fn.count(t),
            lambda t=text: fn.sum(t),
            lambda t=text: fn.count().over(partition_by=t),
            lambda t=text: fn.substr(Song.title, t),
            lambda t=text: fn.repeat(Song.title, t),
            lambda t=text: fn.date_add(Song.born, days=t),
            lambda t=text: fn.round(Song.plays, t),
            lambda t=text: exists(t),
            lambda t=text: any_(t),
            lambda t=text: Song.title.in_(t),
            lambda t=text: case((t, 1)),
            lambda t=text: fn.sum(Song.plays, where=t),
            lambda t=text: row(Song.id, Song.plays).in_(t),
        ):
            refused(lambda c=call: select(Song.id, c()).all().run())
        refused(lambda t=text: select(t), TypeError)
        refused(lambda t=text: select(Song.id).union(t).all().run())
        refused(lambda t=text: select(Song.id).for_update(of=t), TypeError)
        refused(lambda t=text: select(Song.id).cte("c", materialized=t).definition(), LookupError)
        refused(lambda t=text: select(Song.id).join(t, on), TypeError)
