"""Blocks in tests that fail when the database is asked more often than they say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .database import Database
    from .observe import StatementEvent

lazy_is_refused: ContextVar[bool] = ContextVar("pyferro_no_lazy", default=False)


@contextmanager
def assert_queries(
    database: Database, exactly: int | None, most: int | None
) -> Iterator[list[StatementEvent]]:
    """See Database.assert_queries."""
    from .observe import CONTROL

    if (exactly is None) == (most is None):
        raise TypeError("assert_queries() takes a number of statements, or max=")
    seen: list[StatementEvent] = []

    def see(event: StatementEvent) -> None:
        if event.operation not in CONTROL:
            seen.append(event)

    stop = database.on_statement(see)
    try:
        yield seen
    finally:
        stop()
    wanted = f"{exactly}" if exactly is not None else f"at most {most}"
    if len(seen) == exactly or (most is not None and len(seen) <= most):
        return
    lines = "".join(f"\n  {number}. {one.sql}" for number, one in enumerate(seen, 1))
    raise AssertionError(f"{wanted} statements were wanted, and {len(seen)} were sent:{lines}")


@contextmanager
def no_lazy() -> Iterator[None]:
    """See Database.no_lazy."""
    token = lazy_is_refused.set(True)
    try:
        yield
    finally:
        lazy_is_refused.reset(token)
