"""Decoded values of each canonical type, as a driver could deliver them, good for a field or not.

What no database column holds is left out (a NUL in text, a negative zero with digits); what may be
wrong for a model but not for a database is in.
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from pydantic_core import to_json

from pyferro.types.kinds import NAMES

TYPES = {name: number for number, name in NAMES.items()}

_MOST = dt.timedelta(microseconds=2**63 - 1)  # an interval is so many microseconds

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs",)), max_size=6
)
_WORDS = ["red", "low", "a", "1", " a ", "A", "alpha", "true", "1.5", "2024-01-01", "", "ß", "ÄÖ"]

_CONTENT = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(-2, 2)
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["x", "a", "1", "kind"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def unfolded(value: Any) -> Any:
    return value.replace(fold=0)


def canonical_decimal(value: Decimal) -> Decimal:
    """As a database has it: no exponent, and a zero without a sign."""
    return Decimal(format(value if value else value.copy_abs(), "f"))


DECODED: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "int64": st.one_of(
        st.integers(-12, 12),
        st.integers(-(2**63), 2**63 - 1),
        st.sampled_from([-(2**63), 2**63 - 1, 0, 1]),
    ),
    "float64": st.one_of(
        st.floats(),
        st.integers(-9, 9).map(float),
        st.floats(-3, 3).map(lambda v: round(v, 1)),
        st.sampled_from([float("nan"), float("inf"), float("-inf"), -0.0, 1e308, 2.0**53]),
    ),
    "decimal": st.one_of(
        st.decimals(allow_nan=False, allow_infinity=False),
        st.decimals(-1000, 1000, places=2),
        st.sampled_from([Decimal(t) for t in ("0", "0.00", "1E+3", "-100", "9" * 30, "1E-20")]),
    ).map(canonical_decimal),
    "text": st.one_of(TEXTS, st.sampled_from(_WORDS)),
    "bytes": st.binary(max_size=5),
    "date": st.dates(),
    "time": st.times().map(unfolded),
    "timestamp": st.one_of(
        st.datetimes().map(unfolded), st.dates().map(lambda d: dt.datetime(d.year, d.month, d.day))
    ),
    "timestamptz": st.datetimes(timezones=st.just(dt.UTC)).map(unfolded),
    "interval": st.timedeltas(-_MOST, _MOST),
    "uuid": st.one_of(st.uuids(), st.uuids(version=4), st.uuids(version=1)),
    "json": _CONTENT.map(json.dumps),
}

# Of arrays: a list with items of the one type, and NULLs.
ARRAYS: dict[str, st.SearchStrategy[Any]] = {
    name: st.lists(st.none() | DECODED[name.removesuffix("-array")], max_size=3)
    for name in TYPES
    if name.endswith("-array")
}

# Text that a column of text with JSON in it may hold, though not one of a type of the server's own.
BAD_JSON = st.sampled_from(["", "{", "nope", '{"x": }', "[1,]", '"\\ud800"', "[" * 250, "1 2"])
ODD_JSON = st.sampled_from(
    [
        *["NaN", "[Infinity]", "1e400", " 1 ", "-0", "123456789012345678901234567890"],
        # A column of text may hold a key twice; JSON mode looks at both.
        *['{"x": 1, "x": 2}', '{"x": "no", "a": 0, "x": 1}', '{"a": 1.0, "x": 2, "a": null}'],
    ]
)


def json_text(content: Any) -> str:
    """Content as a database would give it: pydantic's own JSON of it."""
    return to_json(content, inf_nan_mode="constants", bytes_mode="base64").decode()


@st.composite
def damaged(draw: st.DrawFn, content: Any) -> Any:
    """Content with one place of it changed, at any depth."""
    if isinstance(content, dict) and content and draw(st.integers(0, 3)):
        key = draw(st.sampled_from(list(content)))
        rest = {k: v for k, v in content.items() if k != key}
        if draw(st.integers(0, 3)) == 0:
            return rest
        return {**content, key: draw(damaged(content[key]))}
    if isinstance(content, list) and content and draw(st.integers(0, 3)):
        at = draw(st.integers(0, len(content) - 1))
        return [*content[:at], draw(damaged(content[at])), *content[at + 1 :]]
    if isinstance(content, dict) and draw(st.booleans()):
        return {**content, "surplus": 1}
    odd = [
        None,
        True,
        0,
        1,
        -7,
        2.5,
        "",
        "1",
        "red",
        "x",
        [],
        [1],
        {},
        {"x": 1},
        "2024-05-06",
        1e300,
    ]
    return draw(st.sampled_from(odd))
