"""Statements in words of the user's: `db.sql("select …", …)`.

The text is sent as it is; only the places of values are found in it. What the columns of the result
are is known when the server has said so, and then rows are made: by the fields of a target, or as
named tuples.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import SecretBytes, SecretStr

from .. import _native
from .._native import NULL, Expr, build, operand
from ..errors import InterfaceError, MultipleResults, NoResult
from ..language import plan
from ..language.expressions import NOTHING, type_of_value
from ..language.sql_text import Template, apart
from ..op import Op
from ..types.held import hidden

if TYPE_CHECKING:
    from ..runtime.database import Database
    from ..runtime.streaming import Batches, Stream
    from .rendered import Explanation, RenderedSql

R = TypeVar("R")
T = TypeVar("T")


class RawTarget:
    """How rows become objects once the columns are known; one for each run."""

    # The types by which columns of these names are read.
    types: Mapping[str, int] = {}

    def shape(self, names: tuple[str, ...]) -> Any:
        """What native code makes of a row."""
        return None

    def finish(self, rows: list[Any]) -> list[Any]:
        """What is made of these."""
        return rows


class NamedRows(RawTarget):
    """Named tuples."""

    names: tuple[str, ...] = ()

    def shape(self, names: tuple[str, ...]) -> Any:
        self.names = names
        return None

    def finish(self, rows: list[Any]) -> list[Any]:
        return list(map(_row_class(self.names)._make, rows)) if rows else rows


@lru_cache(512)
def _row_class(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names, rename=True)


class Dicts(NamedRows):
    """Dicts by the names of the columns."""

    def shape(self, names: tuple[str, ...]) -> Any:
        distinct(names)
        return super().shape(names)

    def finish(self, rows: list[Any]) -> list[Any]:
        names = self.names
        return [dict(zip(names, row, strict=True)) for row in rows]


def distinct(names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise TypeError(f"the statement gives two columns {name!r}: name one anew by AS")


class RawQuery(Generic[R]):
    """A statement with its values, bound to a database. Immutable; terminals give an `Op`."""

    __slots__ = ("_args", "_database", "_tag", "_target", "_text", "_values")

    def __init__(
        self,
        database: Database,
        text: str | Template,
        args: Sequence[Any] = (),
        values: Mapping[str, Any] | None = None,
    ) -> None:
        self._database = database
        self._text = text
        self._args = args
        self._values = values or {}
        self._target: Callable[[], RawTarget] = NamedRows
        self._tag: str | None = None
        self._plan({})  # what is wrong with it is said here, and not where it is run

    def _copy(self) -> RawQuery[Any]:
        made: RawQuery[Any] = object.__new__(type(self))
        for slot in RawQuery.__slots__:
            setattr(made, slot, getattr(self, slot))
        return made

    def _tagged(self, types: Mapping[str, int]) -> Expr:
        return plan.tagged(self._plan(types), self._tag)

    def _plan(self, types: Mapping[str, int]) -> Expr:
        parsed, values = apart(self._text, self._args, self._values, self._database.dialect)
        return build(
            NULL,
            plan.RAW_STATEMENT,
            [_native.text(piece) for piece in parsed.pieces],
            [argument(value) for value in values],
            parsed.places,
            [build(NULL, plan.COLUMN, "", name, type) for name, type in types.items()],
            parsed.effect,
        )

    # Building.

    def into(self, target: type[T]) -> RawQuery[T]:
        """Rows as instances of a model, a dataclass or a TypedDict, validated; or as `dict`s.

        Columns are found by name. What the target says of its fields is how they are read, so that
        a date is a date also where the database keeps it as text.
        """
        made = self._copy()
        if target is dict:
            made._target = Dicts
        else:
            from .raw_into import target_of

            made._target = target_of(target)
        return made

    def tag(self, comment: str) -> RawQuery[R]:
        """With a comment before the text, for the server's logs and statistics."""
        plan.check_tag(comment)
        made: RawQuery[R] = self._copy()
        made._tag = comment
        return made

    # Terminals.

    def _run(self, result: int, target: RawTarget, finish: Callable[[Any], Any] | None) -> Op[Any]:
        body = self._tagged(target.types)
        database = self._database
        return Op(
            lambda: database.start(
                body.whole,
                body.types,
                body.values,
                result,
                target.shape,
                finish,
            )
        )

    def all(self) -> Op[list[R]]:
        """All rows."""
        target = self._target()
        return self._run(_native.RESULT_ROWS, target, target.finish)

    def stream(self, batch: int = 1000) -> Stream[R]:
        """All rows of a query, taken as they come: see `Rows.stream`."""
        from ..runtime.streaming import Stream

        return Stream(self.batches(batch))

    def batches(self, size: int) -> Batches[R]:
        """All rows of a query, taken as they come, in lists of `size` rows."""
        from ..runtime.streaming import Batches

        database = self._database

        def start(page: int) -> _native.Operation[Any]:
            target = self._target()
            body = self._tagged(target.types)
            return database.start_stream(
                body.whole,
                body.types,
                body.values,
                _native.RESULT_ROWS,
                target.shape,
                target.finish,
                page,
            )

        return Batches(start, size)

    def first(self) -> Op[R | None]:
        """The first row, or None. The server makes all of them: add a LIMIT of your own."""
        target = self._target()

        def finish(row: Any) -> Any:
            return None if row is None else target.finish([row])[0]

        return self._run(_native.RESULT_FIRST, target, finish)

    def one(self) -> Op[R]:
        """The only row; NoResult and MultipleResults when there is not exactly one."""
        target = self._target()

        def finish(rows: list[Any]) -> Any:
            if len(rows) == 1:
                return target.finish(rows)[0]
            raise (MultipleResults if rows else NoResult)(
                f"one row was wanted and {'more were' if rows else 'none was'} found"
            )

        return self._run(_native.RESULT_ROWS, target, finish)

    def scalars(self) -> Op[list[Any]]:
        """The values of the first column."""
        return self._run(_native.RESULT_SCALARS, RawTarget(), None)

    def scalar(self) -> Op[Any]:
        """The first column of the first row, or None."""
        return self._run(_native.RESULT_SCALAR, RawTarget(), None)

    def execute(self) -> Op[int]:
        """How many rows it changed; of a query, how many it found."""
        return self._run(_native.RESULT_COUNT, RawTarget(), None)

    def sql(self) -> RenderedSql:
        """The text as it is sent, and the values."""
        from .rendered import rendered

        return rendered(self._database, self._tagged({}))

    def explain(self, *, analyze: bool = False) -> Op[Explanation]:
        """How the server would run it; with `analyze` it runs it, too, and measures."""
        from .rendered import explain

        return explain(lambda: self._database, self._plan({}), analyze, self._tag)


def argument(value: Any) -> Expr:
    """A value as a parameter of its own type; an expression as it is; a model as its table."""
    if value is None:
        return NOTHING
    if isinstance(value, Expr):
        return value
    if isinstance(value, (SecretStr, SecretBytes)):
        return operand(hidden(value.get_secret_value()))
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, type):
        from ..tables.table import table_of

        return build(NULL, plan.COLUMN, "", table_of(value).name, NULL)
    if isinstance(value, (list, tuple, set, frozenset, dict)):
        items = list(value) if isinstance(value, (set, frozenset)) else value
        return operand(items, None, type_of_value(items))
    return operand(value)


def run_alone(database: Database, query: RawQuery[Any]) -> Op[int]:
    """`execute()` outside of any transaction, for what cannot be part of one."""

    def start() -> _native.Operation[int]:
        from ..runtime.transaction import current_native

        if current_native(database) is not None:
            raise InterfaceError(
                "autocommit=True, and a transaction is open here",
                hint="run it outside of the block",
            )
        started: _native.Operation[int] = query.execute()._take()()
        return started

    return Op(start)
