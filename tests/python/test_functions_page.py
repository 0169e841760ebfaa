"""The table of docs/functions.md is what `fn` has: each function, what it gives, and its docstring.

With FERRO_UPDATE_GOLDEN=1 it is written anew. What databases are told, below the table, is
tests/docs/function_table_test.cc's.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pyferro import (
    PK,
    Expr,
    Field,
    Model,
    _native,
    fn,
)
from pyferro.language import aggregates, call, functions, moments, operators, plan

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "functions.md"
BEGIN, END = "<!-- python -->\n", "<!-- databases -->\n"
UPDATE = os.environ.get("FERRO_UPDATE_GOLDEN") is not None

KINDS = {
    "Aggregates": aggregates.Aggregates,
    "Window functions, each before `.over(…)`": aggregates.WindowFunctions,
    "Of any type": functions.Choices,
    "Text": functions.Texts,
    "Numbers": functions.Numbers,
    "Dates and times": functions.Moments,
    "Arrays": functions.Arrays,
    "JSON": functions.Documents,
}
TYPES = {
    _native.BOOL: "bool",
    _native.INT64: "int",
    _native.FLOAT64: "float",
    _native.DECIMAL: "Decimal",
    _native.TEXT: "str",
    _native.DATE: "date",
    _native.TIMESTAMP: "datetime",
    _native.TIMESTAMPTZ: "aware datetime",
    _native.JSON: "JSON",
}


class FunctionsPageSample(Model):
    id: PK[int]
    price: Decimal = Field(max_digits=8, decimal_places=2)
    text: str
    truth: bool
    day: date
    moment: datetime
    meta: dict[str, Any]
    tags: list[str]


S = FunctionsPageSample

# Two calls where the result's type is the argument's, which is what the table then says.
SAMPLES: dict[str, list[Callable[[], Expr]]] = {
    "count": [lambda: fn.count()],
    "sum": [lambda: fn.sum(S.id), lambda: fn.sum(S.price)],
    "avg": [lambda: fn.avg(S.id)],
    "min": [lambda: fn.min(S.text), lambda: fn.min(S.id)],
    "max": [lambda: fn.max(S.text), lambda: fn.max(S.id)],
    "bool_and": [lambda: fn.bool_and(S.truth)],
    "bool_or": [lambda: fn.bool_or(S.truth)],
    "string_agg": [lambda: fn.string_agg(S.text)],
    "json_agg": [lambda: fn.json_agg(S.text)],
    "stddev": [lambda: fn.stddev(S.id)],
    "stddev_pop": [lambda: fn.stddev_pop(S.id)],
    "variance": [lambda: fn.variance(S.id)],
    "variance_pop": [lambda: fn.variance_pop(S.id)],
    "row_number": [lambda: fn.row_number()],
    "rank": [lambda: fn.rank()],
    "dense_rank": [lambda: fn.dense_rank()],
    "percent_rank": [lambda: fn.percent_rank()],
    "cume_dist": [lambda: fn.cume_dist()],
    "ntile": [lambda: fn.ntile(4)],
    "lag": [lambda: fn.lag(S.id), lambda: fn.lag(S.text)],
    "lead": [lambda: fn.lead(S.id), lambda: fn.lead(S.text)],
    "first_value": [lambda: fn.first_value(S.id), lambda: fn.first_value(S.text)],
    "last_value": [lambda: fn.last_value(S.id), lambda: fn.last_value(S.text)],
    "nth_value": [lambda: fn.nth_value(S.id, 2), lambda: fn.nth_value(S.text, 2)],
    "coalesce": [lambda: fn.coalesce(S.id, 1), lambda: fn.coalesce(S.text, "")],
    "nullif": [lambda: fn.nullif(S.id, 1), lambda: fn.nullif(S.text, "")],
    "greatest": [lambda: fn.greatest(S.id, 1), lambda: fn.greatest(S.text, "")],
    "least": [lambda: fn.least(S.id, 1), lambda: fn.least(S.text, "")],
    "grouping": [lambda: fn.grouping(S.text)],
    "concat": [lambda: fn.concat(S.text, "a")],
    "lower": [lambda: fn.lower(S.text)],
    "upper": [lambda: fn.upper(S.text)],
    "length": [lambda: fn.length(S.text)],
    "octet_length": [lambda: fn.octet_length(S.text)],
    "substr": [lambda: fn.substr(S.text, 1, 2)],
    "trim": [lambda: fn.trim(S.text)],
    "ltrim": [lambda: fn.ltrim(S.text)],
    "rtrim": [lambda: fn.rtrim(S.text)],
    "replace": [lambda: fn.replace(S.text, "a", "b")],
    "position": [lambda: fn.position(S.text, "a")],
    "starts_with": [lambda: fn.starts_with(S.text, "a")],
    "ends_with": [lambda: fn.ends_with(S.text, "a")],
    "contains": [lambda: fn.contains(S.text, "a")],
    "reverse": [lambda: fn.reverse(S.text)],
    "repeat": [lambda: fn.repeat(S.text, 2)],
    "abs": [lambda: fn.abs(S.id), lambda: fn.abs(S.price)],
    "sign": [lambda: fn.sign(S.id), lambda: fn.sign(S.price)],
    "ceil": [lambda: fn.ceil(S.id), lambda: fn.ceil(S.price)],
    "floor": [lambda: fn.floor(S.id), lambda: fn.floor(S.price)],
    "trunc": [lambda: fn.trunc(S.id), lambda: fn.trunc(S.price)],
    "round": [lambda: fn.round(S.id), lambda: fn.round(S.price, 1)],
    "sqrt": [lambda: fn.sqrt(S.id)],
    "exp": [lambda: fn.exp(S.id)],
    "ln": [lambda: fn.ln(S.id)],
    "log10": [lambda: fn.log10(S.id)],
    "power": [lambda: fn.power(S.id, 2)],
    "extract": [lambda field=field: fn.extract(field, S.moment) for field in functions._PARTS],
    "year": [lambda: fn.year(S.day)],
    "month": [lambda: fn.month(S.day)],
    "day": [lambda: fn.day(S.day)],
    "hour": [lambda: fn.hour(S.moment)],
    "date_trunc": [
        *(lambda unit=unit: fn.date_trunc(unit, S.moment) for unit in functions._UNITS),
        lambda: fn.date_trunc("month", S.day),
    ],
    "date_add": [
        *(lambda unit=unit: fn.date_add(S.moment, **{unit: 1}) for unit in functions._COUNTS),
        lambda: fn.date_add(S.day, days=1),
    ],
    "days_between": [lambda: fn.days_between(S.day, S.day)],
    "microseconds_between": [lambda: fn.microseconds_between(S.moment, S.moment)],
    "now": [lambda: fn.now()],
    "today": [lambda: fn.today()],
    "array_length": [lambda: fn.array_length(S.tags)],
    "json_contains": [lambda: fn.json_contains(S.meta, {"a": 1})],
    "json_has_key": [lambda: fn.json_has_key(S.meta, "a")],
    "json_length": [lambda: fn.json_length(S.meta)],
    "json_merge_patch": [lambda: fn.json_merge_patch(S.meta, {"a": 1})],
    "json_set": [lambda: fn.json_set(S.meta["a"][0], 1)],
    "json_remove": [lambda: fn.json_remove(S.meta["a"])],
}


# Functions that operators and methods of expressions make.
OPERATORS = [
    lambda: S.moment + timedelta(days=1),
    lambda: S.moment - timedelta(days=1),
    lambda: S.moment - S.moment,
    lambda: S.tags.contains("a"),
    lambda: S.tags.overlaps(["a"]),
]


def names_of(kind: type) -> list[str]:
    return [name for name in vars(kind) if not name.startswith("_")]


def parameters(name: str) -> str:
    """As one writes them: names and defaults, without annotations."""
    signature = inspect.signature(getattr(fn, name))
    bare = [one.replace(annotation=one.empty) for one in signature.parameters.values()]
    return str(inspect.Signature(bare))


def given(name: str) -> str:
    found = {TYPES[make().type] for make in SAMPLES[name]}
    return found.pop() if len(found) == 1 else "the argument's type"


def meaning(name: str) -> str:
    said = inspect.getdoc(getattr(fn, name))
    assert said, f"fn.{name} has no docstring"
    return " ".join(said.split()).replace("|", "\\|")


def table() -> str:
    lines = ["\n"]
    for title, kind in KINDS.items():
        lines.append(f"**{title}**\n\n| `fn.` | gives | |\n| --- | --- | --- |\n")
        for name in names_of(kind):
            lines.append(f"| `{name}{parameters(name)}` | {given(name)} | {meaning(name)} |\n")
        lines.append("\n")
    return "".join(lines)


def test_the_table_of_functions_is_what_fn_has() -> None:
    text = PAGE.read_text()
    head, _, rest = text.partition(BEGIN)
    _, mark, tail = rest.partition(END)
    assert mark, f"{PAGE.name} has lost its marks"
    made = head + BEGIN + table() + END + tail
    if UPDATE:
        PAGE.write_text(made)
        return
    assert text == made, "run with FERRO_UPDATE_GOLDEN=1 and look at the difference"


def test_every_function_is_in_the_table() -> None:
    listed = [name for kind in KINDS.values() for name in names_of(kind)]
    assert sorted(listed) == sorted(name for name in dir(fn) if not name.startswith("_"))


@pytest.mark.parametrize(
    ("enum", "node"),
    [
        ("Function", plan.CALL),
        ("AggregateFunction", plan.AGGREGATE),
        ("WindowFunction", plan.WINDOW_CALL),
    ],
)
def test_python_has_every_function_of_the_engine(
    enum: str, node: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: set[int] = set()

    def build(type: int, kind: int, *operands: Any) -> Expr:
        if kind == node:
            made.add(operands[0])
        return _native.build(type, kind, *operands)

    monkeypatch.setattr(call, "build", build)
    monkeypatch.setattr(aggregates, "build", build)
    monkeypatch.setattr(moments, "build", build)
    monkeypatch.setattr(operators, "build", build)
    for makes in [*SAMPLES.values(), OPERATORS]:
        for make in makes:
            make()
    header = (ROOT / "engine" / "ast" / "function.h").read_text()
    body = re.search(rf"enum class {enum} : uint8_t {{(.*?)}};", header, re.S)
    assert body is not None
    numbers = {int(number) for number in re.findall(r"^  k\w+ = (\d+),", body[1], re.M)}
    assert made == numbers
