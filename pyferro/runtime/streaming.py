"""Results that are taken as they come, so that memory is bounded whatever their size.

`query.stream()` gives rows, `query.batches(n)` lists of n rows; both serve `for` and `async for`.
The query starts with the loop and holds a connection until its last row was taken or the loop was
left: its iterator is then freed, and the connection with it, without waiting for anything.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from .._native import Operation
    from ..op import Op

R = TypeVar("R")

Start = Callable[[int], "Operation[list[Any]]"]  # an operation that gives so many rows each time
Then = Callable[[list[Any]], "Op[list[Any]]"]  # what is asked for about the rows of a batch


class Batches(Generic[R]):
    """The rows of a query, `size` in a list. Each loop over it runs the query anew."""

    __slots__ = ("_size", "_start")

    def __init__(self, start: Start, size: int) -> None:
        if isinstance(size, bool) or not isinstance(size, int):
            raise TypeError(f"a batch is of an integer of rows, not {type(size).__name__}")
        if not 1 <= size < 1 << 31:
            raise ValueError("a batch is of at least one row and less than 2**31")
        self._start = start
        self._size = size

    def _opened(self) -> tuple[Operation[list[Any]], Then | None]:
        """The operation of one loop, and what is asked for about each of its batches."""
        return self._start(self._size), None

    def __iter__(self) -> BatchIterator[R]:
        operation, then = self._opened()
        return BatchIterator(operation, self._size, then)

    def __aiter__(self) -> AsyncBatchIterator[R]:
        operation, then = self._opened()
        return AsyncBatchIterator(operation, self._size, then)


class Stream(Generic[R]):
    """The rows of a query, one by one. Each loop over it runs the query anew."""

    __slots__ = ("_batches",)

    def __init__(self, batches: Batches[R]) -> None:
        self._batches = batches

    def __iter__(self) -> Iterator[R]:
        for batch in self._batches:
            yield from batch

    def __aiter__(self) -> AsyncRowIterator[R]:
        return AsyncRowIterator(aiter(self._batches))


class _Pages(Generic[R]):
    """A stream under way."""

    __slots__ = ("_operation", "_size", "_then")

    def __init__(self, operation: Operation[list[R]], size: int, then: Then | None) -> None:
        self._operation: Operation[list[R]] | None = operation
        self._size = size
        self._then = then

    def _took(self, found: list[R]) -> bool:
        """Whether there was anything."""
        if len(found) < self._size:
            self._operation = None
        return bool(found)

    def close(self) -> None:
        """End it at once, without waiting. Leaving the loop does that, too."""
        operation, self._operation = self._operation, None
        if operation is not None:
            operation.close()


class BatchIterator(_Pages[R]):
    __slots__ = ()

    def __iter__(self) -> BatchIterator[R]:
        return self

    def __next__(self) -> list[R]:
        operation = self._operation
        if operation is None:
            raise StopIteration
        try:
            found = operation.run()
            if not self._took(found):
                raise StopIteration
            return found if self._then is None else self._then(found).run()
        except BaseException:
            self.close()
            raise


class AsyncBatchIterator(_Pages[R]):
    __slots__ = ()

    def __aiter__(self) -> AsyncBatchIterator[R]:
        return self

    async def __anext__(self) -> list[R]:
        operation = self._operation
        if operation is None:
            raise StopAsyncIteration
        try:
            found = await operation
            if not self._took(found):
                raise StopAsyncIteration
            return found if self._then is None else await self._then(found)
        except BaseException:
            self.close()
            raise


class AsyncRowIterator(AsyncIterator[R]):
    # No asynchronous generator: one that is left is only closed in a later turn of the loop.
    __slots__ = ("_batches", "_rows")

    def __init__(self, batches: AsyncBatchIterator[R]) -> None:
        self._batches = batches
        self._rows: Iterator[R] = iter(())

    async def __anext__(self) -> R:
        for row in self._rows:
            return row
        self._rows = iter(await anext(self._batches))
        return next(self._rows)

    def close(self) -> None:
        """End it at once, without waiting. Leaving the loop does that, too."""
        self._batches.close()
