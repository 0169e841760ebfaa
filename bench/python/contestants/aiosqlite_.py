"""aiosqlite: one connection in one thread, rows as tuples, a trip to the thread for each call."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import batched, chain
from typing import Any

import aiosqlite

from contestants import sqlite_rows as sql
from contestants.base import NO_OBJECTS, Contestant, sqlite_path
from harness.dataset import NARROW_COLUMNS, WIDE_COLUMNS, Dataset, Record


class AioSqlite(Contestant):
    lacks = NO_OBJECTS

    def __init__(self) -> None:
        super().__init__()
        self._db: aiosqlite.Connection

    async def setup(self, url: str, data: Dataset) -> None:
        self._db = db = await aiosqlite.connect(sqlite_path(url), isolation_level=None)
        await db.execute("PRAGMA synchronous=NORMAL")
        for statement in sql.SCHEMA:
            await db.execute(statement)
        await db.execute("BEGIN")
        for table, columns, rows in (
            ("narrow", NARROW_COLUMNS, data.narrow),
            ("wide", WIDE_COLUMNS, data.wide),
        ):
            await db.executemany(sql.insert_into(table, columns), map(sql.to_parameters, rows))
        await db.execute("COMMIT")

    async def close(self) -> None:
        await self._db.close()

    async def get_one(self, key: int) -> sql.Row:
        # One trip to the thread, where execute and fetchone would be two.
        (row,) = await self._db.execute_fetchall(sql.GET, (key,))
        return sql.to_narrow(row)

    async def create_one(self, record: Record) -> int:
        row = await self._db.execute_insert(sql.INSERT, sql.to_parameters(record))
        assert row is not None
        return int(row[0])

    def prepare_bulk(self, records: Sequence[Record]) -> list[list[Any]]:
        return [sql.to_parameters(record) for record in records]

    async def bulk_create(self, batch: list[list[Any]]) -> list[Any]:
        db = self._db
        keys: list[Any] = []
        await db.execute("BEGIN")
        for rows in batched(batch, sql.CHUNK, strict=False):
            statement = sql.insert_chunk(len(rows))
            keys += await db.execute_fetchall(statement, list(chain.from_iterable(rows)))
        await db.execute("COMMIT")
        return keys

    def created(self, result: list[Any]) -> list[int]:
        return [key for (key,) in result]

    async def filter(self, team: int) -> Sequence[sql.Row]:
        return [sql.to_narrow(row) for row in await self._db.execute_fetchall(sql.FILTER, (team,))]

    async def wide_filter(self, team: int) -> Sequence[sql.Row]:
        rows = await self._db.execute_fetchall(sql.WIDE_FILTER, (team,))
        return [sql.to_wide(row) for row in rows]

    async def scan(self) -> Sequence[sql.Row]:
        return [sql.to_narrow(row) for row in await self._db.execute_fetchall(sql.SCAN)]

    async def entries(self) -> Sequence[sql.Row]:
        return [sql.to_narrow(row) for row in await self._db.execute_fetchall(sql.ENTRIES)]

    def narrow_values(self, row: sql.Row) -> sql.Row:
        return row

    def wide_values(self, row: sql.Row) -> sql.Row:
        return row


CONTESTANT = AioSqlite
