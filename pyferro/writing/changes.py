"""UPDATE and DELETE of the rows of a query, and what they give back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

from .. import _native
from .._native import Expr
from ..instances.state import mark
from ..language import plan
from ..op import Op
from ..queries.rows import Names
from ..queries.selection import Projection, projection
from ..queries.sources import ChangeCte, Cte, after_changes
from ..runtime.connections import resolve
from ..tables.table import Table

if TYPE_CHECKING:
    from typing import TypeAlias

    from ..language.expressions import Selectable
    from ..queries.query import Query

    Common: TypeAlias = tuple[Cte | ChangeCte, ...]

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


class Written:
    """A plan that is nearly whole: operands with the values of their parameters, in order."""

    __slots__ = ("parts", "types", "values")

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.types = b""
        self.values: tuple[Any, ...] = ()

    def add(self, expr: Expr) -> bytes:
        """The bytes of an expression, whose values are bound next."""
        self.types += expr.types
        self.values += expr.values
        return expr.fragment

    def bind(self, type: int, value: Any) -> bytes:
        """A parameter for an adapted value."""
        self.types += bytes([type])
        self.values += (value,)
        return _native.param(type)


def assignments(table: Table, values: dict[str, Any], written: Written) -> list[bytes]:
    """Columns set to values, held to their declared size, or to expressions."""
    row = []
    for name, value in values.items():
        column = table.column(name)
        if isinstance(value, Expr):
            row.append(plan.assignment(name, written.add(value)))
        else:
            adapted = table.infos[name].adapt(value)
            row.append(plan.assignment(name, written.bind(column.type, adapted)))
    return row


def returned(table: Table, columns: Sequence[Any]) -> Projection:
    """What RETURNING gives; without columns the instances."""

    if not columns:
        return table.instances
    made = projection(Names(table, Projection(())), columns)
    for chosen in made.chosen:
        owner = chosen.source if chosen.expr is None else chosen.expr.owner
        other = owner is not None and owner is not table
        if other:
            name = getattr(owner, "name", "another table")
            raise TypeError(
                f"returning() gives columns of {table.model.__name__}, not of {name!r}\n"
                "read the other rows by a query of its own"
            )
    return made


class Returning(Op[list[A]]):
    """A change that gives rows back, and has not run."""

    __slots__ = ("_chosen", "_statement")

    def __init__(
        self,
        start: Callable[[], _native.Operation[list[A]]],
        chosen: Projection,
        statement: Callable[[Sequence[Expr]], tuple[Expr, Common]],
    ) -> None:
        super().__init__(start)
        self._chosen = chosen
        self._statement = statement

    def cte(self, name: str) -> ChangeCte:
        """The change as a part of another statement, which reads what it gives back at `.c`.

        Both see the tables as they were before. PostgreSQL alone has this.
        """
        self._take()
        return change_cte(name, self._chosen, self._statement)


def change_cte(
    name: str,
    chosen: Projection,
    statement: Callable[[Sequence[Expr]], tuple[Expr, Common]],
) -> ChangeCte:
    change, before = statement(chosen.chosen_items())
    return ChangeCte(name, chosen.named_columns(), change, before)


class Change(Op[int]):
    """An update or delete that has not run: its result is how many rows it matched.

    `returning()` turns it into one whose result is rows.
    """

    __slots__ = ("_gone", "_query", "_table", "_whole")

    def __init__(
        self,
        query: Query[Any],
        whole: Callable[[Written, Sequence[Expr]], bytes],
        gone: bool = False,
    ) -> None:
        def start() -> _native.Operation[int]:
            return self._started((), _native.RESULT_COUNT, None, None)

        super().__init__(start)
        self._table = query._table
        self._query = query
        self._whole = whole
        self._gone = gone

    def _started(
        self, items: Sequence[Expr], result: int, shape: Any, finish: Any
    ) -> _native.Operation[Any]:
        query = self._query
        database = resolve(query._using)
        if query.common():
            change, before = self._statement(items)
            body = plan.tagged(after_changes(before, change), query._tag)
            return database.start(body.whole, body.types, body.values, result, shape, finish)
        written = Written()
        made = plan.tagged_whole(self._whole(written, items), query._tag)
        return database.start(made, written.types, written.values, result, shape, finish)

    def _statement(self, items: Sequence[Expr]) -> tuple[Expr, Common]:
        """The change without a header and tag, and what stands before it."""
        written = Written()
        made = self._whole(written, items)[len(_native.HEADER) :]
        return _native.assembled(made, written.types, written.values), self._query.common()

    def cte(self, name: str) -> ChangeCte:
        """The change as a part of another statement, which names it by `with_()`."""
        self._take()
        return change_cte(name, Projection(()), self._statement)

    @overload
    def returning(self, a: type[A], /) -> Returning[A]: ...
    @overload
    def returning(self, a: Expr[A] | Selectable[A], /) -> Returning[A]: ...
    @overload
    def returning(
        self, a: Expr[A] | Selectable[A], b: Expr[B] | Selectable[B], /
    ) -> Returning[tuple[A, B]]: ...
    @overload
    def returning(
        self,
        a: Expr[A] | Selectable[A],
        b: Expr[B] | Selectable[B],
        c: Expr[C] | Selectable[C],
        /,
    ) -> Returning[tuple[A, B, C]]: ...
    @overload
    def returning(self, *columns: Any) -> Returning[Any]: ...
    def returning(self, *columns: Any) -> Returning[Any]:
        """The rows as they are after an update, or were before a delete: instances or columns.

        `returning(Post)` and `returning()` give instances, `returning(Post.id)` values, several
        columns tuples. The rows come in no order that can be relied on.
        """
        self._take()
        chosen = returned(self._table, columns)
        # Saved again, an instance of a deleted row is a new one.
        finish = _forgetting(chosen) if self._gone else None

        def start() -> _native.Operation[list[Any]]:
            result, shape = chosen.shape(False)
            return self._started(chosen.chosen_items(), result, shape, chosen.ending(False, finish))

        return Returning(start, chosen, self._statement)


def _forgetting(chosen: Projection) -> Callable[[list[Any]], list[Any]] | None:
    places = [i for i, part in enumerate(chosen.chosen) if part.table is not None]
    if not places:
        return None

    def forgetting(rows: list[Any]) -> list[Any]:
        for row in rows:
            for place in places:
                mark(row if chosen.alone else row[place], None)
        return rows

    return forgetting


def update(query: Query[Any], values: dict[str, Any]) -> Change:
    """See Query.update."""
    table = query._table
    if not values:
        raise TypeError("update() needs at least one column to set")
    set_first = Written()
    row = assignments(table, values, set_first)
    if table.version is not None and table.version not in values:
        row.append(table.next_version())

    def whole(written: Written, returning: Sequence[Expr]) -> bytes:
        written.types, written.values = set_first.types, set_first.values
        where = _condition(query, written)
        items = [written.add(item) for item in returning]
        return plan.update(table.name, row, where, table.plan_key, table.plan_key_type, items)

    return Change(query, whole)


def delete(query: Query[Any]) -> Change:
    """See Query.delete."""
    table = query._table

    def whole(written: Written, returning: Sequence[Expr]) -> bytes:
        where = _condition(query, written)
        items = [written.add(item) for item in returning]
        return plan.delete(table.name, where, table.plan_key, table.plan_key_type, items)

    return Change(query, whole, gone=True)


def _condition(query: Query[Any], written: Written) -> bytes:
    where = query._where
    paged = query._limit is not None or query._offset is not None
    if paged or query._joined or (where is not None and where.paths):
        where = _by_key(query)
    return _native.NONE if where is None else written.add(where)


def _by_key(query: Query[Any]) -> Expr:
    """A condition that reads other tables, or stops at a limit, as one on the keys of a query."""
    from ..language.expressions import row

    columns = query._table.key_columns
    inner = query._with(projection(query._names(), columns))
    return columns[0].in_(inner) if len(columns) == 1 else row(*columns).in_(inner)
