"""Inserts of a model's rows: which columns are given, and what the database returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import _native
from ..errors import make
from ..language import plan

if TYPE_CHECKING:
    from ..queries.selection import Projection
    from .plans import Plans


class Insert:
    """An insert of some of the columns, and what it returns."""

    __slots__ = ("columns", "key", "left", "plan", "reads", "returns", "table", "types")

    def __init__(self, table: Plans, columns: list[_native.Column], left: tuple[str, ...]) -> None:
        self.columns = columns
        self.left = left  # what the database makes, and instances get
        key = table.generated
        # The usual case, apart from others: nothing but the number of the row.
        self.returns = table.columns[key] if key is not None and left == (key,) else None
        self.reads: Projection | None = None
        self.types = bytes(column.type for column in columns)
        self.table = table.name
        # A plan names a key of one column, and the engine refuses a NULL for it.
        self.key = table.key if len(table.key) > 1 else ()
        row = [plan.assignment(c.name, _native.param(c.type)) for c in columns]
        items = [plan.item(self.returns).fragment] if self.returns is not None else []
        if left and self.returns is None:
            from ..queries.selection import Chosen, Projection

            # With the key, by which many rows are put into the order they were given in.
            names = [*left, *(name for name in table.key if name not in left)]
            self.reads = Projection([Chosen(table.columns[name]) for name in names])
            items = [item.fragment for item in self.reads.chosen_items()]
        self.plan = plan.insert(table.name, row, items, table.plan_key, table.plan_key_type)

    def keep(self, instance: Any, row: Any) -> None:
        """Give an instance what the database has made."""
        assert self.reads is not None
        values = (row,) if self.reads.alone else row
        for name, value in zip(self.left, values, strict=False):
            instance.__dict__[name] = value

    def values(self, fields: dict[str, Any]) -> list[Any]:
        try:
            values = [column.store(fields[column.name]) for column in self.columns]
        except KeyError as error:
            raise missing(error) from None
        if self.key:
            self.check_key(fields)
        return values

    def check_key(self, fields: dict[str, Any], row: int = -1) -> None:
        """Refuse None in a key of several columns, as the engine does for a key of one.

        Databases differ here, too: SQLite stores the NULL where the table was declared without NOT
        NULL, MySQL and MariaDB number a column that is AUTO_INCREMENT, and else they refuse it.
        """
        for name in self.key:
            if name in fields and fields[name] is None:
                raise make(
                    9,
                    f'"{name}", of the key of a row to insert into "{self.table}", is NULL',
                    hint="supply every column of the key",
                    table=self.table,
                    column=name,
                    row=row,
                )


def missing(error: KeyError) -> TypeError:
    """For an instance that was made past validation."""
    return TypeError(f"the instance has no value for {error.args[0]!r}: give it one to store it")
