"""What would be sent: text and values, comments before it, and the server's plans."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from conftest import Create
from pydantic import SecretStr

from pyferro import PK, Database, Field, Model, UnsupportedFeature, select

Wait = Callable[[Any], Any]

HOSTILE = (
    "a */ DROP TABLE rendered_song; /*",
    "*/",
    "*",
    "/*! SELECT 1 */",
    "two\nlines",
    "tab\t",
    "nul\0",
    "\x7f",
    "\x85",
    "\u2028",
    "\u202e",
    "",
    "x" * 256,
    "é" * 128,
)
FINE = (
    "list-posts",
    "route='/posts/1',app=\"x\"",
    "a -- b",
    "/ /",
    "%s ? :a $1 #",
    "é ß 漢",
    "'",
    "x" * 255,
)


class Song(Model, table="rendered_song"):
    id: PK[int]
    title: str = ""
    plays: int = 0
    price: Decimal = Field(default=Decimal("1.5"), max_digits=6, decimal_places=2)
    meta: dict[str, Any] | None = None
    token: SecretStr = SecretStr("hush")


@pytest.fixture
def songs(create: Create) -> None:
    create(Song)
    Song.bulk_create([Song(id=i, title=f"t{i}", plays=i) for i in range(1, 9)]).run()


def test_text_and_values(db: Database, songs: None) -> None:
    query = Song.where(Song.plays > 3, Song.price == Decimal("1.50")).select(Song.id).limit(2)
    found = query.sql()
    assert (found.params, found.dialect) == ((3, Decimal("1.50"), 2), db.dialect)
    assert str(found) == found.sql
    assert "SELECT" in found
    if db.dialect == "postgresql":
        assert found.sql.count("$") == 3
    else:
        assert found.sql.count("?") == 3
    assert Song.where(Song.id.in_([1, 2, 3])).sql().params == ([1, 2, 3],)
    assert Song.where(Song.meta != None).sql().params == ()  # noqa: E711


def test_values_stand_in_the_order_of_placeholders(db: Database, songs: None) -> None:
    """A rewrite may write a value twice, or before another one."""
    ranked = Song.where(Song.plays > 1).order_by(Song.plays).limit(3, with_ties=True)
    found = ranked.select(Song.id).sql()
    if db.dialect == "postgresql":
        assert found.params == (1, 3)
    else:
        assert sorted(found.params) == [1, 3]
        assert found.sql.count("?") == len(found.params)


def test_secrets_are_not_shown(db: Database, songs: None) -> None:
    found = Song.where(Song.token == SecretStr("hush"), Song.plays > 0).sql()
    assert found.params == ("REDACTED", 0)
    assert Song.where(Song.token == "hush").sql().params == ("REDACTED",)
    assert Song.where(Song.token.in_(["hush", "b"])).sql().params == (["REDACTED", "REDACTED"],)
    assert "REDACTED" in Song.where(Song.token.startswith("hu")).sql().params
    within = select(Song.plays).where(
        Song.plays.in_(select(Song.plays).where(Song.token == "hush"))
    )
    assert within.sql().params == ("REDACTED",)
    assert "hush" not in repr(found)
    assert Song.where(Song.token == "hush").count().run() == 8


@pytest.mark.parametrize("comment", FINE)
def test_comments_stand_before_the_text(
    db: Database, songs: None, wait: Wait, comment: str
) -> None:
    query = Song.where(Song.plays > 3).tag(comment)
    assert query.sql().sql.startswith(f"/* {comment} */ SELECT ")
    assert len(wait(query.all())) == 5
    assert wait(query.count()) == 5
    assert wait(query.exists())
    assert wait(query.order_by("id").first()).id == 4
    assert wait(query.where(Song.id == 8).update(title="x")) == 1
    assert wait(query.where(Song.title == "x").delete()) == 1
    raw = db.sql("select count(*) from rendered_song where plays > :n", n=3).tag(comment)
    assert raw.sql().sql.startswith(f"/* {comment} */ select ")
    assert wait(raw.scalar()) == 4


@pytest.mark.parametrize("comment", HOSTILE)
def test_hostile_comments_are_refused(db: Database, songs: None, comment: str) -> None:
    with pytest.raises(ValueError, match="tag"):
        Song.where().tag(comment)
    with pytest.raises(ValueError, match="tag"):
        db.sql("select 1").tag(comment)
    assert Song.where().count().run() == 8


def test_a_comment_that_slipped_through_is_refused_by_the_engine(db: Database, songs: None) -> None:
    query = Song.where().tag("fine")
    query._tag = "a */ DROP TABLE rendered_song; --"
    with pytest.raises(Exception, match="a comment holds"):
        query.all().run()
    assert Song.where().count().run() == 8


def test_statistics_see_the_comment(db: Database, songs: None) -> None:
    if db.dialect != "postgresql":
        pytest.skip("only PostgreSQL shows the statements of others in a table")
    tagged = "select query from pg_stat_activity where pid = pg_backend_pid()"
    assert db.sql(tagged).tag("who-asks").scalar().run().startswith("/* who-asks */ select")


def test_plans(db: Database, songs: None, wait: Wait) -> None:
    query = Song.where(Song.plays > 3, Song.title.like("t%")).order_by("title")
    found = wait(query.explain())
    assert "rendered_song" in str(found)
    assert found.rows
    assert found.dialect == db.dialect
    assert "rendered_song" in str(wait(query.tag("why").explain()))
    raw = db.sql("select * from rendered_song where plays > :n", n=3)
    assert "rendered_song" in str(wait(raw.tag("why").explain()))
    if db.supports("explain-analyze"):
        measured = str(wait(query.explain(analyze=True)))
        word = "r_rows" if "MariaDB" in db.server else "actual"
        assert word in measured
        assert word in str(wait(raw.explain(analyze=True)))
    else:
        with pytest.raises(UnsupportedFeature, match="explain-analyze"):
            wait(query.explain(analyze=True))
    assert wait(query.count()) == 5
