"""SQLAlchemy's asynchronous ORM, over aiosqlite or asyncpg.

Reads and single inserts run in autocommit, which spares it the round trips of BEGIN and COMMIT;
each workload opens one session, and concurrent tasks one each, because sessions are not shared.
Bulk insert is `insert(Entry).returning(Entry)`: four times as fast on SQLite as add_all, which
there sends one statement per object to be sure of the keys. Its objects are made under the clock.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from contestants.base import Contestant, is_sqlite
from contestants.sqlalchemy_models import Base, Entry, Narrow, Wide, relax_durability
from harness.dataset import Dataset, Record


class SqlAlchemyAsync(Contestant):
    def __init__(self) -> None:
        super().__init__()
        self._engines: tuple[AsyncEngine, ...] = ()
        self._sessions: async_sessionmaker[AsyncSession]
        self._transactions: async_sessionmaker[AsyncSession]

    async def setup(self, url: str, data: Dataset) -> None:
        sqlite = is_sqlite(url)
        driver = "sqlite+aiosqlite:" if sqlite else "postgresql+asyncpg:"
        url = driver + url.partition(":")[2]
        # Autocommit leaves nothing to roll back when a connection returns to its pool.
        self._engines = (
            create_async_engine(
                url,
                pool_size=data.sizes.pool,
                max_overflow=0,
                isolation_level="AUTOCOMMIT",
                pool_reset_on_return=None,
            ),
            create_async_engine(url, pool_size=1),
        )
        if sqlite:
            for engine in self._engines:
                relax_durability(engine.sync_engine)
        self._sessions, self._transactions = (
            async_sessionmaker(engine, expire_on_commit=False) for engine in self._engines
        )
        async with self._engines[1].begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            await connection.execute(insert(Narrow), data.narrow)
            await connection.execute(insert(Wide), data.wide)

    async def close(self) -> None:
        for engine in self._engines:
            await engine.dispose()

    async def get_one(self, key: int) -> Narrow:
        async with self._sessions() as session:
            return await session.get_one(Narrow, key)

    async def get(self, keys: Sequence[int]) -> Sequence[Narrow]:
        async with self._sessions() as session:
            return [await session.get_one(Narrow, key) for key in keys]

    async def create_one(self, record: Record) -> Entry:
        return (await self.insert([record]))[0]

    async def insert(self, records: Sequence[Record]) -> Sequence[Entry]:
        entries = []
        async with self._sessions() as session:
            for record in records:
                entry = Entry(**record)
                session.add(entry)
                await session.flush()  # in autocommit this is the commit
                entries.append(entry)
        return entries

    async def bulk_create(self, batch: Sequence[Record]) -> Sequence[Entry]:
        async with self._transactions() as session:
            entries = (await session.scalars(insert(Entry).returning(Entry), batch)).all()
            await session.commit()
        return entries

    async def filter(self, team: int) -> Sequence[Narrow]:
        async with self._sessions() as session:
            return (await session.scalars(select(Narrow).where(Narrow.team == team))).all()

    async def wide_filter(self, team: int) -> Sequence[Wide]:
        async with self._sessions() as session:
            return (await session.scalars(select(Wide).where(Wide.team == team))).all()

    async def scan(self) -> Sequence[Narrow]:
        async with self._sessions() as session:
            return (await session.scalars(select(Narrow))).all()

    async def entries(self) -> Sequence[Entry]:
        async with self._sessions() as session:
            return (await session.scalars(select(Entry))).all()


CONTESTANT = SqlAlchemyAsync
