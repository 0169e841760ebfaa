"""Verdicts on single nodes of pydantic's core schema.

Says what one field's schema does to a decoded value: nothing, a bound native code can test, or
more. It knows nothing of models as wholes (that is `proof.py`), and an unknown node or key always
gives the most careful answer.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from math import isfinite
from typing import Any

Node = Mapping[str, Any]


class Level(enum.IntEnum):
    """How much of pydantic-core a value needs; a row needs the most of its fields."""

    EXACT = 0  # every decoded value is valid and comes out of pydantic-core as it went in
    CHECKED = 1  # so is every value that passes the native check; any other goes the whole-row way
    FIELD = 2  # the field's own validator, alone
    ROW = 3  # the model's validator, with the whole row


@dataclass(frozen=True, slots=True)
class Check:
    """Bounds native code tests instead of pydantic-core.

    Passing is sufficient for validity, failing proves nothing: a failed value sends its row through
    pydantic-core, which decides and words the error. So a test may be stricter than pydantic's (NaN
    fails every bound), never laxer.
    """

    ge: int | float | Decimal | None = None
    gt: int | float | Decimal | None = None
    le: int | float | Decimal | None = None
    lt: int | float | Decimal | None = None
    multiple_of: int | None = None  # int64 only, positive
    min_length: int | None = None  # code points of text, bytes of bytes, items of arrays
    max_length: int | None = None
    finite: bool = False  # float64 only: neither infinite nor NaN
    max_digits: int | None = None  # decimal only, together with decimal_places
    decimal_places: int | None = None
    json_type: type | None = None  # json only: the parsed value's exact type, dict or list
    no_nulls: bool = False  # arrays only: no item is None

    def admits(self, value: Any) -> bool:
        """The reference for native code: whether a decoded value passes."""
        if self.json_type is not None and type(value) is not self.json_type:
            return False
        if self.no_nulls and None in value:
            return False
        if self.finite and not isfinite(value):
            return False
        if self.ge is not None and not value >= self.ge:
            return False
        if self.gt is not None and not value > self.gt:
            return False
        if self.le is not None and not value <= self.le:
            return False
        if self.lt is not None and not value < self.lt:
            return False
        if self.multiple_of is not None and value % self.multiple_of != 0:
            return False
        if self.min_length is not None and len(value) < self.min_length:
            return False
        if self.max_length is not None and len(value) > self.max_length:
            return False
        return self._admits_digits(value)

    def _admits_digits(self, value: Any) -> bool:
        if self.max_digits is None and self.decimal_places is None:
            return True
        _, figures, exponent = value.as_tuple()
        places = max(0, -exponent)
        digits = max(len(figures) + max(0, exponent), places)
        if self.decimal_places is not None and places > self.decimal_places:
            return False
        if self.max_digits is None:
            return True
        # Beside max_digits pydantic limits the whole part to what the decimal places leave over.
        whole = self.max_digits - (self.decimal_places or 0)
        return bool(digits <= self.max_digits and digits - places <= whole)


NO_CHECK = Check()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one schema node means for one decoded type."""

    level: Level
    reason: str
    check: Check | None = None
    values: dict[Any, Any] | None = None  # enum and literal: decoded value -> value of the field
    json: bool = False  # the text must be parsed first

    def least(self, level: Level, reason: str) -> Verdict:
        """The same verdict at no less than `level`, where the native shortcut no longer holds."""
        return self if self.level >= level else Verdict(level, reason)


EXACT = Verdict(Level.EXACT, "always valid as decoded")

# Keys every node may have and that change nothing about validation in Python mode.
_COMMON = frozenset({"type", "ref", "metadata", "serialization"})

