"""What a model means to a database, read once from its fields.

A `Table` also keeps the plans that are the same for every call (insert, get, the start of every
select) and the row plan by which rows become instances. Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from .. import _native
from ..errors import PyferroError, make
from ..language import plan
from ..types.dumps import dumper
from ..types.kinds import NAMES, Kind, Unsupported, is_array, kind_of
from .fields import FerroField
from .table_args import TableArgs

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from ..model import Model
    from ..queries.query import Query
    from ..queries.selection import Projection
    from .constraints import ForeignKeyConstraint

MAX_IDENTIFIER = 63  # bytes; PostgreSQL cuts what is longer
NO_ARRAY_INDEX = (
    "an array is no part of a key, unique constraint or index\n"
    "use a model of its own, with a row for each element"
)


class TableColumn:
    """One column: the native `Column` for expressions, and what only definitions need."""

    __slots__ = (
        "check",
        "column",
        "default",
        "dump",
        "generated",
        "index",
        "kind",
        "name",
        "nullable",
        "unique",
    )

    def __init__(
        self,
        name: str,
        kind: Kind,
        column: _native.Column,
        dump: Any,
        marker: FerroField,
        generated: bool,
    ) -> None:
        self.name = name
        self.kind = kind
        self.column = column
        self.dump = dump  # what makes of a value what the column holds, or None
        self.nullable = column.nullable
        self.unique = marker.unique
        self.index = marker.index
        self.check = marker.db_check
        self.generated = generated
        self.default: _native.Expr | None = None  # DEFAULT, as the table has it

    def adapt(self, value: Any) -> Any:
        """What is bound for a value that pydantic has not seen, held to the declared size."""
        return self.column.store(value)


class Columns:
    """What a lambda gets as its row: the columns by name, even those a method of Model hides."""

    def __init__(self, table: Table) -> None:
        self.__dict__.update(table.columns)
        self.__dict__["_table"] = table

    def __getattr__(self, name: str) -> Any:
        table: Table = self.__dict__["_table"]
        return table.path(name)


class Table:
    """A model's table."""

    def __init__(self, model: type[Model], name: str) -> None:
        self.model = model
        self.name = identifier(name, f"the table of {model.__name__}")
        fields = model.__pydantic_fields__
        if not fields:
            raise TypeError(f"{model.__name__} has no fields: a table needs a column")
        markers = {field: _marker(info) for field, info in fields.items()}
        own_key: Sequence[str] = getattr(model, "__primary_key__", ())
        self.key: tuple[str, ...] = tuple(own_key) or tuple(
            field for field, marker in markers.items() if marker.primary_key
        )
        for field in self.key:
            if field not in fields:
                raise TypeError(f"{model.__name__}: the key names {field!r}, which is no field")
        self.all = [self._read(field, info, markers[field]) for field, info in fields.items()]
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
            column.default = self._default(column, markers[column.name].server_default)
        self.defaulted = tuple(one.name for one in self.all if one.default is not None)
        said = TableArgs(self)
        self.uniques = said.uniques
        self.indexes = said.indexes
        self.texts = said.texts
        self.checks = said.checks
        self._said_foreign_keys = said.foreign_keys
        self._row_plan: _native.RowPlan | None = None
        self._row_schema: object = None

    @cached_property
    def foreign_keys(self) -> list[ForeignKeyConstraint]:
        """Those of `__table_args__`, then those of relations, each with a name."""
        from .related import foreign_keys

        said = self._said_foreign_keys
        known = {tuple(key.columns) for key in said}
        return [*said, *(k for k in foreign_keys(self) if tuple(k.columns) not in known)]

    # Reading the model.

    def _read(self, field: str, info: FieldInfo, marker: FerroField) -> TableColumn:
        where = f"{self.model.__name__}.{field}"
        identifier(field, where)
        try:
            kind = kind_of(info.annotation, info.metadata, marker.db_type, self.model.model_config)
        except Unsupported as advice:
            from ..types.unsupported import SUPPORTED

            instead = f": {advice}" if str(advice) else ""
            said = f"{where}: no column holds {info.annotation!r}{instead}\nsupported: {SUPPORTED}"
            raise TypeError(said) from None
        except TypeError as error:
            raise TypeError(f"{where}: {error}") from None
        is_key = field in self.key
        if is_array(kind.type) and (is_key or marker.unique or marker.index):
            raise TypeError(f"{where}: {NO_ARRAY_INDEX}")
        generated = self._generated(field, info, marker, kind) if is_key else False
        if marker.autoincrement and not generated:
            raise TypeError(f"{where}: only a single integer primary key can be numbered")
        if is_key and kind.held is not None and kind.held.secret:
            raise TypeError(f"{where}: a secret cannot be a key, since messages name keys")
        dump = dumper(self.model, field, kind)
        nullable = kind.optional if marker.nullable == "infer" else bool(marker.nullable)
        column = _native.Column(
            self.name,
            field,
            kind.type,
            nullable and not is_key,
            dump,
            bits=kind.bits,
            length=kind.max_length,
            digits=kind.digits,
            places=kind.places,
            members=kind.members,
            owner=self,
        )
        return TableColumn(field, kind, column, dump, marker, generated)

    def _generated(self, field: str, info: FieldInfo, marker: FerroField, kind: Kind) -> bool:
        if len(self.key) != 1 or kind.type != _native.INT64 or kind.enum is not None:
            return False
        if marker.autoincrement is not None:
            return marker.autoincrement
        return kind.optional and info.default is None

    def _default(self, column: TableColumn, given: Any) -> _native.Expr | None:
        """What the database puts where nothing is given, as an expression of the column's type."""
        if given is None:
            return None
        where = f"{self.model.__name__}.{column.name}"
        if column.name in self.key:
            raise TypeError(
                f"{where}: a key has no server_default\n"
                "let the database number it, or make it in the program: default_factory=…"
            )
        made = given() if callable(given) and not isinstance(given, type) else given
        if not isinstance(made, _native.Expr):
            try:
                column.adapt(made)  # held to the declared size
                return _native.operand(made, column.column)
            except (TypeError, ValueError, PyferroError) as error:
                raise TypeError(f"{where}: its server_default does not fit: {error}") from None
        wanted = column.column.type
        if made.type == wanted or made.type == _native.NULL:
            return made
        moments = (_native.TIMESTAMPTZ, _native.TIMESTAMP)
        if made.type in moments and wanted in (*moments, _native.DATE):
            return _native.build(wanted, plan.CAST, made, wanted)
        raise TypeError(
            f"{where}: its server_default is of type {NAMES[made.type]}, "
            f"the column of type {NAMES[wanted]}"
        )

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
        full = "_".join([self.name, *parts, ending])
        if len(full.encode()) <= MAX_IDENTIFIER:
            return full
        # Cut to fit, with a tail that keeps two long names apart.
        import hashlib  # costs more to import than all of this module, and is seldom needed

        tail = f"_{hashlib.sha256(full.encode()).hexdigest()[:8]}_{ending}"
        head = full.encode()[: MAX_IDENTIFIER - len(tail)].decode(errors="ignore")
        return head + tail

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

    # Loading.

    def row_plan(self) -> _native.RowPlan:
        """How a row of all columns becomes an instance; made anew when the model was rebuilt."""
        made = self._row_plan
        if made is not None and self.model.__pydantic_core_schema__ is self._row_schema:
            return made
        from ..proof.model_proof import prove

        names = list(self.columns)
        types = [column.type for column in self.columns.values()]
        kinds = {name: NAMES[t] for name, t in zip(names, types, strict=True)}
        proof = prove(self.model, kinds, self.held)
        key = names.index(self.key[0]) if len(self.key) == 1 else -1
        self._row_plan = made = _native.RowPlan(proof, names, types, self.name, key)
        self._row_schema = proof.schema
        return made

    # Plans that every call shares.

    @cached_property
    def items(self) -> _native.Expr:
        return _native.build(_native.NULL, plan.LIST, *plan.items(self.columns.values()))

    @cached_property
    def source(self) -> _native.Expr:
        return plan.table(self.name)

    @cached_property
    def instances(self) -> Projection:
        from ..queries.selection import Instance, Projection

        return Projection((Instance(self, self),), self.items)

    @cached_property
    def query(self) -> Query[Any]:
        """All rows, of a model without a scope, where queries of its class begin."""
        from ..queries.query import Query

        return Query(self.model)

    @cached_property
    def by_key(self) -> bytes:
        """The condition on the key: one parameter for each of its columns, in order."""
        terms = self._key_columns()
        # Any value gives the fragment: values are no part of it.
        parts = [_equal_fragment(column) for column in terms]
        if len(parts) == 1:
            return parts[0]
        # 16 = LOGICAL, operator 0 = AND.
        return _native.integer(0) + plan.sequence(parts) + _native.node(16, 2)

    @cached_property
    def found_by(self) -> tuple[str, ...]:
        """The columns by which a row that was read is found again: its key, and its version."""
        self._key_columns()
        return self.key if self.version is None else (*self.key, self.version)

    @cached_property
    def by_read(self) -> bytes:
        """The condition on those, as `by_key`."""
        parts = [_equal_fragment(self.columns[name]) for name in self.found_by]
        if len(parts) == 1:
            return parts[0]
        return _native.integer(0) + plan.sequence(parts) + _native.node(16, 2)

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
        return bytes(column.type for column in self._key_columns())

    @cached_property
    def get_plan(self) -> bytes:
        return _native.HEADER + plan.select(self.items, self.source, self.by_key).fragment

    @cached_property
    def delete_plan(self) -> bytes:
        return plan.delete(self.name, self.by_read, self.plan_key, self.plan_key_type)

    @cached_property
    def insert_all(self) -> Insert:
        return Insert(self, list(self.columns.values()), ())

    @cached_property
    def upsert_plan(self) -> bytes:
        from ..writing.upsert import upsert_plan

        return upsert_plan(self)

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

    def update_plan(self, names: tuple[str, ...]) -> bytes:
        made = self._update_plans.get(names)
        if made is None:
            row = [plan.assignment(n, _native.param(self.columns[n].type)) for n in names]
            if self.version is not None:
                row.append(self.next_version())
            made = plan.update(self.name, row, self.by_read, self.plan_key, self.plan_key_type)
            self._update_plans[names] = made
        return made

    @cached_property
    def _update_plans(self) -> dict[tuple[str, ...], bytes]:
        return {}

    def _key_columns(self) -> list[_native.Column]:
        if not self.key:
            raise TypeError(
                f"{self.model.__name__} has no primary key\n"
                "declare one: `id: PK[int]`, or Field(primary_key=True)"
            )
        return [self.columns[name] for name in self.key]

    def key_values(self, pk: Any) -> tuple[Any, ...]:
        """A key as it is bound: one value, or a tuple where the key has several columns."""
        columns = self._key_columns()
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
        self._key_columns()
        parts = tuple(values.get(name) for name in self.key)
        if any(part is None for part in parts):
            return None
        return parts[0] if len(parts) == 1 else parts


