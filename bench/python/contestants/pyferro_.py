"""pyferro, as its guide writes it: plain annotations, no session, one await for each terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyferro
from pyferro import PK, BackRef, Field, Many, Ref

from contestants.base import CHANGED_COLUMNS, Contestant, is_sqlite
from harness.dataset import Dataset, Record


class Narrow(pyferro.Model):
    id: PK[int]
    name: str
    created: datetime
    team: int = Field(index=True)
    score: float


class Wide(pyferro.Model):
    id: PK[int]
    team: int = Field(index=True)
    code: str
    title: str
    note: str | None
    quantity: int
    reserve: int | None
    price: Decimal
    discount: Decimal | None
    weight: float
    height: float | None
    active: bool
    checked: bool | None
    token: UUID
    parent: UUID | None
    created: datetime
    updated: datetime | None
    due: date
    details: dict[str, Any]
    labels: dict[str, Any] | None


class Entry(pyferro.Model):
    id: PK[int]
    name: str
    created: datetime
    team: int = Field(index=True)
    score: float


class Author(pyferro.Model):
    id: PK[int]
    name: str
    joined: datetime
    rating: float
    posts: Many[Post] = BackRef()


class Post(pyferro.Model):
    id: PK[int]
    title: str
    created: datetime
    views: int
    author: Ref[Author] = Field(index=True)


class Pyferro(Contestant):
    async def setup(self, url: str, data: Dataset) -> None:
        # As the others: a commit need not reach the disk before the next one.
        settings = "?synchronous=normal" if is_sqlite(url) else ""
        await pyferro.connect(url + settings, auto_migrate=True)
        await Narrow.bulk_create([Narrow(**record) for record in data.narrow])
        await Wide.bulk_create([Wide(**record) for record in data.wide])
        await Author.bulk_create([Author(**record) for record in data.authors])
        await Post.bulk_create([Post(**record) for record in data.posts])

    async def close(self) -> None:
        pyferro.reset_engine()

    async def get_one(self, key: int) -> Narrow:
        return await Narrow.get(key)

    async def get(self, keys: Sequence[int]) -> Sequence[Narrow]:
        return [await Narrow.get(key) for key in keys]

    async def create_one(self, record: Record) -> Entry:
        return await Entry.create(**record)

    def prepare_bulk(self, records: Sequence[Record]) -> list[Entry]:
        return [Entry(**record) for record in records]

    async def bulk_create(self, batch: list[Entry]) -> list[Entry]:
        return await Entry.bulk_create(batch)

    async def filter(self, team: int) -> Sequence[Narrow]:
        return await Narrow.where(Narrow.team == team).all()

    async def wide_filter(self, team: int) -> Sequence[Wide]:
        return await Wide.where(Wide.team == team).all()

    async def scan(self) -> Sequence[Narrow]:
        return await Narrow.all()

    async def posts_with_author(self) -> Sequence[Post]:
        return await Post.load(Post.author).all()

    async def authors_with_posts(self) -> Sequence[Author]:
        return await Author.load(Author.posts).all()

    async def store(self, records: Sequence[Record]) -> None:
        await Entry.bulk_create([Entry(**record) for record in records])

    async def bulk_update(self, batch: list[Entry]) -> int:
        return await Entry.bulk_update(batch, *CHANGED_COLUMNS)

    async def bulk_upsert(self, batch: list[Entry]) -> None:
        await Entry.insert(batch).on_conflict(Entry.id).update(*CHANGED_COLUMNS)

    async def updates(self, objects: Sequence[Entry], scores: Sequence[float]) -> None:
        async with pyferro.transaction():
            for entry, score in zip(objects, scores, strict=True):
                entry.score = score
                await entry.save()

    async def updates_together(self, objects: Sequence[Entry], scores: Sequence[float]) -> None:
        for entry, score in zip(objects, scores, strict=True):
            entry.score = score
        await pyferro.pipeline(entry.save() for entry in objects)

    async def entries(self) -> Sequence[Entry]:
        return await Entry.all()


CONTESTANT = Pyferro
