"""`query.copy_out()`: rows as CSV, as they come, to a file, a function, or whoever iterates.

The text is RFC 4180's, in UTF-8, and the same from every database: NULL is an empty field, an empty
text is `""`; moments are ISO 8601, bytes are hexadecimal, JSON and lists are JSON.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from pydantic_core import to_json, to_jsonable_python

from .. import _native
from ..op import Op
from ..queries.selection import Chosen, Projection
from ..runtime.streaming import Batches

if TYPE_CHECKING:
    from .._native import Expr
    from ..queries.rows import Rows
    from ..queries.selection import Shape


class Writer(Protocol):
    """A file that was opened for bytes, or what has its method."""

    def write(self, data: bytes, /) -> Any: ...


Target = str | os.PathLike[str] | Writer | Callable[[bytes], Any]


def _other(value: Any) -> str | None:
    """The text of what CsvLines does not write by itself."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, timedelta):
        return str(to_jsonable_python(value))
    return None if value is None else to_json(value, inf_nan_mode="constants").decode()


class _Lines(Projection):
    """Columns as they are stored, each row a line: members of enums and objects are not made."""

    __slots__ = ("_lines",)

    def __init__(self, columns: Sequence[Expr], lines: _native.CsvLines) -> None:
        super().__init__([Chosen(column) for column in columns])
        self._lines = lines

    def shape(self, one: bool) -> tuple[int, Shape]:
        return _native.RESULT_ROWS, self._lines

    def ending(self, one: bool, finish: Any) -> Any:
        return finish


class Csv:
    """The rows of a query as chunks of CSV: `for chunk in …` or `async for chunk in …`.

    Each loop over it runs the query anew. It holds a batch of rows.
    """

    __slots__ = ("batches", "header")

    def __init__(self, query: Rows[Any], header: bool, batch: int) -> None:
        columns = query._chosen.columns()
        names = [name for name, _ in columns]
        if header and not all(names):
            raise TypeError(
                'a column needs a name for the header: add .as_("name"), or header=False'
            )
        lines = _native.CsvLines(len(columns), _other)
        made = query._copy()
        made._chosen = _Lines([expr for _, expr in columns], lines)
        self.batches: Batches[bytes] = made.batches(batch)
        self.header = lines.header(names) if header else b""

    def __iter__(self) -> Iterator[bytes]:
        if self.header:
            yield self.header
        for rows in self.batches:
            yield b"".join(rows)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self.header:
            yield self.header
        rows = aiter(self.batches)
        try:
            async for batch in rows:
                yield b"".join(batch)
        finally:
            rows.close()


class CopyOut(Op[int]):
    """What gives the rows of a query to a target; how many there were."""

    __slots__ = ()

    def __init__(self, csv: Csv, target: Target) -> None:
        super().__init__(lambda: (csv, target))  # type: ignore[arg-type,return-value]

    def run(self) -> int:
        csv, target = self._take()()
        done = 0
        with _opened(target) as write:

            def put(chunk: bytes) -> None:
                written = write(chunk)
                if isinstance(written, Coroutine):
                    written.close()
                if isinstance(written, Awaitable):
                    raise TypeError("what the function gives is awaited: await copy_out(), too")

            if csv.header:
                put(csv.header)
            for rows in csv.batches:
                put(b"".join(rows))
                done += len(rows)
        return done

    def __await__(self) -> Any:
        return self._copy(*self._take()()).__await__()

    @staticmethod
    async def _copy(csv: Csv, target: Target) -> int:
        done = 0
        with _opened(target) as write:

            async def put(chunk: bytes) -> None:
                written = write(chunk)
                if isinstance(written, Awaitable):
                    await written

            if csv.header:
                await put(csv.header)
            async for rows in csv.batches:
                await put(b"".join(rows))
                done += len(rows)
        return done


@contextmanager
def _opened(target: Target) -> Iterator[Callable[[bytes], Any]]:
    """A function for the chunks. A file that is named is there when it is whole, or not at all."""
    if isinstance(target, (str, os.PathLike)):
        path = os.fspath(target)
        partial = path + ".partial"
        try:
            with open(partial, "wb") as file:
                yield file.write
            os.replace(partial, path)
        except BaseException:
            if os.path.exists(partial):
                os.unlink(partial)
            raise
        return
    write = getattr(target, "write", target)
    if not callable(write):
        raise TypeError(
            f"copy_out() writes to a path, a file or a function, not {type(target).__name__}"
        )
    yield write
