"""The shape of a result: which columns, and how its rows become Python objects.

Either all columns as instances, by the table's row plan, or some as tuples or scalars. Cells of
enum and JSON columns become what the model says, by the field's own schema.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from . import _native, plan
from ._native import Column, Expr
from .errors import make

if TYPE_CHECKING:
    from .table import Table

Shape = _native.RowPlan | Sequence[int] | None


class Projection:
    """Instances: all columns of the table."""

    __slots__ = ("_table", "bound", "items", "types")

    def __init__(
        self, table: Table, items: bytes, types: bytes = b"", bound: tuple[Any, ...] = ()
    ) -> None:
        self._table = table
        self.items = items
        self.types = types  # of the parameters within the items
        self.bound = bound

    def shape(self, one: bool) -> tuple[int, Shape]:
        """What the operation is asked for, and how it makes a row."""
        return _native.RESULT_FIRST if one else _native.RESULT_ROWS, self._table.row_plan()

    def ending(self, one: bool, finish: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
        """What is done with the result, `finish` last."""

        return finish


class Chosen(Projection):
    """Some columns: tuples, or scalars for a single one."""

    __slots__ = ("_loads", "_types")

    def __init__(self, table: Table, chosen: list[Expr], loads: dict[int, Any]) -> None:
        items = plan.sequence([plan.item(expr.fragment, expr.type) for expr in chosen])
        types = b"".join(expr.types for expr in chosen)
        bound = tuple(value for expr in chosen for value in expr.values)
        super().__init__(table, items, types, bound)
        self._types = tuple(expr.type for expr in chosen)
        self._loads = loads

    def shape(self, one: bool) -> tuple[int, Shape]:
        if len(self._types) == 1:
            return (_native.RESULT_SCALAR if one else _native.RESULT_SCALARS), self._types
        return (_native.RESULT_FIRST if one else _native.RESULT_ROWS), self._types

    def ending(self, one: bool, finish: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
        if not self._loads:
            return finish
        load = self._load_cell if len(self._types) == 1 else self._load_row

        def ending(found: Any) -> Any:
            rows = ([] if found is None else [found]) if one else found
            loaded = [load(row) for row in rows]
            made: Any = next(iter(loaded), None) if one else loaded
            return made if finish is None else finish(made)

        return ending

    def _load_cell(self, cell: Any) -> Any:
        return None if cell is None else self._loads[0](cell)

    def _load_row(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        cells = list(row)
        for index, load in self._loads.items():
            if cells[index] is not None:
                cells[index] = load(cells[index])
        return tuple(cells)


def projection(table: Table, columns: Sequence[Any]) -> Projection:
    """For columns given as names, columns, expressions, or lambdas of one or several of those."""
    chosen: list[Expr] = []
    for column in columns:
        if callable(column) and not isinstance(column, (Expr, str)):
            made = column(table.proxy)
            chosen.extend(_expr(table, c) for c in (made if isinstance(made, tuple) else (made,)))
        else:
            chosen.append(_expr(table, column))
    loads = {
        index: load
        for index, expr in enumerate(chosen)
        if isinstance(expr, Column) and (load := _load_of(table, expr)) is not None
    }
    return Chosen(table, chosen, loads)


def _expr(table: Table, column: Any) -> Expr:
    if isinstance(column, str):
        return table.column(column)
    if isinstance(column, Expr):
        return column
    raise TypeError(f"select() takes columns and names, not {type(column).__name__}")


def _checked(table: Table, column: Column, load: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def checked(value: Any) -> Any:
        try:
            return load(value)
        except ValueError:
            pass  # it may quote the value
        said = f"what is stored in column {column.name!r} is not what the model declares"
        raise make(16, said, table=table.name, column=column.name)

    return checked


def _load_of(table: Table, column: Column) -> Callable[[Any], Any] | None:
    info = table.infos.get(column.name)
    if info is None or info.column is not column:
        return None
    if info.kind.load is not None:
        return _checked(table, column, info.kind.load)
    if column.type != _native.JSON:
        return None
    from pydantic import TypeAdapter
    from pydantic_core import to_json

    field = table.model.__pydantic_fields__[column.name]
    annotation = field.annotation if info.kind.content is None else info.kind.content
    adapter: TypeAdapter[Any] = TypeAdapter(annotation or Any)

    def load(parsed: Any) -> Any:
        # Cells arrive parsed; a strict schema takes JSON text only.
        return adapter.validate_json(to_json(parsed, inf_nan_mode="constants"))

    return load
