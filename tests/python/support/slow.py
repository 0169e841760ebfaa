"""Statements that keep a database busy for long, and what the database says it is busy with."""

from __future__ import annotations

from typing import Any

import pyferro
from pyferro import Database, select, sql

_COUNTING = (
    "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000000000)"
    " SELECT count(*) FROM c)"
)


def slow(kind: str, seconds: float = 30) -> Any:
    """A query of one value that takes about so long; on SQLite minutes, whatever is said."""
    if kind == "sqlite":
        return select(sql(_COUNTING, type=int))
    word = "pg_sleep" if kind == "postgresql" else "SLEEP"
    if kind == "postgresql":
        return select(sql(f"({word}({seconds})::text)", type=str))
    return select(sql(f"{word}({seconds})", type=int))


def running(kind: str, watcher: Database) -> int:
    """How many statements of slow() the server works on; none where there is no server."""
    if kind == "sqlite":
        return 0
    if kind == "postgresql":
        text = (
            "(SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
            " AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid())"
        )
    else:
        text = (
            "(SELECT count(*) FROM information_schema.processlist WHERE command <> 'Sleep'"
            " AND info LIKE '%SLEEP(%' AND id <> CONNECTION_ID())"
        )
    return int(select(sql(text, type=int)).using(watcher).one().run())


def watcher(url: str) -> Database:
    """Another way to the same database."""
    return pyferro.connect(url, name="watcher").run()
