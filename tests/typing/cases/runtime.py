"""Streams, and what databases say of themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_type

from models import Post

import pyferro
from pyferro import Database, Op, StatementEvent, Stats, select
from pyferro.op import Done


def rows() -> None:
    for post in select(Post).stream():
        assert_type(post, Post)
    for batch in Post.where().batches(50):
        assert_type(batch, list[Post])
    for pair in select(Post.id, Post.title).stream(batch=10):
        assert_type(pair, tuple[int, str])


async def rows_in_a_loop() -> None:
    async for post in select(Post).stream():
        assert_type(post, Post)
    async for titles in select(Post.title).batches(10):
        assert_type(titles, list[str])


def told(event: StatementEvent) -> None:
    assert_type(event.rows, int | None)
    assert_type(event.values, tuple[str, ...])


def databases(db: Database) -> None:
    assert_type(db.on_statement(told), Callable[[], None])
    assert_type(db.stats(), Stats)
    assert_type(db.stats().pool.waited, float)
    assert_type(db.ping(), Op[None])
    assert_type(db.close(), Done)
    assert_type(db.close(timeout=5), Op[None])
    assert_type(pyferro.connect("sqlite:", password=lambda: "x"), Op[Database])


async def together(posts: list[Post], db: Database) -> None:
    assert_type(await pyferro.pipeline(Post.where(Post.id == i).update(views=i) for i in (1, 2)), list[int])
    assert_type(db.pipeline([Post.get(1), Post.get(2)]).run(), list[Post])
    mixed: Sequence[object] = db.pipeline([Post.get(1), Post.where().count()]).run()
    print(mixed)
