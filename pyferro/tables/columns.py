"""What a field says of its column, read once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import _native
from ..errors import PyferroError
from ..language import plan
from ..types.dumps import dumper
from ..types.kinds import NAMES, Kind, Unsupported, is_array, kind_of
from .fields import FerroField
from .names import NO_ARRAY_INDEX, identifier

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from .table import Table


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


def marker_of(info: FieldInfo) -> FerroField:
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


def read_column(table: Table, field: str, info: FieldInfo, marker: FerroField) -> TableColumn:
    """The column that a field of the model is."""
    where = f"{table.model.__name__}.{field}"
    identifier(field, where)
    try:
        kind = kind_of(info.annotation, info.metadata, marker.db_type, table.model.model_config)
    except Unsupported as advice:
        from ..types.unsupported import SUPPORTED

        instead = f": {advice}" if str(advice) else ""
        said = f"{where}: no column holds {info.annotation!r}{instead}\nsupported: {SUPPORTED}"
        raise TypeError(said) from None
    except TypeError as error:
        raise TypeError(f"{where}: {error}") from None
    is_key = field in table.key
    if is_array(kind.type) and (is_key or marker.unique or marker.index):
        raise TypeError(f"{where}: {NO_ARRAY_INDEX}")
    generated = _generated(table, field, info, marker, kind) if is_key else False
    if marker.autoincrement and not generated:
        raise TypeError(f"{where}: only a single integer primary key can be numbered")
    if is_key and kind.held is not None and kind.held.secret:
        raise TypeError(f"{where}: a secret cannot be a key, since messages name keys")
    dump = dumper(table.model, field, kind)
    nullable = kind.optional if marker.nullable == "infer" else bool(marker.nullable)
    column = _native.Column(
        table.name,
        field,
        kind.type,
        nullable and not is_key,
        dump,
        bits=kind.bits,
        length=kind.max_length,
        digits=kind.digits,
        places=kind.places,
        members=kind.members,
        owner=table,
    )
    return TableColumn(field, kind, column, dump, marker, generated)


def _generated(table: Table, field: str, info: FieldInfo, marker: FerroField, kind: Kind) -> bool:
    if len(table.key) != 1 or kind.type != _native.INT64 or kind.enum is not None:
        return False
    if marker.autoincrement is not None:
        return marker.autoincrement
    return kind.optional and info.default is None


def read_default(table: Table, column: TableColumn, given: Any) -> _native.Expr | None:
    """What the database puts where nothing is given, as an expression of the column's type."""
    if given is None:
        return None
    where = f"{table.model.__name__}.{column.name}"
    if column.name in table.key:
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
