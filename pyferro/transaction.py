"""Transactions and savepoints, for `with` and `async with` alike.

The open transaction stands in a context variable, so that queries find it. It belongs to the task
(or thread) that opened it: another task that inherits the context is refused, since a connection
can do one thing at a time.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .errors import InterfaceError
from .op import Body, Steps

if TYPE_CHECKING:
    from ._native import Transaction as NativeTransaction
    from .database import Database, Row
    from .op import Op
    from .sql_text import Template

# FERRO_TRANSACTION_*
_BEGIN, _COMMIT, _ROLLBACK, _SAVEPOINT, _RELEASE, _ROLLBACK_TO = 0, 2, 3, 4, 5, 6

_open: ContextVar[Scope | None] = ContextVar("pyferro_transaction", default=None)


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

    __slots__ = ("database", "native", "outer", "owner")

    def __init__(self, database: Database, native: NativeTransaction, outer: Scope | None) -> None:
        self.database = database
        self.native = native
        self.outer = outer
        self.owner = _owner()


def _scope_of(database: Database) -> Scope | None:
    scope = _open.get()
    while scope is not None and scope.database is not database:
        scope = scope.outer
    if scope is None:
        return None
    if scope.owner != _owner():
        raise InterfaceError(
            "this task has inherited a transaction that another task opened",
            hint="run the query in the task that opened it, or start this one outside of it",
        )
    return scope


def current_native(database: Database) -> NativeTransaction | None:
    """The open transaction on a database, for a query that is about to start."""
    if _open.get() is None:
        return None
    scope = _scope_of(database)
    return None if scope is None else scope.native


class Transaction:
    """All or nothing: committed at the end of the block, rolled back when it raises.

    Within another one on the same database it is a savepoint. On SQLite it takes the write lock at
    once, so that two transactions never find out at their end that only one of them can go on.
    """

    __slots__ = ("_resolve", "_scope")

    def __init__(self, resolve: Any) -> None:
        self._resolve = resolve
        self._scope: Scope | None = None

    def savepoint(self) -> Transaction:
        """A savepoint within this transaction, to be used like it."""
        if self._scope is None:
            raise InterfaceError("the transaction is not open")
        database = self._scope.database
        return Transaction(lambda: database)

    @property
    def database(self) -> Database:
        if self._scope is None:
            raise InterfaceError("the transaction is not open")
        return self._scope.database

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
        yield native.do(_BEGIN if around is None else _SAVEPOINT)
        self._scope = Scope(database, native, _open.get())
        _open.set(self._scope)
        return self

    def _exit(self, error: BaseException | None) -> Body[None]:
        scope, self._scope = self._scope, None
        assert scope is not None
        _open.set(scope.outer)
        nested = scope.outer is not None and _holds(scope.outer, scope.native)
        if error is None:
            yield scope.native.do(_RELEASE if nested else _COMMIT)
            return
        if isinstance(error, GeneratorExit) or not scope.native.active:
            # Freed without being ended, it is rolled back with its connection.
            return
        try:
            yield scope.native.do(_ROLLBACK_TO if nested else _ROLLBACK)
        except Exception as second:
            # What went wrong first is what the caller has to know.
            error.add_note(f"and the rollback failed: {second}")

    def __enter__(self) -> Transaction:
        return Steps(self._enter).run()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        Steps(lambda: self._exit(error)).run()

    async def __aenter__(self) -> Transaction:
        return await Steps(self._enter)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await Steps(lambda: self._exit(error))


def _holds(scope: Scope | None, native: NativeTransaction) -> bool:
    while scope is not None:
        if scope.native is native:
            return True
        scope = scope.outer
    return False


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
