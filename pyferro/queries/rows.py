"""What every query is made of, and how it becomes a plan.

A query is immutable: methods that change it return a copy. Its parts are native expressions, so the
values of parameters stay beside the bytes in the order in which the plan numbers them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .. import _native
from .._native import BOOL, INT64, NULL, Column, Expr, Peculiar, build
from ..errors import MultipleResults, NoResult, UnsupportedFeature
from ..language import plan
from ..language.order import order_items
from ..op import Op
from ..runtime.connections import Using, resolve
from ..tables.table import Table
from .selection import Projection
from .sources import after_changes, with_clause

if TYPE_CHECKING:
    from typing import Self

    from ..language.order import Key
    from ..runtime.streaming import Batches, Stream
    from ..writing.copying import Csv, Target
    from .compound import Compound
    from .rendered import Explanation, RenderedSql
    from .sources import ChangeCte, Cte, Subquery

R = TypeVar("R")

_ONE = plan.number(1)
_TWO = plan.number(2)
_COUNT = plan.item(build(INT64, plan.AGGREGATE, 0, (), 0, None, ()))
ONE_ITEM = plan.item(_ONE)
_INT64_SHAPE = (INT64,)
_BOOL_SHAPE = (BOOL,)


class Names:
    """What names in a query may mean: columns of what it starts from, then names in its result."""

    __slots__ = ("_projection", "_table")

    def __init__(self, table: Any, projection: Projection) -> None:
        self._table = table
        self._projection = projection

    @property
    def columns(self) -> dict[str, Column]:
        found: dict[str, Column] = self._table.columns
        return found

    @property
    def proxy(self) -> Any:
        """What a lambda gets as its row."""
        return self._table.proxy if isinstance(self._table, Table) else self._table.c

    def named(self, name: str) -> Expr:
        for chosen in self._projection.chosen:
            if chosen.alias == name and chosen.expr is not None:
                from ..language.expressions import named

                return named(name, chosen.expr.type)
        found = self.columns.get(name)
        if found is not None:
            return found
        relation, _, rest = name.partition("__")
        if rest:
            path = self.path(relation)
            if path is not None:
                for part in rest.split("__"):
                    path = getattr(path, part)
                made: Expr = path
                return made
        if isinstance(self._table, Table):
            return self._table.column(name)
        made = self._table.c[name]
        return made

    def path(self, name: str) -> Any:
        """The relation of that name as a path; None if there is none."""
        if getattr(self._table, "model", None) is None:
            return None
        from .paths import path

        return path(self._table, name)


class Rows(Peculiar, Generic[R]):
    """What selects and their unions share: an order, a page, a result, and terminals."""

    # In slots, which are quick to copy and to read.
    __slots__ = (
        "_chosen",
        "_limit",
        "_offset",
        "_order",
        "_reversed",
        "_tag",
        "_ties",
        "_using",
    )

    _chosen: Projection
    _using: Using
    _order: tuple[Key, ...]
    _reversed: bool  # the order is from the end; rows are turned around when they are there
    _limit: int | None
    _offset: int | None
    _tag: str | None  # a comment before the text
    _ties: bool

    def _say_nothing(self) -> None:
        """What a new query starts with."""
        self._using = None
        self._order = ()
        self._reversed = False
        self._limit = self._offset = None
        self._tag = None
        self._ties = False

    # Plans.

    def _body(
        self,
        items: Any = None,
        *,
        limit: Expr | None = None,
        ordered: bool = True,
        ctes: Expr | None = None,
    ) -> Expr:
        raise NotImplementedError

    def common(self) -> tuple[Cte | ChangeCte, ...]:
        """The common table expressions that it reads."""
        raise NotImplementedError

    def _names(self) -> Names:
        raise NotImplementedError

    def inner(self) -> Expr:
        """The query within another one; its common table expressions belong to the outermost."""
        return self._body()

    def _joins_outer(self) -> bool:
        """Whether a column may be NULL though its table does not let it."""
        return False

    def alone(self) -> Expr:
        """The query within an expression, with the common table expressions that it reads."""
        return self._body(ctes=with_clause(self.common()))

    def _whole(self, items: Any = None, limit: Expr | None = None) -> Expr:
        common = self.common()
        if not common:
            body = self._body(items, limit=limit)
            return grounded(body) if body.paths else body
        body = self._body(items, limit=limit, ctes=with_clause(common))
        return grounded(after_changes(common, body))

    def named_columns(self) -> list[tuple[str, int, bool]]:
        """Name, type and whether it may be NULL, of each column as others read it."""
        return self._chosen.named_columns(self._joins_outer())

    # Building.

    def order_by(self, *items: Any, nulls: Any = None) -> Self:
        """Sorted by this, after what it is sorted by already. NULLs come last by default."""
        made = self._copy()
        made._order = (*self._order, *order_items(self._names, items, nulls))
        return made

    def limit(self, count: int, *, with_ties: bool = False) -> Self:
        """At most so many rows; with ties also those equal to the last one in the order."""
        made = self._copy()
        made._limit = row_count("limit", count)
        made._ties = with_ties
        return made

    def offset(self, count: int) -> Self:
        """Without the first so many rows."""
        made = self._copy()
        made._offset = row_count("offset", count)
        return made

    def tag(self, comment: str) -> Self:
        """With a comment before the text of its statements, for the server's logs and statistics.

        It has printable characters but `*`. Statements that differ in it are compiled each.
        """
        plan.check_tag(comment)
        made = self._copy()
        made._tag = comment
        return made

    def using(self, database: Using) -> Self:
        """On this database, given or by the name of its connection."""
        made = self._copy()
        made._using = database
        return made

    def named(self) -> Rows[Any]:
        """Rows as named tuples."""
        from collections import namedtuple

        names = [name for name, _, _ in self.named_columns()]
        row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
        return self._making(row._make)

    def _making(self, make: Callable[[tuple[Any, ...]], Any]) -> Self:
        made = self._copy()
        made._chosen = Projection(self._chosen.chosen)
        made._chosen.make = make
        return made

    # As part of other queries.

    def scalar(self) -> Expr[R]:
        """The one value of a query of one column, within another query."""
        inner = self.alone()
        return build(self._single_type(), plan.SUBQUERY, inner)

    def _single_type(self) -> int:
        columns = [chosen for chosen in self._chosen.chosen if chosen.expr is not None]
        if len(columns) != 1 or len(self._chosen.chosen) != 1:
            raise TypeError("a query that stands for a value selects one column")
        assert columns[0].expr is not None
        return columns[0].expr.type

    def _holds(self, expr: Expr, negated: bool) -> Expr:
        self._single_type()
        return build(BOOL, plan.IN_QUERY, expr, self.alone(), int(negated))

    def _compared(self, expr: Expr, how: int) -> Expr:
        from ..language.expressions import _COMPARISONS

        return build(BOOL, plan.BINARY, _COMPARISONS[how], expr, self.scalar())

    def subquery(self, name: str, *, lateral: bool = False) -> Subquery:
        """The query as a table that another one joins; its columns are at `.c`."""
        from .sources import Subquery

        return Subquery(self, name, lateral)

    def cte(self, name: str, *, materialized: bool | None = None) -> Cte:
        """The query as a common table expression; its columns are at `.c`."""
        from .sources import Cte

        return Cte(self, name, materialized)

    def union(self, *others: Rows[R]) -> Compound[R]:
        """The rows of all queries, each once."""
        return self._compound(0, False, others)

    def union_all(self, *others: Rows[R]) -> Compound[R]:
        """The rows of all queries."""
        return self._compound(0, True, others)

    def intersect(self, *others: Rows[R]) -> Compound[R]:
        """The rows that all queries give, each once."""
        return self._compound(1, False, others)

    def intersect_all(self, *others: Rows[R]) -> Compound[R]:
        """The rows that all queries give, as often as each of them."""
        return self._compound(1, True, others)

    def except_(self, *others: Rows[R]) -> Compound[R]:
        """The rows that the other queries do not give, each once."""
        return self._compound(2, False, others)

    def except_all(self, *others: Rows[R]) -> Compound[R]:
        """The rows without those of the other queries, one for one."""
        return self._compound(2, True, others)

    def _compound(self, op: int, all: bool, others: tuple[Rows[R], ...]) -> Compound[R]:
        from .compound import Compound

        return Compound(op, all, (self, *others))

    # Terminals.

    def _fetch(
        self, one: bool, limit: Expr | None, finish: Callable[[Any], Any] | None = None
    ) -> Op[Any]:
        chosen = self._chosen
        body = self._whole(limit=limit)
        if self._tag is not None:
            body = plan.tagged(body, self._tag)
        using = self._using
        if self._reversed and not one:
            finish = _turning(finish)
        ending = chosen.ending(one, finish)

        def start() -> _native.Operation[Any]:
            result, shape = chosen.shape(one)
            return resolve(using).start(body.whole, body.types, body.values, result, shape, ending)

        return Op(start)

    def _scalar(self, body: Expr, shape: tuple[int, ...]) -> Op[Any]:
        using = self._using
        body = plan.tagged(body, self._tag)
        return Op(
            lambda: resolve(using).start(
                body.whole,
                body.types,
                body.values,
                _native.RESULT_SCALAR,
                shape,
                None,
            )
        )

    def sql(self, using: Using = None) -> RenderedSql:
        """What `all()` sends to a connected database: the text, and the values beside it."""
        from .rendered import rendered

        body = plan.tagged(self._whole(), self._tag)
        return rendered(resolve(using or self._using), body, self._reads_secrets())

    def explain(self, *, analyze: bool = False) -> Op[Explanation]:
        """How the server would run `all()`; with `analyze` it runs it, too, and measures."""
        from .rendered import explain

        using = self._using
        return explain(lambda: resolve(using), self._whole(), analyze, self._tag)

    def _reads_secrets(self) -> bool:
        """Whether text among its values may be a part of a secret."""
        return False

    def all(self) -> Op[list[R]]:
        """All rows."""
        return self._fetch(False, None)

    def stream(self, batch: int = 1000) -> Stream[R]:
        """All rows, taken as they come: `for row in …` or `async for row in …`.

        At most `batch` of them are fetched ahead.
        """
        from ..runtime.streaming import Stream

        return Stream(self.batches(batch))

    def batches(self, size: int) -> Batches[R]:
        """All rows, taken as they come, in lists of `size` rows; the last may be shorter."""
        from ..runtime.streaming import Batches

        if self._reversed:
            raise UnsupportedFeature(
                "rows before a cursor are found from the last one on, and cannot be streamed",
                hint="use after() in the reverse order, or all()",
            )
        chosen = self._chosen
        body = plan.tagged(self._whole(), self._tag)
        using = self._using
        ending = chosen.ending(False, None)

        def start(page: int) -> _native.Operation[Any]:
            result, shape = chosen.shape(False)
            return resolve(using).start_stream(
                body.whole, body.types, body.values, result, shape, ending, page
            )

        return Batches(start, size)

    def csv(self, *, header: bool = True, batch: int = 1000) -> Csv:
        """The rows as CSV, in chunks of bytes: `for chunk in …` or `async for chunk in …`."""
        from ..writing.copying import Csv

        return Csv(self, header, batch)

    def copy_out(self, target: Target, *, header: bool = True, batch: int = 1000) -> Op[int]:
        """Write the rows as CSV to a path, a file or a function of bytes; how many there were.

        They are written as they come, `batch` rows at a time. A path names a file once it is whole.
        A function may be a coroutine's where the request is awaited. Files are written by the
        thread that waits, the event loop's, too.
        """
        from ..writing.copying import CopyOut

        return CopyOut(self.csv(header=header, batch=batch), target)

    def first(self) -> Op[R | None]:
        """The first row, or None."""
        return self._fetch(True, _ONE if self._limit is None or self._limit else None)

    def one(self) -> Op[R]:
        """The only row; NoResult and MultipleResults when there is not exactly one."""

        def finish(found: list[R]) -> R:
            if len(found) == 1:
                return found[0]
            what = self._chosen.chosen[0].name or "row"
            if found:
                raise MultipleResults(f"one {what} was wanted and more were found")
            raise NoResult(f"one {what} was wanted and none was found")

        return self._fetch(False, _TWO if self._limit is None or self._limit > 2 else None, finish)

    def count(self) -> Op[int]:
        """How many rows there are, whatever limit and offset say."""
        inner = self._unpaged()._body([ONE_ITEM] if self._countable() else None, ordered=False)
        rows = build(NULL, plan.DERIVED, inner, "rows", 0)
        common = self.common()
        body = plan.select([_COUNT], rows, ctes=with_clause(common))
        return self._scalar(grounded(after_changes(common, body)), _INT64_SHAPE)

    def _countable(self) -> bool:
        """Whether rows are the same in number whatever is selected."""
        return False

    def _unpaged(self) -> Self:
        made = self._copy()
        made._limit = made._offset = None
        return made

    def exists(self) -> Op[bool]:
        """Whether there is a row."""
        found = plan.item(plan.exists(self._body(ordered=False)))
        common = self.common()
        body = plan.select([found], None, ctes=with_clause(common))
        return self._scalar(grounded(after_changes(common, body)), _BOOL_SHAPE)


def grounded(whole: Expr) -> Expr:
    """A whole statement, if it reads everything that its paths start from."""
    for path in whole.paths:
        name = ".".join((path.root.model.__name__, *path.trail))
        raise TypeError(
            f"{name} starts from {path.root.name!r}, which the query does not read\n"
            "start the query from that model, or join it"
        )
    return whole


def _turning(finish: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    def turned(found: list[Any]) -> Any:
        found = found[::-1]
        return found if finish is None else finish(found)

    return turned


def page(count: int | None) -> Expr | None:
    return None if count is None else plan.count(count)


def row_count(what: str, count: int) -> int:
    if isinstance(count, bool) or not isinstance(count, int):
        raise TypeError(f"{what}() takes an integer, not {type(count).__name__}")
    if not 0 <= count < 1 << 63:
        raise ValueError(f"{what}() takes a count, not a negative number or one beyond 64 bits")
    return count
