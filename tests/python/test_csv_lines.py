"""Lines of CSV as native code writes them, beside what Python's own types say of themselves."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyferro import _native as native
from pyferro.writing.copying import _other

# Drivers give no negative zeros.
EXACT = st.decimals(allow_nan=False, allow_infinity=False, places=4).map(lambda it: it or abs(it))
TYPES: dict[int, tuple[st.SearchStrategy[Any], Callable[[Any], str]]] = {
    native.BOOL: (st.booleans(), lambda value: str(value).lower()),
    native.INT64: (st.integers(-(1 << 63), (1 << 63) - 1), str),
    native.FLOAT64: (st.floats(allow_nan=False), repr),
    native.DECIMAL: (EXACT, lambda value: format(value, "f")),
    native.BYTES: (st.binary(), bytes.hex),
    native.DATE: (st.dates(), date.isoformat),
    native.TIME: (st.times(), time.isoformat),
    native.TIMESTAMP: (st.datetimes(), datetime.isoformat),
    native.TIMESTAMPTZ: (st.datetimes(timezones=st.just(UTC)), datetime.isoformat),
    native.UUID: (st.uuids(), str),
}


def lines(types: list[int], rows: list[tuple[Any, ...]]) -> list[bytes]:
    return native.Cells(bytes(types), rows).lines(native.CsvLines(len(types), _other))


@pytest.mark.parametrize("type", TYPES)
def test_a_value_is_written_as_python_writes_it(type: int) -> None:
    values, form = TYPES[type]

    @given(values)
    def check(value: Any) -> None:
        assert lines([type], [(value,)]) == [form(value).encode() + b"\r\n"]

    check()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1E+3", "1000"), ("0", "0"), ("-0.01", "-0.01"), ("-10.00", "-10.00"), ("0.000000000000000001",) * 2,
        ("-1234567890123456789012.50",) * 2, ("0.000000000000000000001",) * 2, ("12E+20", "12" + "0" * 20),
    ],
)  # fmt: skip
def test_decimals_are_not_written_with_exponents(value: str, text: str) -> None:
    assert lines([native.DECIMAL], [(Decimal(value),)]) == [text.encode() + b"\r\n"]


@given(
    st.lists(st.tuples(st.text(st.characters(codec="utf-8", exclude_characters="\0"))), max_size=5)
)
def test_texts_are_read_as_they_were(rows: list[tuple[str]]) -> None:
    text = b"".join(lines([native.TEXT], rows)).decode()
    assert list(csv.reader(io.StringIO(text, newline=""))) == [list(row) for row in rows]


@pytest.mark.parametrize(
    ("type", "value", "text"),
    [
        (native.TEXT, "", '""'), (native.TEXT, "\\.", '"\\."'), (native.TEXT, 'a"b"', '"a""b"""'),
        (native.TEXT, "é\n", '"é\n"'), (native.TEXT, " x", " x"), (native.TEXT, None, ""),
        (native.JSON, '{"a": [1.0, "x"]}', '"{""a"":[1.0,""x""]}"'), (native.JSON, "null", ""),
        (native.JSON, "7", "7"), (native.INTERVAL, timedelta(days=1, seconds=2), "P1DT2S"),
        (native.INTERVAL, timedelta(seconds=-1), "-PT1S"),
        (native.FLOAT64, float("nan"), "nan"), (native.FLOAT64, float("-inf"), "-inf"),
        (native.UUID, UUID(int=7), "00000000-0000-0000-0000-000000000007"),
    ],
)  # fmt: skip
def test_what_a_value_looks_like(type: int, value: Any, text: str) -> None:
    assert lines([type], [(value,)]) == [f"{text}\r\n".encode()]


def test_rows_and_a_header() -> None:
    types = [native.INT64, native.TEXT, native.JSON, native.INT64]
    rows = [(1, "a", "[1,2]", None), (None, None, None, None)]
    assert lines(types, rows) == [b'1,a,"[1,2]",\r\n', b",,,\r\n"]
    assert native.CsvLines(1, _other).header(["id", 'a,"b"']) == b'id,"a,""b"""\r\n'


def test_what_cannot_be_written_is_an_error() -> None:
    def fail(_: Any) -> str:
        raise KeyError("no")

    def wrong(_: Any) -> Any:
        return 5

    cells = native.Cells(bytes([native.JSON]), [("[]",)])
    with pytest.raises(KeyError):
        cells.lines(native.CsvLines(1, fail))
    with pytest.raises(TypeError):
        cells.lines(native.CsvLines(1, wrong))
    with pytest.raises(TypeError):
        cells.lines(native.CsvLines(2, _other))
    with pytest.raises(ValueError, match="at least one"):
        native.CsvLines(0, _other)
    with pytest.raises(TypeError):
        native.CsvLines(1, _other).header([1])  # type: ignore[list-item]
