"""Requests that have not run yet. `await` one, or call `run()`; both do the same, once.

`Op` holds one operation of the engine, `Steps` a sequence of them written as a generator. Waiting
itself is native code, as what an Op is made of: nothing here knows an event loop.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from . import _native
from .errors import InterfaceError

if TYPE_CHECKING:
    from ._native import Operation

T = TypeVar("T")

# A body of Steps: yields operations, is sent what they gave, returns the result.
Body = Generator["Operation[Any]", Any, T]


class Op(_native.Request, Generic[T]):
    """A request that has not run yet: `await` it, or call `run()` where no loop is running."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __init__(self, start: Callable[[], Operation[T]]) -> None: ...

        def run(self) -> T:
            """Run now and block this thread; other threads go on, as the GIL is released."""

        def __await__(self) -> Generator[Any, None, T]: ...

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


def refuse_again(op: _native.Request) -> NoReturn:
    """Of one that has run."""
    raise InterfaceError("this request has run already", hint="make a new one for each run")


def tell_unused(op: _native.Request) -> None:
    """Of one that is dropped and has not run."""
    warnings.warn(
        f"{type(op).__name__} was never awaited or run, so nothing happened",
        RuntimeWarning,
        stacklevel=2,
        source=op,
    )


class Steps(Op[T]):
    """A request of several operations, each of which may depend on those before."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __init__(self, body: Callable[[], Body[T]]) -> None: ...

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
