"""Updates of rows that were read: which columns are written, and how the row is found again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import _native
from ..language import plan

if TYPE_CHECKING:
    from .plans import Plans


class Update:
    """An update of some of the columns, and of the version where there is one."""

    __slots__ = ("_store", "_table", "plan", "types")

    def __init__(self, table: Plans, names: tuple[str, ...]) -> None:
        columns = [table.columns[name] for name in names]
        row = [plan.assignment(one.name, _native.param(one.type)) for one in columns]
        if table.version is not None:
            row.append(table.next_version())
        self._table = table
        self._store = [(name, table.columns[name].store) for name in names]
        self.plan = plan.update(table.name, row, table.by_read, table.plan_key, table.plan_key_type)
        self.types = bytes(one.type for one in columns) + table.read_types

    def values(self, key: Any, fields: dict[str, Any]) -> list[Any]:
        """What is bound for an instance's fields. KeyError: one of them is not there."""
        values = [store(fields[name]) for name, store in self._store]
        values += self._table.read_values(key, fields)
        return values
