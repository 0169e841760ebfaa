"""What to say of an annotation that no column holds: what there is, and what to write instead.

Only imported when a model is refused. What is supported is decided in `kinds.py`.
"""

from __future__ import annotations

import array
import fractions
import pathlib
import re
import zoneinfo
from collections import abc
from datetime import tzinfo
from typing import Any

from pydantic import Secret

SUPPORTED = (
    "int, float, bool, str, bytes, Decimal, date, time, datetime, AwareDatetime, NaiveDatetime, "
    "timedelta, UUID, an Enum or Literal of all strings or all integers, IPv4 and IPv6 addresses, "
    "networks and interfaces, pydantic's URLs, EmailStr, NameEmail, SecretStr, SecretBytes, "
    "ByteSize, Base64Str, Base64Bytes, as an array a list of plain scalars other than bytes, and "
    "as JSON: dict, any other list, Json[...], a pydantic model, a TypedDict, a dataclass; each of "
    "them also as Optional and with constraints"
)

# What people try and no column holds, and what they can write instead.
_ADVICE: tuple[tuple[tuple[Any, ...], str], ...] = (
    ((abc.Set,), "use list[...], and sort out duplicates yourself"),
    ((tuple,), "use list[...], or a model with a field for each part"),
    ((complex,), "use two float fields, or a model with both parts as JSON"),
    ((range, slice), "use two int fields, or a model with both ends as JSON"),
    ((fractions.Fraction,), "use Decimal, or two int fields"),
    ((pathlib.PurePath,), "use str, and make the path where it is needed"),
    ((re.Pattern,), "use str, and compile it where it is needed"),
    ((bytearray, memoryview, array.array), "use bytes"),
    ((zoneinfo.ZoneInfo, tzinfo), "use str, the zone's name"),
    ((Secret,), "use SecretStr or SecretBytes"),
    ((abc.Mapping,), "use dict[...]"),
    ((abc.Iterable,), "use list[...]"),
    ((Any, object), "say what it holds: JSON is dict, list, Json[...] or a model"),
    ((abc.Callable, type), "functions and classes cannot be stored: store a name"),
)


def advice_for(target: Any) -> str:
    """What to write instead of a class that is not supported; nothing where nobody knows."""
    for classes, advice in _ADVICE:
        if target in classes:
            return advice
    for classes, advice in _ADVICE:
        given = tuple(one for one in classes if isinstance(one, type) and one is not object)
        if isinstance(target, type) and issubclass(target, given):
            return advice
    return ""
