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
_GROUP = 500


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
        self._bodies: list[Body[Any] | None] = []

    def run(self) -> Body[list[Any]]:
        for request in self._requests:
            if not isinstance(request, Op):
                kind = type(request).__name__
                raise TypeError(f"a pipeline runs requests that have not run, not {kind}")
            start = request._take()
            if not isinstance(request, Steps):
                yield from self._add(start(), None)
            elif isinstance(request, Single):
                body = start()
                try:
                    operation = next(body)
                except StopIteration as end:
                    yield from self._flush()
                    self._results.append(end.value)
                else:
                    yield from self._add(operation, body)
            else:
                yield from self._flush()
                yield from self._alone(start())
        yield from self._flush()
        return self._results

    def _add(self, operation: Operation[Any], body: Body[Any] | None) -> Body[None]:
        # Whoever is told of each statement is told by what is none of the engine's: see observe.py.
        if type(operation) is not _native.Operation or not operation.follows:
            yield from self._flush()
            if body is None:
                yield from self._alone(_one(operation))
            else:
                yield from self._alone(body, lambda: operation)
            return
        self._see(operation)
        self._operations.append(operation)
        self._bodies.append(body)
        if len(self._operations) == _GROUP:
            yield from self._flush()

    def _flush(self) -> Body[None]:
        operations, bodies = self._operations, self._bodies
        if not operations:
            return
        self._operations, self._bodies = [], []
        together = _native.several(operations)
        try:
            found = yield together
        except Exception as error:
            self._note(error, together.position)
            raise
        for result, body in zip(found, bodies, strict=True):
            if body is None:
                self._results.append(result)
            else:
                yield from self._alone(body, partial(body.send, result))

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
