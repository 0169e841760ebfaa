"""What must not be left behind: descriptors of this process, and sessions on servers."""

from __future__ import annotations

import asyncio
import os
import time

from pyferro import Database

_SESSIONS = {
    "postgresql": (
        "select count(*) as n from pg_stat_activity"
        " where backend_type = 'client backend' and pid <> pg_backend_pid()"
    ),
    "mysql": (
        "select count(*) as n from information_schema.processlist"
        " where user = 'ferro' and id <> connection_id()"
    ),
}
_TRANSACTIONS = {
    "postgresql": (
        "select count(*) as n from pg_stat_activity where xact_start is not null"
        " and backend_type = 'client backend' and pid <> pg_backend_pid()"
    ),
    "mysql": "select count(*) as n from information_schema.innodb_trx",
}


def descriptors() -> int:
    """How many this process has open."""
    return len(os.listdir("/proc/self/fd"))


async def _asked(near: Database, words: dict[str, str]) -> int:
    found = await near.fetch_one(words[near.dialect])
    assert found is not None
    return int(found["n"])


async def sessions(near: Database) -> int:
    """Sessions of clients on the server, but for the one that asks."""
    return await _asked(near, _SESSIONS)


async def at_rest(near: Database, known: int, seconds: float = 8) -> None:
    """Waits until the server has no more sessions than are known of, and none in a transaction."""
    end = time.monotonic() + seconds
    while True:
        there, open_ = await sessions(near), await _asked(near, _TRANSACTIONS)
        if there <= known and not open_:
            return
        assert time.monotonic() < end, f"{there} sessions of {known}, {open_} transactions"
        # InnoDB tells of transactions as they were until nobody has asked for 0.1 s.
        await asyncio.sleep(0.12 if open_ and near.dialect == "mysql" else 0.002)
