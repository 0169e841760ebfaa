"""Transactions and statements on the database that a call means, as functions of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from ..op import Op, Steps
from .connections import Using, resolve
from .database import Database, Row
from .transaction import Isolation, Transaction, options_of

if TYPE_CHECKING:
    from .. import _native
    from ..language.sql_text import Template
    from .session import Session

T = TypeVar("T")


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


def pipeline(requests: Iterable[Op[T]], using: Using = None) -> Op[list[T]]:
    """Run requests in order, in one transaction. See `Database.pipeline`."""
    from .piping import run_together

    return Steps(lambda: run_together(resolve(using), requests))


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
