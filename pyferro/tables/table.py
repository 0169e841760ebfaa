"""What a model means to a database, read once from its fields. Nothing here does I/O.

How a field becomes a column is in columns.py, the statements that a table keeps in plans.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from .. import _native
from ..types.kinds import is_array
from .columns import marker_of, read_column, read_default
from .names import NO_ARRAY_INDEX, cut_name, identifier
from .plans import Plans
from .table_args import TableArgs

if TYPE_CHECKING:
    from ..model import Model
    from ..queries.query import Query
    from ..queries.selection import Projection
    from .constraints import ForeignKeyConstraint
    from .fields import FerroField


class Columns:
    """What a lambda gets as its row: the columns by name, even those a method of Model hides."""

    def __init__(self, table: Table) -> None:
        self.__dict__.update(table.columns)
        self.__dict__["_table"] = table

    def __getattr__(self, name: str) -> Any:
        table: Table = self.__dict__["_table"]
        return table.path(name)


class Table(Plans):
    """A model's table."""

    def __init__(self, model: type[Model], name: str) -> None:
        self.model = model
        self.name = identifier(name, f"the table of {model.__name__}")
        fields = model.__pydantic_fields__
        if not fields:
            raise TypeError(f"{model.__name__} has no fields: a table needs a column")
        markers = {field: marker_of(info) for field, info in fields.items()}
        own_key: Sequence[str] = getattr(model, "__primary_key__", ())
        self.key: tuple[str, ...] = tuple(own_key) or tuple(
            field for field, marker in markers.items() if marker.primary_key
        )
        for field in self.key:
            if field not in fields:
                raise TypeError(f"{model.__name__}: the key names {field!r}, which is no field")
        self.all = [
            read_column(self, field, info, markers[field]) for field, info in fields.items()
        ]
        self.columns = {one.name: one.column for one in self.all}
        self.infos = {one.name: one for one in self.all}
        self.held = {one.name: one.kind.held for one in self.all if one.kind.held is not None}
        self.has_secrets = any(held.secret for held in self.held.values())
        self.generated: str | None = next((c.name for c in self.all if c.generated), None)
        # Dialects without RETURNING find rows by a key of one column.
        self.plan_key = self.key[0] if len(self.key) == 1 else ""
        self.plan_key_type = self.columns[self.plan_key].type if self.plan_key else _native.NULL
        self.version = self._version(markers)
        for column in self.all:
            column.default = read_default(self, column, markers[column.name].server_default)
        self.defaulted = tuple(one.name for one in self.all if one.default is not None)
        said = TableArgs(self)
        self.uniques = said.uniques
        self.indexes = said.indexes
        self.texts = said.texts
        self.checks = said.checks
        self._said_foreign_keys = said.foreign_keys

    @cached_property
    def foreign_keys(self) -> list[ForeignKeyConstraint]:
        """Those of `__table_args__`, then those of relations, each with a name."""
        from .related import foreign_keys

        said = self._said_foreign_keys
        known = {tuple(key.columns) for key in said}
        return [*said, *(k for k in foreign_keys(self) if tuple(k.columns) not in known)]

    # Reading the model.

    def _version(self, markers: dict[str, FerroField]) -> str | None:
        found = [name for name, marker in markers.items() if marker.version]
        if not found:
            return None
        column = self.columns[found[0]]
        if len(found) > 1 or column.type != _native.INT64 or column.nullable:
            raise TypeError(f"{self.model.__name__}: a version is one int that is not None")
        if not self.key or found[0] in self.key:
            raise TypeError(f"{self.model.__name__}: a version is beside a primary key")
        return found[0]

    def constraint_name(self, columns: Sequence[str], ending: str) -> str:
        """`table_columns_ending`, cut so that every database takes it."""
        for name in columns:
            if is_array(self.column(name).type):
                raise TypeError(f"{self.model.__name__}.{name}: {NO_ARRAY_INDEX}")
        return self.name_of(columns, ending)

    def name_of(self, parts: Sequence[str], ending: str) -> str:
        """`table_parts_ending`, cut in the same way."""
        return cut_name([self.name, *parts], ending)

    # Names.

    def column(self, name: str) -> _native.Column:
        """The column of that name, or AttributeError with what was probably meant."""
        found = self.columns.get(name)
        if found is None:
            self.unknown(name)
        return found

    def path(self, name: str) -> Any:
        """The relation of that name as a path, or AttributeError."""
        if name in self.model.__ferro_declared__:
            from ..queries.paths import path

            return path(self, name)
        self.unknown(name)

    def unknown(self, name: str) -> NoReturn:
        import difflib

        known = [*self.columns, *self.model.__ferro_declared__]
        close = difflib.get_close_matches(name, known, n=1)
        meant = f"did you mean {close[0]!r}?" if close else f"it has: {', '.join(known)}"
        raise AttributeError(
            f"{self.model.__name__} has no column {name!r}; {meant}", name=name, obj=self.model
        )

    @cached_property
    def proxy(self) -> Columns:
        return Columns(self)

    # What needs the whole table to be made.

    @cached_property
    def upsert_plan(self) -> bytes:
        from ..writing.upsert import upsert_plan

        return upsert_plan(self)

    @cached_property
    def instances(self) -> Projection:
        from ..queries.selection import Instance, Projection

        return Projection((Instance(self, self),), self.items)

    @cached_property
    def query(self) -> Query[Any]:
        """All rows, of a model without a scope, where queries of its class begin."""
        from ..queries.query import Query

        return Query(self.model)


def table_of(model: type[Model]) -> Table:
    """The table of a model; reads one whose annotations could not be resolved before."""
    found: Table | None = model.__dict__.get("__ferro_info__")
    if found is not None:
        return found
    if not model.__dict__.get("__ferro_table_name__"):
        raise TypeError(f"{model.__name__} has no table: it is an abstract base")
    if not model.__pydantic_complete__:
        from .related import require

        require(model)
        model.model_rebuild()
    made = Table(model, model.__dict__["__ferro_table_name__"])
    type.__setattr__(model, "__ferro_info__", made)
    type.__setattr__(model, "__ferro_columns__", made.columns)
    return made
