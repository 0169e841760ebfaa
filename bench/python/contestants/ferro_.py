"""ferro-orm: lambda predicates inside one ambient session, which it demands.

The identity map is off, because that is the faster setting for single gets here.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ferro import Field, Model, PoolConfig, connect, engines, execute, fetch_one, reset_engine

from contestants.base import Contestant, is_sqlite, sqlite_path
from harness.dataset import Dataset, Record


class Narrow(Model):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    created: datetime = Field(db_type="timestamp")
    team: int = Field(index=True)
    score: float


class Wide(Model):
    id: int | None = Field(default=None, primary_key=True)
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
    created: datetime = Field(db_type="timestamp")
    updated: datetime | None = Field(db_type="timestamp")
    due: date
    details: dict[str, Any]
    labels: dict[str, Any] | None


class Entry(Model):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    created: datetime = Field(db_type="timestamp")
    team: int = Field(index=True)
    score: float


class Ferro(Contestant):
    returns_keys = False  # bulk_create answers with a number

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

    async def entries(self) -> Sequence[Entry]:
        return await Entry.all()

    async def before_writing(self) -> None:
        await self._relax_durability()  # the pool may have replaced its connection meanwhile


CONTESTANT = Ferro
