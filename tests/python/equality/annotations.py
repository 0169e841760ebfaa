"""Random annotations of single fields, each with decoded values that mostly fit it.

What pyferro takes for a column is asked of pyferro (`kind_of`), so that an annotation it does not
support is not generated, and one that it learns to support is.
"""

from __future__ import annotations

import datetime as dt
import enum
import ipaddress as ip
import uuid
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Annotated, Any, Literal, Optional

import pydantic
from hypothesis import strategies as st
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    Json,
    SecretBytes,
    SecretStr,
    SkipValidation,
    Strict,
    StringConstraints,
)

from pyferro.types.kinds import NAMES, Unsupported, kind_of

from .decoded import ARRAYS, DECODED, TEXTS, canonical_decimal, json_text, unfolded
from .functions import MARKERS, READING, Replaced, changed, seldom
from .nested import Access, Color, Lenient, Mood, Number, Planet, Rank, Size, Tone


@dataclass(frozen=True)
class Entry:
    """An annotation, its column's type, and decoded values (of JSON: the content) that may fit."""

    annotation: Any
    kind: str
    good: st.SearchStrategy[Any] = field(repr=False)
    strict: bool | None = None  # as the field itself says
    members: type[enum.Enum] | None = None  # of an enum that sees the value or member first
    loads: Any = None  # makes the object that is given in place of text, if that can be done
    secret: bool = False
    takes_text: bool = False  # Json[...]: content is parsed by the field
    aliases: bool = False  # content is read by aliases
    inherits: bool = False  # content has the model's own configuration, with its alias_generator
    functions: bool = False  # content passes functions, which may not take their results again
    reads: bool = False  # a validator reads the fields before it


def supported(annotation: Any) -> str | None:
    """The canonical type of its column, or None."""
    try:
        return NAMES[kind_of(annotation, []).type]
    except (Unsupported, TypeError):
        return None


def _scalar(annotation: Any, good: st.SearchStrategy[Any], **more: Any) -> Entry | None:
    kind = supported(annotation)
    return Entry(annotation, kind, good, **more) if kind in DECODED else None


_odd_reals = st.sampled_from([1.5, float("nan"), float("inf"), float("-inf"), -0.0])
_HOSTS = st.sampled_from(["127.0.0.1", "10.0.0.1", "::1", "10.0.0.0/8", "10.0.0.1/8", "x", "1"])
_PLAIN: list[tuple[Any, st.SearchStrategy[Any]]] = [
    *[(t, DECODED[kind]) for t, kind in [(bool, "bool"), (int, "int64"), (float, "float64")]],
    *[(t, DECODED[kind]) for t, kind in [(Decimal, "decimal"), (str, "text"), (bytes, "bytes")]],
    *[(t, DECODED[kind]) for t, kind in [(dt.date, "date"), (dt.time, "time")]],
    *[(t, DECODED[kind]) for t, kind in [(dt.timedelta, "interval"), (uuid.UUID, "uuid")]],
    (dt.datetime, DECODED["timestamp"]),
    (pydantic.NaiveDatetime, DECODED["timestamp"]),
    (pydantic.AwareDatetime, DECODED["timestamptz"]),
    (pydantic.PastDatetime, DECODED["timestamp"]),
    (pydantic.FutureDatetime, DECODED["timestamp"]),
    (pydantic.PastDate, DECODED["date"]),
    (pydantic.FutureDate, DECODED["date"]),
    (pydantic.UUID4, DECODED["uuid"]),
    (pydantic.UUID1, DECODED["uuid"]),
    (pydantic.PositiveInt, st.integers(-2, 9)),
    (pydantic.NonNegativeFloat, st.floats(-1, 9)),
    (pydantic.StrictInt, DECODED["int64"]),
    (pydantic.StrictStr, DECODED["text"]),
    (pydantic.FiniteFloat, _odd_reals),
    (Annotated[int, SkipValidation], DECODED["int64"]),
    (Annotated[dt.datetime, Field(strict=True)], DECODED["timestamp"]),
    (pydantic.Base64Str, st.sampled_from(["aGk=", "aGk", "?", ""])),
    (pydantic.AnyUrl, st.sampled_from(["http://a.b", "HTTP://A/?q=ä", "nope", "ftp://x:1/"])),
    (pydantic.HttpUrl, st.sampled_from(["http://a.b", "ftp://a.b", ""])),
    (pydantic.IPvAnyAddress, _HOSTS),
    (Literal["a", "b"], st.sampled_from(["a", "b", "c"])),
    (Literal[1, 2, 3], st.integers(0, 4)),
    (Literal["a", None], st.sampled_from(["a", "b", None])),
    (Literal[Color.RED, Color.BLUE], st.sampled_from(["red", "blue", "green"])),
    (Literal[Size.S], st.sampled_from([1, 2, 3])),
]

