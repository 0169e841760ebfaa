"""Running a function again in a new transaction when a concurrent one was in the way.

`async with` cannot run its body twice, so it is a function that is run again: the whole of it, with
everything that it reads, since what it has read may no longer be true.
"""

from __future__ import annotations

import functools
import inspect
import random
from collections.abc import Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar, cast

from ..errors import DeadlockError, InterfaceError, PyferroError, SerializationError
from ..op import Op
from .transaction import PLAIN, Options, Transaction, in_transaction

if TYPE_CHECKING:
    from .database import Database

P = ParamSpec("P")
R = TypeVar("R")

CONFLICTS: tuple[type[PyferroError], ...] = (SerializationError, DeadlockError)

# Seconds: the longest pause after the first attempt, doubled after each, and the longest at all.
_FIRST, _MOST = 0.01, 1.0


def pause(attempt: int) -> float:
    """How long to wait after an attempt, from 1: at random, so that two do not meet again."""
    return random.uniform(0, min(_MOST, _FIRST * 2.0 ** (attempt - 1)))


class Retrying:
    """The decorator: `db.retrying(...)` makes it."""

    __slots__ = ("_attempts", "_on", "_options", "_resolve")

    def __init__(
        self,
        resolve: Callable[[], Database],
        attempts: int,
        on: type[Exception] | tuple[type[Exception], ...],
        options: Options = PLAIN,
    ) -> None:
        if attempts < 1:
            raise ValueError("attempts is the number of times to run: at least 1")
        self._resolve = resolve
        self._attempts = attempts
        self._on = on
        self._options = options

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        if inspect.isasyncgenfunction(function) or inspect.isgeneratorfunction(function):
            raise TypeError("a generator cannot be run again: what it has yielded is gone")
        if inspect.iscoroutinefunction(function):
            asynchronous = function

            @functools.wraps(function)
            async def awaited(*args: P.args, **kwargs: P.kwargs) -> Any:
                return await self.await_(asynchronous, *args, **kwargs)

            return cast("Callable[P, R]", awaited)

        @functools.wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            return self.call(function, *args, **kwargs)

        return called

    def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        from time import sleep

        if self._joins():
            with self._block(PLAIN):
                return function(*args, **kwargs)
        attempt = 1
        while True:
            block = self._block(self._options)
            try:
                with block:
                    return function(*args, **kwargs)
            except self._on:
                if block.committed or attempt >= self._attempts:
                    raise
            sleep(pause(attempt))
            attempt += 1

    async def await_(
        self, function: Callable[P, Coroutine[Any, Any, R]], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        from asyncio import sleep

        if self._joins():
            async with self._block(PLAIN):
                return await function(*args, **kwargs)
        attempt = 1
        while True:
            block = self._block(self._options)
            try:
                async with block:
                    return await function(*args, **kwargs)
            except self._on:
                if block.committed or attempt >= self._attempts:
                    raise
            await sleep(pause(attempt))
            attempt += 1

    def _joins(self) -> bool:
        """Within a transaction only the whole of that can be run again: this is a savepoint."""
        return in_transaction(self._resolve())

    def _block(self, options: Options) -> Transaction:
        return Transaction(self._resolve, options)


class Run(Op[R]):
    """A function that is to run in a transaction: await it if it is asynchronous, or run() it."""

    __slots__ = ("_function", "_retrying")

    def __init__(
        self, retrying: Retrying, function: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        if not callable(function):
            raise TypeError("run() takes a function and its arguments")
        self._function = function
        self._retrying = retrying
        super().__init__(functools.partial(function, *args, **kwargs))

    def run(self) -> R:
        start = self._take()
        if inspect.iscoroutinefunction(self._function):
            raise InterfaceError("the function is asynchronous", hint="await this instead")
        result: R = self._retrying.call(start)
        return result

    def __await__(self) -> Generator[Any, None, R]:
        start = self._take()
        if not inspect.iscoroutinefunction(self._function):
            raise InterfaceError(
                "the function is not asynchronous, so it would block the event loop",
                hint="make it `async def`, or call run() in a thread",
            )
        return self._retrying.await_(start).__await__()

    def timeout(self, seconds: float) -> NoReturn:
        self._take()
        raise InterfaceError(
            "a function in a transaction has no timeout of a statement",
            hint="give one to its transactions: db.retrying(timeout=…)(function)",
        )
