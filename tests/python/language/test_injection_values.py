"""A text among the values stays a value: it is bound, comes back as it was, and the patterns and
JSON paths that are made of it mean it literally."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import Create

import pyferro
from language.hostile import VALUES, Canary, Guard, refused
from pyferro import (
    PK,
    Database,
    Field,
    Model,
    case,
    fn,
    select,
    sql,
)


class Song(Model, table="injected_song"):
    id: PK[int]
    title: str = ""
    plays: int = 0
    meta: dict[str, Any] = Field(default_factory=dict)


@pytest.fixture
def guard(create: Create, db: Database) -> Iterator[Guard]:
    create(Canary, Song)
    Song.create(title="one", plays=1).run()
    found = Guard(db)
    yield found
    found.check()


def test_stored_and_found(guard: Guard) -> None:
    titles = list(VALUES)
    Song.where().delete().run()
    Song.bulk_create([Song(title=title, meta={"t": title}) for title in titles]).run()
    found = Song.order_by("id").all().run()
    assert [song.title for song in found] == titles
    assert [song.meta for song in found] == [{"t": title} for title in titles]
    for song, title in zip(found, titles, strict=True):
        here = Song.where(title=title)
        assert here.select("id").all().run() == [song.id], title
        assert Song.where(Song.title.in_([title, "no such"])).count().run() == 1
        assert Song.where(Song.title.between(title, title)).count().run() == 1
        assert Song.where(Song.title == title, Song.id != song.id).count().run() == 0
        assert select(Song.id).where(Song.title != title).count().run() == len(titles) - 1
        assert here.update(title="other").run() == 1
        assert Song.where(id=song.id).update(title=title).run() == 1
        song.title = "third"
        song.save().run()
        song.title = title
        song.save().run()
        song.refresh().run()
        assert song.title == title
        made = Song.create(title=title).run()
        assert here.count().run() == 2
        assert made.delete().run() == 1
        assert here.delete().run() == 1
        Song(id=song.id, title=title).save(full=True).run()
        assert Song.get(song.id).run().title == title


def test_in_calls(guard: Guard, db: Database) -> None:
    """CVE-2020-7471: the separator of string_agg; and texts among the arguments of functions."""
    Song.create(title="two", plays=2).run()
    order = Song.id if db.supports("aggregate-order") else None
    for text in VALUES:
        joined = fn.string_agg(Song.title, text, order_by=order)
        expected = {f"one{text}two", f"two{text}one"} if order is None else {f"one{text}two"}
        assert select(joined).one().run() in expected, text
        found = select(
            fn.concat(Song.title, text),
            fn.coalesce(fn.nullif(Song.title, "one"), text),
            case((Song.title == "one", text), else_="no"),
            fn.replace(Song.title, "one", text),
            fn.length(fn.concat(text, Song.title)),
        )
        row = found.where(Song.id == 1).one().run()
        assert row == (f"one{text}", text, text, text, len(text) + 3), text


def test_patterns(guard: Guard, db: Database) -> None:
    """LIKE and regular expressions that are made of a text find it, and it alone."""
    for text in VALUES:
        song = Song.create(title=f"<{text}>", plays=7).run()
        for lookup, part in (
            ("startswith", f"<{text}"),
            ("endswith", f"{text}>"),
            ("contains", text),
            ("icontains", text),
            ("iexact", f"<{text}>"),
        ):
            here = Song.where(plays=7, **{f"title__{lookup}": part})
            assert here.count().run() == 1, (lookup, text)
            if lookup != "iexact":
                absent = Song.where(plays=7, **{f"title__{lookup}": f"!{part}"})
                assert absent.count().run() == 0, (lookup, text)
        if text.isascii() and text.isprintable() and len(text) < 100:
            exact = "^<" + re.sub(r"([^A-Za-z0-9 ])", r"[\\\1]", text) + ">$"
            assert Song.where(plays=7, title__regex=exact).count().run() == 1, (exact, text)
        song.delete().run()
    # A pattern as it is: what is wrong with it is said, and nothing of it is run.
    for text in VALUES:
        for lookup in ("like", "ilike", "regex", "iregex"):
            try:
                Song.where(**{f"title__{lookup}": text}).count().run()
                said: Exception | None = None
            except (pyferro.FerroError, ValueError) as error:
                said = error
            assert not isinstance(said, pyferro.SqlSyntaxError), (lookup, text)
            if lookup in ("like", "ilike"):
                assert (said is not None) == text.endswith("\\") == isinstance(said, ValueError)


def test_json_keys(guard: Guard, db: Database) -> None:
    """CVE-2019-14234: steps of a path into JSON."""
    keys = [text for text in VALUES if text]
    song = Song.create(meta={key: [key] for key in keys}).run()
    here = Song.where(Song.id == song.id)
    for key in keys:
        made = here.select(Song.meta[key][0].as_(str))
        if db.supports("json-path"):
            assert made.one().run() == key, key
            assert here.select(Song.meta[f"{key}\u00e9!"].as_(str)).one().run() is None
        else:
            refused(made.all().run, pyferro.UnsupportedFeature)
    for text in ("\0", "\ud800", "x" * 70_000):
        refused(lambda t=text: here.select(Song.meta[t].as_(str)).all().run())
    for step in (-1, 1.5, True, None, b"x", ("a",)):
        refused(lambda s=step: Song.meta[s], TypeError)


def test_braces_of_sql(guard: Guard, db: Database) -> None:
    """What stands in braces is a name, and the value for it is bound."""
    cast = "CAST({a} AS TEXT)" if db.dialect != "mysql" else "CAST({a} AS CHAR)"
    for text in VALUES:
        assert select(sql(cast, type=str, a=text)).one().run() == text, text
        assert select(sql("{a} = {b}", type=bool, a=Song.title, b=text)).one().run() is False
        if not text.isidentifier():
            refused(lambda t=text: sql("{" + t + "}", **{t: 1}))
    for form in ("{}", "{0}", "{a!r}", "{a:x}", "{a.b}", "{a[0]}", "{a", "a}", "{ a}", "{a;}"):
        refused(lambda f=form: sql(f, a=1, b=2))
    refused(lambda: sql("{a}"), TypeError)
    refused(lambda: sql("1", a=1), TypeError)
    refused(lambda: select(sql("1\0")).all().run())
    # One statement, whatever the text says.
    for text in ("1; DELETE FROM canary", "1; DELETE FROM canary; --", "1 /*", "1) --"):
        refused(
            lambda t=text: select(sql(t, type=int), Song.id).all().run(),
            pyferro.SqlSyntaxError,
            pyferro.InterfaceError,
        )


@pytest.mark.parametrize("text", ["a\0b", "\0", "a\ud800b"])
def test_no_text(guard: Guard, text: str) -> None:
    """What is no text on some database is stored on none."""
    for call in (
        lambda: Song.create(title=text).run(),
        lambda: Song.bulk_create([Song.model_construct(title=text, plays=0, meta={})]).run(),
        lambda: Song.where(title=text).all().run(),
        lambda: Song.where(Song.title.in_(["a", text])).all().run(),
        lambda: Song.where(Song.title.like(text)).all().run(),
        lambda: Song.where(id=1).update(title=text).run(),
        lambda: select(fn.concat(Song.title, text)).all().run(),
    ):
        refused(call, pyferro.DataError, TypeError, ValueError)
    assert Song.where().select("title").all().run() == ["one"]
