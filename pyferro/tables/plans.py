"""The plans that are the same for every call on a table, and the keys by which they find rows."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from .. import _native
from ..language import plan
from ..types.held import Held
from ..types.kinds import NAMES
from .columns import TableColumn
from .inserts import Insert
from .updates import Update

if TYPE_CHECKING:
    from ..model import Model


EQUAL, AND = 0, 0  # of BINARY and LOGICAL, capi/include/ferro/node.h


class Plans:
    """What a table keeps for its statements. Each is made when it is first needed."""

    model: type[Model]
    name: str
    key: tuple[str, ...]
    all: list[TableColumn]
    columns: dict[str, _native.Column]
    infos: dict[str, TableColumn]
    held: dict[str, Held]
    generated: str | None  # the column that the database numbers
    version: str | None
    defaulted: tuple[str, ...]
    plan_key: str  # the key of one column, by which dialects without RETURNING find rows
    plan_key_type: int
    ctes = ()  # that it reads, as other sources do
    _row_plan: _native.RowPlan | None = None
    _row_schema: object = None

    def row_plan(self) -> _native.RowPlan:
        """How a row of all columns becomes an instance; made anew when the model was rebuilt."""
        made = self._row_plan
        if made is not None and self.model.__pydantic_core_schema__ is self._row_schema:
            return made
        from ..proof.prover import prove

        names = list(self.columns)
        types = [column.type for column in self.columns.values()]
        kinds = {name: NAMES[t] for name, t in zip(names, types, strict=True)}
        proof = prove(self.model, kinds, self.held)
        key = names.index(self.key[0]) if len(self.key) == 1 else -1
        self._row_plan = made = _native.RowPlan(proof, names, types, self.name, key)
        self._row_schema = proof.schema
        return made

    @cached_property
    def items(self) -> _native.Expr:
        return _native.build(_native.NULL, plan.LIST, *plan.items(self.columns.values()))

    @cached_property
    def source(self) -> _native.Expr:
        return plan.table(self.name)

    @cached_property
    def by_key(self) -> bytes:
        """The condition on the key: one parameter for each of its columns, in order."""
        return _all_equal(self.key_columns)

    @cached_property
    def found_by(self) -> tuple[str, ...]:
        """The columns by which a row that was read is found again: its key, and its version."""
        self.require_key()
        return self.key if self.version is None else (*self.key, self.version)

    @cached_property
    def by_read(self) -> bytes:
        """The condition on those, as `by_key`."""
        return _all_equal([self.columns[name] for name in self.found_by])

    @cached_property
    def read_types(self) -> bytes:
        return bytes(self.columns[name].type for name in self.found_by)

    def read_values(self, pk: Any, fields: dict[str, Any]) -> tuple[Any, ...]:
        """What is bound for `by_read`."""
        values = self.key_values(pk)
        if self.version is None:
            return values
        return (*values, self.infos[self.version].adapt(fields[self.version]))

    def next_version(self) -> bytes:
        """The assignment of a change."""
        assert self.version is not None
        following = self.columns[self.version] + plan.number(1)
        return plan.assignment(self.version, following.fragment)

    @cached_property
    def key_types(self) -> bytes:
        return bytes(column.type for column in self.key_columns)

    @cached_property
    def get_plan(self) -> bytes:
        return plan.select(self.items, self.source, self.by_key).whole

    @cached_property
    def delete_plan(self) -> bytes:
        return plan.delete(self.name, self.by_read, self.plan_key, self.plan_key_type)

    @cached_property
    def insert_all(self) -> Insert:
        return Insert(self, list(self.columns.values()), ())

    @cached_property
    def insert_numbered(self) -> Insert:
        """Without the key, which the database makes and returns."""
        assert self.generated is not None
        rest = [c for name, c in self.columns.items() if name != self.generated]
        return Insert(self, rest, (self.generated,))

    def insert_for(self, instance: Any) -> Insert:
        """The insert for an instance: without what the database makes."""
        key = self.generated
        if self.defaulted:
            left = self.left_to_database(instance)
            if left and left != (key,):
                return self._insert_without(left)
        fields = instance.__dict__
        return self.insert_numbered if key and fields.get(key) is None else self.insert_all

    def left_to_database(self, instance: Any) -> tuple[str, ...]:
        """The columns that an insert leaves out: a number, and defaults where nothing is given."""
        fields: dict[str, Any] = instance.__dict__
        given: set[str] = instance.__pydantic_fields_set__
        return tuple(
            one.name
            for one in self.all
            if fields.get(one.name) is None
            and (
                one.generated
                or (one.default is not None and (one.name not in given or not one.nullable))
            )
        )

    def _insert_without(self, left: tuple[str, ...]) -> Insert:
        made = self._inserts.get(left)
        if made is None:
            rest = [column for name, column in self.columns.items() if name not in left]
            self._inserts[left] = made = Insert(self, rest, left)
        return made

    @cached_property
    def _inserts(self) -> dict[tuple[str, ...], Insert]:
        return {}

    def update_of(self, names: tuple[str, ...]) -> Update:
        """The update of these columns of a row that was read."""
        made = self._updates.get(names)
        if made is None:
            self._updates[names] = made = Update(self, names)
        return made

    @cached_property
    def _updates(self) -> dict[tuple[str, ...], Update]:
        return {}

    @cached_property
    def updatable(self) -> list[str]:
        """The columns that are no part of what a row is found by."""
        return [name for name in self.columns if name not in self.key and name != self.version]

    def require_key(self) -> None:
        """TypeError if there is no primary key."""
        if not self.key:
            raise TypeError(
                f"{self.model.__name__} has no primary key\n"
                "declare one: `id: PK[int]`, or Field(primary_key=True)"
            )

    @cached_property
    def key_columns(self) -> list[_native.Column]:
        """Those of the primary key, in its order; TypeError if there is none."""
        self.require_key()
        return [self.columns[name] for name in self.key]

    def key_values(self, pk: Any) -> tuple[Any, ...]:
        """A key as it is bound: one value, or a tuple where the key has several columns."""
        columns = self.key_columns
        if len(columns) == 1:
            return (_not_none(columns[0].adapt(pk)),)
        if not isinstance(pk, tuple) or len(pk) != len(columns):
            raise TypeError(f"a key of {self.model.__name__} is a tuple ({', '.join(self.key)})")
        return tuple(_not_none(c.adapt(v)) for c, v in zip(columns, pk, strict=True))

    @property
    def identity(self) -> tuple[str, ...]:
        """The fields by which two instances are of one row: the key, or all where there is none."""
        return self.key or tuple(self.columns)

    def reading(
        self, values: tuple[Any, ...]
    ) -> tuple[bytes, bytes, tuple[Any, ...], int, _native.RowPlan]:
        """What `Database.start` takes, but for the end, to read the row of a bound key."""
        return self.get_plan, self.key_types, values, _native.RESULT_FIRST, self.row_plan()

    def key_of(self, values: dict[str, Any]) -> Any:
        """The key of an instance's values, as `key_values` takes it; None if it has none."""
        if len(self.key) == 1:
            return values.get(self.key[0])
        self.require_key()
        parts = tuple(map(values.get, self.key))
        return None if any(part is None for part in parts) else parts


def _all_equal(columns: list[_native.Column]) -> bytes:
    """Each of them equal to a parameter of its type: a fragment, which knows no values."""
    parts = [
        _native.integer(EQUAL)
        + one.fragment
        + _native.param(one.type)
        + _native.node(plan.BINARY, 3)
        for one in columns
    ]
    if len(parts) == 1:
        return parts[0]
    return _native.integer(AND) + plan.sequence(parts) + _native.node(plan.LOGICAL, 2)


def _not_none(value: Any) -> Any:
    if value is None:
        raise TypeError("a key is not None")
    return value
