"""A fresh database for each contestant: a file in WAL mode, or a database on a server.

Separate, because contestants store the same values differently on SQLite, and so that each can
use the table names its own rules give it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit


class Databases(ABC):
    """Makes, empties and drops. Nothing here is timed."""

    @abstractmethod
    def create(self, contestant: str) -> str:
        """An empty database; returns its URL."""

    @abstractmethod
    def settle(self, contestant: str) -> None:
        """After loading: gathers statistics, so that all plans come from the same knowledge."""

    @abstractmethod
    def empty_entries(self, contestant: str) -> None: ...

    @abstractmethod
    def settings(self) -> dict[str, str]:
        """What a reader must know about the server."""

    @abstractmethod
    def close(self) -> None: ...


class SqliteFiles(Databases):
    def __init__(self, folder: str | None) -> None:
        self._temporary = None if folder else tempfile.TemporaryDirectory(prefix="ferro-bench-")
        self._folder = Path(folder or self._temporary.name).resolve()  # type: ignore[union-attr]
        self._folder.mkdir(parents=True, exist_ok=True)

    def _path(self, contestant: str) -> Path:
        return self._folder / f"{contestant}.bench.db"

    def create(self, contestant: str) -> str:
        self._remove(contestant)
        self._run(contestant, "PRAGMA journal_mode=WAL")  # stays in the file
        return f"sqlite:///{self._path(contestant)}"

    def settle(self, contestant: str) -> None:
        self._run(contestant, "ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)")

    def empty_entries(self, contestant: str) -> None:
        self._run(contestant, "DELETE FROM entry", "PRAGMA wal_checkpoint(TRUNCATE)")

    def settings(self) -> dict[str, str]:
        # The library of this interpreter; ferro and oxyde carry their own.
        return {"sqlite": sqlite3.sqlite_version, "journal_mode": "wal", "synchronous": "normal"}

    def close(self) -> None:
        if self._temporary is not None:
            self._temporary.cleanup()

    def _run(self, contestant: str, *statements: str) -> None:
        connection = sqlite3.connect(self._path(contestant), autocommit=True)
        try:
            for statement in statements:
                connection.execute(statement).fetchall()
        finally:
            connection.close()

    def _remove(self, contestant: str) -> None:
        path = self._path(contestant)
        for suffix in ("", "-wal", "-shm", ".ferro-migrate.lock"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)


class PostgresDatabases(Databases):
    """Needs a user who may create databases. Drops only those it made itself."""

    _SETTINGS = ("server_version", "fsync", "synchronous_commit", "shared_buffers")

    def __init__(self, url: str) -> None:
        self._url = url
        self._made: list[str] = []

    def _name(self, contestant: str) -> str:
        return "ferro_bench_" + contestant.replace("-", "_")

    def _at(self, contestant: str) -> str:
        return urlunsplit(urlsplit(self._url)._replace(path="/" + self._name(contestant)))

    def create(self, contestant: str) -> str:
        name = self._name(contestant)
        self._run(self._url, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
        self._made.append(name)
        return self._at(contestant)

    def settle(self, contestant: str) -> None:
        self._run(self._at(contestant), "VACUUM ANALYZE")

    def empty_entries(self, contestant: str) -> None:
        self._run(self._at(contestant), "TRUNCATE entry")

    def settings(self) -> dict[str, str]:
        return {name: self._run(self._url, f"SHOW {name}")[0][0] for name in self._SETTINGS}

    def close(self) -> None:
        for name in self._made:
            self._run(self._url, f"DROP DATABASE IF EXISTS {name}")

    def _run(self, url: str, *statements: str) -> list[tuple[str, ...]]:
        return asyncio.run(_run_on_postgres(url, statements))


async def _run_on_postgres(url: str, statements: tuple[str, ...]) -> list[tuple[str, ...]]:
    import asyncpg  # only here: a run on SQLite needs no driver for PostgreSQL

    # A contestant that left a transaction open would block a TRUNCATE for ever.
    connection = await asyncpg.connect(url, server_settings={"lock_timeout": "10s"})
    try:
        rows = []
        for statement in statements:
            rows = await connection.fetch(statement)
        return [tuple(row) for row in rows]
    finally:
        await connection.close()


def open_databases(kind: str, url: str | None) -> Databases:
    if kind == "sqlite":
        return SqliteFiles(url)
    if not url:
        raise SystemExit("--db postgresql needs --url postgresql://user@host:port/database")
    return PostgresDatabases(url)
