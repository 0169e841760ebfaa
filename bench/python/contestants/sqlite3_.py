"""The standard library's sqlite3, blocking, rows as tuples: the floor without a model.

It blocks the event loop, so its concurrent workload is the same gets one after the other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import batched, chain
from typing import Any

from contestants import sqlite_rows as sql
from contestants.base import NO_OBJECTS, Contestant, sqlite_path
from harness.dataset import NARROW_COLUMNS, WIDE_COLUMNS, Dataset, Record


class Sqlite3(Contestant):
    lacks = NO_OBJECTS

    def __init__(self) -> None:
        super().__init__()
        self._db: sqlite3.Connection

    async def setup(self, url: str, data: Dataset) -> None:
        self._db = db = sqlite3.connect(sqlite_path(url), autocommit=True)
        db.execute("PRAGMA synchronous=NORMAL")
        for statement in sql.SCHEMA:
            db.execute(statement)
        db.execute("BEGIN")
        for table, columns, rows in (
            ("narrow", NARROW_COLUMNS, data.narrow),
            ("wide", WIDE_COLUMNS, data.wide),
        ):
            db.executemany(sql.insert_into(table, columns), map(sql.to_parameters, rows))
        db.execute("COMMIT")

    async def close(self) -> None:
        self._db.close()

    async def get_one(self, key: int) -> sql.Row:
        return sql.to_narrow(self._db.execute(sql.GET, (key,)).fetchone())

    async def create_one(self, record: Record) -> int:
        key = self._db.execute(sql.INSERT, sql.to_parameters(record)).lastrowid
        assert key is not None
        return key

    def prepare_bulk(self, records: Sequence[Record]) -> list[list[Any]]:
        return [sql.to_parameters(record) for record in records]

    async def bulk_create(self, batch: list[list[Any]]) -> list[sql.Row]:
        db = self._db
        keys: list[sql.Row] = []
        db.execute("BEGIN")
        for rows in batched(batch, sql.CHUNK, strict=False):
            statement = sql.insert_chunk(len(rows))
            keys += db.execute(statement, list(chain.from_iterable(rows))).fetchall()
        db.execute("COMMIT")
        return keys

    def created(self, result: list[sql.Row]) -> list[int]:
        return [key for (key,) in result]

    async def filter(self, team: int) -> Sequence[sql.Row]:
        return [sql.to_narrow(row) for row in self._db.execute(sql.FILTER, (team,))]

    async def wide_filter(self, team: int) -> Sequence[sql.Row]:
        return [sql.to_wide(row) for row in self._db.execute(sql.WIDE_FILTER, (team,))]

    async def scan(self) -> Sequence[sql.Row]:
        return [sql.to_narrow(row) for row in self._db.execute(sql.SCAN)]

    async def entries(self) -> Sequence[sql.Row]:
        return [sql.to_narrow(row) for row in self._db.execute(sql.ENTRIES)]

    def narrow_values(self, row: sql.Row) -> sql.Row:
        return row

    def wide_values(self, row: sql.Row) -> sql.Row:
        return row


CONTESTANT = Sqlite3
