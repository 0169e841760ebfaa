"""Differences that the random models found, each kept as one small case."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from pydantic import (
    AliasPath,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_core import PydanticCustomError

from pyferro import Model, _native
from pyferro.proof.prover import prove
from pyferro.tables.table import Table

from .comparing import ALL
from .decoded import TYPES


class Wide(Model, abstract=True):
    one: int = 1
    two: str
    made: list[int] = Field(default_factory=list)
    three: Decimal
    last: int | None = None


class Spans(Model, abstract=True):
    spans: list[dt.timedelta]


class Account(Model, abstract=True):
    password: SecretStr
    level: Decimal = Field(lt=Decimal("3.0"))
    rank: int = Field(ge=2**63)
    name: str

    @field_validator("name")
    @classmethod
    def _known(cls, value: str) -> str:
        if value == "{this}":
            raise PydanticCustomError("braces", "not {{this}")
        raise PydanticCustomError("unknown", "not {this} one", {"this": value})


def load(model: type[Model], kinds: dict[str, str], row: tuple[Any, ...], held: Any = None) -> Any:
    types = [TYPES[kind] for kind in kinds.values()]
    plan = _native.RowPlan(prove(model, kinds, held), list(kinds), types, "table", -1)
    return _native.Cells(bytes(types), [row]).hydrate(plan)[0]


@pytest.fixture(params=[ALL, []], ids=["all", "none"])
def _shortcuts(request: pytest.FixtureRequest) -> Any:
    before = _native.shortcuts()
    _native.shortcuts(request.param)
    yield
    _native.shortcuts(before)


@pytest.mark.usefixtures("_shortcuts")
@pytest.mark.parametrize("names", [["three", "two"], ["two", "three"], ["three", "two", "one"]])
def test_the_dict_is_in_the_order_of_the_fields(names: list[str]) -> None:
    all_kinds = {"one": "int64", "two": "text", "three": "decimal"}
    row = {"one": 7, "two": "b", "three": Decimal("1.50")}
    made = load(Wide, {n: all_kinds[n] for n in names}, tuple(row[n] for n in names))
    same = Wide.model_validate({n: row[n] for n in names})
    assert list(made.__dict__.items()) == list(same.__dict__.items())
    assert made == same
    assert made.model_dump_json() == same.model_dump_json()
    assert made.model_fields_set == set(names)


def test_json_mode_refuses_a_bool_as_a_duration() -> None:
    with pytest.raises(ValidationError) as caught:
        load(Spans, {"spans": "json"}, ('["PT1S", true]',))
    assert [e["loc"] for e in caught.value.errors()] == [("spans", 1)]
    assert load(Spans, {"spans": "json"}, ('["PT1S"]',)).spans == [dt.timedelta(seconds=1)]


@pytest.mark.parametrize("key", [-1, 0])
def test_the_note_leaves_the_errors_alone(key: int) -> None:
    """Table and key are a note; what `errors()` says is pydantic's to the letter."""
    kinds = {"two": "text", "three": "decimal"}
    types = [TYPES[kind] for kind in kinds.values()]
    plan = _native.RowPlan(prove(Wide, kinds), list(kinds), types, "table", key)
    with pytest.raises(ValidationError) as loaded:
        _native.Cells(bytes(types), [("b", None)]).hydrate(plan)
    with pytest.raises(ValidationError) as own:
        Wide.model_validate({"two": "b", "three": None})
    assert loaded.value.errors() == own.value.errors()
    assert str(loaded.value) == str(own.value)
    assert loaded.value.json() == own.value.json()
    place = "a row of table 'table'" if key < 0 else "the row of table 'table' with two='b'"
    assert loaded.value.__notes__ == [f"while loading {place}"]


