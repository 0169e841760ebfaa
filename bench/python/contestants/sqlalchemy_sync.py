"""SQLAlchemy's synchronous ORM, over sqlite3 or psycopg: an extra row, for who needs no loop.

Its concurrent workload is the same gets one after the other: nothing here can wait elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, create_engine, insert, select, update
from sqlalchemy.orm import Session, sessionmaker

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


class SqlAlchemySync(Contestant):
    def __init__(self) -> None:
        super().__init__()
        self._engines: tuple[Engine, ...] = ()
        self._sessions: sessionmaker[Session]
        self._transactions: sessionmaker[Session]
        self._upsert: Any = None

    async def setup(self, url: str, data: Dataset) -> None:
        sqlite = is_sqlite(url)
        self._upsert = upsert(sqlite)
        driver = "sqlite+pysqlite:" if sqlite else "postgresql+psycopg:"
        url = driver + url.partition(":")[2]
        self._engines = (
            create_engine(
                url, pool_size=1, isolation_level="AUTOCOMMIT", pool_reset_on_return=None
            ),
            create_engine(url, pool_size=1),
        )
        if sqlite:
            for engine in self._engines:
                relax_durability(engine)
        self._sessions, self._transactions = (
            sessionmaker(engine, expire_on_commit=False) for engine in self._engines
        )
        with self._engines[1].begin() as connection:
            Base.metadata.create_all(connection)
            connection.execute(insert(Narrow), data.narrow)
            connection.execute(insert(Wide), data.wide)
            connection.execute(insert(Author), data.authors)
            connection.execute(insert(Post), data.posts)

    async def close(self) -> None:
        for engine in self._engines:
            engine.dispose()

    async def get_one(self, key: int) -> Narrow:
        with self._sessions() as session:
            return session.get_one(Narrow, key)

    async def get(self, keys: Sequence[int]) -> Sequence[Narrow]:
        with self._sessions() as session:
            return [session.get_one(Narrow, key) for key in keys]

    async def create_one(self, record: Record) -> Entry:
        return (await self.insert([record]))[0]

    async def insert(self, records: Sequence[Record]) -> Sequence[Entry]:
        entries = []
        with self._sessions() as session:
            for record in records:
                entry = Entry(**record)
                session.add(entry)
                session.flush()  # in autocommit this is the commit
                entries.append(entry)
        return entries

    async def bulk_create(self, batch: Sequence[Record]) -> Sequence[Entry]:
        with self._transactions() as session:
            entries = session.scalars(insert(Entry).returning(Entry), batch).all()
            session.commit()
        return entries

    async def filter(self, team: int) -> Sequence[Narrow]:
        with self._sessions() as session:
            return session.scalars(select(Narrow).where(Narrow.team == team)).all()

    async def wide_filter(self, team: int) -> Sequence[Wide]:
        with self._sessions() as session:
            return session.scalars(select(Wide).where(Wide.team == team)).all()

    async def scan(self) -> Sequence[Narrow]:
        with self._sessions() as session:
            return session.scalars(select(Narrow)).all()

    async def posts_with_author(self) -> Sequence[Post]:
        with self._sessions() as session:
            return (session.scalars(POSTS_WITH_AUTHOR)).all()

    async def authors_with_posts(self) -> Sequence[Author]:
        with self._sessions() as session:
            return (session.scalars(AUTHORS_WITH_POSTS)).all()

    async def store(self, records: Sequence[Record]) -> None:
        with self._transactions() as session:
            session.execute(insert(Entry), list(records))
            session.commit()

    async def prepare_update(self, records: Sequence[Record]) -> list[Record]:
        return [{name: record[name] for name in ("id", *CHANGED_COLUMNS)} for record in records]

    async def bulk_update(self, batch: list[Record]) -> None:
        with self._transactions() as session:
            session.execute(update(Entry), batch)
            session.commit()

    async def bulk_upsert(self, batch: Sequence[Record]) -> None:
        with self._transactions() as session:
            session.execute(self._upsert, batch)
            session.commit()

    async def prepare_updates(self) -> tuple[Session, Sequence[Entry]]:
        session = self._transactions()
        entries = (session.scalars(select(Entry).order_by(Entry.id))).all()
        session.commit()
        return session, entries

    async def updates(
        self, objects: tuple[Session, Sequence[Entry]], scores: Sequence[float]
    ) -> None:
        self._save(objects, scores, each=True)

    async def updates_together(
        self, objects: tuple[Session, Sequence[Entry]], scores: Sequence[float]
    ) -> None:
        self._save(objects, scores, each=False)

    def _save(
        self, objects: tuple[Session, Sequence[Entry]], scores: Sequence[float], *, each: bool
    ) -> None:
        session, entries = objects
        for entry, score in zip(entries, scores, strict=True):
            entry.score = score
            if each:
                session.flush()
        session.commit()
        session.close()

    async def entries(self) -> Sequence[Entry]:
        with self._sessions() as session:
            return session.scalars(select(Entry)).all()


CONTESTANT = SqlAlchemySync
