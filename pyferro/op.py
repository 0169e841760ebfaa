"""Requests that have not run yet. `await` one, or call `run()`; both do the same, once.

`Op` holds one operation of the engine, `Steps` a sequence of them written as a generator. Waiting
itself is native code: nothing here knows an event loop.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .errors import InterfaceError

if TYPE_CHECKING:
    from ._native import Operation

T = TypeVar("T")

# A body of Steps: yields operations, is sent what they gave, returns the result.
Body = Generator["Operation[Any]", Any, T]


class Op(Generic[T]):
    """A request that has not run yet: `await` it, or call `run()` where no loop is running."""

    __slots__ = ("_start",)

    def __init__(self, start: Callable[[], Operation[T]]) -> None:
        self._start: Callable[[], Any] | None = start

    def run(self) -> T:
        """Run now and block this thread; other threads go on, as the GIL is released."""
        result: T = self._take()().run()
        return result

    def __await__(self) -> Generator[Any, None, T]:
        started: Operation[T] = self._take()()
        return started.__await__()

    def timeout(self, seconds: float) -> Op[T]:
        """This request, to fail with `QueryTimeout` unless it ends within so many seconds.

        They count from its start, and hold instead of the database's `statement_timeout`. The
        server is told to stop; a transaction that the request is part of is rolled back.
        """
        _check(seconds)
        start = self._take()

        def limited() -> Operation[T]:
            operation: Operation[T] = start()
            operation.set_timeout(seconds)
            return operation

        return Op(limited)

    def _take(self) -> Callable[[], Any]:
        start = self._start
        if start is None:
            raise InterfaceError("this request has run already", hint="make a new one for each run")
        self._start = None
        return start

    def __del__(self) -> None:
        # The slot is missing when __init__ itself failed.
        if getattr(self, "_start", None) is not None:
            warnings.warn(
                f"{type(self).__name__} was never awaited or run, so nothing happened",
                RuntimeWarning,
                stacklevel=2,
                source=self,
            )


class Steps(Op[T]):
    """A request of several operations, each of which may depend on those before."""

    __slots__ = ()

    def __init__(self, body: Callable[[], Body[T]]) -> None:
        self._start = body

    def timeout(self, seconds: float) -> Op[T]:
        _check(seconds)
        body = self._take()
        return Steps(lambda: _within(body(), seconds))

    def run(self) -> T:
        body: Body[T] = self._take()()
        try:
            operation = next(body)
            while True:
                try:
                    result = operation.run()
                except BaseException as error:
                    operation = body.throw(error)
                else:
                    operation = body.send(result)
        except StopIteration as end:
            value: T = end.value
            return value

    def __await__(self) -> Generator[Any, None, T]:
        return self._await(self._take()())

    def _await(self, body: Body[T]) -> Generator[Any, None, T]:
        try:
            operation = next(body)
            while True:
                try:
                    result = yield from operation.__await__()
                except GeneratorExit:
                    # Nobody steps us any more: what the body holds is freed, not waited for.
                    body.close()
                    raise
                except BaseException as error:
                    operation = body.throw(error)
                else:
                    operation = body.send(result)
        except StopIteration as end:
            value: T = end.value
            return value


def steps(op: Op[T]) -> Body[T]:
    """What a request does, as part of another one's body."""
    start = op._take()
    if isinstance(op, Steps):
        result: T = yield from start()
        return result
    result = yield start()
    return result


def _check(seconds: float) -> None:
    if not seconds > 0:
        raise ValueError("a timeout is a positive number of seconds")


def _within(body: Body[T], seconds: float) -> Body[T]:
    """`body`, whose operations have to end together within a time."""
    end = monotonic() + seconds
    try:
        operation = next(body)
        while True:
            operation.set_timeout(max(0.0, end - monotonic()))
            try:
                result = yield operation
            except GeneratorExit:
                body.close()
                raise
            except BaseException as error:
                operation = body.throw(error)
            else:
                operation = body.send(result)
    except StopIteration as finished:
        value: T = finished.value
        return value


class Done:
    """What has already happened, for call sites that await it."""

    __slots__ = ()

    def run(self) -> None:
        """Nothing is left to do."""

    def __await__(self) -> Generator[Any, None, None]:
        return
        yield
