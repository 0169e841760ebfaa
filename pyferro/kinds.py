"""From a field's annotation to the canonical type of its column.

Only what an annotation means is decided here; keys, names and defaults are `table.py`. An
annotation that no column can hold exactly is refused, with a list of what there is.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import re
import types
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, FutureDatetime, NaiveDatetime, PastDatetime
from pydantic.fields import FieldInfo
from typing_extensions import is_typeddict

from . import _native

SUPPORTED = (
    "int, float, bool, str, bytes, Decimal, date, time, datetime, AwareDatetime, NaiveDatetime, "
    "timedelta, UUID, as an array a list of any of these but bytes, an Enum or Literal of all "
    "strings or all integers, and as JSON: dict, any other list, a pydantic model, a TypedDict, "
    "a dataclass; each of them also as Optional"
)

NAMES: dict[int, str] = {
    _native.BOOL: "bool",
    _native.INT64: "int64",
    _native.FLOAT64: "float64",
    _native.DECIMAL: "decimal",
    _native.TEXT: "text",
    _native.BYTES: "bytes",
    _native.DATE: "date",
    _native.TIME: "time",
    _native.TIMESTAMP: "timestamp",
    _native.TIMESTAMPTZ: "timestamptz",
    _native.INTERVAL: "interval",
    _native.UUID: "uuid",
    _native.JSON: "json",
}
# Of these there are arrays: `list[int]`. Bytes have no form in JSON, as which most databases hold
# arrays.
ELEMENTS = frozenset(NAMES) - {_native.BYTES, _native.JSON}
NAMES |= {_native.ARRAY_OF | element: f"{NAMES[element]}-array" for element in ELEMENTS}

_PLAIN: dict[Any, int] = {
    bool: _native.BOOL,
    int: _native.INT64,
    float: _native.FLOAT64,
    Decimal: _native.DECIMAL,
    str: _native.TEXT,
    bytes: _native.BYTES,
    dt.date: _native.DATE,
    dt.time: _native.TIME,
    dt.datetime: _native.TIMESTAMP,
    PastDatetime: _native.TIMESTAMP,
    FutureDatetime: _native.TIMESTAMP,
    NaiveDatetime: _native.TIMESTAMP,
    AwareDatetime: _native.TIMESTAMPTZ,
    dt.timedelta: _native.INTERVAL,
    uuid.UUID: _native.UUID,
    dict: _native.JSON,
    list: _native.JSON,
}

_BYTES_ARRAY = _native.ARRAY_OF | _native.BYTES
_LISTS = frozenset({_native.JSON, _BYTES_ARRAY} | {_native.ARRAY_OF | one for one in ELEMENTS})

# db_type token -> its canonical type, and the types that an annotation may mean to be given it.
_TOKENS: dict[str, tuple[int, frozenset[int]]] = {
    "text": (_native.TEXT, frozenset({_native.TEXT})),
    "bigint": (_native.INT64, frozenset({_native.INT64})),
    "uuid": (_native.UUID, frozenset({_native.UUID})),
    "date": (_native.DATE, frozenset({_native.DATE})),
    "time": (_native.TIME, frozenset({_native.TIME})),
    "timestamp": (_native.TIMESTAMP, frozenset({_native.TIMESTAMP})),
    "timestamptz": (_native.TIMESTAMPTZ, frozenset({_native.TIMESTAMP, _native.TIMESTAMPTZ})),
    "json": (_native.JSON, _LISTS),
    "jsonb": (_native.JSON, _LISTS),
}
_VARCHAR = re.compile(r"varchar\((\d{1,9})\)")


EnumType = type[enum.Enum]


@dataclass(slots=True)
class Kind:
    """What an annotation means to a database."""

    type: int
    optional: bool = False
    enum: EnumType | None = None
    members: frozenset[Any] | None = None  # the only values, as they are stored
    max_length: int = 0
    digits: int = 0
    places: int = 0


class Unsupported(Exception):
    """Within this file and table.py: no column holds this annotation."""


def kind_of(annotation: Any, metadata: list[Any], db_type: str | None = None) -> Kind:
    """The kind for an annotation, with the metadata that pydantic took off it."""
    seen = list(metadata)
    annotation, optional = _bare(annotation, seen)
    kind = _core(annotation)
    kind.optional = optional
    for item in seen:
        _constrain(kind, item)
    if db_type is not None:
        _override(kind, db_type)
    if kind.type == _BYTES_ARRAY:
        raise TypeError(
            "there are no arrays of bytes, which JSON cannot hold\n"
            "use a model of its own for them, or db_type='json' for bytes that are text"
        )
    return kind


def is_array(type: int) -> bool:
    """Whether a canonical type is that of an array."""
    return bool(type & _native.ARRAY_OF)


def _bare(annotation: Any, metadata: list[Any]) -> tuple[Any, bool]:
    """The annotation below Annotated, Optional, NewType and type aliases."""
    optional = False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            metadata.extend(_flat(get_args(annotation)[1:]))
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            arms = [arm for arm in get_args(annotation) if arm is not types.NoneType]
            optional = optional or len(arms) < len(get_args(annotation))
            if len(arms) != 1:
                return Union[tuple(arms)], optional  # noqa: UP007
            annotation = arms[0]
        elif hasattr(annotation, "__supertype__"):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType":
            annotation = annotation.__value__
        else:
            return annotation, optional


def _flat(metadata: tuple[Any, ...]) -> list[Any]:
    flat: list[Any] = []
    for item in metadata:
        flat.extend(item.metadata if isinstance(item, FieldInfo) else [item])
    return flat


def _core(annotation: Any) -> Kind:
    try:
        if (plain := _PLAIN.get(annotation)) is not None:
            return Kind(plain)
    except TypeError:  # not hashable
        raise Unsupported from None
    origin = get_origin(annotation)
    if origin is Literal:
        values = _plain(list(get_args(annotation)))
        return Kind(_of_values(values), members=frozenset(values))
    if origin is list:
        return Kind(_array_of(get_args(annotation)[0]))
    if origin is dict or is_typeddict(annotation):
        return Kind(_native.JSON)
    if origin in (Union, types.UnionType):
        if all(_bare_core(arm).type == _native.JSON for arm in get_args(annotation)):
            return Kind(_native.JSON)
        raise Unsupported
    target = origin or annotation
    if isinstance(target, type):
        if issubclass(target, enum.Enum):
            values = _plain(list(target))
            # Flags are combined: their members are not all the values.
            members = None if issubclass(target, enum.Flag) else frozenset(values)
            return Kind(_of_values(values), enum=target, members=members)
        if issubclass(target, BaseModel) or dataclasses.is_dataclass(target):
            return Kind(_native.JSON)
    raise Unsupported


def _array_of(item: Any) -> int:
    """The type of a list: an array if its items are plain scalars or None, else JSON."""
    metadata: list[Any] = []
    item, _ = _bare(item, metadata)
    try:
        plain = _PLAIN.get(item, _native.JSON)
    except TypeError:  # not hashable
        return _native.JSON
    if plain == _native.JSON:
        return plain
    element = Kind(plain)
    for one in metadata:
        _constrain(element, one)
    return _native.ARRAY_OF | element.type


def _bare_core(annotation: Any) -> Kind:
    return _core(_bare(annotation, [])[0])


def _plain(values: list[Any]) -> list[Any]:
    return [value.value if isinstance(value, enum.Enum) else value for value in values]


def _of_values(values: list[Any]) -> int:
    if values and all(isinstance(value, str) for value in values):
        return _native.TEXT
    if values and all(isinstance(v, int) and not isinstance(v, bool) for v in values):
        return _native.INT64
    raise Unsupported


def _constrain(kind: Kind, item: Any) -> None:
    if kind.type == _native.TEXT and kind.enum is None:
        length = getattr(item, "max_length", None)
        if isinstance(length, int):
            kind.max_length = min(length, kind.max_length or length)
    elif kind.type == _native.DECIMAL:
        kind.digits = getattr(item, "max_digits", None) or kind.digits
        kind.places = getattr(item, "decimal_places", None) or kind.places
    elif kind.type == _native.TIMESTAMP and type(item).__name__ == "Timezone":
        kind.type = _native.TIMESTAMP if item.tz is None else _native.TIMESTAMPTZ


def _override(kind: Kind, db_type: str) -> None:
    if varchar := _VARCHAR.fullmatch(db_type):
        type_, length = _native.TEXT, int(varchar[1])
        allowed = frozenset({_native.TEXT})
    elif db_type in _TOKENS:
        (type_, allowed), length = _TOKENS[db_type], 0
    else:
        known = ", ".join([*_TOKENS, "varchar(n)"])
        raise TypeError(f"unknown db_type {db_type!r}; known: {known}")
    if kind.type not in allowed:
        said = NAMES.get(kind.type, "bytes-array")
        raise TypeError(f"db_type {db_type!r} does not fit an annotation of {said}")
    kind.type = type_
    kind.max_length = length or kind.max_length