@pytest.mark.parametrize("name", ["n", "{this}", "hunter2"])
def test_errors_beside_a_secret_keep_their_words(name: str) -> None:
    """The error is made again without it; not every context becomes the same words twice."""
    kinds = {"password": "text", "level": "decimal", "rank": "int64", "name": "text"}
    row = ("hunter2", Decimal("4"), 1, name)
    with pytest.raises(ValidationError) as loaded:
        load(Account, kinds, row, Table(Account, "accounts").held)
    with pytest.raises(ValidationError) as own:
        Account.model_validate(dict(zip(kinds, row, strict=True)))
    ours, theirs = loaded.value.errors(), own.value.errors()
    assert [(e["type"], e["loc"], e["msg"]) for e in ours] == [
        (e["type"], e["loc"], e["msg"]) for e in theirs
    ]
    assert "input_value" in str(loaded.value)
    if name == "n":
        assert ours[2]["ctx"] == {"this": "n"}
    elif name == "hunter2":
        assert ours[2]["input"] == ours[2]["ctx"]["this"] == "**********"


def test_errors_beside_a_secret_hide_what_is_to_be_hidden() -> None:
    class Hiding(Account, abstract=True):
        model_config = ConfigDict(hide_input_in_errors=True)

    row = ("hunter2", Decimal("4"), 1, "n")
    kinds = {"password": "text", "level": "decimal", "rank": "int64", "name": "text"}
    with pytest.raises(ValidationError) as loaded:
        load(Hiding, kinds, row, Table(Hiding, "accounts").held)
    assert "input_value" not in str(loaded.value)


def _missing() -> int:
    raise LookupError("of a factory")


class Raising(Model, abstract=True):
    one: int = Field(default_factory=_missing)
    two: int
    three: int

    @field_validator("two", "three")
    @classmethod
    def _never(cls, value: int) -> int:
        raise ArithmeticError(f"of {value}")


class Renamed(BaseModel):
    x: int = Field(alias="X")


class Partly(Model, abstract=True):
    inner: Renamed = Field(alias="IN")
    other: int = 0
    path: int | None = Field(None, validation_alias=AliasPath("elsewhere", "path"))


@pytest.mark.usefixtures("_shortcuts")
def test_nested_aliases_beside_a_path_that_is_not_selected() -> None:
    """The path has no key in the row, and needs none: content is read by aliases, in errors as well."""
    kinds = {"inner": "json", "other": "int64"}
    loaded = load(Partly, kinds, ('{"X": 1}', 2))
    assert loaded.inner == Renamed(X=1)
    with pytest.raises(ValidationError) as raised:
        load(Partly, {"inner": "json", "other": "text"}, ('{"X": 1}', "no"))
    assert [error["loc"] for error in raised.value.errors()] == [("other",)]


@pytest.mark.usefixtures("_shortcuts")
def test_nested_aliases_beside_a_path() -> None:
    kinds = {"inner": "json", "other": "text", "path": "int64"}
    for other in ("3", "no"):
        try:
            loaded = load(Partly, kinds, ('{"X": 1}', other, 4))
        except ValidationError as error:
            assert other == "no"
            assert [line["loc"] for line in error.errors()] == [("other",)]
        else:
            assert loaded == Partly.model_construct(inner=Renamed(X=1), other=3, path=4)


@pytest.mark.usefixtures("_shortcuts")
def test_of_several_exceptions_the_first_is_raised() -> None:
    """By the order of the model's fields, whatever that of the columns."""
    kinds = {"three": "int64", "two": "int64"}
    with pytest.raises(LookupError, match="of a factory"):
        load(Raising, kinds, (3, 2))
    with pytest.raises(ArithmeticError, match="of 2"):
        load(Raising, {**kinds, "one": "int64"}, (3, 2, 1))


def test_a_plan_is_for_any_pydantic_model() -> None:
    """One of pyferro's is told that it was loaded; others have no slot for that."""

    class Foreign(BaseModel):
        one: int

    assert load(Foreign, {"one": "int64"}, (1,)) == Foreign(one=1)  # type: ignore[arg-type]
