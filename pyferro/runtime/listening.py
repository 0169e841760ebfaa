"""Messages between sessions: PostgreSQL's LISTEN and NOTIFY.

A listener has a connection of its own, from the beginning of its block to the end. When that breaks
the loop ends with `ConnectionFailed`: what is sent before somebody listens again is lost, and only
the program knows where to look for it.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple

from ..errors import InterfaceError, UnsupportedFeature
from ..op import Body, Op, Steps

if TYPE_CHECKING:
    from .._native import Operation
    from .database import Database

_Row = tuple[str | None, str | None, int | None]


class Notification(NamedTuple):
    """One message."""

    channel: str
    payload: str
    pid: int  # of the server's process that works for the sender


class Listener:
    """`with db.listen("a") as messages: for message in messages`, or `async` all of it."""

    __slots__ = ("_channels", "_database", "_operation")

    def __init__(self, database: Database, channels: tuple[str, ...]) -> None:
        if not channels or not all(isinstance(one, str) for one in channels):
            raise TypeError("listen() takes the names of channels")
        self._database = database
        self._channels = channels
        self._operation: Operation[list[_Row]] | None = None

    def close(self) -> None:
        """Listen no more. Leaving the block does that, too; nothing is waited for."""
        operation, self._operation = self._operation, None
        if operation is not None:
            operation.close()

    def _start(self) -> Operation[list[_Row]]:
        if self._operation is not None:
            raise InterfaceError("this listener listens already", hint="make one for each block")
        self._operation = self._database.native.listen(self._channels)
        return self._operation

    def _running(self) -> Operation[list[_Row]]:
        if self._operation is None:
            raise InterfaceError(
                "nobody listens any more",
                hint="take messages within the block; one whose wait was cancelled is over",
            )
        return self._operation

    def __enter__(self) -> Listener:
        try:
            self._start().run()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Listener:
        return self

    def __next__(self) -> Notification:
        operation = self._running()
        try:
            return _of(operation.run())
        except BaseException:
            self.close()
            raise

    async def __aenter__(self) -> Listener:
        try:
            await self._start()
        except BaseException:
            self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def __aiter__(self) -> Listener:
        return self

    async def __anext__(self) -> Notification:
        operation = self._running()
        try:
            return _of(await operation)
        except BaseException:
            self.close()
            raise


def _of(rows: list[_Row]) -> Notification:
    [(channel, payload, pid)] = rows
    return Notification(channel or "", payload or "", pid or 0)


def notify(database: Database, channel: str, payload: str) -> Op[None]:
    from ..language.expressions import sql
    from ..queries.query import select

    advice = database.native.supports("listen")
    if advice[0] == 2:
        raise UnsupportedFeature(f"{database.server} sends no messages", hint=advice[1])
    sent = sql("(pg_notify({c}, {p}) IS NULL)", type=bool, c=channel, p=payload)

    def body() -> Body[None]:
        yield select(sent).using(database).one()._take()()

    return Steps(body)
