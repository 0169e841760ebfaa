"""Values of many rows as one JSON array, and documents within documents."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import pytest
from conftest import Create
from pydantic import AwareDatetime
from pydantic_core import to_json

from language import json_plans
from language.json_plans import (
    CONTAINS,
    GREATER,
    INT64,
    JSON,
    TEXT,
    call,
    column,
    compare,
    get,
    insert,
    json_agg,
    rows,
)
from pyferro import PK, Database, Field, Model, _native
from pyferro._native import param
from pyferro.errors import InvalidText, PlanError, UnsupportedFeature
from pyferro.language import plan


class Values(Model, table="language_json_values"):
    id: PK[int]
    truth: bool | None = None
    whole: int | None = None
    real: float | None = None
    exact: Annotated[Decimal | None, Field(max_digits=20, decimal_places=4)] = None
    words: str | None = None
    day: date | None = None
    clock: time | None = None
    moment: datetime | None = None
    instant: AwareDatetime | None = None
    identity: UUID | None = None
    doc: dict[str, Any] | None = None


TABLE = "language_json_values"
ID = column("id", INT64)
TYPES = {
    "truth": _native.BOOL,
    "whole": INT64,
    "real": _native.FLOAT64,
    "exact": _native.DECIMAL,
    "words": TEXT,
    "day": _native.DATE,
    "clock": _native.TIME,
    "moment": _native.TIMESTAMP,
    "instant": _native.TIMESTAMPTZ,
    "identity": _native.UUID,
    "doc": JSON,
}
ROWS: list[dict[str, Any]] = [
    {
        "truth": True,
        "whole": 2**63 - 1,
        "real": 0.1 + 0.2,
        "exact": Decimal("1.5000"),
        "words": "q\"\\/\n\x01\x7f é😀\t'",
        "day": date(5, 1, 2),
        "clock": time(3, 4, 5, 100000),
        "moment": datetime(2024, 2, 29, 3, 4, 5),
        "instant": datetime(2024, 2, 29, 3, 4, 5, 7, UTC),
        "identity": UUID("0f0e0d0c-0b0a-4908-8706-0504030201ff"),
        "doc": {"a": [1, None, "x\n"], "b": {"c": True}},
    },
    {},
    {
        "truth": False,
        "whole": -(2**63),
        "real": -1e100,
        "exact": Decimal("-9999999999999999.9999"),
        "words": "",
        "day": date(9999, 12, 31),
        "clock": time(0),
        "moment": datetime(1, 1, 1, 0, 0, 0, 1),
        "instant": datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
        "identity": UUID(int=0),
        "doc": {},
    },
    {
        "truth": None,
        "whole": 0,
        "real": 1e-7,
        "exact": Decimal("0.0000"),
        "words": "null",
        "day": date(2024, 2, 29),
        "clock": time(23, 59, 59, 999999),
        "moment": datetime(999, 9, 9, 9, 9, 9, 90000),
        "instant": datetime(1969, 12, 31, tzinfo=UTC),
        "identity": None,
        "doc": None,
    },
]


@pytest.fixture
def filled(db: Database, create: Create) -> None:
    create(Values)
    for i, row in enumerate(ROWS):
        stored: dict[str, tuple[int, Any]] = {"id": (INT64, i + 1)}
        for key, type in TYPES.items():
            value = row.get(key)
            if type == JSON and value is not None:
                value = to_json(value)
            stored[key] = (type, value)
        insert(db, TABLE, stored)


def collected(db: Database, value: bytes, *arguments: tuple[int, Any], **how: Any) -> Any:
    ((found,),) = rows(db, TABLE, [(json_agg(value, **how), JSON)], arguments)
    return found if found is None else json.loads(found)


def as_floats(values: list[int | float | None]) -> list[float | None]:
    """PostgreSQL writes 1e100 as a whole number, which Python reads as one."""
    return [None if value is None else float(value) for value in values]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("name", TYPES)
def test_values_are_written_as_pydantic_does(db: Database, kind: str, name: str) -> None:
    expected = json.loads(to_json([row.get(name) for row in ROWS]))
    if name == "exact":  # with the column's digits
        expected = [f"{row[name]:.4f}" if name in row else None for row in ROWS]
    value = column(name, TYPES[name])
    plainly = as_floats if name == "real" else list
    found = plainly(collected(db, value))
    assert sorted(map(repr, found)) == sorted(map(repr, expected))
    for descending in (False, True):
        order = [json_plans.order_item(ID, descending, plan.NULLS_NEVER)]
        if kind == "sqlite" and sqlite3.sqlite_version_info < (3, 44):
            with pytest.raises(UnsupportedFeature, match=r"3\.44"):
                collected(db, value, order=order)
            continue
        found = plainly(collected(db, value, order=order))
        assert found == (expected[::-1] if descending else expected)


@pytest.mark.usefixtures("filled")
def test_truth_is_no_number(db: Database) -> None:
    assert {str(value) for value in collected(db, column("truth", _native.BOOL))} == {
        "True",
        "False",
        "None",
    }


@pytest.mark.usefixtures("filled")
def test_filter_and_no_rows(db: Database) -> None:
    condition = compare(GREATER, ID, param(INT64))
    whole = column("whole", INT64)
    assert sorted(collected(db, whole, (INT64, 2), filter=condition)) == [-(2**63), 0]
    assert collected(db, column("truth", _native.BOOL), (INT64, 3), filter=condition) == [None]
    assert collected(db, whole, (INT64, 9), filter=condition) is None
    ((found,),) = rows(db, TABLE, [(json_agg(whole), JSON)], [(INT64, 9)], where=condition)
    assert found is None


@pytest.mark.usefixtures("filled")
def test_of_expressions_and_arguments(db: Database) -> None:
    assert collected(db, param(TEXT), (TEXT, "é\"'")) == ["é\"'"] * 4
    assert collected(db, param(JSON), (JSON, b'{"a": [true]}')) == [{"a": [True]}] * 4
    inner = collected(db, get(column("doc", JSON), ("a",), JSON))
    assert [value for value in inner if value is not None] == [[1, None, "x\n"]]
    assert len(inner) == 4
    again = get(json_agg(column("words", TEXT)), (0,), TEXT)
    ((first,),) = rows(db, TABLE, [(again, TEXT)])
    assert first in [row.get("words") for row in ROWS]


@pytest.mark.usefixtures("filled")
def test_bytes_durations_and_lists(db: Database) -> None:
    assert collected(db, param(_native.BYTES), (_native.BYTES, b"\x00\xff'")) == ["00ff27"] * 4
    span = timedelta(days=-3, microseconds=7)
    assert (
        collected(db, param(_native.INTERVAL), (_native.INTERVAL, span))
        == [span // timedelta(microseconds=1)] * 4
    )
    for type, value, found in (
        (INT64, [1, None, -(2**63)], None),
        (TEXT, ["", 'a"b,{}\\', None], None),
        (_native.DECIMAL, [Decimal("1.50")], ["1.50"]),
        (_native.TIMESTAMPTZ, [datetime(2024, 1, 1, 2, tzinfo=UTC)], ["2024-01-01 02:00:00.000000Z"]),
        (_native.TIME, [time(1, 2, 3)], ["01:02:03.000000"]),
        (_native.BOOL, [], None),
    ):
        array = _native.ARRAY_OF | type
        got = collected(db, param(array), (array, tuple(value)))
        assert got == [found or value] * 4
        assert collected(db, param(array), (array, None)) == [None] * 4


@pytest.mark.usefixtures("filled")
def test_distinct_values_are_refused(db: Database) -> None:
    with pytest.raises(PlanError, match="distinct"):
        collected(db, column("whole", INT64), distinct=True)


DOCUMENTS = [
    "1", "1.0", "null", "true", '"a"', "[]", "{}", "[1]", "[[1]]", "[1, [2, 3], null]", '{"a": 1}',
    '{"a": [1, 2]}', '[{"a": 1}, {"b": [1]}]', '{"a": {"b": null}}', '{"a": null, "é": "\\u00e9"}',
    '["a", "b"]', '{"a": 12345678901234567890}', "[[1, 2], [3]]", '[{"a": [1, {"b": 2}]}]',
]  # fmt: skip


def contains(document: Any, part: Any, top: bool = True) -> bool:
    """PostgreSQL's @> as its manual has it (8.14.3)."""
    if isinstance(document, list) and isinstance(part, list):
        return all(any(contains(d, p, False) for d in document) for p in part)
    if isinstance(document, dict) and isinstance(part, dict):
        return all(k in document and contains(document[k], v, False) for k, v in part.items())
    if top and isinstance(document, list) and not isinstance(part, dict):
        return any(contains(d, part, False) for d in document)
    if isinstance(document, list | dict) or isinstance(part, list | dict):
        return False
    return document == part and isinstance(document, bool) == isinstance(part, bool)


