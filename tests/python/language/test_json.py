"""JSON means the same on every database: what Python's own `json` makes of the text."""

# ruff: noqa: RUF001 (letters that look like others are among the keys)

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from conftest import Create

from language import json_plans
from language.json_plans import (
    BOOL,
    DECIMAL,
    EQUAL,
    FLOAT64,
    GREATER,
    HAS_KEY,
    INT64,
    JSON,
    LENGTH,
    MERGE_PATCH,
    TEXT,
    Path,
    call,
    column,
    compare,
    get,
    group_by,
    insert,
    json_agg,
    rows,
)
from pyferro import PK, Database, Model
from pyferro._native import param
from pyferro.errors import UnsupportedFeature
from pyferro.language import plan


class Document(Model, table="language_json"):
    id: PK[int]
    doc: dict[str, Any] | None = None


DOC = column("doc", JSON)
ID = column("id", INT64)

# Keys that mean something to somebody: quotes, escapes, words of paths, characters of other planes.
KEYS = [
    "a", 'a"b', "a\\b", "a\\", "\\", '"', '""', "a.b", "$", "*", "**", "$.a", "[0]", "", "é", "😀",
    "a'b", " a ", "/", "\\/", "\n", "\t", "\x01", "\x1f", "\x7f", "a\\u0061", "a b", "?", "$1", "{",
    "}", "]", "\\n", "@", "last", "to", "\u2028", "A", "ａ", "é", '\\"', "0", "1", "-1", "a-b", "%",
    "_", "--", "/*", ";", "a,b", "null", "true", "\xa0", "\ufeff", "𝒳é/\\", "%s", "k" * 300, "א",
    "\U0010ffff",
]  # fmt: skip

# (document, path): places and keys where they lead nowhere, and values next to every type.
NUMBERS = [
    "0", "-0", "0.0", "-0.0", "1", "-1", "1.0", "1.5", "-1.5", "1e2", "1E+2", "1.5e1", "1e-1",
    "100e-2", "15e-1", "1e-7", "1e-40", "0.1", "1e16", "123456789.125", "1e30", "-1e30", "1e300",
    "9007199254740993", "9223372036854775807", "-9223372036854775808", "1e18", "2.5e-5", "5e-324",
    "1.7976931348623157e308", "2147483648", "1e20",
]  # fmt: skip
OTHERS = [
    "null", "true", "false", '""', '"a"', '"12"', '"1.5"', '"true"', '"null"', "[]", "{}", "[1]",
    "[[]]", "[null]", '[true, "a"]', '{"a": 1}', '{"a": {"a": [1, 2]}}', '{"0": 5}', '["a"]',
    '"a\\u00e9\\n\\ud83d\\ude00\\"\\\\\\/\\t"', '"\\u007f"', '" a "', '"\'"', "[[[7]]]",
    "[0, 1, 2]", '{"a": null}', '{"a": [null, false]}', '{"a": "x"}', '{"": 1}',
    '{"a": {"0": "z"}}',
]  # fmt: skip
PATHS: list[Path] = [
    ("v",), ("v", 0), ("v", 1), ("v", 0, 0), ("v", "a"), ("v", "a", "a"), ("v", "a", 0),
    ("v", "a", "a", 1), ("v", "0"), ("v", ""), ("v", 0, "a"), ("v", 2147483647), ("v", 4294967296),
    ("v", 2**63 - 1), ("w",), (0,), ("v", "a", "0"), ("v", 0, 0, 0),
]  # fmt: skip
TYPES = [JSON, TEXT, BOOL, INT64, FLOAT64, DECIMAL]