class Insert:
    """An insert of some of the columns, and what it returns."""

    __slots__ = ("columns", "key", "left", "plan", "reads", "returns", "table", "types")

    def __init__(self, table: Table, columns: list[_native.Column], left: tuple[str, ...]) -> None:
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


def identifier(name: str, where: str) -> str:
    """`name`, if a database can hold it as an identifier."""
    size = len(name.encode())
    if not 0 < size <= MAX_IDENTIFIER or "\0" in name:
        raise TypeError(f"{where}: a name has 1 to {MAX_IDENTIFIER} bytes, this one has {size}")
    return name


def _marker(info: FieldInfo) -> FerroField:
    """All that a field's markers say together: `PK[int]` and `Field(index=True)` may both be."""
    found = [item for item in info.metadata if isinstance(item, FerroField)]
    if len(found) == 1:
        return found[0]
    merged = FerroField()
    for one in found:
        merged.primary_key = merged.primary_key or one.primary_key
        merged.unique = merged.unique or one.unique
        merged.index = merged.index or one.index
        merged.version = merged.version or one.version
        if one.autoincrement is not None:
            merged.autoincrement = one.autoincrement
        if one.nullable != "infer":
            merged.nullable = one.nullable
        merged.db_type = one.db_type or merged.db_type
        merged.db_check = one.db_check or merged.db_check
        if one.server_default is not None:
            merged.server_default = one.server_default
    return merged


def _equal_fragment(column: _native.Column) -> bytes:
    return _native.integer(0) + column.fragment + _native.param(column.type) + _native.node(15, 3)


def _not_none(value: Any) -> Any:
    if value is None:
        raise TypeError("a key is not None")
    return value


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