# node type -> (decoded type it takes unchanged, keys this file understands)
_SCALARS: dict[str, tuple[str, frozenset[str]]] = {
    "bool": ("bool", frozenset({"strict"})),
    "int": ("int64", frozenset({"strict", "ge", "gt", "le", "lt", "multiple_of"})),
    "float": (
        "float64",
        frozenset({"strict", "ge", "gt", "le", "lt", "multiple_of", "allow_inf_nan"}),
    ),
    "decimal": (
        "decimal",
        frozenset(
            {"strict", "ge", "gt", "le", "lt", "multiple_of", "allow_inf_nan"}
            | {"max_digits", "decimal_places"}
        ),
    ),
    "str": (
        "text",
        frozenset(
            {"strict", "pattern", "min_length", "max_length", "strip_whitespace", "to_lower"}
            | {"to_upper", "regex_engine", "coerce_numbers_to_str", "ascii_only"}
        ),
    ),
    "bytes": ("bytes", frozenset({"strict", "min_length", "max_length"})),
    "date": ("date", frozenset({"strict", "ge", "gt", "le", "lt", "now_op", "now_utc_offset"})),
    "time": (
        "time",
        frozenset({"strict", "ge", "gt", "le", "lt", "tz_constraint", "microseconds_precision"}),
    ),
    "datetime": (
        "timestamp",
        frozenset(
            {"strict", "ge", "gt", "le", "lt", "now_op", "now_utc_offset", "tz_constraint"}
            | {"microseconds_precision"}
        ),
    ),
    "timedelta": (
        "interval",
        frozenset({"strict", "ge", "gt", "le", "lt", "multiple_of", "microseconds_precision"}),
    ),
    "uuid": ("uuid", frozenset({"strict", "version"})),
}

# Keys that do not concern a value of the exact type.
_IDLE = frozenset({"strict", "microseconds_precision", "regex_engine", "coerce_numbers_to_str"})

_BOUNDS = ("ge", "gt", "le", "lt")
_INT64 = (-(2**63), 2**63 - 1)
# More digits than this pydantic rounds before it counts them (the default decimal context).
_CONTEXT_DIGITS = 28

# Exact Python type of the decoded values an enum or literal can be looked up by.
_LOOKUP = {"int64": int, "text": str}

# Decoded types of which there are arrays, "int64-array"; their values are lists of those and None.
_ARRAY = "-array"
ARRAY_ELEMENTS = (
    *(decoded for decoded, _ in _SCALARS.values() if decoded != "bytes"),
    "timestamptz",
)

FUNCTIONS = ("function-before", "function-after", "function-wrap", "function-plain")

# Nodes that are safe behind a field's own validator: they look at their value and at nothing else.
OPAQUE = frozenset(
    {"model-field", "typed-dict-field", "dataclass-field"}
    | {"any", "none", "literal", "enum", "complex", "fraction", "is-instance", "is-subclass"}
    | {"callable", "list", "tuple", "set", "frozenset", "dict", "union", "tagged-union", "chain"}
    | {"lax-or-strict", "json-or-python", "typed-dict", "model-fields", "model", "dataclass-args"}
    | {"dataclass", "url", "multi-host-url", "json", "custom-error", "uuid", "nullable", "default"}
    | {"function-before", "function-after", "function-wrap", "function-plain", "definition-ref"}
    | set(_SCALARS)
)


def judge_scalar(node: Node, kind: str, config: Node) -> Verdict:
    """The verdict on a node without children of interest, for decoded values of type `kind`."""
    tag = node["type"]
    if tag == "any" and not set(node) - _COMMON:
        return replace(EXACT, json=kind == "json")
    if tag in ("enum", "literal"):
        return _judge_lookup(node, kind)
    if tag in ("dict", "list") and kind == "json":
        return _judge_container(node, config)
    if tag == "list" and kind.endswith(_ARRAY):
        return _judge_array(node, kind.removesuffix(_ARRAY), config)
    if tag not in _SCALARS:
        level = Level.FIELD if tag in OPAQUE else Level.ROW
        return Verdict(level, f"schema node {tag!r} is not one native code can stand in for")
    wanted, known = _SCALARS[tag]
    if unknown := set(node) - _COMMON - known:
        return Verdict(Level.ROW, f"unknown key {sorted(unknown)[0]!r} in schema node {tag!r}")
    if kind != wanted and not (tag == "datetime" and kind == "timestamptz"):
        return Verdict(Level.FIELD, f"column type {kind} has to be converted to {tag}")
    given = {k: v for k, v in node.items() if k in known - _IDLE and v is not None}
    for key, setting in _SETTINGS.get(tag, ()):
        if key not in given and config.get(setting) is not None:
            given[key] = config[setting]
    return _JUDGES.get(tag, _judge_rest)(tag, kind, given)


