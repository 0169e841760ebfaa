"""Who takes part. A contestant's module is imported in its own worker process only, so one
library's import, threads or patches cannot touch another's figures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entrant:
    """Where a contestant's class is, and what must be known without importing it."""

    module: str
    databases: frozenset[str]
    is_orm: bool
    is_async: bool
    packages: tuple[str, ...]


_BOTH = frozenset({"sqlite", "postgresql"})
_SQLITE = frozenset({"sqlite"})
_POSTGRESQL = frozenset({"postgresql"})

ENTRANTS: dict[str, Entrant] = {
    "pyferro": Entrant("pyferro_", _BOTH, True, True, ("pyferro", "pydantic")),
    "ferro": Entrant("ferro_", _BOTH, True, True, ("ferro-orm", "pydantic")),
    "oxyde": Entrant("oxyde_", _BOTH, True, True, ("oxyde", "oxyde-core", "pydantic")),
    "sqlalchemy": Entrant(
        "sqlalchemy_async", _BOTH, True, True, ("SQLAlchemy", "aiosqlite", "asyncpg", "greenlet")
    ),
    "sqlalchemy-sync": Entrant(
        "sqlalchemy_sync", _BOTH, True, False, ("SQLAlchemy", "psycopg", "psycopg-binary")
    ),
    "tortoise": Entrant(
        "tortoise_", _BOTH, True, True, ("tortoise-orm", "pypika-tortoise", "aiosqlite", "asyncpg")
    ),
    "django": Entrant("django_", _BOTH, True, True, ("Django", "asgiref", "psycopg")),
    "sqlite3": Entrant("sqlite3_", _SQLITE, False, False, ()),
    "aiosqlite": Entrant("aiosqlite_", _SQLITE, False, True, ("aiosqlite",)),
    "asyncpg": Entrant("asyncpg_", _POSTGRESQL, False, True, ("asyncpg",)),
}

# Ratios are taken against this one; the goals compare it with the best asynchronous ORM.
REFERENCE = "pyferro"
