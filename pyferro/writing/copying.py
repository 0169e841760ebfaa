"""`query.copy_out()`: rows as CSV, as they come, to a file, a function, or whoever iterates.

The text is RFC 4180's, in UTF-8, and the same from every database: NULL is an empty field, an empty
text is `""`; moments are ISO 8601, bytes are hexadecimal, JSON and lists are JSON.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from pydantic_core import to_json, to_jsonable_python

from .. import _native
from ..op import Op
from ..queries.selection import Chosen, Projection
from ..runtime.streaming import Batches

if TYPE_CHECKING:
    from ..queries.rows import Rows

_SPECIAL = re.compile(r'[",\r\n]')


class Writer(Protocol):
    """A file that was opened for bytes, or what has its method."""

    def write(self, data: bytes, /) -> Any: ...


Target = str | os.PathLike[str] | Writer | Callable[[bytes], Any]


def _text(value: str) -> str:
    # PostgreSQL's COPY reads a lone \. as the end.
    if value and value != "\\." and _SPECIAL.search(value) is None:
        return value
    return '"' + value.replace('"', '""') + '"'


def _json(value: Any) -> str:
    return "" if value is None else _text(to_json(value, inf_nan_mode="constants").decode())


_FORMS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "",
    bool: lambda value: "true" if value else "false",
    int: str,
    float: repr,
    Decimal: lambda value: format(value, "f"),
    str: _text,
    bytes: bytes.hex,
    date: date.isoformat,
    time: time.isoformat,
    datetime: datetime.isoformat,
    timedelta: to_jsonable_python,
    UUID: str,
}


def _cell(value: Any) -> str:
    form = _FORMS.get(type(value))
    return _text(str(value)) if form is None else form(value)


class _Column(Chosen):
    """A column as it is stored: members of enums and objects are not made."""

    __slots__ = ()

    def __init__(self, expr: Any, name: str) -> None:
        super().__init__(expr, name)
        self.load = None


class Csv:
    """The rows of a query as chunks of CSV: `for chunk in …` or `async for chunk in …`.

    Each loop over it runs the query anew. It holds a batch of rows.
    """

    __slots__ = ("_forms", "batches", "header")

    def __init__(self, query: Rows[Any], header: bool, batch: int) -> None:
        columns = query._chosen.columns()
        names = [name for name, _ in columns]
        if header and not all(names):
            raise TypeError(
                'a column needs a name for the header: add .as_("name"), or header=False'
            )
        made = query._copy()
        made._chosen = Projection([_Column(expr, "") for _, expr in columns])
        self.batches: Batches[Any] = made.batches(batch)
        self.header = (",".join(map(_text, names)) + "\r\n").encode() if header else b""
        types = [expr.type for _, expr in columns]
        self._forms = [
            _json if type == _native.JSON or type & _native.ARRAY_OF else _cell for type in types
        ]

    def chunk(self, rows: list[Any]) -> bytes:
        forms = self._forms
        if len(forms) == 1:
            form = forms[0]
            lines = [form(value) for value in rows]
        else:
            lines = [
                ",".join([form(value) for form, value in zip(forms, row, strict=True)])
                for row in rows
            ]
        return "".join([line + "\r\n" for line in lines]).encode()

    def __iter__(self) -> Iterator[bytes]:
        if self.header:
            yield self.header
        for rows in self.batches:
            yield self.chunk(rows)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self.header:
            yield self.header
        rows = aiter(self.batches)
        try:
            async for batch in rows:
                yield self.chunk(batch)
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
                put(csv.chunk(rows))
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
                await put(csv.chunk(rows))
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