# Keys whose default comes from the model's configuration.
_SETTINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "str": (
        ("strip_whitespace", "str_strip_whitespace"),
        ("to_lower", "str_to_lower"),
        ("to_upper", "str_to_upper"),
        ("min_length", "str_min_length"),
        ("max_length", "str_max_length"),
    ),
    "float": (("allow_inf_nan", "allow_inf_nan"),),
    "decimal": (("allow_inf_nan", "allow_inf_nan"),),
}


def _needs(key: str) -> Verdict:
    return Verdict(Level.FIELD, f"{key!r} is tested by pydantic-core only")


def _checked(check: Check) -> Verdict:
    if check == NO_CHECK:
        return EXACT
    names = [f.name for f in fields(check) if getattr(check, f.name) != getattr(NO_CHECK, f.name)]
    return Verdict(Level.CHECKED, f"native check of {', '.join(names)}", check)


def _judge_int(tag: str, kind: str, given: dict[str, Any]) -> Verdict:
    kept: dict[str, Any] = {}
    for key, bound in given.items():
        if type(bound) is not int:
            return _needs(key)
        if key == "multiple_of":
            if not 0 < bound <= _INT64[1]:
                return _needs(key)
        else:
            # A bound outside int64 is either always met (drop it) or never (pydantic says so).
            lowest, highest = _INT64
            least = bound + (key == "gt") if key in ("ge", "gt") else lowest
            most = bound - (key == "lt") if key in ("le", "lt") else highest
            if least > highest or most < lowest:
                return _needs(key)
            if least <= lowest and most >= highest:
                continue
        kept[key] = bound
    return _checked(Check(**kept))


def _judge_float(tag: str, kind: str, given: dict[str, Any]) -> Verdict:
    finite = given.pop("allow_inf_nan", True) is not True
    kept: dict[str, Any] = {}
    for key, bound in given.items():
        if key not in _BOUNDS or type(bound) not in (int, float):
            return _needs(key)
        kept[key] = float(bound)
    return _checked(Check(finite=finite, **kept))


def _judge_decimal(tag: str, kind: str, given: dict[str, Any]) -> Verdict:
    given.pop("allow_inf_nan", None)  # the decoder delivers finite decimals only
    kept: dict[str, Any] = {}
    for key, bound in given.items():
        if key in _BOUNDS and (type(bound) is int or type(bound) is Decimal):
            kept[key] = Decimal(bound)
        elif key in ("max_digits", "decimal_places") and type(bound) is int:
            kept[key] = bound
        else:
            return _needs(key)
    if kept.get("max_digits", 0) > _CONTEXT_DIGITS:
        return _needs("max_digits")
    return _checked(Check(**kept))


def _judge_sized(tag: str, kind: str, given: dict[str, Any]) -> Verdict:
    kept: dict[str, Any] = {}
    for key, value in given.items():
        if value is False:
            continue
        if key not in ("min_length", "max_length") or type(value) is not int:
            return _needs(key)
        if value or key == "max_length":
            kept[key] = value
    return _checked(Check(**kept))


def _judge_moment(tag: str, kind: str, given: dict[str, Any]) -> Verdict:
    zone = given.pop("tz_constraint", None)
    if zone is not None and zone != ("aware" if kind == "timestamptz" else "naive"):
        return _needs("tz_constraint")
    return _judge_rest(tag, kind, given)


def _judge_rest(tag: str, kind: str, given: dict[str, Any]) -> Verdict:
    return _needs(next(iter(given))) if given else EXACT


_JUDGES = {
    "int": _judge_int,
    "float": _judge_float,
    "decimal": _judge_decimal,
    "str": _judge_sized,
    "bytes": _judge_sized,
    "datetime": _judge_moment,
    "time": _judge_moment,
}


def enum_values(node: Node, kind: str) -> dict[Any, Any] | None:
    """Decoded value -> member, or None when a lookup might differ from pydantic-core's."""
    wanted = _LOOKUP.get(kind)
    values: dict[Any, Any] = {}
    for member in node["members"]:
        value = getattr(member, "value", None)
        # Members of mixed types are told apart by rules a dict does not have (1 == True).
        if type(value) is not wanted or value != getattr(member, "_value_", None):
            return None
        values.setdefault(value, member)
    return values or None