PLAIN = [made for a, good in _PLAIN if (made := _scalar(a, good)) is not None]
for _address in (ip.IPv4Address, ip.IPv6Address, ip.IPv4Network, ip.IPv6Network):
    if (_made := _scalar(_address, _HOSTS, loads=_address)) is not None:
        PLAIN.append(_made)
_texts = st.sampled_from(["[1]", "[1, 2]", "{}", "nope", '["1"]'])
if (_json := _scalar(Json[list[int]], _texts, takes_text=True)) is not None:
    PLAIN.append(_json)


def _enum(one: type[enum.Enum]) -> Entry | None:
    values = [member.value for member in one]
    wrong = ["alpha", "q"] if isinstance(values[0], str) else [3, 4]
    return _scalar(one, st.sampled_from([*values, *values, *wrong]), members=one)


_enums = (Color, Number, Size, Tone, Mood, Rank, Lenient, Access, Planet)
ENUMS = [made for one in _enums if (made := _enum(one)) is not None]

_small = st.integers(-6, 6)
_order = ("ge", "gt", "le", "lt")
_wide = st.one_of(_small, st.sampled_from([-(2**63), 2**63 - 1, 2**63, -(2**64), 0]))
_places = st.decimals(-6, 6, places=1)


def _bounded(
    base: Any, kind: str, good: st.SearchStrategy[Any], bound: st.SearchStrategy[Any], *names: str
) -> st.SearchStrategy[Entry]:
    some = st.dictionaries(st.sampled_from(names), bound, min_size=1, max_size=2)
    return some.map(lambda given: Entry(Annotated[base, Field(**given)], kind, good))


def _digits(given: tuple[int | None, int | None]) -> Entry:
    digits, places = given
    if digits is not None and places is not None:
        digits = max(digits, places)
    limits = Field(max_digits=digits, decimal_places=places)
    near = st.decimals(-1200, 1200, places=places or 0) | st.decimals(-99, 99, places=2)
    good = near.map(canonical_decimal) | DECODED["decimal"]
    return Entry(Annotated[Decimal, limits], "decimal", good)


_naive = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2000, 1, 3)).map(unfolded)
_aware = _naive.map(lambda v: v.replace(tzinfo=dt.UTC))
_reals = _small.map(float)
_patterns = st.sampled_from(["^a", "[a-z]+$", "^$"])
_days = st.dates(dt.date(2000, 1, 1), dt.date(2000, 1, 5))
_spans = st.integers(-3, 3).map(lambda n: dt.timedelta(seconds=n))

BOUNDED: st.SearchStrategy[Entry] = st.one_of(
    _bounded(int, "int64", _small | DECODED["int64"], _wide, *_order),
    _bounded(int, "int64", _small | DECODED["int64"], st.integers(1, 5), "multiple_of"),
    _bounded(int, "int64", _small, st.integers(1, 3), "multiple_of", "ge", "lt"),
    _bounded(float, "float64", _reals | DECODED["float64"], _small | _reals, *_order),
    _bounded(float, "float64", DECODED["float64"], st.sampled_from([0.1, 1.0, 2]), "multiple_of"),
    _bounded(float, "float64", _odd_reals, st.booleans(), "allow_inf_nan"),
    _bounded(Decimal, "decimal", _places | DECODED["decimal"], _small | _places, *_order),
    _bounded(Decimal, "decimal", _places, st.sampled_from([Decimal("0.1"), 3]), "multiple_of"),
    _bounded(str, "text", TEXTS, st.integers(0, 6), "min_length", "max_length"),
    _bounded(str, "text", TEXTS | DECODED["text"], _patterns, "pattern"),
    _bounded(bytes, "bytes", DECODED["bytes"], st.integers(0, 5), "min_length", "max_length"),
    _bounded(dt.date, "date", _days, _days, *_order),
    _bounded(dt.datetime, "timestamp", _naive, _naive, *_order),
    _bounded(pydantic.AwareDatetime, "timestamptz", _aware, _aware, *_order),
    _bounded(dt.time, "time", DECODED["time"], DECODED["time"], *_order),
    _bounded(dt.timedelta, "interval", _spans, _spans, *_order),
    st.tuples(st.none() | st.integers(1, 30), st.none() | st.integers(0, 5)).map(_digits),
    st.fixed_dictionaries(
        {}, optional={k: st.booleans() for k in ("strip_whitespace", "to_lower", "to_upper")}
    ).map(lambda given: Entry(Annotated[str, StringConstraints(**given)], "text", DECODED["text"])),
)  # fmt: skip

