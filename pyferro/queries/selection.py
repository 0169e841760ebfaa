"""The shape of a result: which columns, and how its rows become Python objects.

All columns of a model become instances by the table's row plan; others become values, several of
them tuples. Cells of enum and JSON columns become what the model says, by the field's own schema.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .. import _native
from .._native import Column, Expr
from ..errors import make
from ..language import plan
from ..language.expressions import Labeled
from ..language.json_path import JsonPath

if TYPE_CHECKING:
    from ..tables.table import Table
    from .rows import Names
    from .sources import Alias

Part = _native.RowPlan | tuple[_native.RowPlan, tuple[int, ...]] | int
Shape = _native.RowPlan | _native.CsvLines | Sequence[Part] | None


class Chosen:
    """One thing that a query selects: an instance, or a value with its name."""

    __slots__ = ("alias", "expr", "items", "load", "name", "source", "table")

    def __init__(self, expr: Expr | None, alias: str = "") -> None:
        self.expr = expr
        self.alias = alias
        self.name = alias or (expr.name if isinstance(expr, Column) else "")
        self.load = None if expr is None else _load_of(expr)
        self.table: Table | None = None
        self.source: Table | Alias | None = None
        self.items = [] if expr is None else [plan.item(expr, alias)]

    def part(self) -> Part:
        """How its cells become an object."""
        if self.table is not None:
            return self.table.row_plan()
        assert self.expr is not None
        return self.expr.type


class Instance(Chosen):
    """All columns of a model, of its table or of an alias of it."""

    __slots__ = ()

    def __init__(self, table: Table, source: Table | Alias) -> None:
        super().__init__(None)
        self.table = table
        self.source = source
        self.name = table.model.__name__.lower()
        self.items = plan.items(source.columns.values())


class Projection:
    """What a query selects, as a whole."""

    __slots__ = ("_table", "chosen", "items", "make")

    def __init__(self, chosen: Sequence[Chosen], items: Expr | None = None) -> None:
        self.chosen = chosen
        self._table = chosen[0].table if len(chosen) == 1 else None  # of nothing but instances
        self.items: Expr | list[Expr]
        self.items = [one for part in chosen for one in part.items] if items is None else items
        self.make: Callable[[tuple[Any, ...]], Any] | None = None  # of a row, as a last step

    def chosen_items(self) -> list[Expr]:
        """The columns one by one, for where a list of its own is made of them."""
        return [one for part in self.chosen for one in part.items]

    def columns(self) -> list[tuple[str, Expr]]:
        """The columns one by one, with their names; a name may be empty."""
        found: list[tuple[str, Expr]] = []
        for part in self.chosen:
            if part.source is not None:
                found += part.source.columns.items()
            else:
                assert part.expr is not None
                found.append((part.name, part.expr))
        return found

    def named_columns(self, outer: bool = False) -> list[tuple[str, int, bool]]:
        """Name, type and whether it may be NULL, of each column as others read it."""
        found: list[tuple[str, int, bool]] = []
        for chosen in self.chosen:
            if chosen.source is not None:
                columns = chosen.source.columns.items()
                found += [(name, one.type, one.nullable or outer) for name, one in columns]
            elif not chosen.name:
                raise TypeError('a column of a subquery needs a name: add .as_("name")')
            else:
                assert chosen.expr is not None
                nullable = outer or not isinstance(chosen.expr, Column) or chosen.expr.nullable
                found.append((chosen.name, chosen.expr.type, nullable))
        names = [name for name, _, _ in found]
        for name in names:
            if names.count(name) > 1:
                raise TypeError(f"a subquery has two columns {name!r}: rename one by .as_()")
        return found

    @property
    def alone(self) -> bool:
        """Whether a row is one thing, and no tuple."""
        return len(self.chosen) == 1 and self.make is None

    def shape(self, one: bool) -> tuple[int, Shape]:
        """What the operation is asked for, and how it makes a row."""
        rows = _native.RESULT_FIRST if one else _native.RESULT_ROWS
        if self._table is not None and self.make is None:
            return rows, self._table.row_plan()
        parts = tuple(chosen.part() for chosen in self.chosen)
        if not self.alone:
            return rows, parts
        if isinstance(parts[0], int):
            return (_native.RESULT_SCALAR if one else _native.RESULT_SCALARS), parts
        return rows, parts if isinstance(parts[0], tuple) else parts[0]

    def ending(self, one: bool, finish: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
        """What is done with the result, `finish` last."""
        if self._table is not None and self.make is None:
            return finish
        loads = {i: chosen.load for i, chosen in enumerate(self.chosen) if chosen.load is not None}
        build = self.make
        if not loads and build is None:
            return finish
        load = _loader(loads, self.alone)

        def ending(found: Any) -> Any:
            rows = ([] if found is None else [found]) if one else found
            loaded = [load(row) for row in rows] if loads else rows
            if build is not None:
                loaded = [build(row) for row in loaded]
            made: Any = next(iter(loaded), None) if one else loaded
            return made if finish is None else finish(made)

        return ending


def _loader(loads: dict[int, Callable[[Any], Any]], alone: bool) -> Callable[[Any], Any]:
    def cell(value: Any) -> Any:
        return None if value is None else loads[0](value)

    def row(values: tuple[Any, ...]) -> tuple[Any, ...]:
        cells = list(values)
        for index, load in loads.items():
            if cells[index] is not None:
                cells[index] = load(cells[index])
        return tuple(cells)

    return cell if alone else row


def projection(names: Names, columns: Sequence[Any]) -> Projection:
    """For models, aliases, columns, their names, expressions, or lambdas of some of those."""
    chosen: list[Chosen] = []
    for column in columns:
        if callable(column) and not isinstance(column, (Expr, str, type)):
            made = column(names.proxy)
            chosen += [
                _chosen(names, one) for one in (made if isinstance(made, tuple) else (made,))
            ]
        else:
            chosen.append(_chosen(names, column))
    return Projection(chosen)


def _chosen(names: Names, column: Any) -> Chosen:
    if isinstance(column, str):
        return Chosen(names.named(column))
    if isinstance(column, Labeled):
        return Chosen(column.expr, column.name)
    if isinstance(column, JsonPath):
        return Chosen(column.expr())
    if isinstance(column, Expr):
        return Chosen(column)
    source = getattr(column, "table", None)
    if isinstance(column, type):
        from ..tables.table import table_of

        table = table_of(column)
        return Instance(table, table)
    if source is not None and hasattr(column, "columns"):
        return Instance(source, column)
    raise TypeError(f"select() takes columns, expressions and models, not {type(column).__name__}")


def _checked(table: Table, column: Column, load: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def checked(value: Any) -> Any:
        try:
            return load(value)
        except ValueError:
            pass  # it may quote the value
        said = f"what is stored in column {column.name!r} is not what the model declares"
        raise make(16, said, table=table.name, column=column.name)

    return checked


def _load_of(column: Expr) -> Callable[[Any], Any] | None:
    if not isinstance(column, Column):
        return None
    owner = column.owner
    table: Table | None = getattr(owner, "table", owner)
    infos = getattr(table, "infos", None)
    info = None if infos is None else infos.get(column.name)
    if table is None or info is None:
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
