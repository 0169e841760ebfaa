"""Transactions and savepoints, for `with` and `async with` alike.

The open transaction stands in a context variable, so that queries find it. It belongs to the task
(or thread) that opened it: another task that inherits the context is refused, since a connection
can do one thing at a time.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypeVar

from ..errors import InterfaceError
from ..op import Body, Steps

if TYPE_CHECKING:
    from .._native import Operation
    from .._native import Transaction as NativeTransaction
    from ..language.sql_text import Template
    from ..op import Op
    from .database import Database, Row
    from .leaks import Holding
    from .operations import Operations

Isolation: TypeAlias = Literal[
    "read uncommitted", "read committed", "repeatable read", "serializable"
]

T = TypeVar("T")

# FERRO_TRANSACTION_*
_COMMIT, _ROLLBACK, _SAVEPOINT, _RELEASE, _ROLLBACK_TO = 2, 3, 4, 5, 6
# FERRO_ISOLATION_* and FERRO_BEGIN_*
_LEVELS = {
    None: 0,
    "read uncommitted": 1,
    "read committed": 2,
    "repeatable read": 3,
    "serializable": 4,
}
_READ_ONLY, _DEFERRABLE, _LAZY = 1, 2, 4

_open: ContextVar[Scope | None] = ContextVar("pyferro_transaction", default=None)


class Options(NamedTuple):
    """How a transaction begins, as the engine takes it."""

    isolation: int = 0
    flags: int = 0
    timeout: float = -1.0  # seconds; negative: none


PLAIN = Options()


def options_of(
    isolation: Isolation | None,
    read_only: bool,
    deferrable: bool,
    timeout: float | None,
    immediate: bool | None,
) -> Options:
    """Options from what a program says."""
    level = _LEVELS.get(isolation)
    if level is None:
        known = ", ".join(repr(one) for one in _LEVELS if one is not None)
        raise ValueError(f"no isolation is called {isolation!r}\nthere are {known}")
    if timeout is not None and not timeout > 0:
        raise ValueError("a timeout is a positive number of seconds")
    if read_only and immediate:
        raise ValueError("a read only transaction never takes the write lock: leave immediate out")
    flags = _READ_ONLY if read_only else 0
    if deferrable:
        flags |= _DEFERRABLE
    if immediate is False:
        flags |= _LAZY
    return Options(level, flags, -1.0 if timeout is None else float(timeout))


def _owner() -> Any:
    """The running task, or the thread where there is none. asyncio is not imported for it."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is not None:
        try:
            task = asyncio.current_task()
        except RuntimeError:
            task = None
        if task is not None:
            return task
    return get_ident()


class Scope:
    """One open transaction or savepoint, and the scope it stands in."""

    __slots__ = ("callbacks", "database", "ended", "holding", "native", "outer", "owner")

    def __init__(self, database: Database, native: NativeTransaction, outer: Scope | None) -> None:
        self.database = database
        self.native = native
        self.outer = outer
        self.owner = _owner()
        self.callbacks: list[Callable[[], Any]] = []
        self.holding: Holding | None = None
        self.ended = False  # though it still stands in the context


def _scope_of(database: Operations) -> Scope | None:
    scope = _open.get()
    while scope is not None and (scope.ended or scope.database is not database):
        scope = scope.outer
    if scope is None:
        return None
    if scope.owner != _owner():
        raise InterfaceError(
            "this task has inherited a transaction that another task opened",
            hint="run the query in the task that opened it, or start this one outside of it",
        )
    return scope


def current_native(database: Operations) -> NativeTransaction | None:
    """The open transaction on a database, for a query that is about to start."""
    if _open.get() is None:
        return None
    scope = _scope_of(database)
    return None if scope is None else scope.native


def bound_to(native: NativeTransaction, database: Database, op: Op[Any]) -> Operation[Any]:
    """What a request starts, in a transaction that queries around it do not find."""
    token = _open.set(Scope(database, native, None))
    try:
        started: Operation[Any] = op._take()()
        return started
    finally:
        _open.reset(token)


def in_transaction(database: Database) -> bool:
    """Whether a transaction of this task is open on a database."""
    return _open.get() is not None and _scope_of(database) is not None


def on_commit(database: Database, callback: Callable[[], Any]) -> None:
    """Have the transaction that is open on a database call this after its commit."""
    scope = _scope_of(database)
    if scope is None:
        raise InterfaceError(
            "no transaction is open, so none will be committed",
            hint="call the function itself, or open a transaction around it",
        )
    if not callable(callback):
        raise TypeError("on_commit() takes a function without arguments")
    scope.callbacks.append(callback)