def _judge_lookup(node: Node, kind: str) -> Verdict:
    tag = node["type"]
    wanted = _LOOKUP.get(kind)
    if wanted is None:
        return Verdict(Level.FIELD, f"{tag} over column type {kind}")
    known = {"expected", "strict"} if tag == "literal" else _ENUM_KEYS
    if unknown := set(node) - _COMMON - known:
        return Verdict(Level.ROW, f"unknown key {sorted(unknown)[0]!r} in schema node {tag!r}")
    values: dict[Any, Any] | None
    if tag == "enum":
        values = enum_values(node, kind)
    else:
        expected = node["expected"]
        if any(isinstance(v, enum.Enum) for v in expected):
            return Verdict(Level.FIELD, "literal of enum members")
        values = {v: v for v in expected if type(v) is wanted} or None
    if values is None:
        return Verdict(Level.FIELD, f"{tag} values are not plain {wanted.__name__}s")
    return Verdict(Level.CHECKED, f"native lookup of {tag} values", None, values)


_ENUM_KEYS = {"cls", "members", "sub_type", "missing", "strict"}


def _judge_container(node: Node, config: Node) -> Verdict:
    """A JSON column whose content is not looked into: `dict[str, Any]`, `list[Any]`, bare types."""
    tag = node["type"]
    inner = {"dict": ("keys_schema", "values_schema"), "list": ("items_schema",)}[tag]
    if set(node) - _COMMON - set(inner) - {"strict"}:
        return Verdict(Level.FIELD, f"{tag} with constraints")
    for key in inner:
        child = node.get(key, {"type": "any"})
        if key == "keys_schema" and child["type"] == "str":
            verdict = judge_scalar(child, "text", config)
        else:
            verdict = judge_scalar(child, "json", config)
        if verdict.level > Level.EXACT:
            return Verdict(Level.FIELD, f"{tag} with typed content")
    kind = {"dict": dict, "list": list}[tag]
    return Verdict(Level.CHECKED, f"JSON value must be a {tag}", Check(json_type=kind), json=True)


def _judge_array(node: Node, element: str, config: Node) -> Verdict:
    """A list of scalars over an array: the decoder makes a new list of exact values."""
    if unknown := set(node) - _COMMON - {"items_schema", "strict", "fail_fast"} - set(_LENGTHS):
        return Verdict(Level.FIELD, f"{sorted(unknown)[0]!r} is tested by pydantic-core only")
    given = {key: node[key] for key in _LENGTHS if node.get(key) is not None}
    child = node.get("items_schema", {"type": "any"})
    nullable = child["type"] == "any"
    if child["type"] == "nullable" and not set(child) - _COMMON - {"schema", "strict"}:
        nullable, child = True, child["schema"]
    items = judge_scalar(child, element, config)
    if items.level > Level.EXACT:
        # No native code looks at single items; a whole row may still be asked for.
        return items.least(Level.FIELD, f"items of an array: {items.reason}")
    lengths = _judge_sized("list", element, given)
    if lengths.level > Level.CHECKED:
        return lengths
    return _checked(replace(lengths.check or NO_CHECK, no_nulls=not nullable))


_LENGTHS = ("min_length", "max_length")


# Keys that hold schemas; everything else under a node is data and may look like anything.
_CHILD_KEYS = (
    ("schema", "items_schema", "keys_schema", "values_schema", "extras_schema")  # noqa: RUF005
    + ("extras_keys_schema", "lax_schema", "strict_schema", "json_schema", "python_schema")
    + ("choices", "steps", "fields")
)


def children(node: Node) -> Iterator[Node]:
    """Every schema directly under `node` that takes part in validation."""
    for key in _CHILD_KEYS:
        value = node.get(key)
        if value is None or (node["type"] == "custom-error" and key != "schema"):
            continue
        if isinstance(value, dict) and key not in ("fields", "choices"):
            yield value
            continue
        for item in value.values() if isinstance(value, dict) else value:
            # A union choice may be a pair of schema and label, a tagged one the name of another.
            part = item[0] if isinstance(item, tuple) else item
            if isinstance(part, dict):
                yield part
