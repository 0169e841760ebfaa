"""Requests that run together: in one transaction, one after the other, none waiting for its answer.

What decides itself by one statement goes in groups to the engine, which sends each group at once
where the protocol allows that. Anything else has its turn between two groups.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from .. import _native
from ..errors import InterfaceError, PyferroError
from ..op import Body, Op, Single, Steps, relayed
from .transaction import atomic, current_native

if TYPE_CHECKING:
    from .._native import Operation
    from .._native import Transaction as NativeTransaction
    from .database import Database

T = TypeVar("T")

# Requests of a group. An iterable may be endless, and two groups are made before the first is answered.
_GROUP = 100


def run_together(database: Database, requests: Iterable[Op[T]]) -> Body[list[T]]:
    """See Database.pipeline."""
    rest = iter(requests)
    try:
        results: list[T] = yield from atomic(database, _Pipeline(database, rest).run())
        return results
    except BaseException:
        # Of the others nobody hears that they were never awaited.
        if isinstance(requests, (list, tuple)):
            for request in rest:
                with suppress(InterfaceError):
                    if isinstance(request, Op):
                        request._take()
        raise


# What is done with a result when its group, and those around it, went well: its place, finish and body.
_End: TypeAlias = tuple[int, Callable[[Any], Any] | None, Body[Any] | None]


class _Pipeline:
    def __init__(self, database: Database, requests: Iterator[Op[Any]]) -> None:
        self._requests = requests
        self._database = database
        # Of those in groups as the database gave them, until they end.
        self._results: list[Any] = []
        self._ends: list[_End] = []
        # The group that is being made, and where its results belong.
        self._operations: list[Operation[Any]] = []
        self._places: list[int] = []
        # The one that was sent meanwhile, where the database works beside us.
        self._sent: tuple[Operation[list[Any]], list[int]] | None = None
        self._ahead = database.dialect == "postgresql"
        self._transaction: NativeTransaction | None = None

    def run(self) -> Body[list[Any]]:
        self._transaction = current_native(self._database)
        try:
            yield from self._run_all()
        except BaseException:
            if self._sent is not None:  # Ctrl-C while a group was made: nobody hears its answers
                self._sent[0].close()
            raise
        return self._results

    def _run_all(self) -> Body[None]:
        while True:
            try:
                begun = self._begun()
            except Exception as error:
                yield from self._flush()  # one of those before it may fail first
                _note(error, len(self._results))
                raise
            if begun is None:
                break
            operation, body = begun
            # Whoever is told of each statement is told by what is none of the engine's: observe.py.
            if type(operation) is not _native.Operation or not operation.follows:
                yield from self._flush()
                yield from self._alone(operation, body)
                continue
            self._ends.append((len(self._results), operation.finish, body))
            self._places.append(len(self._results))
            self._operations.append(operation)
            self._results.append(None)
            if len(self._operations) == _GROUP:
                yield from self._send()
        yield from self._flush()

    def _begun(self) -> tuple[Operation[Any] | None, Body[Any] | None] | None:
        """The next request: its operation and what follows that, or a body to be run by itself."""
        for request in self._requests:
            if not isinstance(request, Op):
                kind = type(request).__name__
                raise TypeError(f"a pipeline runs requests that have not run, not {kind}")
            start = request._take()
            if not isinstance(request, Steps):
                operation, body = start(), None
            elif isinstance(request, Single):
                body = start()
                try:
                    operation = next(body)
                except StopIteration as end:  # there is nothing to do
                    self._results.append(end.value)
                    continue
            else:
                return None, start()
            self._see(operation)
            return operation, body
        return None

    def _send(self) -> Body[None]:
        """Send the group that was made, when the one before has its answers."""
        operations, places = self._operations, self._places
        self._operations, self._places = [], []
        yield from self._receive()
        if operations:
            together = _native.several(operations)
            self._sent = together, places
            if self._ahead:
                yield cast("Operation[None]", _Sending(together))

    def _receive(self) -> Body[None]:
        if self._sent is None:
            return
        together, places = self._sent
        try:
            rest = _Receiving(together) if self._ahead else together
            found = yield cast("Operation[list[Any]]", rest)
        except Exception as error:
            _note(error, places[together.position])
            raise
        finally:
            self._sent = None
        for place, result in zip(places, found, strict=True):
            self._results[place] = result

    def _flush(self) -> Body[None]:
        """Until all that was handed over has come to its end."""
        yield from self._send()
        yield from self._receive()
        ends, self._ends = self._ends, []
        # Who found no row raises, before anybody notes that all is well.
        for place, _, body in ends:
            if body is not None and not self._results[place]:
                yield from self._resume(place, body)
        for place, finish, body in ends:
            if body is not None:
                if self._results[place]:
                    yield from self._resume(place, body)
            elif finish is not None:
                try:
                    self._results[place] = finish(self._results[place])
                except Exception as error:
                    _note(error, place)
                    raise

    def _resume(self, place: int, body: Body[Any]) -> Body[None]:
        begin = partial(body.send, self._results[place])
        self._results[place] = yield from self._noted(place, body, begin)

    def _alone(self, operation: Operation[Any] | None, body: Body[Any] | None) -> Body[None]:
        if body is None:
            assert operation is not None
            body, operation = _one(operation), None
        begin = partial(next, body) if operation is None else lambda: operation
        result = yield from self._noted(len(self._results), body, begin)
        self._results.append(result)

    def _noted(self, place: int, body: Body[Any], begin: Callable[[], Operation[Any]]) -> Body[Any]:
        try:
            result = yield from relayed(body, begin, self._see)
        except Exception as error:
            _note(error, place)
            raise
        return result

    def _see(self, operation: Operation[Any]) -> None:
        if operation.transaction is not self._transaction:
            raise InterfaceError(
                "a request of another connection is no part of this pipeline",
                hint="what it changes would be kept when the others are undone: run it apart",
            )


class _Begun:
    """A part of an operation, to be yielded in its place."""

    __slots__ = ("_operation", "transaction")

    def __init__(self, operation: Operation[Any]) -> None:
        self._operation = operation
        self.transaction = operation.transaction


class _Sending(_Begun):
    """Its first step, which waits for nothing. The time it has is said here."""

    __slots__ = ()

    def set_timeout(self, seconds: float) -> None:
        self._operation.set_timeout(seconds)

    def run(self) -> None:
        self._operation.begin()

    def __await__(self) -> Generator[Any, None, None]:
        self._operation.begin()
        return
        yield


class _Receiving(_Begun):
    """The rest of it, within the time that was said."""

    __slots__ = ()

    def set_timeout(self, seconds: float) -> None:
        pass

    def run(self) -> Any:
        return self._operation.run()

    def __await__(self) -> Generator[Any, None, Any]:
        return self._operation.__await__()


def _note(error: Exception, number: int) -> None:
    error.add_note(f"in the pipeline it was request {number}, counted from 0")
    if isinstance(error, PyferroError) and error.row is None:
        error.row = number


def _one(operation: Operation[Any]) -> Body[Any]:
    result = yield operation
    return result
