"""Connecting, and the names under which databases are kept.

A call uses the database it was given, else the one of the ambient session, else the default.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from .. import _native
from ..errors import InterfaceError, UnsupportedFeature
from ..op import Body, Done, Op, Steps
from .database import Database
from .operations import hear
from .session import session_here

if TYPE_CHECKING:
    from .operations import Location
    from .pool_config import PoolConfig

Using: TypeAlias = Database | str | None

_NAME = re.compile(r"[A-Za-z0-9_]+")

_databases: dict[str, Database] = {}
_default: str | None = None


def connect(
    url: str,
    auto_migrate: bool = False,
    name: str | None = None,
    default: bool = False,
    pool: PoolConfig | None = None,
    *,
    statement_timeout: float | None = None,
    password: Callable[[], str] | None = None,
    slow_query: float | None = None,
    explain_slow: bool = False,
    leak_report: float | None = None,
    identity_map: bool = True,
    migrate_updates: bool = False,
    migrate_destructive: bool = False,
) -> Op[Database]:
    """Connect and keep the database under a name: `await connect(...)` or `connect(...).run()`.

    The first one is the default, until another says `default=True`. `auto_migrate` creates missing
    tables and indexes of all models defined so far. `identity_map` says whether within a session
    the same row is the same object. `password` is called for each new connection, on any thread,
    for passwords that change. `slow_query` and `explain_slow`: see `Database.slow_query`.
    `leak_report` is how many seconds a transaction or stream may hold a connection before a warning
    says where it was begun. `statement_timeout` is how many seconds each statement may take, unless
    it says otherwise by `timeout()`.
    """
    if statement_timeout is not None:
        if not statement_timeout > 0:
            raise ValueError("statement_timeout is a positive number of seconds")
        url += f"{'&' if '?' in url else '?'}statement_timeout={statement_timeout:.3f}"
    for said, what in (
        (migrate_updates, "migrate_updates"),
        (migrate_destructive, "migrate_destructive"),
    ):
        if said:
            raise UnsupportedFeature(
                f"connect() cannot do {what} in this version", hint=f"leave {what} out"
            )
    known_as = "default" if name is None else name
    if not _NAME.fullmatch(known_as):
        raise ValueError("the name of a connection consists of letters, digits and _")
    if pool is not None and (options := pool.options()):
        url += ("&" if "?" in url else "?") + "&".join(f"{k}={v}" for k, v in options.items())

    def body() -> Body[Database]:
        global _default
        _check_new(known_as)
        native = _native.Database(url)
        if password is not None:
            if native.dialect == "sqlite":
                raise UnsupportedFeature("SQLite has no passwords", hint="leave password out")
            native.set_password(password)
        hear()
        database = Database(native, known_as, identity_map, _location(url))
        if slow_query is not None:
            database.slow_query(slow_query, explain=explain_slow)
        if leak_report is not None:
            from .leaks import Ledger

            database._ledger = Ledger(known_as, leak_report)
        try:
            yield native.connect()
            if auto_migrate:
                from .ddl import create_tables

                yield from create_tables(database, ())
            _check_new(known_as)  # again: somebody else may have been quicker
        except BaseException:
            native.close()
            raise
        _databases[known_as] = database
        if default or _default is None:
            _default = known_as
        return database

    return Steps(body)


def _location(url: str) -> Location:
    """Host, port and name of the database in a URL: nothing secret."""
    scheme, _, rest = url.partition("?")[0].partition(":")
    if scheme.lower() == "sqlite":
        return None, None, rest.removeprefix("//").removeprefix("/") or ":memory:"
    authority, _, name = rest.removeprefix("//").partition("/")
    host, colon, port = authority.rpartition("@")[2].rpartition(":")
    if not colon or not port.isdecimal():
        host, port = host + colon + port, ""
    return host or None, int(port) if port else None, name


def _check_new(name: str) -> None:
    if name in _databases:
        raise ValueError(f"a connection named {name!r} exists already; close it, or name this one")


def forget(database: Database) -> None:
    """Its name is free again."""
    global _default
    if _databases.get(database.name) is not database:
        return
    del _databases[database.name]
    if _default == database.name:
        _default = None


def set_default_connection(name: str) -> None:
    """Calls that say nothing else use this connection from now on."""
    global _default
    if name not in _databases:
        raise _unknown(name)
    _default = name


def reset_engine() -> Done:
    """Close all databases and forget their names; it may be awaited, but need not be."""
    for database in list(_databases.values()):
        database.close()
    return Done()


def resolve(using: Using = None) -> Database:
    """The database that a call means."""
    if using is None:
        session = session_here()
        name = _default if session is None else session.connection_name
        if name is None:
            raise InterfaceError("no database is connected", hint="call pyferro.connect(url) first")
    elif isinstance(using, Database):
        return using
    else:
        name = using
    found = _databases.get(name)
    if found is None:
        raise _unknown(name)
    return found


def default_name() -> str:
    if _default is None:
        return resolve().name
    return _default


def _unknown(name: str) -> InterfaceError:
    known = ", ".join(sorted(_databases)) or "none"
    return InterfaceError(f"no connection is named {name!r}", hint=f"connected: {known}")
