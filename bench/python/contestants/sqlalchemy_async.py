"""SQLAlchemy's asynchronous ORM, over aiosqlite or asyncpg.

Reads and single inserts run in autocommit, which spares it the round trips of BEGIN and COMMIT;
each workload opens one session, and concurrent tasks one each, because sessions are not shared.
Bulk insert is `insert(Entry).returning(Entry)`: four times as fast on SQLite as add_all, which
there sends one statement per object to be sure of the keys. Its objects are made under the clock.
Bulk updates and upserts are its statements for a list of rows. The single updates are one flush
for each object: one flush for all would send them in one call of the driver.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from contestants.base import CHANGED_COLUMNS, Contestant, is_sqlite
from contestants.sqlalchemy_models import (
    AUTHORS_WITH_POSTS,
    POSTS_WITH_AUTHOR,
    Author,
    Base,
    Entry,
    Narrow,
    Post,
    Wide,
    relax_durability,
    upsert,
)
from harness.dataset import Dataset, Record


class SqlAlchemyAsync(Contestant):
    def __init__(self) -> None:
        super().__init__()
        self._engines: tuple[AsyncEngine, ...] = ()
        self._sessions: async_sessionmaker[AsyncSession]
        self._transactions: async_sessionmaker[AsyncSession]
        self._upsert: Any = None

    async def setup(self, url: str, data: Dataset) -> None:
        sqlite = is_sqlite(url)
        self._upsert = upsert(sqlite)
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
            await connection.execute(insert(Author), data.authors)
            await connection.execute(insert(Post), data.posts)

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

    async def posts_with_author(self) -> Sequence[Post]:
        async with self._sessions() as session:
            return (await session.scalars(POSTS_WITH_AUTHOR)).all()

    async def authors_with_posts(self) -> Sequence[Author]:
        async with self._sessions() as session:
            return (await session.scalars(AUTHORS_WITH_POSTS)).all()

    async def store(self, records: Sequence[Record]) -> None:
        async with self._transactions() as session:
            await session.execute(insert(Entry), list(records))
            await session.commit()

    async def prepare_update(self, records: Sequence[Record]) -> list[Record]:
        return [{name: record[name] for name in ("id", *CHANGED_COLUMNS)} for record in records]

    async def bulk_update(self, batch: list[Record]) -> None:
        async with self._transactions() as session:
            await session.execute(update(Entry), batch)
            await session.commit()

    async def bulk_upsert(self, batch: Sequence[Record]) -> None:
        async with self._transactions() as session:
            await session.execute(self._upsert, batch)
            await session.commit()

    async def prepare_updates(self) -> tuple[AsyncSession, Sequence[Entry]]:
        session = self._transactions()
        entries = (await session.scalars(select(Entry).order_by(Entry.id))).all()
        await session.commit()
        return session, entries

    async def updates(
        self, objects: tuple[AsyncSession, Sequence[Entry]], scores: Sequence[float]
    ) -> None:
        await self._save(objects, scores, each=True)

    async def updates_together(
        self, objects: tuple[AsyncSession, Sequence[Entry]], scores: Sequence[float]
    ) -> None:
        await self._save(objects, scores, each=False)

    async def _save(
        self, objects: tuple[AsyncSession, Sequence[Entry]], scores: Sequence[float], *, each: bool
    ) -> None:
        session, entries = objects
        for entry, score in zip(entries, scores, strict=True):
            entry.score = score
            if each:
                await session.flush()
        await session.commit()
        await session.close()

    async def entries(self) -> Sequence[Entry]:
        async with self._sessions() as session:
            return (await session.scalars(select(Entry))).all()


CONTESTANT = SqlAlchemyAsync
