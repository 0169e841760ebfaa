"""A connected database, and what can be asked of it. How operations start is in operations.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, overload

from ..op import Body, Done, Op, Steps
from .operations import Operations
from .transaction import Isolation, Transaction, on_commit, options_of

if TYPE_CHECKING:
    from ..language.sql_text import Template
    from ..model import Model
    from ..queries.raw import RawQuery
    from .advisory import AdvisoryLock
    from .listening import Listener
    from .observe import Callback, StatementEvent, Stats
    from .retry import Retrying

Row: TypeAlias = dict[str, Any]
T = TypeVar("T")


class Database(Operations):
    """A connected database. `connect()` makes it."""

    __slots__ = ()

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

    def pipeline(self, requests: Iterable[Op[T]]) -> Op[list[T]]:
        """Run requests in order, in one transaction, and give the list of their results.

        `await db.pipeline(post.save() for post in posts)`. It is as if each had been awaited before
        the next one, but on PostgreSQL changes are sent without waiting for the answers to those
        before. The first error undoes all of them; its `row` says which request it was.
        """
        from .piping import run_together

        return Steps(lambda: run_together(self, requests))

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
        from .connections import forget

        forget(self)

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