PASSWORD = "hunter"  # in each that is stored as one, and nowhere else: no error shows it
_passwords = st.text("abÄ", max_size=3).map(lambda tail: PASSWORD + tail)


def _secrets() -> list[Entry]:
    made = []
    for one, good in [(SecretStr, _passwords), (SecretBytes, _passwords.map(str.encode))]:
        for annotation in (one, one, Annotated[one, Field(min_length=7, max_length=8)]):
            entry = _scalar(annotation, good, loads=one, secret=True)
            assert entry is not None
            made.append(entry)
    return made


SECRETS = _secrets()


def _array(annotation: Any) -> Entry | None:
    kind = supported(annotation)
    return Entry(annotation, kind, ARRAYS[kind]) if kind in ARRAYS else None


def _arrays() -> list[Entry]:
    items = [entry.annotation for entry in PLAIN if f"{entry.kind}-array" in ARRAYS]
    items += [Annotated[int, Field(ge=0)], Annotated[str, Field(max_length=2)], pydantic.StrictBool]
    items += [Annotated[int, AfterValidator(changed)], Annotated[str, BeforeValidator(seldom)]]
    lists: list[Any] = [list]
    for item in items:
        lists += [list[item], list[Optional[item]]]  # type: ignore[valid-type]  # noqa: UP045
    lists += [
        Annotated[list[int], Field(min_length=1, max_length=2)],
        Annotated[list[str | None], Field(max_length=1)],
        Annotated[list[dt.datetime], Field(strict=True)],
        Annotated[list[float], Field(strict=True, min_length=1)],
    ]
    return [made for one in lists if (made := _array(one)) is not None]


LISTS = _arrays()

SCALARS: st.SearchStrategy[Entry] = st.sampled_from(PLAIN) | BOUNDED | st.sampled_from(ENUMS)


# Of columns, but not as content of JSON: that has no arrays, and would show a secret.
COLUMNS: st.SearchStrategy[Entry] = st.one_of(
    *[SCALARS] * 4, st.sampled_from(LISTS), st.sampled_from(SECRETS)
)


@st.composite
def dressed(draw: st.DrawFn, entries: st.SearchStrategy[Entry]) -> Entry:
    """An annotation with what may be around one: strictness, functions, Optional."""
    entry = draw(entries)
    if draw(st.integers(0, 7)) == 0:
        strict = draw(st.booleans())
        plain = isinstance(entry.annotation, type)  # others may not take the constraint
        if plain and entry.kind != "json":
            entry = replace(
                entry, annotation=Annotated[entry.annotation, Strict(strict)], strict=strict
            )
    inside = draw(st.booleans())
    if inside and draw(st.integers(0, 3)) == 0:
        entry = optional(entry)
    if draw(st.integers(0, 3)) == 0:
        for _ in range(draw(st.integers(1, 2))):
            entry = marked(entry, draw(st.sampled_from(MARKERS)))
    if draw(st.integers(0, 19)) == 0:
        entry = replace(marked(entry, draw(st.sampled_from(READING))), reads=True)
    if not inside and draw(st.integers(0, 3)) == 0:
        entry = optional(entry)
    return entry


def optional(entry: Entry) -> Entry:
    return replace(
        entry,
        annotation=Optional[entry.annotation],  # noqa: UP045
        good=st.none() | entry.good if entry.kind != "json" else entry.good,
    )


def marked(entry: Entry, marker: Any) -> Entry:
    after = isinstance(marker, (pydantic.AfterValidator, Replaced))
    return replace(
        entry,
        annotation=Annotated[entry.annotation, marker],
        members=entry.members if after else None,
        loads=entry.loads if after else None,
        # A plain validator takes the place of the type.
        takes_text=entry.takes_text and not isinstance(marker, pydantic.PlainValidator),
        aliases=entry.aliases and not isinstance(marker, pydantic.PlainValidator),
        inherits=entry.inherits and not isinstance(marker, pydantic.PlainValidator),
        functions=True,
    )


def as_content(entry: Entry) -> st.SearchStrategy[Any]:
    """The values of a scalar as they stand within JSON."""
    from pydantic_core import from_json

    return entry.good.map(lambda v: from_json(json_text(v)))
