"""What is told of each statement: to the logger `pyferro.sql`, to callbacks, and of slow ones.

Values never are: in their place stands what they are, `str(12)` or `int`. While nobody listens,
nothing here runs; `Database.start` asks one dictionary, which is `heard`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from time import perf_counter, time_ns
from typing import TYPE_CHECKING, Any, cast

from .. import _native
from ..types.held import HiddenBytes, HiddenStr

if TYPE_CHECKING:
    from .operations import Operations

DEBUG = logging.DEBUG

logger = logging.getLogger("pyferro.sql")

# What the logger has found out about its levels; it forgets by itself when one of them changes.
# Where logging has no such thing (it is not promised), the logger is asked each time.
heard: dict[int, bool] = getattr(logger, "_cache", {})


@dataclass(frozen=True, slots=True)
class StatementEvent:
    """A statement that has ended, well or not."""

    sql: str  # with placeholders; several steps are lines
    values: tuple[str, ...]  # what was bound, masked: `int`, `str(12)`, `None`
    dialect: str
    connection: str  # the database's name
    operation: str  # SELECT, INSERT, …; BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE
    started_ns: int  # since 1970
    duration_ms: float  # waiting for a connection included; of a stream, without its user's time
    rows: int | None  # given, or changed; None when it failed
    error: str | None  # the exception's class
    sqlstate: str | None
    plan: str | None = None  # of a slow one, when that was asked for


Callback = Callable[[StatementEvent], object]


class Observer:
    """Who listens to a database, and for what."""

    __slots__ = ("callbacks", "explain", "slow")

    def __init__(self) -> None:
        self.callbacks: tuple[Callback, ...] = ()
        self.slow: float | None = None  # seconds
        self.explain = False

    @property
    def idle(self) -> bool:
        return not self.callbacks and self.slow is None


NOBODY = Observer()


def listening(observer: Observer | None) -> Observer | None:
    """Whoever is to be told of a statement that is about to start, if anybody is."""
    if observer is not None:
        return observer
    return NOBODY if logger.isEnabledFor(DEBUG) else None


class Tally:
    """Counts the rows of a result on its way to what is done with it.

    Apart from Watched, since the operation holds it: a stream that is left has to be freed at once.
    """

    __slots__ = ("_finish", "complete", "page", "rows")

    def __init__(self, page: int, finish: Callable[[Any], Any] | None) -> None:
        self.page = page
        self.rows = 0
        self.complete = False  # the database has done its part
        self._finish = finish

    def __call__(self, found: Any) -> Any:
        self.complete = True
        if isinstance(found, list):
            self.rows += len(found)
            self.complete = not self.page or len(found) != self.page
        elif isinstance(found, int) and not isinstance(found, bool):
            self.rows = found
        else:
            self.rows = int(found is not None)
        return found if self._finish is None else self._finish(found)


class Watched:
    """An operation that is told of when it has ended; used as one."""

    __slots__ = (
        "_database",
        "_explain",
        "_observer",
        "_operation",
        "_spent",
        "_sql",
        "_started",
        "_tally",
        "_told",
        "_values",
    )

    def __init__(
        self,
        database: Operations,
        observer: Observer,
        sql: str,
        values: Sequence[Any],
        finish: Callable[[Any], Any] | None,
        explain: Callable[[], _native.Operation[Any]] | None = None,
        page: int = 0,
    ) -> None:
        self._database = database
        self._observer = observer
        self._sql = sql
        self._values = values
        self._explain = explain
        self._tally = Tally(page, finish)
        self._spent = 0.0
        self._told = False
        self._started = 0

    def begin(self, start: Callable[[Callable[[Any], Any]], Any]) -> Watched:
        """With the operation that `start` makes, given what is done with its result."""
        self._started = time_ns()
        began = perf_counter()
        try:
            self._operation: _native.Operation[Any] = start(self._tally)
        except BaseException as error:
            self._ended(began, error)
            raise
        return self

    @property
    def transaction(self) -> _native.Transaction | None:
        return self._operation.transaction

    def set_timeout(self, seconds: float) -> None:
        self._operation.set_timeout(seconds)

    def run(self) -> Any:
        began = perf_counter()
        try:
            result = self._operation.run()
        except BaseException as error:
            self._ended(began, error)
            raise
        plan = None
        if (ask := self._asks(began)) is not None:
            plan = _quietly(lambda: self._plan(ask().run()))
        self._ended(began, None, plan)
        return result

    def __await__(self) -> Generator[Any, None, Any]:
        began = perf_counter()
        try:
            result = yield from self._operation.__await__()
        except BaseException as error:
            self._ended(began, error)
            raise
        plan = None
        if (ask := self._asks(began)) is not None:
            took = perf_counter() - began
            try:
                plan = self._plan((yield from ask().__await__()))
            except Exception:  # it is an extra, and the statement was good
                plan = None
            began = perf_counter() - took
        self._ended(began, None, plan)
        return result

    def close(self) -> None:
        self._operation.close()
        self._tell(None, None)

    def __del__(self) -> None:
        # A stream that was left early.
        if self._tally.page and self._tally.rows and not self._told:
            self._tell(None, None)

    def _plan(self, rows: list[tuple[Any, ...]]) -> str:
        from ..queries.rendered import plan_text

        return without_values(plan_text(rows, self._database.dialect))

    def _asks(self, began: float) -> Callable[[], _native.Operation[Any]] | None:
        observer = self._observer
        slow = observer.slow is not None and perf_counter() - began >= observer.slow
        return self._explain if slow and observer.explain else None

    def _ended(self, began: float, error: BaseException | None, plan: str | None = None) -> None:
        self._spent += perf_counter() - began
        if error is None and not self._tally.complete:
            return  # there are more pages
        # What goes wrong after the database has done its part is not the statement's fault.
        self._tell(None if self._tally.complete else error, plan)

    def _tell(self, error: BaseException | None, plan: str | None) -> None:
        if self._told:
            return
        self._told = True
        event = StatementEvent(
            sql=self._sql,
            values=tuple(masked(value) for value in self._values),
            dialect=self._database.dialect,
            connection=self._database.name,
            operation=operation_of(self._sql),
            started_ns=self._started,
            duration_ms=self._spent * 1000,
            rows=self._tally.rows if error is None else None,
            error=None if error is None else type(error).__name__,
            sqlstate=getattr(error, "sqlstate", None),
            plan=plan,
        )
        _log(event, self._observer.slow)
        for callback in self._observer.callbacks:
            try:
                callback(event)
            except Exception:
                logger.exception("a callback of on_statement() failed")


class WatchedControl(Watched):
    """BEGIN, COMMIT and the like: no rows, and no plan."""

    __slots__ = ()

    def _ended(self, began: float, error: BaseException | None, plan: str | None = None) -> None:
        self._spent += perf_counter() - began
        self._tell(error, None)


# What begins and ends transactions and savepoints: events of these operations have no values.
CONTROL = frozenset({"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"})


def control(
    database: Operations, sql: str, operation: _native.Operation[int]
) -> _native.Operation[int]:
    """The operation of a transaction, for whoever listens."""
    observer = listening(database._observer)
    if observer is None:
        return operation
    watched = WatchedControl(database, observer, sql, (), None).begin(lambda _: operation)
    return cast("_native.Operation[int]", watched)


def _log(event: StatementEvent, slow: float | None) -> None:
    late = slow is not None and event.duration_ms >= slow * 1000
    level = logging.WARNING if late else DEBUG
    if not logger.isEnabledFor(level):
        return
    outcome = event.error or f"{event.rows} rows"
    logger.log(
        level,
        "%s[%s] %s %s: %.2f ms, %s%s",
        "slow: " if late else "",
        event.connection,
        event.sql,
        list(event.values),
        event.duration_ms,
        outcome,
        "" if event.plan is None else f"\n{event.plan}",
        extra={name: getattr(event, name) for name in StatementEvent.__slots__},
    )


def masked(value: Any) -> str:
    """What a value is, and nothing of it."""
    if value is None:
        return "None"
    if isinstance(value, (HiddenStr, HiddenBytes)):
        return "secret"
    kind = type(value).__name__
    if isinstance(value, (str, bytes, list, tuple)):
        return f"{kind}({len(value)})"
    return kind


def operation_of(sql: str) -> str:
    """SELECT, INSERT, …: what a statement does."""
    word = sql.lstrip("( ").split(None, 1)[0].upper()
    return "SELECT" if word == "WITH" else word


# Servers show in a plan what parameters were. Texts, and numbers that are no costs:
_SHOWN = re.compile(
    r'(\(cost=[^)]*\)|"\w+": [\d.]+)'
    r"|'(?:[^'\\]|\\.|'')*'"
    r'|(?<![\w"$.])-?\d+(?:\.\d+)?(?![\w"])'
)


def without_values(plan: str) -> str:
    return _SHOWN.sub(lambda found: found[1] or "?", plan)


def _quietly(ask: Callable[[], str]) -> str | None:
    try:
        return ask()
    except Exception:  # it is an extra, and the statement was good
        return None


@dataclass(frozen=True, slots=True)
class PoolStats:
    """A pool's connections, and what was asked of it since it was made. Times are seconds."""

    idle: int
    busy: int  # in use, or being opened
    waiting: int  # requests that wait for a connection
    acquired: int
    waits: int  # of these had to wait,
    timeouts: int  # and for too long
    waited: float
    opened: int
    closed: int
    longest_busy: float  # of those in use now: much, where one was forgotten


@dataclass(frozen=True, slots=True)
class CacheStats:
    """The engine's compiled statements. A Database keeps what it has got from there."""

    size: int
    hits: int
    misses: int


@dataclass(frozen=True, slots=True)
class Stats:
    """What `db.stats()` says, of one moment."""

    pool: PoolStats
    statements: CacheStats


def stats_of(native: _native.Database) -> Stats:
    found = native.statistics
    idle, busy, waiting, acquired, waits, timeouts, waited, opened, closed, longest = found[:10]
    size, hits, misses = found[10:]
    pool = PoolStats(
        idle, busy, waiting, acquired, waits, timeouts, waited / 1e6, opened, closed, longest / 1e6
    )
    return Stats(pool, CacheStats(size, hits, misses))
