"""What pydantic would write as another JSON value is refused; all else is written as it does."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from pyferro.errors import InvalidText, OutOfRange
from pyferro.types.json_text import dumper

NAN, INFINITY = float("nan"), float("inf")


class Plain(BaseModel):
    x: float | None
    rest: dict[str, Any] = {}


class Words(BaseModel):
    model_config = ConfigDict(ser_json_inf_nan="strings")
    x: float | None
    none: None = None


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Plain, Plain(x=NAN)),
        (Plain, Plain(x=1.0, rest={"a": [{"b": (0, -INFINITY)}]})),
        (list[Plain], [Plain(x=None), Plain(x=INFINITY)]),
        (dict[str, set[float]], {"a": {NAN}}),
        (Any, [None, NAN]),
    ],
    ids=repr,
)
def test_a_float_that_is_not_finite_is_refused(annotation: Any, value: Any) -> None:
    with pytest.raises(OutOfRange, match="NaN or an infinity") as caught:
        dumper(annotation, "c")(value)
    assert caught.value.column == "c"


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (dict[str, Any], {"\ud800": 1}),
        (dict[str, dict[str, int]], {"a": {"x\udfff": 1}}),
        (dict[str, Any], {"a": "\ud800"}),
        (Plain, Plain(x=None, rest={"\ud800": 1})),
    ],
    ids=ascii,
)
def test_a_lone_surrogate_is_refused(annotation: Any, value: Any) -> None:
    with pytest.raises(InvalidText, match="lone surrogate") as caught:
        dumper(annotation, "c")(value)
    assert caught.value.column == "c"


@pytest.mark.parametrize(
    ("annotation", "value", "text"),
    [
        (Plain, Plain(x=None), '{"x":null,"rest":{}}'),
        (Words, Words(x=NAN), '{"x":"NaN","none":null}'),
        (list[str | None], ["null", "NaN", "-Infinity", None], '["null","NaN","-Infinity",null]'),
        (dict[str, str], {"\ufffd": "\ufffd"}, '{"\ufffd":"\ufffd"}'),
    ],
)
def test_what_json_holds_is_written(annotation: Any, value: Any, text: str) -> None:
    assert dumper(annotation, "c")(value).decode() == text


def test_what_pydantic_cannot_write_is_its_own_error() -> None:
    with pytest.raises(ValueError, match="Unable to serialize unknown type"):
        dumper(dict[str, Any], "c")({"a": object()})
