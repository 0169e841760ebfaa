"""The pool, once it is at rest."""

from __future__ import annotations

import asyncio
import time

from pyferro import Database


def settled(db: Database, seconds: float = 8) -> tuple[int, int]:
    """(open, busy) connections. One that was left half-way is busy until it is recovered."""
    end = time.monotonic() + seconds
    while db.native.pool[1] and time.monotonic() < end:
        time.sleep(0.002)
    return db.native.pool


async def rested(db: Database, seconds: float = 8) -> tuple[int, int]:
    """The same within a loop, whose next turns give back a connection that its reads shared."""
    end = time.monotonic() + seconds
    while db.native.pool[1] and time.monotonic() < end:
        await asyncio.sleep(0)
    return db.native.pool