def test_contains(db: Database, kind: str, create: Create) -> None:
    create(Values)
    for i, text in enumerate(DOCUMENTS):
        insert(db, TABLE, {"id": (INT64, i + 1), "doc": (JSON, text.encode())})
    question = call(CONTAINS, column("doc", JSON), param(JSON))
    order = [json_plans.order_item(ID, False, plan.NULLS_NEVER)]
    for part in DOCUMENTS:
        asked = [(question, _native.BOOL)], [(JSON, part.encode())]
        if kind in ("mysql", "mariadb"):
            with pytest.raises(UnsupportedFeature, match="by path"):
                rows(db, TABLE, *asked, order=order)
            continue
        found = [value for (value,) in rows(db, TABLE, *asked, order=order)]
        assert found == [contains(json.loads(text), json.loads(part)) for text in DOCUMENTS], part


def test_what_is_no_json_is_an_error_on_sqlite(db: Database, kind: str, create: Create) -> None:
    if kind != "sqlite":
        pytest.skip("the other databases store no such text in a JSON column")
    create(Values)
    insert(db, TABLE, {"id": (INT64, 1), "doc": (TEXT, '{"a": 1')})
    with pytest.raises(InvalidText):
        rows(db, TABLE, [(get(column("doc", JSON), ("a",), INT64), INT64)])
