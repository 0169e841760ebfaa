"""Databases: connecting, finding the one that a call means, and starting operations on it.

Connections are kept by name. A call uses the database it was given, else the one of the ambient
session, else the default. Pooling, statements and waiting are native code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from . import _native
from .errors import InterfaceError, UnsupportedFeature
from .op import Body, Done, Op, Steps
from .session import current_session
from .transaction import Transaction, current_native

if TYPE_CHECKING:
    from .model import Model
    from .raw import RawQuery
    from .session import Session
    from .sql_text import Template

T = TypeVar("T")

Row: TypeAlias = dict[str, Any]
Using: TypeAlias = "Database | str | None"

_NAME = re.compile(r"[A-Za-z0-9_]+")
_MAX_STATEMENTS = 4096


@dataclass(frozen=True)
class PoolConfig:
    """How many connections a database keeps, and how long a call waits for one."""

    max_connections: int | None = None
    min_connections: int = 0
    acquire_timeout: float | None = None
    settings_delivery: str = "transaction"

    def options(self) -> dict[str, str]:
        if self.min_connections or self.settings_delivery != "transaction":
            raise UnsupportedFeature(
                "a pool opens connections when they are needed and delivers no settings",
                hint="leave min_connections and settings_delivery as they are",
            )
        found: dict[str, str] = {}
        if self.max_connections is not None:
            found["pool_size"] = str(self.max_connections)
        if self.acquire_timeout is not None:
            found["pool_timeout"] = f"{self.acquire_timeout:.3f}"
        return found


class Database:
    """A connected database. `connect()` makes it."""

    __slots__ = ("_statements", "identity_map", "name", "native")

    def __init__(self, native: _native.Database, name: str, identity_map: bool = True) -> None:
        self.native = native
        self.name = name
        self.identity_map = identity_map  # whether its sessions have one
        self._statements: dict[bytes, _native.Statement] = {}

    @property
    def dialect(self) -> str:
        """`sqlite`, `postgresql` or `mysql`."""
        return self.native.dialect

    @property
    def server(self) -> str:
        """What was connected to, with its version."""
        return self.native.server

    def supports(self, feature: str) -> bool:
        """Whether the database does this, itself or by an exact rewrite."""
        return self.native.supports(feature)[0] != 2

    def transaction(self, *, immediate: bool = False) -> Transaction:
        """A transaction here: `with db.transaction():` or `async with db.transaction():`."""
        return Transaction(lambda: self)

    def create_tables(self, *models: type[Model]) -> Op[None]:
        """Create what is missing of these models' tables and indexes; without any, of all."""
        from .ddl import create_tables

        return Steps(lambda: create_tables(self, models))

    def close(self) -> Done:
        """Close at once; it may be awaited, but need not be."""
        self._statements.clear()
        self.native.close()
        if _databases.get(self.name) is self:
            _forget(self.name)
        return Done()

    def statement(self, whole: bytes) -> _native.Statement:
        found = self._statements.get(whole)
        if found is None:
            found = self.native.compile(whole)
            if len(self._statements) >= _MAX_STATEMENTS:
                # Only programs that write queries at random come here; the engine has a cache too.
                self._statements.clear()
            self._statements[whole] = found
        return found

    def start(
        self,
        whole: bytes,
        types: bytes,
        values: Sequence[Any],
        result: int,
        shape: _native.RowPlan
        | Sequence[_native.RowPlan | int]
        | Callable[[tuple[str, ...]], Any]
        | None,
        finish: Callable[[Any], Any] | None,
    ) -> _native.Operation[Any]:
        """An operation for a plan, in the transaction that is open here.

        Within a session, instances of rows that it holds are those that it holds.
        """
        session = current_session()
        if session is not None and session.holds_of(self):
            finish = session.adopting(result, shape, finish)
        return self.start_apart(whole, types, values, result, shape, finish)

    def start_apart(
        self,
        whole: bytes,
        types: bytes,
        values: Sequence[Any],
        result: int,
        shape: Any,
        finish: Callable[[Any], Any] | None,
    ) -> _native.Operation[Any]:
        """The same, with new instances in any case."""
        statement = self._statements.get(whole) or self.statement(whole)
        return self.native.execute(
            current_native(self), statement, types, values, result, shape, finish
        )

    def start_stream(
        self,
        whole: bytes,
        types: bytes,
        values: Sequence[Any],
        result: int,
        shape: _native.RowPlan | Sequence[_native.RowPlan | int] | None,
        finish: Callable[[Any], Any] | None,
        page: int,
    ) -> _native.Operation[Any]:
        """An operation that gives `page` rows each time; see streaming.py."""
        return self.native.execute(
            current_native(self), self.statement(whole), types, values, result, shape, finish, page
        )

    def start_many(
        self,
        whole: bytes,
        columns: Sequence[_native.Column],
        objects: Sequence[Any],
        result: int,
        shape: _native.RowPlan | Sequence[_native.RowPlan | int] | None,
        finish: Callable[[Any], Any] | None,
    ) -> _native.Operation[Any]:
        return self.native.execute_many(
            current_native(self), self.statement(whole), columns, objects, result, shape, finish
        )

    def sql(self, text: str | Template, /, *args: Any, **values: Any) -> RawQuery[Any]:
        """A statement in words of yours: `db.sql("select … where x > :v", v=10)`.

        Values stand where `:name`, `?` or `$1` is, on every database, and are bound.
        """
        from .raw import RawQuery

        return RawQuery(self, text, args, values)

    def execute(
        self, text: str | Template, /, *args: Any, autocommit: bool = False, **values: Any
    ) -> Op[int]:
        """Run it; how many rows it changed. `autocommit` refuses to be part of a transaction."""
        from .raw import run_alone

        query = self.sql(text, *args, **values)
        return run_alone(self, query) if autocommit else query.execute()

    def fetch_all(self, text: str | Template, /, *args: Any, **values: Any) -> Op[list[Row]]:
        """All rows, as dicts."""
        return self.sql(text, *args, **values).into(dict).all()

    def fetch_one(self, text: str | Template, /, *args: Any, **values: Any) -> Op[Row | None]:
        """The first row as a dict, or None."""
        return self.sql(text, *args, **values).into(dict).first()

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Database:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Database {self.name!r}: {self.native.server or self.native.dialect}>"


