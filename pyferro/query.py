"""Queries: immutable values that terminals turn into requests.

A `Query[T]` knows a model, a condition, an order and a page; each method returns a new one. A
terminal puts the plan together from ready-made pieces and returns an `Op`: no database is looked up
before that runs. `Selection` is a query for some columns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from . import _native, plan
from ._native import Expr
from .conditions import Condition, combine
from .database import Using, resolve
from .errors import ModelDoesNotExist, MultipleResults, NoResult
from .op import Op
from .order import Nulls, OrderItem, order_items
from .selection import Projection, projection
from .table import Table, table_of

if TYPE_CHECKING:
    from typing import Self

    from .model import Model

M = TypeVar("M", bound="Model")
R = TypeVar("R")

_ONE = plan.number(1)
_TWO = plan.number(2)
_COUNT_ITEM = plan.sequence([plan.item(_native.build(_native.INT64, 20, 0, (), 0, None, ()).fragment, _native.INT64)])
_ONE_ITEM = plan.sequence([plan.item(_ONE, _native.INT64)])


class Rows(Generic[R]):
    """What queries for instances and for columns share."""

    __slots__ = ("_limit", "_model", "_offset", "_order", "_table", "_using", "_where")

    def __init__(self, model: type[Model], using: Using = None) -> None:
        self._model = model
        self._table: Table = table_of(model)
        self._using = using
        self._where: Expr | None = None
        self._order: tuple[tuple[Expr, bytes], ...] = ()
        self._limit: int | None = None
        self._offset: int | None = None

    def _copy(self) -> Self:
        made = object.__new__(type(self))
        made._model = self._model
        made._table = self._table
        made._using = self._using
        made._where = self._where
        made._order = self._order
        made._limit = self._limit
        made._offset = self._offset
        return made

    # Building.

    def where(self, *conditions: Condition, **lookups: Any) -> Self:
        """Only rows that meet all of it: expressions, lambdas, keywords like `age__gte=3`."""
        made = self._copy()
        made._where = combine(self._table, self._where, conditions, lookups)
        return made

    def order_by(self, *items: OrderItem, nulls: Nulls | None = None) -> Self:
        """Sorted by this, after what it is sorted by already. NULLs come last by default."""
        made = self._copy()
        made._order = (*self._order, *order_items(self._table, items, nulls))
        return made

    def limit(self, count: int) -> Self:
        """At most so many rows."""
        made = self._copy()
        made._limit = _row_count("limit", count)
        return made

    def offset(self, count: int) -> Self:
        """Without the first so many rows."""
        made = self._copy()
        made._offset = _row_count("offset", count)
        return made

    def using(self, database: Using) -> Self:
        """On this database, given or by the name of its connection."""
        made = self._copy()
        made._using = database
        return made

    # Pieces of plans.

    def _select(
        self, items: bytes, limit: bytes | None = None, order: bool = True
    ) -> tuple[bytes, bytes, tuple[Any, ...]]:
        """The plan without its header, and the types and values of its parameters."""
        where, types, values = self._condition()
        parts = []
        for expr, part in self._order if order else ():
            parts.append(part)
            types += expr.types
            values += expr.values
        if limit is None:
            limit = _native.NONE
            if self._limit is not None:
                limit = plan.COUNT_PARAM
                types += _INT64
                values = (*values, self._limit)
        offset = _native.NONE
        if self._offset is not None:
            offset = plan.COUNT_PARAM
            types += _INT64
            values = (*values, self._offset)
        made = plan.select(items, self._table.source, where, plan.sequence(parts), limit, offset)
        return made, types, values

    def _projection(self) -> Projection:
        raise NotImplementedError

    def _fetch(
        self, one: bool, limit: bytes | None, finish: Callable[[Any], Any] | None = None
    ) -> Op[Any]:
        columns = self._projection()
        body, types, values = self._select(columns.items, limit)
        whole = _native.HEADER + body
        using = self._using
        ending = columns.ending(one, finish)
        if columns.bound:
            types, values = columns.types + types, columns.bound + values

        def start() -> _native.Operation[Any]:
            result, shape = columns.shape(one)
            return resolve(using).start(whole, types, values, result, shape, ending)

        return Op(start)

    def sql(self, using: Using = None) -> str:
        """The SQL text of `all()` for a connected database, values left out."""
        body, _, _ = self._select(self._projection().items)
        return resolve(using or self._using).statement(_native.HEADER + body).sql

    # Terminals.

    def all(self) -> Op[list[R]]:
        """All rows."""
        return self._fetch(False, None)

    def first(self) -> Op[R | None]:
        """The first row, or None."""
        return self._fetch(True, _ONE if self._limit is None or self._limit else None)

    def one(self) -> Op[R]:
        """The only row; NoResult and MultipleResults when there is not exactly one."""

        def finish(found: list[R]) -> R:
            if len(found) == 1:
                return found[0]
            name = self._model.__name__
            if found:
                raise MultipleResults(f"one {name} was wanted and more were found")
            raise NoResult(f"one {name} was wanted and none was found")

        return self._fetch(False, _TWO if self._limit is None or self._limit > 2 else None, finish)

    def count(self) -> Op[int]:
        """How many rows there are, whatever limit and offset say."""
        where, types, values = self._condition()
        whole = _native.HEADER + plan.select(_COUNT_ITEM, self._table.source, where)
        using = self._using
        return Op(
            lambda: resolve(using).start(
                whole, types, values, _native.RESULT_SCALAR, _INT64_SHAPE, None
            )
        )

    def exists(self) -> Op[bool]:
        """Whether there is a row."""
        inner, types, values = self._select(_ONE_ITEM, order=False)
        found = plan.item(plan.exists(inner), _native.BOOL)
        whole = _native.HEADER + plan.select(plan.sequence([found]), _native.NONE)
        using = self._using
        return Op(
            lambda: resolve(using).start(
                whole, types, values, _native.RESULT_SCALAR, _BOOL_SHAPE, None
            )
        )

    def _condition(self) -> tuple[bytes, bytes, tuple[Any, ...]]:
        where = self._where
        if where is None:
            return _native.NONE, b"", ()
        return where.fragment, where.types, where.values


_INT64 = bytes([_native.INT64])
_INT64_SHAPE = (_native.INT64,)
_BOOL_SHAPE = (_native.BOOL,)


class Query(Rows[M]):
    """A query for instances of a model."""

    __slots__ = ()

    def _projection(self) -> Projection:
        return self._table.instances

    @overload
    def select(self) -> Query[M]: ...
    @overload
    def select(self, first: Any, /, *rest: Any) -> Selection[Any]: ...
    def select(self, *columns: Any) -> Any:
        """Only these columns, as tuples; of one column the values themselves."""
        if not columns:
            return self
        made = Selection.__new__(Selection)
        for slot in Rows.__slots__:
            setattr(made, slot, getattr(self, slot))
        made._chosen = projection(self._table, columns)
        return made

    def get(self, pk: Any) -> Op[M]:
        """The row with this key among these; ModelDoesNotExist if there is none."""
        table = self._table
        key = table.key_values(pk)
        narrowed = self._copy()
        for name, value in zip(table.key, key, strict=True):
            term = table.columns[name] == value
            narrowed._where = term if narrowed._where is None else narrowed._where & term

        def finish(found: M | None) -> M:
            if found is None:
                raise ModelDoesNotExist(self._model, pk)
            return found

        return narrowed._fetch(True, None, finish)

    def update(self, changes: Callable[[Any], Any] | None = None, /, **values: Any) -> Op[int]:
        """Set columns to values or expressions; the number of rows that matched."""
        self._whole_only("update")
        if changes is not None:
            values = {**changes(self._table.proxy), **values}
        if not values:
            raise TypeError("update() needs at least one column to set")
        row: list[bytes] = []
        types = b""
        bound: tuple[Any, ...] = ()
        for name, value in values.items():
            column = self._table.column(name)
            if isinstance(value, Expr):
                row.append(plan.assignment(name, value.fragment))
                types += value.types
                bound += value.values
            else:
                row.append(plan.assignment(name, _native.param(column.type)))
                types += bytes([column.type])
                bound = (*bound, self._table.infos[name].adapt(value))
        where, more, rest = self._condition()
        table = self._table
        whole = plan.update(table.name, row, where, table.plan_key, table.plan_key_type)
        return self._change(whole, types + more, (*bound, *rest))

    def delete(self) -> Op[int]:
        """Delete the rows; how many there were."""
        self._whole_only("delete")
        where, types, values = self._condition()
        table = self._table
        whole = plan.delete(table.name, where, table.plan_key, table.plan_key_type)
        return self._change(whole, types, values)

    def _change(self, whole: bytes, types: bytes, values: tuple[Any, ...]) -> Op[int]:
        using = self._using
        return Op(
            lambda: resolve(using).start(whole, types, values, _native.RESULT_COUNT, None, None)
        )

    def _whole_only(self, verb: str) -> None:
        for said, word in (
            (self._limit is not None, "limit"),
            (self._offset is not None, "offset"),
            (bool(self._order), "order_by"),
        ):
            if said:
                raise TypeError(
                    f"{verb}() takes no {word}\n"
                    f"fetch the keys first, then {verb} where(id__in=keys)"
                )


class Selection(Rows[R]):
    """A query for some columns: tuples, or the values of a single one."""

    __slots__ = ("_chosen",)

    _chosen: Projection

    def _copy(self) -> Self:
        made = super()._copy()
        made._chosen = self._chosen
        return made

    def _projection(self) -> Projection:
        return self._chosen


def select(target: Any, *more: Any) -> Any:
    """A query for a model's instances, `select(User)`, or for columns, `select(User.id, …)`."""
    from .registry import models

    if isinstance(target, type):
        if more:
            raise TypeError("select() takes one model, or columns")
        return Query(target)
    for model in reversed(models()):
        table: Table | None = model.__dict__.get("__ferro_info__")
        if table is not None and any(column is target for column in table.columns.values()):
            return Query(model).select(target, *more)
    raise TypeError("select() starts with a model or a model's column")


def _row_count(what: str, count: int) -> int:
    if isinstance(count, bool) or not isinstance(count, int):
        raise TypeError(f"{what}() takes an integer, not {type(count).__name__}")
    if not 0 <= count < 1 << 63:
        raise ValueError(f"{what}() takes a count, not a negative number or one beyond 64 bits")
    return count
