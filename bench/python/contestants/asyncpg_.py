"""asyncpg: its pool, its records, JSON by its codec. The floor without a model on PostgreSQL.

The pool's reset query is off: it is a second round trip after each use, and no contestant here
leaves anything behind on a connection.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import asyncpg

from contestants.base import NO_OBJECTS, Contestant
from harness.dataset import ENTRY_COLUMNS, NARROW_COLUMNS, WIDE_COLUMNS, Dataset, Record

_NARROW_BODY = (
    "id BIGSERIAL PRIMARY KEY, name TEXT NOT NULL, created TIMESTAMP NOT NULL, "
    "team BIGINT NOT NULL, score DOUBLE PRECISION NOT NULL"
)

_SCHEMA = (
    f"CREATE TABLE narrow ({_NARROW_BODY})",
    f"CREATE TABLE entry ({_NARROW_BODY})",
    "CREATE TABLE wide (id BIGSERIAL PRIMARY KEY, team BIGINT NOT NULL, code TEXT NOT NULL, "
    "title TEXT NOT NULL, note TEXT, quantity BIGINT NOT NULL, reserve BIGINT, "
    "price NUMERIC(12, 2) NOT NULL, discount NUMERIC(12, 2), weight DOUBLE PRECISION NOT NULL, "
    "height DOUBLE PRECISION, active BOOLEAN NOT NULL, checked BOOLEAN, token UUID NOT NULL, "
    "parent UUID, created TIMESTAMP NOT NULL, updated TIMESTAMP, due DATE NOT NULL, "
    "details JSONB NOT NULL, labels JSONB)",
    "CREATE INDEX narrow_team ON narrow (team)",
    "CREATE INDEX entry_team ON entry (team)",
    "CREATE INDEX wide_team ON wide (team)",
)

_GET = f"SELECT {', '.join(NARROW_COLUMNS)} FROM narrow WHERE id = $1"
_FILTER = f"SELECT {', '.join(NARROW_COLUMNS)} FROM narrow WHERE team = $1"
_WIDE_FILTER = f"SELECT {', '.join(WIDE_COLUMNS)} FROM wide WHERE team = $1"
_SCAN = f"SELECT {', '.join(NARROW_COLUMNS)} FROM narrow"
_ENTRIES = f"SELECT {', '.join(ENTRY_COLUMNS)} FROM entry"
_INSERT = "INSERT INTO entry (name, created, team, score) VALUES ($1, $2, $3, $4) RETURNING id"
# Columns as arrays: one statement however many rows, and the keys come back in their order.
_BULK = (
    "INSERT INTO entry (name, created, team, score) SELECT * FROM "
    "unnest($1::text[], $2::timestamp[], $3::bigint[], $4::float8[]) RETURNING id"
)


class AsyncPg(Contestant):
    lacks = NO_OBJECTS

    def __init__(self) -> None:
        super().__init__()
        self._pool: Any = None

    async def setup(self, url: str, data: Dataset) -> None:
        self._pool = await asyncpg.create_pool(
            url,
            min_size=data.sizes.pool,
            max_size=data.sizes.pool,
            init=_use_json,
            reset=_leave_alone,
        )
        async with self._pool.acquire() as connection:
            for statement in _SCHEMA:
                await connection.execute(statement)
            for table, columns, rows in (
                ("narrow", NARROW_COLUMNS, data.narrow),
                ("wide", WIDE_COLUMNS, data.wide),
            ):
                records = [tuple(record.values()) for record in rows]
                await connection.copy_records_to_table(table, records=records, columns=columns)

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    async def get_one(self, key: int) -> Any:
        return await self._pool.fetchrow(_GET, key)

    async def create_one(self, record: Record) -> int:
        return await self._pool.fetchval(_INSERT, *record.values())

    def prepare_bulk(self, records: Sequence[Record]) -> list[tuple[Any, ...]]:
        return [tuple(record.values()) for record in records]

    async def bulk_create(self, batch: list[tuple[Any, ...]]) -> list[Any]:
        return await self._pool.fetch(_BULK, *zip(*batch, strict=True))

    def created(self, result: list[Any]) -> list[int]:
        return [record[0] for record in result]

    async def filter(self, team: int) -> Sequence[Any]:
        return await self._pool.fetch(_FILTER, team)

    async def wide_filter(self, team: int) -> Sequence[Any]:
        return await self._pool.fetch(_WIDE_FILTER, team)

    async def scan(self) -> Sequence[Any]:
        return await self._pool.fetch(_SCAN)

    async def entries(self) -> Sequence[Any]:
        return await self._pool.fetch(_ENTRIES)

    def narrow_values(self, row: Any) -> tuple[Any, ...]:
        return tuple(row)

    def wide_values(self, row: Any) -> tuple[Any, ...]:
        return tuple(row)


async def _use_json(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb",
        # The binary form, which COPY needs, is the text behind a version byte.
        encoder=lambda value: b"\x01" + json.dumps(value).encode(),
        decoder=lambda data: json.loads(data[1:]),
        schema="pg_catalog",
        format="binary",
    )


async def _leave_alone(_connection: Any) -> None:
    return None


CONTESTANT = AsyncPg
