"""Databases: connecting, finding the one that a call means, and starting operations on it.

Connections are kept by name. A call uses the database it was given, else the one of the ambient
session, else the default. Pooling, statements and waiting are native code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, cast, overload

from .. import _native
from ..errors import InterfaceError, UnsupportedFeature
from ..language import plan
from ..op import Body, Done, Op, Steps
from .session import current_session
from .transaction import Isolation, Transaction, current_native, on_commit, options_of

if TYPE_CHECKING:
    from ..language.sql_text import Template
    from ..model import Model
    from ..queries.raw import RawQuery
    from ..queries.selection import Part
    from .advisory import AdvisoryLock
    from .leaks import Holding, Ledger
    from .listening import Listener
    from .observe import Callback, Observer, StatementEvent, Stats
    from .retry import Retrying
    from .session import Session

T = TypeVar("T")

# How rows are made; of statements in words of the user's a function of the columns' names says it.
Shape: TypeAlias = (
    "_native.RowPlan | _native.CsvLines | Sequence[Part] | Callable[[tuple[str, ...]], Any] | None"
)
Row: TypeAlias = dict[str, Any]
Location: TypeAlias = tuple[str | None, int | None, str]  # host, port, database
Using: TypeAlias = "Database | str | None"

_NAME = re.compile(r"[A-Za-z0-9_]+")
_MAX_STATEMENTS = 4096


@dataclass(frozen=True)
class PoolConfig:
    """How many connections a database keeps, and how long a call waits for one."""

    max_connections: int | None = None  # 10
    min_connections: int = 0  # opened by connect(), and kept when idle
    acquire_timeout: float | None = None  # 30 seconds; then PoolTimeout
    settings_delivery: str = "transaction"
    idle: float | None = None  # seconds after which an idle connection is closed; None: never
    lifetime: float | None = None  # the same for its age, less up to a tenth by chance
    # Before a connection that was idle for half a second is used: a look at its socket, a question
    # to the server, or nothing. After a connection was lost the others are asked in any case.
    check: Literal["quiet", "ping", "never"] = "quiet"
    # What lends sessions between us and the server: "transaction" behind pgbouncer in that mode.
    pooler: Literal["none", "transaction"] = "none"

    def options(self) -> dict[str, str]:
        if self.settings_delivery != "transaction":
            raise UnsupportedFeature(
                "a pool delivers no settings", hint="leave settings_delivery as it is"
            )
        found: dict[str, str] = {"pool_check": self.check}
        if self.pooler != "none":
            found["pooler"] = self.pooler
        if self.max_connections is not None:
            found["pool_size"] = str(self.max_connections)
        if self.min_connections:
            found["pool_min"] = str(self.min_connections)
        for name, seconds in (
            ("timeout", self.acquire_timeout),
            ("idle", self.idle),
            ("lifetime", self.lifetime),
        ):
            if seconds is not None:
                found[f"pool_{name}"] = f"{seconds:.3f}"
        return found


class Database:
    """A connected database. `connect()` makes it."""

    __slots__ = (
        "_ledger", "_observer", "_statements", "identity_map", "location", "name", "native",
    )  # fmt: skip

    def __init__(
        self,
        native: _native.Database,
        name: str,
        identity_map: bool = True,
        location: Location = (None, None, ""),
    ) -> None:
        self.native = native
        self.name = name
        self.identity_map = identity_map  # whether its sessions have one
        self.location = location
        self._ledger: Ledger | None = None
        self._observer: Observer | None = None
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

    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool = False,
        deferrable: bool = False,
        timeout: float | None = None,
        immediate: bool | None = None,
    ) -> Transaction:
        """A transaction here: `with db.transaction():` or `async with db.transaction():`.

        What a database lacks of this is refused with advice. `timeout` is in seconds, for all of
        it. `immediate=False` has SQLite take its write lock when it first writes, not at once.
        """
        options = options_of(isolation, read_only, deferrable, timeout, immediate)
        return Transaction(lambda: self, options)

    def on_commit(self, callback: Callable[[], Any]) -> None:
        """`tx.on_commit()` of the transaction that is open here."""
        on_commit(self, callback)

    def retrying(
        self,
        attempts: int = 3,
        on: type[Exception] | tuple[type[Exception], ...] | None = None,
        *,
        isolation: Isolation | None = None,
        read_only: bool = False,
        deferrable: bool = False,
        timeout: float | None = None,
        immediate: bool | None = None,
    ) -> Retrying:
        """A decorator: the function runs in a transaction, and again in a new one after `on`.

        `on` are serialization failures and deadlocks, if nothing else is said. Between two attempts
        is a pause of some milliseconds. Within another transaction it is a savepoint and runs once.
        """
        from .retry import CONFLICTS, Retrying

        options = options_of(isolation, read_only, deferrable, timeout, immediate)
        return Retrying(lambda: self, attempts, CONFLICTS if on is None else on, options)

    def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Op[Any]:
        """Run a function as `retrying()` does: `await db.run(f, 1)`, or `db.run(f, 1).run()`."""
        from .retry import Run

        return Run(self.retrying(), function, args, kwargs)

    def advisory_lock(self, key: int | str, timeout: float | None = None) -> AdvisoryLock:
        """`with db.advisory_lock("nightly"):`, a lock of a name on PostgreSQL, MySQL and MariaDB.

        It waits for as long as `timeout` says, with 0 not at all; `LockNotAvailable` after that.
        """
        from .advisory import AdvisoryLock

        return AdvisoryLock(self, key, timeout)

    def listen(self, *channels: str) -> Listener:
        """Messages of channels: `async with db.listen("jobs") as messages:` (PostgreSQL)."""
        from .listening import Listener

        return Listener(self, channels)

    def notify(self, channel: str, payload: str = "") -> Op[None]:
        """Send a message to all who listen on a channel, at the commit (PostgreSQL)."""
        from .listening import notify

        return notify(self, channel, payload)

    def create_tables(self, *models: type[Model]) -> Op[None]:
        """Create what is missing of these models' tables and indexes; without any, of all."""
        from .ddl import create_tables

        return Steps(lambda: create_tables(self, models))

    def drop_tables(self, *models: type[Model]) -> Op[None]:
        """Drop these models' tables, those first that refer to others, if they are there."""
        from .ddl import drop_tables

        return Steps(lambda: drop_tables(self, models))

    def ping(self) -> Op[None]:
        """Ask the server for an answer, on a connection of the pool, within `connect_timeout`."""

        def body() -> Body[None]:
            yield self.native.ping()

        return Steps(body)

    def stats(self) -> Stats:
        """How the pool and the cache of statements are doing."""
        from .observe import stats_of

        return stats_of(self.native)

    def on_statement(self, callback: Callback) -> Callable[[], None]:
        """Call this with a StatementEvent after each statement; call what it returns to stop.

        It runs in the task or thread of the statement and should be quick. What it raises is
        logged.
        """
        observer = self._observe()
        observer.callbacks = (*observer.callbacks, callback)

        def stop() -> None:
            kept = list(observer.callbacks)
            if callback in kept:
                kept.remove(callback)
            observer.callbacks = tuple(kept)
            self._rest()

        return stop

    def assert_queries(
        self, exactly: int | None = None, *, max: int | None = None
    ) -> AbstractContextManager[list[StatementEvent]]:
        """For tests: `with db.assert_queries(2):` fails unless the block sends so many statements.

        It counts those of all tasks on this database, and gives them as a list; what begins and
        ends transactions does not count.
        """
        from .guards import assert_queries

        return assert_queries(self, exactly, max)

    def no_lazy(self) -> AbstractContextManager[None]:
        """For tests: within `with db.no_lazy():` relations that are not loaded raise NotLoaded.

        Only ferro's spelling of relations asks for one row at a time when it is awaited.
        """
        from .guards import no_lazy

        return no_lazy()

    def slow_query(self, seconds: float | None, *, explain: bool = False) -> None:
        """Log statements that take this long, as WARNING of `pyferro.sql`; None: no longer.

        `explain`: with how the server would run them, which it is asked at once.
        """
        observer = self._observe()
        observer.slow = seconds
        observer.explain = explain
        self._rest()

    def _observe(self) -> Observer:
        if self._observer is None:
            from .observe import Observer

            self._observer = Observer()
        return self._observer

    def _rest(self) -> None:
        if self._observer is not None and self._observer.idle:
            self._observer = None

    @overload
    def close(self) -> Done: ...
    @overload
    def close(self, timeout: float) -> Op[None]: ...
    def close(self, timeout: float | None = None) -> Done | Op[None]:
        """Close at once; it may be awaited, but need not be.

        With a timeout in seconds: `await` it, or `run()` it; it waits that long for connections in
        use to come back. Nothing new is begun meanwhile, but transactions go on. Connections that
        are still in use then are closed when they come back, and a warning is logged.
        """
        if timeout is None:
            self._leave()
            self.native.close()
            self._report(self.native.pool[1])
            return Done()

        def body() -> Body[None]:
            self._leave()
            self._report((yield self.native.drain(round(timeout * 1000))))

        return Steps(body)

    def _leave(self) -> None:
        self._statements.clear()
        if _databases.get(self.name) is self:
            _forget(self.name)

    def _report(self, busy: int) -> None:
        if self._ledger is not None:
            self._ledger.report(0)
        if busy:
            import logging

            logging.getLogger("pyferro.pool").warning(
                "%s was closed with %d connections in use, one of them for %.1f s",
                self.name,
                busy,
                self.stats().pool.longest_busy,
            )

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
        shape: Shape,
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
        if _heard.get(_DEBUG) is not False or self._observer is not None:
            watched = self._watched(whole, statement, types, values, result, shape, finish)
            if watched is not None:
                return watched
        return self.native.execute(
            current_native(self), statement, types, values, result, shape, finish
        )

    def start_stream(
        self,
        whole: bytes,
        types: bytes,
        values: Sequence[Any],
        result: int,
        shape: Shape,
        finish: Callable[[Any], Any] | None,
        page: int,
    ) -> _native.Operation[Any]:
        """An operation that gives `page` rows each time; see streaming.py."""
        session = current_session()
        if session is not None and session.holds_of(self):
            finish = session.adopting(result, shape, finish)
        if self._ledger is not None:
            from .leaks import Passing

            finish = Passing(self._ledger.begin("stream"), finish)
        statement = self.statement(whole)
        watched = self._watched(whole, statement, types, values, result, shape, finish, page)
        if watched is not None:
            return watched
        return self.native.execute(
            current_native(self), statement, types, values, result, shape, finish, page
        )

    def _watched(
        self,
        whole: bytes,
        statement: _native.Statement,
        types: bytes,
        values: Sequence[Any],
        result: int,
        shape: Any,
        finish: Callable[[Any], Any] | None,
        page: int = 0,
    ) -> _native.Operation[Any] | None:
        """The operation for whoever listens, or None where nobody does."""
        from .observe import Watched, listening

        observer = listening(self._observer)
        if observer is None:
            return None
        native = current_native(self)

        def explain() -> _native.Operation[Any]:
            explained = self.native.compile(plan.explained(whole))
            return self.native.execute(
                native, explained, types, values, _native.RESULT_ROWS, None, None
            )

        def start(counting: Callable[[Any], Any]) -> _native.Operation[Any]:
            return self.native.execute(
                native, statement, types, values, result, shape, counting, page
            )

        watched = Watched(self, observer, statement.sql, values, finish, explain, page)
        watched.begin(start)
        return cast("_native.Operation[Any]", watched)

    def hold(self, what: str) -> Holding | None:
        """Noted for the report on what is held for too long, if there is one."""
        return None if self._ledger is None else self._ledger.begin(what)

    def control(self, sql: str, operation: _native.Operation[int]) -> _native.Operation[int]:
        """What begins or ends a transaction or savepoint, for whoever listens."""
        if _heard.get(_DEBUG) is False and self._observer is None:
            return operation
        from .observe import control

        return control(self, sql, operation)

    def start_many(
        self,
        whole: bytes,
        columns: Sequence[_native.Column],
        objects: Sequence[Any],
        result: int,
        shape: _native.RowPlan | _native.CsvLines | Sequence[Part] | None,
        finish: Callable[[Any], Any] | None,
        types: bytes = b"",
        values: Sequence[Any] = (),
    ) -> _native.Operation[Any]:
        """The same for the rows of many objects; `values` are the same in all of them."""
        from .observe import Watched, listening

        statement = self.statement(whole)
        native = current_native(self)
        observer = listening(self._observer)
        if observer is None:
            return self.native.execute_many(
                native, statement, columns, objects, result, shape, finish, types, values
            )

        def start(counting: Callable[[Any], Any]) -> _native.Operation[Any]:
            return self.native.execute_many(
                native, statement, columns, objects, result, shape, counting, types, values
            )

        watched = Watched(self, observer, statement.sql, (list(objects),), finish)
        watched.begin(start)
        return cast("_native.Operation[Any]", watched)

    def sql(self, text: str | Template, /, *args: Any, **values: Any) -> RawQuery[Any]:
        """A statement in words of yours: `db.sql("select … where x > :v", v=10)`.

        Values stand where `:name`, `?` or `$1` is, on every database, and are bound.
        """
        from ..queries.raw import RawQuery

        return RawQuery(self, text, args, values)

    def execute(
        self, text: str | Template, /, *args: Any, autocommit: bool = False, **values: Any
    ) -> Op[int]:
        """Run it; how many rows it changed. `autocommit` refuses to be part of a transaction."""
        from ..queries.raw import run_alone

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


_DEBUG = 10  # logging's, which is not imported before something is connected
_heard: dict[int, bool] = {}  # see observe.py

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
        global _default, _heard
        _check_new(known_as)
        native = _native.Database(url)
        if password is not None:
            if native.dialect == "sqlite":
                raise UnsupportedFeature("SQLite has no passwords", hint="leave password out")
            native.set_password(password)
        from .observe import heard

        _heard = heard
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
    using: Using = None,
    session: Session | None = None,
    immediate: bool | None = None,
    *,
    isolation: Isolation | None = None,
    read_only: bool = False,
    deferrable: bool = False,
    timeout: float | None = None,
) -> Transaction:
    """A transaction, `with transaction():` or `async with transaction():`; within one, a savepoint.

    The options are those of `Database.transaction()`.
    """
    if using is None and session is not None:
        using = session.connection_name
    options = options_of(isolation, read_only, deferrable, timeout, immediate)
    return Transaction(lambda: resolve(using), options)


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
    return _of(using, session, lambda db: db.execute(text, *args, autocommit=autocommit, **values))


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
