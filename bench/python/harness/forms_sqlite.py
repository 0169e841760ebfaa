"""What SQLite takes by itself: prepared statements, run for tuples that are ready."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from harness.databases import Databases
from harness.dataset import ENTRY_COLUMNS, Dataset, Record
from harness.forms import ENTRY_NAMES, NEW_NAMES, TAKE_EXCLUDED, Form, pieces

_ROWS = (1, 100)  # of one statement

# As pyferro declares it.
_TABLE = (
    "CREATE TABLE entry (id INTEGER PRIMARY KEY, name TEXT NOT NULL, created TIMESTAMP NOT NULL, "
    "team INTEGER NOT NULL, score DOUBLE NOT NULL)"
)


class SqliteForms:
    def __init__(self, databases: Databases, name: str, data: Dataset) -> None:
        self._databases = databases
        self._name = name
        self._data = data
        path = databases.create(name).removeprefix("sqlite:///")
        self._connection = sqlite3.connect(path, isolation_level=None)
        for sql in ("PRAGMA synchronous=NORMAL", _TABLE, "CREATE INDEX entry_team ON entry (team)"):
            self._connection.execute(sql)

    def close(self) -> None:
        self._connection.close()

    def busy(self) -> float:
        """Seconds of processor time so far."""
        return time.process_time()

    def all(self) -> Iterator[Form]:
        sizes, data = self._data.sizes, self._data
        stored, changed = data.stored(sizes.changes), data.changed(sizes.changes)
        made = [_values(row)[1:] for row in data.entries(sizes.bulk)]
        updates = [(row["name"], row["team"], row["score"], row["id"]) for row in changed]
        upserts = [_values(row) for row in changed]
        singles = [(row["score"], row["id"]) for row in changed[: sizes.updates]]
        full, half = self._filled(stored), self._filled(stored[::2])
        for rows in _ROWS:
            said = "a row in each statement" if rows == 1 else f"{rows} rows in each statement"
            insert = f"INSERT INTO entry ({NEW_NAMES}) VALUES {_marks(4, rows)} RETURNING id"
            yield self._form("bulk_create", said, insert, made, rows, self._filled([]))
            yield self._form("bulk_update", said, _update(rows), updates, rows, full)
            upsert = f"INSERT INTO entry ({ENTRY_NAMES}) VALUES {_marks(5, rows)} {TAKE_EXCLUDED}"
            yield self._form("bulk_upsert", said, upsert, upserts, rows, half)
        one = "UPDATE entry SET score = ? WHERE id = ?"
        yield self._form("updates", "a row in each statement", one, singles, 1, full)

    def _filled(self, records: Sequence[Record]) -> Callable[[], None]:
        rows = [_values(record) for record in records]

        def fill() -> None:
            self._connection.execute("DELETE FROM entry")
            sql = f"INSERT INTO entry ({ENTRY_NAMES}) VALUES (?, ?, ?, ?, ?)"
            self._connection.execute("BEGIN")
            self._connection.executemany(sql, rows)
            self._connection.execute("COMMIT")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

        return fill

    def _form(
        self,
        workload: str,
        title: str,
        sql: str,
        rows: Sequence[tuple[Any, ...]],
        at_once: int,
        fill: Callable[[], None],
    ) -> Form:
        bound = [
            tuple(value for row in piece for value in rows[row])
            for piece in pieces(len(rows), at_once)
        ]
        execute = self._connection.execute

        def run() -> None:
            execute("BEGIN IMMEDIATE")
            if "RETURNING" in sql:
                for values in bound:
                    execute(sql, values).fetchall()
            else:
                self._connection.executemany(sql, bound)
            execute("COMMIT")

        return Form(workload, title, len(rows), fill, run)


def _values(record: Record) -> tuple[Any, ...]:
    row = tuple(record[column] for column in ENTRY_COLUMNS if column in record)
    key = () if "id" in record else (None,)
    return tuple(
        value.isoformat(" ") if hasattr(value, "isoformat") else value for value in key + row
    )


def _marks(width: int, rows: int) -> str:
    return ", ".join([f"({', '.join('?' * width)})"] * rows)


def _update(rows: int) -> str:
    if rows == 1:
        return "UPDATE entry SET name = ?, team = ?, score = ? WHERE id = ?"
    return (
        "UPDATE entry SET name = u.column1, team = u.column2, score = u.column3 "
        f"FROM (VALUES {_marks(4, rows)}) AS u WHERE entry.id = u.column4"
    )
