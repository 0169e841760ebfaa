"""Requests that run together: in one transaction, one after the other, none waiting for its answer.

What decides itself by one statement goes in groups to the engine, which sends each group at once
where the protocol allows that. Anything else has its turn between two groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .. import _native
from ..errors import InterfaceError, PyferroError
from ..op import Body, Op, Single, Steps, relayed
from .transaction import atomic, current_native

if TYPE_CHECKING:
    from .._native import Operation
    from .database import Database

T = TypeVar("T")

# Requests that are made before the first of them are run: an iterable may be endless.
_GROUP = 100


def run_together(database: Database, requests: Iterable[Op[T]]) -> Body[list[T]]:
    """See Database.pipeline."""
    rest = iter(requests)
    try:
        results: list[T] = yield from atomic(database, _Pipeline(database, rest).run())
        return results
    except BaseException:
        # Of the others nobody hears that they were never awaited.
        if not isinstance(requests, Iterator):
            for request in rest:
                request._take()
        raise


class _Pipeline:
    def __init__(self, database: Database, requests: Iterator[Op[Any]]) -> None:
        self._requests = requests
        self._database = database
        self._results: list[Any] = []
        # Of the group that is being made: what it will run, and of Single what follows.
        self._operations: list[Operation[Any]] = []
        self._bodies: list[Body[Any]] = []
        # The group that was sent while another one is made, where the database works beside us.
        self._sent: tuple[Operation[list[Any]], list[Body[Any]]] | None = None
        self._ahead = database.dialect == "postgresql"

    def run(self) -> Body[list[Any]]:
        while True:
            try:
                begun = self._begun()
            except Exception as error:
                yield from self._receive()  # one of those before may have failed first
                self._note(error, len(self._operations))
                raise
            if begun is None:
                yield from self._flush()
                return self._results
            operation, body = begun
            if operation is None:
                yield from self._flush()
                yield from self._alone(body)
            # Whoever is told of each statement is told by what is none of the engine's: observe.py.
            elif type(operation) is not _native.Operation or not operation.follows:
                yield from self._flush()
                yield from self._alone(body, partial(_given, operation))
            else:
                self._operations.append(operation)
                self._bodies.append(body)
                if len(self._operations) == _GROUP:
                    yield from self._send()

    def _begun(self) -> tuple[Operation[Any] | None, Body[Any]] | None:
        """The next request: its operation and what follows that, or a body to be run by itself."""
        for request in self._requests:
            if not isinstance(request, Op):
                kind = type(request).__name__
                raise TypeError(f"a pipeline runs requests that have not run, not {kind}")
            start = request._take()
            if not isinstance(request, Steps):
                body = _one(start())
            elif isinstance(request, Single):
                body = start()
            else:
                return None, start()
            try:
                operation = next(body)
            except StopIteration as end:
                return None, _nothing(end.value)
            self._see(operation)
            return operation, body
        return None

    def _send(self) -> Body[None]:
        """Send the group that was made, when the one before has its answers."""
        operations, bodies = self._operations, self._bodies
        self._operations, self._bodies = [], []
        yield from self._receive()
        if operations:
            together = _native.several(operations)
            if self._ahead:
                together.begin()
            self._sent = together, bodies

    def _receive(self) -> Body[None]:
        if self._sent is None:
            return
        (together, bodies), self._sent = self._sent, None
        try:
            found = yield together
        except Exception as error:
            self._note(error, together.position)
            raise
        for result, body in zip(found, bodies, strict=True):
            yield from self._alone(body, partial(body.send, result))

    def _flush(self) -> Body[None]:
        yield from self._send()
        yield from self._receive()

    def _alone(
        self, body: Body[Any], begin: Callable[[], Operation[Any]] | None = None
    ) -> Body[None]:
        try:
            result = yield from relayed(body, begin or partial(next, body), self._see)
        except Exception as error:
            self._note(error, 0)
            raise
        self._results.append(result)

    def _see(self, operation: Operation[Any]) -> None:
        if operation.transaction is not current_native(self._database):
            raise InterfaceError(
                "a request of another connection is no part of this pipeline",
                hint="what it changes would be kept when the others are undone: run it apart",
            )

    def _note(self, error: Exception, position: int) -> None:
        number = len(self._results) + position
        error.add_note(f"in the pipeline it was request {number}, counted from 0")
        if isinstance(error, PyferroError) and error.row is None:
            error.row = number


def _one(operation: Operation[Any]) -> Body[Any]:
    result = yield operation
    return result


def _nothing(result: Any) -> Body[Any]:
    return result
    yield


def _given(operation: Operation[Any]) -> Operation[Any]:
    return operation
