"""SQLAlchemy's synchronous ORM, over sqlite3 or psycopg: an extra row, for who needs no loop.

Its concurrent workload is the same gets one after the other: nothing here can wait elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, create_engine, insert, select
from sqlalchemy.orm import Session, sessionmaker

from contestants.base import Contestant, is_sqlite
from contestants.sqlalchemy_models import Base, Entry, Narrow, Wide, relax_durability
from harness.dataset import Dataset, Record


class SqlAlchemySync(Contestant):
    def __init__(self) -> None:
        super().__init__()
        self._engines: tuple[Engine, ...] = ()
        self._sessions: sessionmaker[Session]
        self._transactions: sessionmaker[Session]

    async def setup(self, url: str, data: Dataset) -> None:
        sqlite = is_sqlite(url)
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

    async def entries(self) -> Sequence[Entry]:
        with self._sessions() as session:
            return session.scalars(select(Entry)).all()


CONTESTANT = SqlAlchemySync
