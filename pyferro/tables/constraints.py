"""What a table says about its rows beyond the types of its columns.

These are values that a model names in `__table_args__`; what they mean to a database is worked out
in `ddl.py`, when all models are known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from .. import registry

if TYPE_CHECKING:
    from ..language.conditions import Condition
    from ..model import Model
    from .columns import TableColumn
    from .table import Table

Action = Literal["NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"]

# FERRO_ACTION_*
ACTIONS: dict[str | None, int] = {
    None: 0,
    "NO ACTION": 0,
    "RESTRICT": 1,
    "CASCADE": 2,
    "SET NULL": 3,
    "SET DEFAULT": 4,
}


class Index:
    """An index: `Index("author_id", "views")`.

    A key is the name of a column (of a relation: the columns of its key), with "-" before it to
    descend, or a lambda that gives an expression, such as `lambda p: fn.lower(p.title)`, or
    `desc(…)` of one. With `where` only rows that meet the condition are in the index; if it is
    `unique`, values are unique among these. Left out, the name is made of the table and columns.
    """

    __slots__ = ("keys", "name", "unique", "where")

    def __init__(
        self,
        *keys: Any,
        where: Condition | None = None,
        unique: bool = False,
        name: str | None = None,
    ) -> None:
        self.keys = keys
        self.where = where
        self.unique = unique
        self.name = _name(name, "an index")


class FullText:
    """What `search()` looks through: `FullText("title", "body")`. The columns are read as one text.

    With `language`, one of PostgreSQL's text search configurations such as "english", words are
    equal that have one stem, and its frequent words are left out; the other databases refuse it.
    Without it words are compared as they are, capital and small letters alike, on every database.
    Left out, the name is made of the table and columns.
    """

    __slots__ = ("columns", "language", "name")

    def __init__(self, *columns: str, language: str = "simple", name: str | None = None) -> None:
        self.columns = _names(columns, "a text index")
        if re.fullmatch("[a-z][a-z0-9_]{0,62}", language) is None:
            raise TypeError(f"a language has small letters, digits and _, unlike {language!r}")
        self.language = language
        self.name = _name(name, "a text index")


class Unique:
    """No two rows have the same values in all of these columns: `Unique("author_id", "title")`.

    Rows with a NULL among them are never the same.
    """

    __slots__ = ("columns", "name")

    def __init__(self, *columns: str, name: str | None = None) -> None:
        self.columns = _names(columns, "a unique constraint")
        self.name = _name(name, "a unique constraint")


class Check:
    """Each row meets the condition: `Check("positive", lambda p: p.views >= 0)`.

    A row for which the condition is NULL passes. The constraint is called `table_positive_check`.
    """

    __slots__ = ("condition", "suffix")

    def __init__(self, suffix: str, condition: Condition) -> None:
        self.suffix = suffix
        self.condition = condition


@dataclass(frozen=True)
class ForeignKeyConstraint:
    """Rows of a table refer to rows of `target`, by its key or by unique columns of it.

    `target` is a model or the name of a table, `target_columns` is its primary key when left out.
    `on_delete` and `on_update` say what happens to the rows that refer to one that goes away or
    changes; left out, such a change is refused. A deferrable constraint can wait for the end of the
    transaction, and waits when it is `initially_deferred`; MySQL and MariaDB have none.

    No index is made for `columns`, except by MySQL and MariaDB, which make one by themselves.
    """

    columns: Sequence[str]
    target: type[Model] | str
    target_columns: Sequence[str] | None = None
    name: str | None = None
    on_delete: Action | None = None
    on_update: Action | None = None
    deferrable: bool = False
    initially_deferred: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", _names(self.columns, "a foreign key"))
        if self.target_columns is not None:
            found = _names(self.target_columns, "the target of a foreign key")
            object.__setattr__(self, "target_columns", found)
            if len(found) != len(self.columns):
                raise TypeError(
                    f"a foreign key of {len(self.columns)} columns refers to as many, "
                    f"not to {len(found)}"
                )
        for event, action in (("on_delete", self.on_delete), ("on_update", self.on_update)):
            if action not in ACTIONS:
                known = ", ".join(str(name) for name in ACTIONS if name)
                raise TypeError(f"{event} is one of {known}; {action!r} is none of them")
        if self.initially_deferred and not self.deferrable:
            object.__setattr__(self, "deferrable", True)

    @property
    def target_table(self) -> str:
        """The name of the table that is referred to."""
        if isinstance(self.target, str):
            return self.target
        found: str | None = self.target.__dict__.get("__ferro_table_name__")
        if found is None:
            raise TypeError(f"{self.target.__name__} has no table: it is an abstract base")
        return found

    @property
    def target_model(self) -> type[Model] | None:
        """The model of that table; None where no model is known to have it."""
        if not isinstance(self.target, str):
            return self.target
        return registry.model_of_table(self.target)


def _name(name: str | None, what: str) -> str | None:
    from .names import identifier

    return None if name is None else identifier(name, what)


def _names(columns: Sequence[str], what: str) -> tuple[str, ...]:
    given = (columns,) if isinstance(columns, str) else tuple(columns)
    if not given:
        raise TypeError(f"{what} needs a column")
    if len(set(given)) != len(given):
        raise TypeError(f"{what} names a column twice: {', '.join(given)}")
    return given


def named(table: Table, key: ForeignKeyConstraint) -> ForeignKeyConstraint:
    """The same foreign key, of columns that the table has and with a name."""
    from .names import identifier

    where = f"{table.model.__name__}: a foreign key"
    for column in key.columns:
        if column not in table.columns:
            raise TypeError(f"{where} names {column!r}, which is no column")
    if "SET NULL" in (key.on_delete, key.on_update):
        for column in key.columns:
            if not table.columns[column].nullable:
                raise TypeError(f"{where} sets {column!r} to NULL, which the column does not take")
    if key.name is not None:
        identifier(key.name, where)
        return key
    return replace(key, name=table.constraint_name(key.columns, "fkey"))


def resolve(table: Table, key: ForeignKeyConstraint) -> ForeignKeyConstraint:
    """The foreign key with the columns it refers to, looked at beside the target's model.

    Where no model is known the database alone decides.
    """
    from .table import table_of

    where = f"{table.model.__name__}.{', '.join(key.columns)}"
    model = key.target_model
    if model is None:
        if key.target_columns is None:
            raise TypeError(
                f"{where}: no model has the table {key.target_table!r}: say which columns of it "
                "the foreign key refers to"
            )
        return key
    target = table_of(model)
    columns = tuple(key.target_columns or target.key)
    if len(columns) != len(key.columns):
        raise TypeError(
            f"{where}: the key of {model.__name__} has {len(columns)} columns "
            f"({', '.join(columns)}), the foreign key {len(key.columns)}"
        )
    for column in columns:
        if column not in target.columns:
            raise TypeError(f"{where} refers to {model.__name__}.{column}, which is no column")
    unique = [target.key, *(group for _, group in target.uniques)]
    # A set of columns is unique in any order.
    if not any(sorted(columns) == sorted(group) for group in unique):
        raise TypeError(
            f"{where} refers to {model.__name__}.{', '.join(columns)}, which is neither its key "
            "nor unique\na row must refer to one row: make it unique"
        )
    for own, other in zip(key.columns, columns, strict=True):
        _same_type(where, table.infos[own], f"{model.__name__}.{other}", target.infos[other])
    return replace(key, target_columns=columns)


def _same_type(where: str, own: TableColumn, named: str, other: TableColumn) -> None:
    """InnoDB wants columns of one type, PostgreSQL of types that can be compared."""
    kinds = (own.kind, other.kind)
    measures = [(kind.type, kind.bits, kind.digits, kind.places) for kind in kinds]
    if measures[0] != measures[1]:
        raise TypeError(
            f"{where} refers to {named}, whose column has another type\n"
            "declare both with the same type and measures"
        )
