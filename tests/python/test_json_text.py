"""JSON text in rows: our reader gives what pydantic_core.from_json gives, value by value."""

from __future__ import annotations

import gc
import json
import math
import weakref
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic_core import from_json

from pyferro import _native

DOCUMENTS = [
    "null", "true", "false", "0", "-1", "7", "-0", "-0.0", "0.1", "1e2", "1E+2", "1.5e-7", "1e400",
    "123456789012345678", "1234567890123456789", "-9223372036854775808", "99999999999999999999999",
    "4.35", "2.2250738585072014e-308", "5e-324", "0.30000000000000004", "1.7976931348623157e308",
    '""', '"a"', '"ä"', '"\U0001f600"', r'"\u00e4"', r'"\ud83d\ude00"', r'"\"\\\/\b\f\n\r\t"',
    r'"\u0000"', r'"x\u0041y"', '"' + "long " * 40 + '"',
    "[]", "{}", "[1,2,3]", "[ 1 , [ ] , { } ]", '{"a":1,"b":[true,null],"c":{"d":"e"}}',
    '{"a":1,"a":2}', '{"a":1,"b":2,"a":3}', '{"":0}', '{"ä":1}', r'{"\u0061":1}', ' \t\r\n{ "a" : 1 } ',
    '{"' + "k" * 60 + '":1}', "[" * 60 + "]" * 60, "[" * 100 + "]" * 100,
    "NaN", "Infinity", "-Infinity", "[NaN]",
]  # fmt: skip

NOT_JSON = [
    "", " ", "nul", "True", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x1", "--1", "1 2", "[1,]", "[,1]",
    "[1", "]", '{"a"}', '{"a":}', '{"a":1,}', "{a:1}", "{1:1}", '"a', r'"\x"', r'"\u12"', r'"\ud800"',
    '"\n"', '"\x00"', "[1 2]", '{"a" 1}', "null null", "[" * 300 + "]" * 300, "tru", "falsey",
]  # fmt: skip


def same(one: Any, other: Any) -> bool:
    """Equal, of equal types, in the same order."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float):
        return math.copysign(1, one) == math.copysign(1, other) and (one == other or one != one)
    return bool(one == other)


def check(text: bytes) -> None:
    try:
        expected = from_json(text)
    except ValueError as error:
        with pytest.raises(ValueError, match=r".") as caught:
            _native.parse_json(text)
        assert str(caught.value) == str(error)
    else:
        assert same(_native.parse_json(text), expected)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents(document: str) -> None:
    from_json(document)  # these are JSON
    check(document.encode())


@pytest.mark.parametrize("document", NOT_JSON)
def test_what_is_no_json(document: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_json(document)
    check(document.encode())


@pytest.mark.parametrize(
    "text", [b'"\xff"', b'"\xed\xa0\x80"', b'{"\xc3":1}', b'"\xf0\x9f"', b"\xef\xbb\xbf1"]
)
def test_bytes_that_are_no_utf8(text: bytes) -> None:
    check(text)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**19), 10**19)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.text(max_size=12) | st.sampled_from(["id", "name", "tags"]), inner, max_size=5
        )
    ),
    max_leaves=25,
)


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_any_document(value: Any, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    check(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(VALUES, st.data())
def test_any_damage(value: Any, data: st.DataObject) -> None:
    text = bytearray(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        what = data.draw(st.sampled_from(["cut", "drop", "put"]))
        if what == "cut":
            del text[at:]
        elif what == "drop":
            del text[at : at + 1]
        else:
            text[at:at] = data.draw(
                st.sampled_from([b'"', b"\\", b"{", b"]", b",", b"0", b"e", b"\xc3", b"-", b":"])
            )
    check(bytes(text))


def test_keys_are_made_once() -> None:
    first, second = (_native.parse_json(b'{"a-key-of-many-rows": 1}') for _ in range(2))
    assert next(iter(first)) is next(iter(second))


def test_other_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match="bytes"):
        _native.parse_json("1")  # type: ignore[arg-type]


SHAPES = (
    {"a": 1, "b": "x", "c": None},
    {"c": 1, "b": 2, "a": 3},
    {"a": [1, 2], "b": {"a": 1, "b": {}, "c": []}, "c": "é"},
    {
        "name": "",
        "names": "y",
        "a-name-of-more": 1,
        "a-name-of-more-bytes": 2,
        "a-name-of-other-bytes": 3,
    },
    {str(n): n for n in range(64)},
    {str(n): n for n in range(65)},
    {"a" * n: n for n in range(1, 45)},
    {"é": 1, "è": 2, 'q"': 3, "\n": 4},
)


@pytest.mark.parametrize("used", [True, False])
def test_objects_of_one_shape(used: bool) -> None:
    """Dicts with the keys of earlier ones are copies of a blank: equal, in order, and apart."""
    before = _native.shortcuts()
    _native.shortcuts(before if used else before - {"dict_entries"})
    try:
        for _ in range(4):
            for shape in SHAPES:
                text = json.dumps(shape, ensure_ascii=False).encode()
                made = _native.parse_json(text)
                assert same(made, shape)
                assert list(made) == list(shape)
                made["one more"] = made
                made.pop(next(iter(shape)))
                again = _native.parse_json(text)
                assert same(again, shape)
                again.clear()
        # A key that comes twice has the last value in the first one's place, each time.
        for _ in range(4):
            twice = _native.parse_json(b'{"a": 1, "b": 2, "a": 3, "c": 4}')
            assert list(twice.items()) == [("a", 3), ("b", 2), ("c", 4)]
    finally:
        _native.shortcuts(before)


def test_objects_of_one_shape_are_collected() -> None:
    gone = []

    class Canary:
        pass

    for _ in range(4):
        made = _native.parse_json(b'{"a": 1, "b": [], "c": {"a": 1, "b": 2, "c": 3}}')
        assert gc.is_tracked(made)
        canary = Canary()
        weakref.finalize(canary, gone.append, True)
        made["b"].append(made)
        made["c"]["me"], made["c"]["canary"] = made["c"], canary
        del made, canary
    gc.collect()
    assert gone == [True] * 4


@pytest.mark.parametrize("size", range(1, 30))
def test_every_byte_of_a_string_is_looked_at(size: int) -> None:
    for at in range(size):
        for odd in ('"', "\\", "\n", "\x1f", "é", "\x7f", " ", "!", "#", "[", "]"):
            text = "x" * at + odd + "y" * (size - at - 1)
            for document in (text, {text: text}, [text, text]):
                for ascii_only in (True, False):
                    dumped = json.dumps(document, ensure_ascii=ascii_only).encode()
                    assert same(_native.parse_json(dumped), document)
        raw = b'"' + b"x" * at + b"\n" + b"y" * (size - at - 1) + b'"'
        with pytest.raises(ValueError, match="control character"):
            _native.parse_json(raw)
