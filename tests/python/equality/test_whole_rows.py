"""JSON columns where the whole row is validated: in JSON mode, behind functions that see the row.

Some of it the random models found; what functions do to the content they do not try.
"""

from __future__ import annotations

import copy
import datetime as dt
import enum
from typing import Annotated, Any

import pytest
from pydantic import (
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from pyferro import Model

from .nested import StrictChecked
from .test_found import _shortcuts, load

__all__ = ["_shortcuts"]

TEXT = '{"when": "2024-05-06T07:08:09Z", "id": "12345678-1234-5678-1234-567812345678"}'
EARLY = TEXT.replace("2024", "1800")
WHEN = dt.datetime(2024, 5, 6, 7, 8, 9, tzinfo=dt.UTC)
KINDS = {"number": "int64", "inner": "json"}

pytestmark = pytest.mark.usefixtures("_shortcuts")
seen: list[Any] = []


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    seen.clear()


class Base(Model, abstract=True):
    number: int
    inner: StrictChecked


class After(Base, abstract=True):
    @model_validator(mode="after")
    def _after(self) -> Any:
        seen.append(self.inner)
        return self


class Before(Base, abstract=True):
    @model_validator(mode="before")
    @classmethod
    def _before(cls, data: Any) -> Any:
        seen.append(copy.deepcopy(data))
        return data


class Around(Base, abstract=True):
    @model_validator(mode="wrap")
    @classmethod
    def _around(cls, data: Any, handler: Any) -> Any:
        seen.append(copy.deepcopy(data))
        return handler(copy.deepcopy(data))


class Own(Base, abstract=True):
    def __init__(self, **data: Any) -> None:
        seen.append(copy.deepcopy(data))
        super().__init__(**data)
        seen.append(dict(vars(self)))


class OwnBefore(Before, abstract=True):
    def __init__(self, **data: Any) -> None:
        super().__init__(**data)


class Late(Base, abstract=True):
    def model_post_init(self, context: Any) -> None:
        seen.append(self.inner.when)


@pytest.mark.parametrize("model", [After, Before, Around, Own, OwnBefore, Late])
def test_strict_content_with_a_validator_is_read(model: Any) -> None:
    made = load(model, KINDS, (7, TEXT))
    assert type(made) is model
    assert made.inner == StrictChecked.model_validate_json(TEXT)
    assert made == model.model_construct(**{**vars(made)})
    assert made.model_fields_set == {"number", "inner"}
    with pytest.raises(ValidationError) as caught:
        load(model, KINDS, (2**40 + 1, EARLY))
    [line] = caught.value.errors(include_url=False)
    assert (line["type"], line["loc"]) == ("value_error", ("inner", "when"))
    assert line["msg"] == "Value error, too early"
    assert str(line["ctx"]["error"]) == "too early"
    assert caught.value.title == model.__name__


@pytest.mark.parametrize("model", [Before, Around, Own])
def test_functions_around_the_fields_see_content(model: type[Model]) -> None:
    load(model, KINDS, (7, TEXT))
    content = {"when": "2024-05-06T07:08:09Z", "id": "12345678-1234-5678-1234-567812345678"}
    assert seen[0] == {"number": 7, "inner": content}
    if model is Own:
        assert list(seen[1]) == ["number", "inner"]


@pytest.mark.parametrize("model", [Before, Around, Own])
def test_what_is_no_json_is_told_before_functions_run(model: type[Model]) -> None:
    with pytest.raises(ValidationError) as caught:
        load(model, KINDS, (7, "{"))
    assert [(e["type"], e["loc"]) for e in caught.value.errors()] == [("json_invalid", ("inner",))]
    assert seen == []


def test_what_is_no_json_is_hidden_like_any_input() -> None:
    class Hiding(Before, abstract=True):
        model_config = ConfigDict(hide_input_in_errors=True)

    for model, shown in ((Before, True), (Hiding, False)):
        with pytest.raises(ValidationError) as caught:
            load(model, KINDS, (7, "{nope"))
        assert ("nope" in str(caught.value)) == shown


def test_errors_of_all_fields_are_told_at_once_and_in_order() -> None:
    class Many(Model, abstract=True):
        spans: dict[str, dt.timedelta]
        number: Annotated[int, Field(gt=5)]
        last: list[int]

    kinds = {"spans": "json", "number": "int64", "last": "json"}
    with pytest.raises(ValidationError) as caught:
        load(Many, kinds, ('{"a": true}', 5, "{"))
    errors = caught.value.errors(include_url=False)
    assert [(e["type"], e["loc"]) for e in errors] == [
        ("time_delta_type", ("spans", "a")),
        ("greater_than", ("number",)),
        ("json_invalid", ("last",)),
    ]
    assert errors[1]["ctx"] == {"gt": 5}


def test_all_of_two_equal_keys_are_looked_at() -> None:
    class Plain(Model, abstract=True):
        numbers: dict[str, int]

    class Checked(Plain, abstract=True):
        @model_validator(mode="before")
        @classmethod
        def _before(cls, data: Any) -> Any:
            return data

    for model in (Plain, Checked):
        assert load(model, {"numbers": "json"}, ('{"x": 1, "x": 2}',)).numbers == {"x": 2}
        with pytest.raises(ValidationError) as caught:
            load(model, {"numbers": "json"}, ('{"x": "no", "x": 2}',))
        assert [e["loc"] for e in caught.value.errors()] == [("numbers", "x")]


class Loose(BaseModel):
    when: dt.datetime
    more: Any = None


class Changing(Model, abstract=True):
    number: int
    inner: Loose

    @model_validator(mode="before")
    @classmethod
    def _before(cls, data: Any) -> Any:
        match data["number"]:
            case 1:
                data["inner"]["more"] = {1}  # in place, and not what JSON could hold
            case 2:
                return {**data, "inner": Loose(when=WHEN, more="mine")}
            case 3:
                del data["inner"]
            case 4:
                return {**data, "number": "no number"}
        return data


def test_what_functions_change_counts() -> None:
    text = '{"when": "2024-05-06T07:08:09Z"}'
    made = [load(Changing, KINDS, (number, text)) for number in range(3)]
    assert [one.inner for one in made] == [
        Loose(when=WHEN),
        Loose(when=WHEN, more={1}),
        Loose(when=WHEN, more="mine"),
    ]
    for number, where in [(3, ("inner",)), (4, ("number",))]:
        with pytest.raises(ValidationError) as caught:
            load(Changing, KINDS, (number, text))
        assert [e["loc"] for e in caught.value.errors()] == [where]


def test_an_instance_from_a_function_is_taken_as_it_is() -> None:
    class Ready(Base, abstract=True):
        @model_validator(mode="wrap")
        @classmethod
        def _ready(cls, data: Any, handler: Any) -> Any:
            return handler(cls.model_construct(number=3, inner="as it is"))

    assert load(Ready, KINDS, (7, TEXT)).inner == "as it is"


def test_rows_may_be_loaded_while_one_is_validated() -> None:
    class Deep(Base, abstract=True):
        @model_validator(mode="before")
        @classmethod
        def _before(cls, data: Any) -> Any:
            if data["number"] > 0:
                seen.append(load(cls, KINDS, (data["number"] - 1, TEXT)))
            return data

    made = load(Deep, KINDS, (2, TEXT))
    assert [one.number for one in (*seen, made)] == [0, 1, 2]
    assert all(one.inner.when == WHEN for one in (*seen, made))


def test_bytes_are_decoded_below_an_own_init() -> None:
    class Raw(Model, abstract=True):
        model_config = ConfigDict(val_json_bytes="base64")
        parts: list[bytes]

        def __init__(self, **data: Any) -> None:
            super().__init__(**data)

    assert load(Raw, {"parts": "json"}, ('["aGk="]',)).parts == [b"hi"]


def test_an_own_init_finds_the_validator_of_its_class() -> None:
    """The one for rows is no longer there once an instance is made, or was not."""

    class Hiding(Base, abstract=True):
        def __init__(self, **data: Any) -> None:
            if data["number"] == 0:
                seen.append(self)
                raise ValueError("not today")
            if data["number"] > 1:
                seen.append(type(self)(number=1, inner=data["inner"]))
            super().__init__(**data)

    with pytest.raises(ValidationError, match="not today"):
        load(Hiding, KINDS, (0, TEXT))
    assert vars(seen.pop()) == {}
    # Another instance is made as ever: of Python objects, of which a strict one takes no text.
    with pytest.raises(ValidationError, match="should be a valid datetime"):
        load(Hiding, KINDS, (2, TEXT))
    assert load(Hiding, KINDS, (1, TEXT)).inner.when == WHEN


def test_an_own_init_reads_by_aliases() -> None:
    class Far(Model, abstract=True):
        number: int
        inner: list[int] | None = Field(default=None, validation_alias=AliasPath("path", "inner"))

        def __init__(self, **data: Any) -> None:
            super().__init__(**data)

    # As from any caller: what its __init__ is not given under an alias is not set.
    assert load(Far, KINDS, (7, "[1]")) == Far(number=7, inner=[1]) == Far(number=7)

    class Near(Model, abstract=True):
        number: int
        inner: StrictChecked = Field(alias="INNER")

        def __init__(self, **data: Any) -> None:
            super().__init__(**data)

    assert load(Near, KINDS, (7, TEXT)).inner.when == WHEN


class Folder(BaseModel):
    model_config = ConfigDict(strict=True)
    made: dt.date
    inside: list[Folder] = []

    @model_validator(mode="after")
    def _note(self) -> Folder:
        seen.append(self.made)
        return self


class Shelf(Model, abstract=True):
    top: Folder

    @model_validator(mode="after")
    def _checked(self) -> Shelf:
        return self


def test_functions_of_recursive_content_run_as_often_as_in_the_model() -> None:
    text = '{"made": "2024-05-06", "inside": [{"made": "2024-05-07"}]}'
    expected = Shelf.model_validate_json(f'{{"top": {text}}}')
    calls = seen.copy()
    seen.clear()
    assert load(Shelf, {"top": "json"}, (text,)) == expected
    assert seen == calls


class Color(enum.Enum):
    RED = "red"


def test_a_function_before_a_strict_enum_sees_the_value() -> None:
    class Named(Model, abstract=True):
        model_config = ConfigDict(strict=True)
        color: Color

        @field_validator("color", mode="before")
        @classmethod
        def _named(cls, value: Any) -> Any:
            seen.append(value)
            return Color(value) if value == "red" else value

    assert load(Named, {"color": "text"}, ("red",)).color is Color.RED
    with pytest.raises(ValidationError, match="an instance of Color"):
        load(Named, {"color": "text"}, ("blue",))
    assert set(seen) == {"red", "blue"}


def note(value: Any) -> Any:
    seen.append(value)
    return value


def test_a_before_validator_of_a_field_sees_content() -> None:
    class Noted(Before, abstract=True):
        noted: Annotated[dict[str, int] | None, BeforeValidator(note)] = None

    kinds = {**KINDS, "noted": "json"}
    assert load(Noted, kinds, (7, TEXT, '{"a": 1}')).noted == {"a": 1}
    assert load(Noted, kinds, (7, TEXT, None)).noted is None
    assert [one for one in seen if one is None or "a" in one] == [{"a": 1}, None]
