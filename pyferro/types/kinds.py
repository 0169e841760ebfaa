"""From a field's annotation to the canonical type of its column.

Only what an annotation means is decided here; keys, names and defaults are `table.py`, objects that
a column holds as text are `held.py`. An annotation that no column can hold exactly is refused, with
a list of what there is.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import enum
import re
import types
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import (
    AwareDatetime,
    BaseModel,
    FutureDate,
    FutureDatetime,
    NaiveDatetime,
    PastDate,
    PastDatetime,
    Secret,
    SecretBytes,
    SecretStr,
)
from pydantic import types as pydantic_types
from pydantic.fields import FieldInfo
from typing_extensions import is_typeddict

from .. import _native
from .held import EMAIL_LENGTH, Held, adapter, held_as, held_by, union_of

_UNION = "a column has one type: choose one, or make it a model as JSON"
_NONE_AS_JSON = "None within Json[...] cannot be told from NULL: use Optional[Json[...]]"
_SECRET_AS_JSON = "JSON would hold asterisks for a secret: give it a field of its own"

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
    PastDate: _native.DATE,
    FutureDate: _native.DATE,
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
    "smallint": (_native.INT64, frozenset({_native.INT64})),
    "int": (_native.INT64, frozenset({_native.INT64})),
    "bigint": (_native.INT64, frozenset({_native.INT64})),
    "uuid": (_native.UUID, frozenset({_native.UUID})),
    "date": (_native.DATE, frozenset({_native.DATE})),
    "time": (_native.TIME, frozenset({_native.TIME})),
    "timestamp": (_native.TIMESTAMP, frozenset({_native.TIMESTAMP})),
    "timestamptz": (_native.TIMESTAMPTZ, frozenset({_native.TIMESTAMP, _native.TIMESTAMPTZ})),
    "json": (_native.JSON, _LISTS),
    "jsonb": (_native.JSON, _LISTS),
}
_VARCHAR = re.compile(r"varchar\(([1-9]\d{0,8})\)")
_NUMERIC = re.compile(r"numeric\((\d{1,4})(?:, ?(\d{1,4}))?\)")
_BITS = {"smallint": 16, "int": 32}
# What every database holds exactly.
_MAX_DIGITS, _MAX_PLACES = 65, 30

# Classes of their own whose instances are what a column holds.
_BASES = (str, bytes, int, float)


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
    bits: int = 0  # of an integer: 16 or 32, 0 is 64
    held: Held | None = None  # an object that the column holds as text or bytes
    load: Callable[[Any], Any] | None = None  # the field's value for a column's, where it differs
    content: Any = None  # of JSON: what it is the text of, when the annotation does not say so


class Unsupported(Exception):
    """Within this file and table.py: no column holds this annotation. The text is advice."""


def kind_of(
    annotation: Any,
    metadata: list[Any],
    db_type: str | None = None,
    config: Mapping[str, Any] = types.MappingProxyType({}),
) -> Kind:
    """The kind for an annotation, with the metadata that pydantic took off it."""
    seen = list(metadata)
    annotation, optional = _bare(annotation, seen)
    if _is_json(annotation) or any(_is_json(item) for item in seen):
        kind = _json_text(annotation)
    else:
        kind = _core(annotation, config)
        if kind.held is None:
            kind.held = next(filter(None, map(held_as, seen)), None)
    if kind.held is not None:
        kind.load = kind.held.load
    kind.optional = optional
    for item in seen:
        _constrain(kind, item)
    if kind.type == _native.JSON and _has_secret(annotation, set()):
        raise Unsupported(_SECRET_AS_JSON)
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


def _is_json(item: Any) -> bool:
    json: Any = pydantic_types.Json
    return item is json or type(item) is json


def _json_text(annotation: Any) -> Kind:
    """Of `Json[...]`: text that pydantic parses itself, then of the type within."""
    if _is_json(annotation):
        return Kind(_native.JSON, content=Any)
    if _bare(annotation, [])[1] or annotation is types.NoneType:
        raise Unsupported(_NONE_AS_JSON)
    return Kind(_native.JSON, content=annotation)


def _bare(annotation: Any, metadata: list[Any]) -> tuple[Any, bool]:
    """The annotation below Annotated, Optional, NewType and type aliases, down to a Json[...]."""
    optional = False
    while not any(map(_is_json, metadata)):
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
            break
    return annotation, optional


def _flat(metadata: tuple[Any, ...]) -> list[Any]:
    flat: list[Any] = []
    for item in metadata:
        flat.extend(item.metadata if isinstance(item, FieldInfo) else [item])
    return flat


def _core(annotation: Any, config: Mapping[str, Any]) -> Kind:
    try:
        if (plain := _PLAIN.get(annotation)) is not None:
            return Kind(plain)
    except TypeError:  # not hashable
        raise Unsupported("") from None
    origin = get_origin(annotation)
    if origin is Literal:
        values = _plain(list(get_args(annotation)))
        return Kind(_of_values(values), members=frozenset(values))
    if origin is list:
        return Kind(_array_of(get_args(annotation)[0]))
    if origin is dict or is_typeddict(annotation):
        return Kind(_native.JSON)
    if origin in (Union, types.UnionType):
        return _union([_arm(arm, config) for arm in get_args(annotation)])
    target = origin or annotation
    if isinstance(target, type):
        if issubclass(target, enum.Enum):
            values = _plain(list(target))
            # Flags are combined: their members are not all the values.
            members = None if issubclass(target, enum.Flag) else frozenset(values)
            return Kind(_of_values(values), enum=target, members=members, load=target)
        if issubclass(target, BaseModel) or dataclasses.is_dataclass(target):
            return Kind(_native.JSON)
        if (held := held_by(target, config)) is not None:
            return Kind(held.type, max_length=held.length, held=held)
        if target.__module__ == "pydantic.networks" and target.__name__ == "EmailStr":
            return Kind(_native.TEXT, max_length=EMAIL_LENGTH)
        for base in _BASES:
            # Such as ByteSize; pydantic makes instances of what the base's column gives.
            if issubclass(target, base) and target is not bool:
                return Kind(_PLAIN[base], load=adapter(target, config))
    from .unsupported import advice_for  # nothing needs it where all is well

    raise Unsupported(advice_for(target))


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


def _arm(annotation: Any, config: Mapping[str, Any]) -> Kind:
    metadata: list[Any] = []
    bare, _ = _bare(annotation, metadata)
    if any(map(_is_json, [bare, *metadata])) or any(map(held_as, metadata)):
        raise Unsupported(_UNION)  # the arms would read the same text differently
    return _core(bare, config)


def _union(kinds: list[Kind]) -> Kind:
    """What columns hold of several, if that is one kind of column."""
    # Beside something else a list is JSON, too.
    if all(kind.type == _native.JSON or is_array(kind.type) for kind in kinds):
        return Kind(_native.JSON)
    held = [kind.held for kind in kinds if kind.held is not None]
    if len(held) == len(kinds) and (both := union_of(held)) is not None:
        return Kind(both.type, max_length=both.length, held=both)
    raise Unsupported(_UNION)


def _plain(values: list[Any]) -> list[Any]:
    return [value.value if isinstance(value, enum.Enum) else value for value in values]


def _of_values(values: list[Any]) -> int:
    if values and all(isinstance(value, str) for value in values):
        return _native.TEXT
    if values and all(isinstance(v, int) and not isinstance(v, bool) for v in values):
        return _native.INT64
    raise Unsupported("its values must be all strings or all integers")


def _has_secret(annotation: Any, seen: set[int]) -> bool:
    """Whether a secret stands somewhere within what becomes JSON, with nothing said on how."""
    if id(annotation) in seen:
        return False
    seen.add(id(annotation))
    target = get_origin(annotation) or annotation
    if target in (SecretStr, SecretBytes, Secret):
        return True
    parts: list[Any] = list(get_args(annotation))
    if target is Annotated and any("Serializer" in type(item).__name__ for item in parts[1:]):
        return False
    if isinstance(target, type) and issubclass(target, BaseModel):
        decorators = target.__pydantic_decorators__
        if not decorators.field_serializers and not decorators.model_serializers:
            parts += [info.annotation for info in target.__pydantic_fields__.values()]
    elif is_typeddict(target) or dataclasses.is_dataclass(target):
        with contextlib.suppress(NameError):  # pydantic will say so
            parts += get_type_hints(target, include_extras=True).values()
    return any(_has_secret(part, seen) for part in parts)


def _constrain(kind: Kind, item: Any) -> None:
    if kind.type == _native.TEXT and kind.enum is None:
        if kind.held is not None and not kind.held.measured:
            return
        length = getattr(item, "max_length", None)
        if isinstance(length, int) and length < 1 << 31:
            kind.max_length = min(length, kind.max_length or length)
    elif kind.type == _native.DECIMAL:
        kind.digits = getattr(item, "max_digits", None) or kind.digits
        kind.places = getattr(item, "decimal_places", None) or kind.places
    elif kind.type == _native.TIMESTAMP and type(item).__name__ == "Timezone":
        kind.type = _native.TIMESTAMP if item.tz is None else _native.TIMESTAMPTZ


def _override(kind: Kind, db_type: str) -> None:
    if numeric := _NUMERIC.fullmatch(db_type):
        return _numeric(kind, db_type, int(numeric[1]), int(numeric[2] or 0))
    if varchar := _VARCHAR.fullmatch(db_type):
        type_, length = _native.TEXT, int(varchar[1])
        allowed = frozenset({_native.TEXT})
    elif db_type in _TOKENS:
        (type_, allowed), length = _TOKENS[db_type], 0
    else:
        known = ", ".join([*_TOKENS, "varchar(n)", "numeric(p, s)"])
        raise TypeError(f"unknown db_type {db_type!r}; known: {known}")
    if kind.type not in allowed:
        said = NAMES.get(kind.type, "bytes-array")
        raise TypeError(f"db_type {db_type!r} does not fit an annotation of {said}")
    kind.type = type_
    kind.max_length = length or kind.max_length
    kind.bits = _BITS.get(db_type, 0)
    end = 1 << kind.bits - 1 if kind.bits else 0
    if end and not all(-end <= value < end for value in kind.members or ()):
        raise TypeError(f"db_type {db_type!r} has no room for all of its values")


def _numeric(kind: Kind, db_type: str, digits: int, places: int) -> None:
    if kind.type != _native.DECIMAL:
        raise TypeError(f"db_type {db_type!r} does not fit an annotation of {NAMES[kind.type]}")
    if not 0 < digits <= _MAX_DIGITS or places > min(digits, _MAX_PLACES):
        raise TypeError(
            f"db_type {db_type!r}: every database holds 1 to {_MAX_DIGITS} digits, at most "
            f"{_MAX_PLACES} of them, and no more than all, after the point"
        )
    kind.digits, kind.places = digits, places