def loads(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


def walk(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(step, int):
            if not isinstance(value, list) or step >= len(value):
                return None
        elif not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
    return value


def wanted(value: Any, type: int) -> Any:
    """The value as one of `type`, or None."""
    if type == JSON:
        return value
    if type == TEXT:
        return value if isinstance(value, str) else None
    if type == BOOL:
        return value if isinstance(value, bool) else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if type == INT64:
        whole = value == int(value) and -(2**63) <= value < 2**63
        return int(value) if whole else None
    return float(value) if type == FLOAT64 else Decimal(value)


def same(found: Any, expected: Any) -> bool:
    """Equal, where True is not 1. Numbers of JSON are equal by value."""
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            same(found[key], expected[key]) for key in found
        )
    if isinstance(found, bool) or isinstance(expected, bool):
        return found is expected
    return bool(found == expected)


@pytest.fixture
def documents(db: Database, create: Create) -> Callable[[list[str | None]], None]:
    """`documents(texts)` fills the table with them, numbered from 1."""
    create(Document)

    def fill(texts: list[str | None]) -> None:
        for i, text in enumerate(texts):
            document = None if text is None else text.encode()
            insert(db, "language_json", {"id": (INT64, i + 1), "doc": (JSON, document)})

    return fill


def answers(db: Database, expression: bytes, type: int, *arguments: tuple[int, Any]) -> list[Any]:
    order = [json_plans.order_item(ID, False, plan.NULLS_NEVER)]
    found = rows(db, "language_json", [(expression, type)], arguments, order=order)
    return [loads(value) if type == JSON and value is not None else value for (value,) in found]


def holds(kind: str, number: str, type: int) -> bool:
    """Whether the database can give back this number as that type."""
    exact = Decimal(number)
    if type == DECIMAL and kind in ("mysql", "mariadb"):
        scale = -int(exact.as_tuple().exponent)
        return abs(exact) < Decimal("1e35") and scale <= 30
    return True


@pytest.mark.parametrize("type", TYPES)
def test_every_path_gives_what_python_gives(
    db: Database, kind: str, documents: Any, type: int
) -> None:
    texts = [f'{{"v": {value}}}' for value in (*NUMBERS, *OTHERS)]
    documents([*texts, None, *OTHERS])
    parsed = [*map(loads, texts), None, *map(loads, OTHERS)]
    for path in PATHS:
        found = answers(db, get(DOC, path, type), type)
        assert len(found) == len(parsed)
        for i, document in enumerate(parsed):
            expected = wanted(walk(document, path), type)
            if path == ("v",) and i < len(NUMBERS) and not holds(kind, NUMBERS[i], type):
                expected = None
            assert same(found[i], expected), (path, i, found[i], expected, document)


def spelled(key: str, how: str) -> str:
    if how == "plain":
        return json.dumps(key, ensure_ascii=False)
    if how == "upper":
        return "".join(
            part.upper().replace("U", "u", 1) if part.startswith("u") else part
            for part in _escapes(json.dumps(key))
        )
    return json.dumps(key)


def _escapes(text: str) -> Iterator[str]:
    """The text in pieces, of which uXXXX of an escape is one."""
    i = 0
    while i < len(text):
        size = 1
        if text[i] == "\\":
            yield "\\"
            i += 1
            size = 5 if text[i] == "u" else 1
        yield text[i : i + size]
        i += size


@pytest.mark.parametrize("how", ["plain", "escaped", "upper"])
def test_hostile_keys(db: Database, kind: str, documents: Any, how: str) -> None:
    documents(
        [
            f'{{"decoy": 0, {spelled(key, how)}: [{{{spelled(key, how)}: {i}}}]}}'
            for i, key in enumerate(KEYS)
        ]
    )
    for i, key in enumerate(KEYS):
        path = (key, 0, key)
        if kind == "mariadb" and key.startswith("-"):
            with pytest.raises(UnsupportedFeature, match="begins with '-'"):
                answers(db, get(DOC, path, INT64), INT64)
            continue
        found = answers(db, get(DOC, path, INT64), INT64)
        assert found == [i if k == i else None for k in range(len(KEYS))], key
        if kind != "mariadb" or (how == "plain" and key != "\x1f"):  # it compares spellings
            has = answers(db, call(HAS_KEY, DOC, param(TEXT)), BOOL, (TEXT, key))
            assert has == [k == i for k in range(len(KEYS))], key


def test_a_get_from_a_get(db: Database, documents: Any) -> None:
    documents(['{"a": {"b": [{"c": 5}]}}', '{"a": null}', '{"a": {"b": {"c": 5}}}', None])
    inner = get(get(DOC, ("a",), JSON), ("b", 0), JSON)
    assert answers(db, get(inner, ("c",), INT64), INT64) == [5, None, None, None]


def test_from_an_argument(db: Database, documents: Any) -> None:
    documents(['{"a": "x"}'])
    argument = (JSON, b'{"a": [1, {"b": "x y"}]}')
    assert answers(db, get(param(JSON), ("a", 1, "b"), TEXT), TEXT, argument) == ["x y"]
    assert answers(db, get(param(JSON), ("a",), JSON), JSON, argument) == [[1, {"b": "x y"}]]
    assert answers(db, call(LENGTH, get(param(JSON), ("a",), JSON)), INT64, argument) == [2]


def test_in_conditions_groups_and_order(db: Database, documents: Any) -> None:
    names = ["b", "a", "B", None, "a ", "a", "é"]
    documents(
        [
            json.dumps({"s": name, "n": i % 3, "f": i / 2, "t": i > 3})
            for i, name in enumerate(names)
        ]
    )
    text, number = get(DOC, ("s",), TEXT), get(DOC, ("n",), INT64)

    def ids(condition: bytes, *arguments: tuple[int, Any]) -> list[int]:
        order = [json_plans.order_item(ID, False, plan.NULLS_NEVER)]
        found = rows(db, "language_json", [(ID, INT64)], arguments, where=condition, order=order)
        return [row[0] - 1 for row in found]

    equals = compare(EQUAL, text, param(TEXT))
    assert ids(equals, (TEXT, "a")) == [1, 5]
    assert ids(equals, (TEXT, "a ")) == [4]
    assert ids(equals, (TEXT, "é")) == [6]
    assert ids(compare(GREATER, number, param(INT64)), (INT64, 1)) == [2, 5]
    assert ids(compare(GREATER, get(DOC, ("f",), FLOAT64), param(FLOAT64)), (FLOAT64, 2.25)) == [
        5,
        6,
    ]
    assert ids(
        compare(EQUAL, get(DOC, ("f",), DECIMAL), param(DECIMAL)), (DECIMAL, Decimal("2.50"))
    ) == [5]
    assert ids(get(DOC, ("t",), BOOL)) == [4, 5, 6]
    grouped = rows(
        db,
        "language_json",
        [(number, INT64), (json_agg(ID), JSON)],
        grouping=group_by(number),
        order=[json_plans.order_item(number, True, plan.NULLS_NEVER)],
    )
    assert [(n, sorted(loads(found))) for n, found in grouped] == [
        (2, [3, 6]),
        (1, [2, 5]),
        (0, [1, 4, 7]),
    ]
    ordered = rows(
        db,
        "language_json",
        [(ID, INT64)],
        order=[json_plans.order_item(number, True, 0), json_plans.order_item(ID, False, 0)],
    )
    assert [row[0] for row in ordered] == [3, 6, 2, 5, 1, 4, 7]


def test_keys_and_length(db: Database, documents: Any) -> None:
    texts = [
        "{}",
        "[]",
        '["a"]',
        '"a"',
        "null",
        "5",
        '{"a": null}',
        '{"A": 1}',
        "[1, [2, 3], null]",
        '{"b": {"a": 1}}',
    ]
    documents([*texts, None])
    has = answers(db, call(HAS_KEY, DOC, param(TEXT)), BOOL, (TEXT, "a"))
    assert has == [*(isinstance(loads(t), dict) and "a" in loads(t) for t in texts), None]
    assert answers(db, call(HAS_KEY, DOC, param(TEXT)), BOOL, (TEXT, None)) == [None] * 11
    length = answers(db, call(LENGTH, DOC), INT64)
    assert length == [*(len(loads(t)) if isinstance(loads(t), list) else None for t in texts), None]


def merged(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


PATCHED = [
    "{}", "[1]", "5", "null", '{"a": 1, "b": 2}', '{"a": {"b": 1, "c": [1]}}', '{"é\\n": 1}',
    '{"a": "x"}', '{"a": [1], "b": {"": 2}}', '{"a": {"b": {"c": {"x": 1}}}}',
]  # fmt: skip
PATCHES = [
    "{}", "[2]", "null", '{"a": null}', '{"b": null, "a": null}',
    '{"a": {"b": null, "d": {"e": null}}}', '{"é\\n": null, "z": 1.5}', '"s"',
    '{"a": [null, {"b": null}]}', '{"a": {"b": {"c": {"d": 1, "x": null}}}, "": {}}',
    '{"a": {"0": {"1": true}}, "b": {"": {"": null}}, "n": {"a": {"b": [{"c": null}]}}}',
]  # fmt: skip


def test_merge_patch(db: Database, kind: str, documents: Any) -> None:
    documents([*PATCHED, None])
    for patch in PATCHES:
        argument = (JSON, patch.encode())
        if kind == "mariadb":
            with pytest.raises(UnsupportedFeature, match="merge in the program"):
                answers(db, call(MERGE_PATCH, DOC, param(JSON)), JSON, argument)
            continue
        found = answers(db, call(MERGE_PATCH, DOC, param(JSON)), JSON, argument)
        expected = [merged(loads(text), loads(patch)) for text in PATCHED]
        assert found[-1] is None
        assert all(map(same, found, expected)), (patch, found, expected)
    if kind != "mariadb":
        found = answers(db, call(MERGE_PATCH, param(JSON), DOC), JSON, (JSON, b'{"a": {"k": 1}}'))
        expected = [merged({"a": {"k": 1}}, loads(text)) for text in PATCHED]
        assert all(map(same, found, [*expected, None])), (found, expected)
        nothing = answers(db, call(MERGE_PATCH, DOC, param(JSON)), JSON, (JSON, None))
        assert nothing == [None] * (len(PATCHED) + 1)