_databases: dict[str, Database] = {}
_default: str | None = None


def connect(
    url: str,
    auto_migrate: bool = False,
    name: str | None = None,
    default: bool = False,
    pool: PoolConfig | None = None,
    *,
    identity_map: bool = True,
    migrate_updates: bool = False,
    migrate_destructive: bool = False,
) -> Op[Database]:
    """Connect and keep the database under a name: `await connect(...)` or `connect(...).run()`.

    The first one is the default, until another says `default=True`. `auto_migrate` creates missing
    tables and indexes of all models defined so far. `identity_map` says whether within a session the
    same row is the same object.
    """
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
        database = Database(native, known_as, identity_map)
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


def _check_new(name: str) -> None:
    if name in _databases:
        raise ValueError(f"a connection named {name!r} exists already; close it, or name this one")


def _forget(name: str) -> None:
    global _default
    del _databases[name]
    if _default == name:
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
        session = current_session()
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


def transaction(
    using: Using = None, session: Session | None = None, immediate: bool = False
) -> Transaction:
    """A transaction, `with transaction():` or `async with transaction():`; within one, a savepoint.

    `immediate` is accepted for compatibility: transactions on SQLite always take the write lock at
    their begin.
    """
    if using is None and session is not None:
        using = session.connection_name
    return Transaction(lambda: resolve(using))


def execute(
    text: str | Template,
    /,
    *args: Any,
    using: Using = None,
    session: Session | None = None,
    autocommit: bool = False,
    **values: Any,
) -> Op[int]:
    """Run a statement in words of yours; how many rows it changed. See `Database.sql`."""
    return _of(
        using, session, lambda db: db.execute(text, *args, autocommit=autocommit, **values)
    )


def fetch_all(
    text: str | Template,
    /,
    *args: Any,
    using: Using = None,
    session: Session | None = None,
    **values: Any,
) -> Op[list[Row]]:
    """All rows of a statement in words of yours, as dicts. See `Database.sql`."""
    return _of(using, session, lambda db: db.fetch_all(text, *args, **values))


def fetch_one(
    text: str | Template,
    /,
    *args: Any,
    using: Using = None,
    session: Session | None = None,
    **values: Any,
) -> Op[Row | None]:
    """The first row of a statement in words of yours as a dict, or None. See `Database.sql`."""
    return _of(using, session, lambda db: db.fetch_one(text, *args, **values))


def _of(using: Using, session: Session | None, run: Callable[[Database], Op[T]]) -> Op[T]:
    """An op on the database that a call means, which is known when it runs."""
    if using is None and session is not None:
        using = session.connection_name

    def start() -> _native.Operation[T]:
        started: _native.Operation[T] = run(resolve(using))._take()()
        return started

    return Op(start)
