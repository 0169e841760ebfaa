"""What an insert does about rows that are there: `Model.insert(rows).on_conflict(…)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .. import _native
from .._native import NULL, Column, Expr, build
from ..instances.state import LOADED, mark
from ..language import plan
from ..language.conditions import combine
from ..op import Op
from ..queries.rows import Names
from ..queries.selection import Projection
from ..runtime.connections import Using, resolve
from ..tables.inserts import Insert
from ..tables.table import Table, table_of
from .changes import Written, assignments
from .insertion import Insertion
from .twins import keys_of, twins

if TYPE_CHECKING:
    from typing import Self

    from ..language.conditions import Condition
    from ..model import Model

M = TypeVar("M", bound="Model")


class Excluded:
    """The row that was to be inserted, within `update()` and `where()` of a conflict.

    `Author.insert(rows).on_conflict(Author.email).update(posts=Author.posts + excluded.posts)`.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Expr[Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Expr[Any]:
        return build(NULL, plan.EXCLUDED, name, NULL)


excluded = Excluded()


def unique_keys(table: Table) -> list[tuple[str, ...]]:
    """The columns of the primary key and of every unique constraint."""
    found = [table.key] if table.key else []
    return found + [columns for _, columns in table.uniques]


class Conflict(Generic[M]):
    """Rows to insert and the key by which they may be there: say `update()` or `ignore()`."""

    __slots__ = ("_insertion", "_target")

    def __init__(self, insertion: Insertion[M], columns: Sequence[Column | str]) -> None:
        table = insertion._table
        target = tuple(name_of(table, column) for column in columns)
        known = unique_keys(table)
        if not any(set(target) == set(key) for key in known):
            shown = ", ".join(f"({', '.join(key)})" for key in known) or "none"
            raise TypeError(
                f"{table.model.__name__} has no unique key of ({', '.join(target)})\n"
                f"its unique keys are {shown}; declare Field(unique=True) or a composite one"
            )
        self._insertion = insertion
        self._target = target

    def update(self, *columns: Column[Any] | str, **values: Any) -> Upsertion[M]:
        """Change the row that is there: columns take what was to be inserted, others a value.

        A value may be an expression of the row that is there, as it was, and of `excluded`, the one
        that was to be inserted. Without any all columns but the keys are taken.
        """
        table = self._insertion._table
        names = [name_of(table, column) for column in columns]
        if not names and not values:
            fixed = (*table.key, *self._target, table.version)
            names = [name for name in table.columns if name not in fixed]
            if not names:
                raise TypeError(f"{table.model.__name__} has no column but keys: say ignore()")
        taken = {name: getattr(excluded, name) for name in names}
        return Upsertion(self._insertion, self._target, {**taken, **values})

    def ignore(self) -> Upsertion[M]:
        """Leave the row that is there as it is."""
        return Upsertion(self._insertion, self._target, {})


def name_of(table: Table, column: Any) -> str:
    name = column.name if isinstance(column, Column) else column
    if not isinstance(name, str):
        raise TypeError(f"expected a column or its name, not {type(column).__name__}")
    if isinstance(column, Column) and column.owner is not table:
        raise TypeError(f"{name!r} is no column of {table.model.__name__}")
    table.column(name)
    return name


class Upsertion(Insertion[M]):
    """An insert with what is done about rows that are there. It gives None.

    `returning()` makes it give the rows that were inserted or changed, in no order.
    """

    __slots__ = ("_sets", "_shared", "_target", "_where")

    def __init__(
        self, insertion: Insertion[M], target: tuple[str, ...], values: dict[str, Any]
    ) -> None:
        table = insertion._table
        self._target = target
        self._shared = Written()
        self._sets = assignments(table, values, self._shared)
        self._where: Expr | None = None
        if values and table.version is not None and table.version not in values:
            self._sets.append(table.next_version())
        if values:
            _refuse_twins(table, target, insertion._objects)
        super().__init__(insertion._model, insertion._objects, insertion._using)

    def _names(self) -> Names:
        return Names(self._table, Projection(()))

    def where(self, *conditions: Condition, **lookups: Any) -> Self:
        """Change the row that is there only if it meets all of it; else it stays as it is."""
        if not self._sets:
            raise TypeError("rows that are there are left alone: where() follows update()")
        self._where = combine(self._names, self._where, conditions, lookups)
        return self

    def _shares(self) -> Written:
        shared = Written()
        shared.types, shared.values = self._shared.types, self._shared.values
        if self._where is not None:
            shared.add(self._where)
        return shared

    def _ordered(self) -> bool:
        return False

    def _whole(self, how: Insert, items: Sequence[bytes]) -> bytes:
        table = self._table
        row = [plan.assignment(c.name, _native.param(c.type)) for c in how.columns]
        insert = plan.insert(table.name, row, items, table.plan_key, table.plan_key_type)
        where = _native.NONE if self._where is None else self._where.fragment
        only = is_only_key(table, self._target, how)
        return plan.upsert(insert, self._target, self._sets, where, only)


def is_only_key(table: Table, target: Sequence[str], how: Insert) -> bool:
    """Whether rows of these columns can violate no unique key but that of the target.

    What holds the target's columns can only be violated with it; a key that is left out is made by
    the database, and is new.
    """
    given = {column.name for column in how.columns}
    return all(set(target) <= set(key) or not set(key) <= given for key in unique_keys(table))


def _refuse_twins(table: Table, target: Sequence[str], objects: Sequence[Any]) -> None:
    """Databases differ in what becomes of a row that one call writes twice."""
    same = twins(keys_of(objects, target))
    if same is not None:
        raise ValueError(
            f"rows {same[0]} and {same[1]} of {table.model.__name__} have the same "
            f"({', '.join(target)}): each row may be written once"
        )


def upsert(instance: M, using: Using) -> Op[M]:
    """Insert the instance, or give the row that has its key all of its values."""
    table = table_of(type(instance))
    if table.version is not None:
        raise TypeError("a row with a version is saved by save(): an upsert would not look at it")
    key = table.key_of(instance.__dict__)
    if key is None:
        from .writes import insert

        return insert(instance, using)
    how = table.insert_all
    values = how.values(instance.__dict__)

    def finish(_: Any) -> M:
        mark(instance, LOADED)
        return instance

    return Op(
        lambda: resolve(using).start(
            table.upsert_plan, how.types, values, _native.RESULT_COUNT, None, finish
        )
    )


def upsert_plan(table: Table) -> bytes:
    """Of a row whose key is given: what has that key takes its values."""
    how = table.insert_all
    rest = [name for name in table.columns if name not in table.key]
    row = [plan.assignment(name, excluded[name].fragment) for name in rest]
    return plan.upsert(how.plan, table.key, row, _native.NONE, is_only_key(table, table.key, how))
