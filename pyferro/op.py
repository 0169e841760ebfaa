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
T_co = TypeVar("T_co", covariant=True)

# A body of Steps: yields operations, is sent what they gave, returns the result.
Body = Generator["Operation[Any]", Any, T]


class Op(_native.Request, Generic[T_co]):
    """A request that has not run yet: `await` it, or call `run()` where no loop is running."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __init__(self, start: Callable[[], Operation[T_co]]) -> None: ...

        def run(self) -> T_co:
            """Run now and block this thread; other threads go on, as the GIL is released."""

        def __await__(self) -> Generator[Any, None, T_co]: ...

    def timeout(self, seconds: float) -> Op[T_co]:
        """This request, to fail with `QueryTimeout` unless it ends within so many seconds.

        They count from its start, and hold instead of the database's `statement_timeout`. The
        server is told to stop; a transaction that the request is part of is rolled back.
        """
        _check(seconds)
        start = self._take()

        def limited() -> Operation[T_co]:
            operation: Operation[T_co] = start()
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


class Steps(Op[T_co]):
    """A request of several operations, each of which may depend on those before."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __init__(self, body: Callable[[], Body[T_co]]) -> None: ...

    def timeout(self, seconds: float) -> Op[T_co]:
        _check(seconds)
        body = self._take()
        return Steps(lambda: _within(body(), seconds))

    def run(self) -> T_co:
        body: Body[T_co] = self._take()()
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
            value: T_co = end.value
            return value

    def __await__(self) -> Generator[Any, None, T_co]:
        return self._await(self._take()())

    def _await(self, body: Body[T_co]) -> Generator[Any, None, T_co]:
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
            value: T_co = end.value
            return value


class Single(Steps[T_co]):
    """One whose first operation is its last, unless what that found ends in an error."""

    __slots__ = ()


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

    def limit(operation: Operation[Any]) -> None:
        operation.set_timeout(max(0.0, end - monotonic()))

    return relayed(body, lambda: next(body), limit)


def relayed(
    body: Body[T],
    begin: Callable[[], Operation[Any]],
    see: Callable[[Operation[Any]], None] | None = None,
) -> Body[T]:
    """`body` from the operation on that `begin` takes of it; each is shown to `see` before."""
    try:
        operation = begin()
        while True:
            try:
                if see is not None:
                    see(operation)
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
