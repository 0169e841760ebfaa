"""Locks of names: `with db.advisory_lock("nightly"):` runs once at a time, whoever runs it where.

The lock belongs to a session, which holds a connection of its own for as long as the block lasts,
so the block's own transactions may come and go. Nothing else is locked by it.
"""

from __future__ import annotations

from hashlib import blake2b
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .._native import Transaction as NativeTransaction
from ..errors import InterfaceError, LockNotAvailable, QueryTimeout, UnsupportedFeature
from ..op import Body, Op, Steps
from .transaction import PLAIN, bound_to

if TYPE_CHECKING:
    from .._native import Expr
    from .database import Database

_ROLLBACK = 3
_FOREVER = 31_536_000  # seconds; some servers do not wait at all where they are told to wait for -1


def number_of(key: int | str) -> int:
    """PostgreSQL's key: an int as it is, so that other programs can say it; a text's 64 bits."""
    if isinstance(key, int):
        return key
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def name_of(key: int | str) -> str:
    """The key of MySQL and MariaDB, whose names are short and know no capitals."""
    if isinstance(key, int):
        return str(key)
    return f"pyferro-{blake2b(key.encode(), digest_size=20).hexdigest()}"


class AdvisoryLock:
    """For `with` and `async with`; a new one for each block."""

    __slots__ = ("_database", "_key", "_native", "_timeout")

    def __init__(self, database: Database, key: int | str, timeout: float | None) -> None:
        if isinstance(key, bool) or not isinstance(key, (int, str)):
            raise TypeError("the key of a lock is an int or a str")
        if isinstance(key, int) and not -(1 << 63) <= key < 1 << 63:
            raise ValueError("the key of a lock is an integer of 64 bits")
        if timeout is not None and timeout < 0:
            raise ValueError("a timeout is a number of seconds, or 0 to try once")
        self._database = database
        self._key = key
        self._timeout = timeout
        self._native: NativeTransaction | None = None

    def _enter(self) -> Body[AdvisoryLock]:
        database = self._database
        if not database.supports("advisory-lock"):
            advice = database.native.supports("advisory-lock")[1]
            raise UnsupportedFeature(f"{database.server} has no locks of names", hint=advice)
        if self._native is not None:
            raise InterfaceError("this lock is held already", hint="make one for each block")
        native = database.native.transaction()
        try:
            yield database.control("BEGIN", native.begin(*PLAIN))
            operation = bound_to(native, database, self._ask())
            if self._timeout:
                operation.set_timeout(self._timeout)
            got = yield operation
        except QueryTimeout as error:
            native.abandon()
            if self._timeout is None:
                raise
            raise self._held() from error
        except BaseException:
            native.abandon()
            raise
        if not got:
            yield database.control("ROLLBACK", native.do(_ROLLBACK))
            raise self._held()
        self._native = native
        return self

    def _held(self) -> LockNotAvailable:
        return LockNotAvailable("somebody else holds the lock", hint="try again later")

    def _ask(self) -> Op[Any]:
        from ..language.expressions import sql
        from ..queries.query import select

        once = self._timeout == 0
        asked: Expr[Any]
        if self._database.dialect == "postgresql":
            if once:
                asked = sql("pg_try_advisory_xact_lock({k})", type=bool, k=number_of(self._key))
            else:
                asked = sql(
                    "(pg_advisory_xact_lock({k}) IS NOT NULL)", type=bool, k=number_of(self._key)
                )
        else:
            wait = 0 if once else _FOREVER
            asked = sql("GET_LOCK({k}, {s})", type=int, k=name_of(self._key), s=wait)
        op: Op[Any] = select(asked).using(self._database).one()
        return op

    def _exit(self) -> Body[None]:
        native, self._native = self._native, None
        assert native is not None
        if not native.active:
            return  # its connection is gone, and the lock with it
        try:
            if self._database.dialect != "postgresql":
                from ..language.expressions import sql
                from ..queries.query import select

                released = select(sql("RELEASE_LOCK({k})", type=int, k=name_of(self._key)))
                yield bound_to(native, self._database, released.using(self._database).one())
            yield self._database.control("ROLLBACK", native.do(_ROLLBACK))
        except BaseException:
            native.abandon()
            raise

    def __enter__(self) -> AdvisoryLock:
        return Steps(self._enter).run()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        Steps(self._exit).run()

    async def __aenter__(self) -> AdvisoryLock:
        return await Steps(self._enter)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await Steps(self._exit)
