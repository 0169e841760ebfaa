"""Values of JSON columns as text, by pydantic's serializer, and what of it JSON does not hold.

Pydantic writes NaN and infinities as null unless told otherwise: another value, silently. Here they
are refused, as is text that is no Unicode.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError, from_json, to_json

from ..errors import make

# What pydantic may have written for a float that is not finite, and for a key that is no Unicode. A
# text without them is as good as it looks, and most are: this is on the way of every JSON value.
_NULL, _NAN, _INFINITY, _REPLACED = b"null", b"NaN", b"Infinity", "\ufffd".encode()
_NONE_OF_THEM = -4  # what find() says, four times
_SURROGATES = "a JSON value holds a lone surrogate"
_SURROGATE = re.compile("[\ud800-\udfff]")


def dumper(annotation: Any, column: str) -> Callable[[Any], bytes]:
    """How a value of this annotation becomes JSON text."""
    serializer = TypeAdapter(annotation).serializer
    write, plainly = serializer.to_json, serializer.to_python

    def dump(value: Any) -> bytes:
        try:
            text = write(value, by_alias=True, round_trip=True)
        except PydanticSerializationError as error:
            if "surrogates not allowed" not in str(error):
                raise
            # Pydantic's message quotes the value.
            raise make(14, _SURROGATES, column=column) from None
        find = text.find  # a third of what `in` takes: that one tries for an integer first
        if find(_NULL) + find(_NAN) + find(_INFINITY) + find(_REPLACED) != _NONE_OF_THEM:
            plain = plainly(value, by_alias=True, round_trip=True)
            if _has(text, _REPLACED) or _may_be_infinite(plain):
                _compare(plain, from_json(text, allow_inf_nan=True), column)
        return text

    return dump


def _has(text: bytes, part: bytes) -> bool:
    return text.find(part) >= 0


def _may_be_infinite(plain: Any) -> bool:
    """Whether a look at each part is worth its time: pydantic-core's is much shorter."""
    try:
        text = to_json(plain, inf_nan_mode="constants")
    except (TypeError, ValueError):
        return True
    return _has(text, _NAN) or _has(text, _INFINITY)


def _compare(plain: Any, written: Any, column: str) -> None:
    """Refuse a value of which something else was written."""
    if isinstance(plain, float):
        if not math.isfinite(plain) and not isinstance(written, str):
            raise make(
                12,
                "a JSON value holds NaN or an infinity, which JSON does not have",
                column=column,
                hint="store None, or serialize the field as text",
            )
    elif isinstance(written, dict):
        if isinstance(plain, Mapping):
            if any(isinstance(key, str) and _SURROGATE.search(key) for key in plain):
                raise make(14, _SURROGATES, column=column)
            for part, text in zip(plain.values(), written.values(), strict=False):
                _compare(part, text, column)
    elif isinstance(written, list) and isinstance(plain, (list, tuple, set, frozenset)):
        for part, text in zip(plain, written, strict=False):
            _compare(part, text, column)