class Transaction:
    """All or nothing: committed at the end of the block, rolled back when it raises.

    Within another one on the same database it is a savepoint. On SQLite it takes the write lock at
    once, so that two transactions never find out at their end that only one of them can go on.
    """

    __slots__ = ("_options", "_resolve", "_scope", "committed")

    def __init__(self, resolve: Callable[[], Database], options: Options = PLAIN) -> None:
        self._resolve = resolve
        self._options = options
        self._scope: Scope | None = None
        self.committed = False

    def savepoint(self) -> Transaction:
        """A savepoint within this transaction, to be used like it."""
        database = self.database
        return Transaction(lambda: database)

    def on_commit(self, callback: Callable[[], Any]) -> None:
        """Call this once the outermost transaction is committed; after a rollback never.

        What is said within a savepoint is forgotten when that is rolled back. In `async with` the
        function may be asynchronous: it is awaited before the block is left.
        """
        on_commit(self.database, callback)

    @property
    def database(self) -> Database:
        if self._scope is None:
            raise InterfaceError("the transaction is not open")
        return self._scope.database

    def pipeline(self, requests: Iterable[Op[T]]) -> Op[list[T]]:
        """Run requests in order, in a savepoint here. See `Database.pipeline`."""
        return self.database.pipeline(requests)

    def execute(self, text: str | Template, /, *args: Any, **values: Any) -> Op[int]:
        """Run a statement in words of yours here; how many rows it changed."""
        return self.database.execute(text, *args, **values)

    def fetch_all(self, text: str | Template, /, *args: Any, **values: Any) -> Op[list[Row]]:
        """All its rows, as dicts."""
        return self.database.fetch_all(text, *args, **values)

    def fetch_one(self, text: str | Template, /, *args: Any, **values: Any) -> Op[Row | None]:
        """Its first row as a dict, or None."""
        return self.database.fetch_one(text, *args, **values)

    def _enter(self) -> Body[Transaction]:
        if self._scope is not None:
            raise InterfaceError("this transaction is open already", hint="make one for each block")
        database: Database = self._resolve()
        around = _scope_of(database)
        native = database.native.transaction() if around is None else around.native
        isolation, flags, timeout = self._options
        if around is not None and (isolation or flags & ~_LAZY or timeout >= 0):
            raise InterfaceError(
                "a transaction within another one is a savepoint, which has no options",
                hint="give them to the outermost transaction",
            )
        holding = database.hold("transaction") if around is None else None
        try:
            if around is None:
                yield database.control("BEGIN", native.begin(*self._options))
            else:
                yield database.control("SAVEPOINT", native.do(_SAVEPOINT))
        except BaseException as error:
            if not isinstance(error, Exception):
                # Cancelled, perhaps when it had just been done: nobody would ever end it.
                native.abandon()
            raise
        self._scope = Scope(database, native, _open.get())
        self._scope.holding = holding
        _open.set(self._scope)
        return self

    def _exit(self, error: BaseException | None) -> Body[list[Callable[[], Any]]]:
        """Ends it. What is to be called now comes back: nothing when it was no commit."""
        scope = self._scope
        assert scope is not None
        scope.holding = None
        _open.set(scope.outer)
        self._scope = None
        around = _around(scope.outer, scope.native)
        if error is None:
            if around is None:
                yield scope.database.control("COMMIT", scope.native.do(_COMMIT))
            else:
                yield scope.database.control("RELEASE", scope.native.do(_RELEASE))
            if around is not None:
                around.callbacks += scope.callbacks
                return []
            self.committed = True
            return scope.callbacks
        if isinstance(error, GeneratorExit):
            # Nobody steps us any more, so nothing can be waited for.
            scope.native.abandon()
        if not scope.native.active:
            return []
        try:
            if around is None:
                yield scope.database.control("ROLLBACK", scope.native.do(_ROLLBACK))
            else:
                yield scope.database.control("ROLLBACK TO", scope.native.do(_ROLLBACK_TO))
        except Exception as second:
            # What went wrong first is what the caller has to know.
            error.add_note(f"and the rollback failed: {second}")
        return []

    def _drop(self) -> None:
        """Leaves a block that nobody will end: memory ran out when it was entered, or left."""
        scope = self._scope
        if scope is None:
            return
        scope.ended = True  # takes no memory, as taking it out of the context does
        scope.holding = None
        scope.native.abandon()
        if _open.get() is scope:
            _open.set(scope.outer)

    def __enter__(self) -> Transaction:
        try:
            return Steps(self._enter).run()
        except MemoryError:
            self._drop()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        # No lambda: its cells would be made before the block that catches their failure.
        try:
            callbacks = Steps(partial(self._exit, error)).run()
        except MemoryError:
            self._drop()
            raise
        if callbacks:
            from .callbacks import call_all

            call_all(callbacks)

    async def __aenter__(self) -> Transaction:
        try:
            return await Steps(self._enter)
        except MemoryError:
            self._drop()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        try:
            callbacks = await Steps(partial(self._exit, error))
        except MemoryError:
            self._drop()
            raise
        if callbacks:
            from .callbacks import await_all

            await await_all(callbacks)


def _around(scope: Scope | None, native: NativeTransaction) -> Scope | None:
    """The scope of the same transaction that a savepoint stands in."""
    while scope is not None and scope.native is not native:
        scope = scope.outer
    return scope


def atomic(database: Database, body: Body[Any]) -> Body[Any]:
    """`body` in a transaction of its own, or in a savepoint of the one that is open."""
    block = Transaction(lambda: database)
    yield from block._enter()
    try:
        result = yield from body
    except BaseException as error:
        yield from block._exit(error)
        raise
    yield from block._exit(None)
    return result
