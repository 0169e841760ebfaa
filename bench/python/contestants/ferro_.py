"""ferro-orm: lambda predicates inside one ambient session, which it demands.

The identity map is off, because that is the faster setting for single gets here. It loads related
rows to one only; its manual then asks for the posts of each author, one query for each. Here the
posts of all authors are asked for at once and put beside them by hand, which is faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

from ferro import (
    PoolConfig,
    connect,
    engines,
    execute,
    fetch_one,
    reset_engine,
    transaction,
)

from contestants.base import Contestant, is_sqlite, related_values, sqlite_path
from contestants.ferro_models import Author, Entry, Narrow, Post, Wide
from harness.dataset import Dataset, Record


class Ferro(Contestant):
    returns_keys = False  # bulk_create answers with a number
    lacks = {  # noqa: RUF012
        "bulk_update": "has no update of many objects with values of their own",
        "bulk_upsert": "upserts one object at a time",
    }

    def __init__(self) -> None:
        super().__init__()
        self._session = AsyncExitStack()
        self._sqlite = False

    async def setup(self, url: str, data: Dataset) -> None:
        self._sqlite = is_sqlite(url)
        if self._sqlite:
            # Its SQLite connections take no settings, and only a pool of one can be given them by
            # a statement. A pool of ten was no faster in the concurrent workload.
            url = f"sqlite:{sqlite_path(url)}"
            pool = PoolConfig(max_connections=1, min_connections=1)
            self.notes.append("pool of 1 on SQLite, so that synchronous=NORMAL holds")
        else:
            pool = PoolConfig(max_connections=data.sizes.pool, min_connections=data.sizes.pool)
        await connect(url, auto_migrate=True, identity_map=False, pool=pool)
        await self._session.enter_async_context(engines.session())
        await self._relax_durability()
        await Narrow.bulk_create([Narrow(**record) for record in data.narrow])
        await Wide.bulk_create([Wide(**record) for record in data.wide])
        authors = [Author(**record) for record in data.authors]
        await Author.bulk_create(authors)
        await Post.bulk_create(
            [Post(**record, author=authors[record["author_id"] - 1]) for record in data.posts]
        )

    async def _relax_durability(self) -> None:
        if self._sqlite:
            await execute("PRAGMA synchronous=NORMAL")
            level = await fetch_one("PRAGMA synchronous")
            if level != {"synchronous": 1}:
                raise RuntimeError("synchronous=NORMAL did not hold")

    async def close(self) -> None:
        await self._session.aclose()
        reset_engine()

    async def get_one(self, key: int) -> Narrow:
        return await Narrow.get(key)

    async def create_one(self, record: Record) -> Entry:
        return await Entry.create(**record)

    def prepare_bulk(self, records: Sequence[Record]) -> list[Entry]:
        return [Entry(**record) for record in records]

    async def bulk_create(self, batch: list[Entry]) -> int:
        return await Entry.bulk_create(batch)

    def created(self, result: int) -> list[int]:
        raise NotImplementedError("ferro's bulk_create returns no keys")

    async def filter(self, team: int) -> Sequence[Narrow]:
        return await Narrow.where(lambda row: row.team == team).all()

    async def wide_filter(self, team: int) -> Sequence[Wide]:
        return await Wide.where(lambda row: row.team == team).all()

    async def scan(self) -> Sequence[Narrow]:
        return await Narrow.all()

    async def posts_with_author(self) -> Sequence[Post]:
        return await Post.select().include(lambda post: post.author).all()

    async def authors_with_posts(self) -> Sequence[tuple[Author, list[Post]]]:
        authors = await Author.all()
        posts: dict[Any, list[Post]] = {author.id: [] for author in authors}
        for post in await Post.where(lambda post: post.author_id.in_(list(posts))).all():
            posts[post.author_id].append(post)
        return [(author, posts[author.id]) for author in authors]

    def author_values(self, pair: tuple[Author, list[Post]]) -> tuple[Any, ...]:
        return related_values(*pair)

    async def store(self, records: Sequence[Record]) -> None:
        await Entry.bulk_create([Entry(**record) for record in records])

    async def updates(self, objects: Sequence[Entry], scores: Sequence[float]) -> None:
        async with transaction():
            for entry, score in zip(objects, scores, strict=True):
                entry.score = score
                await entry.save()

    async def entries(self) -> Sequence[Entry]:
        return await Entry.all()

    async def before_writing(self) -> None:
        await self._relax_durability()  # the pool may have replaced its connection meanwhile


CONTESTANT = Ferro
