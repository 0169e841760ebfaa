"""The proof against pydantic-core: verdicts by hand, and random models and rows on both ways.

What matters is one thing: the short way gives the same instance or the same refusal as the model's
own validator. The verdicts are tested too, since a proof that always says "whole row" is right but
useless. No database is used.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, Optional, TypeVar

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from pydantic import (
    UUID4,
    AfterValidator,
    AliasChoices,
    AliasPath,
    AnyUrl,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Json,
    NaiveDatetime,
    PlainValidator,
    PrivateAttr,
    RootModel,
    SecretStr,
    Strict,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    WrapValidator,
    computed_field,
    create_model,
    field_validator,
    model_validator,
)
from pydantic_core import SchemaError, from_json
from reference_fill import fill, whole_row
from typing_extensions import TypedDict

from pyferro.proof.model_proof import ModelProof
from pyferro.proof.nodes import ARRAY_ELEMENTS, Check, Level
from pyferro.proof.prover import KINDS, prove

UTC = dt.UTC


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Size(enum.IntEnum):
    S = 1
    L = 3


class Tone(enum.StrEnum):
    LOW = "low"
    HIGH = "high"


class Lenient(enum.Enum):
    A = "a"

    @classmethod
    def _missing_(cls, value: object) -> Lenient | None:
        return cls.A if value == "alpha" else None


class Mixed(enum.Enum):
    ONE = 1
    TEXT = "1"


class Inner(BaseModel):
    x: int
    when: dt.datetime | None = None


class StrictInner(BaseModel):
    model_config = ConfigDict(strict=True)
    when: dt.datetime
    id: uuid.UUID


class AliasInner(BaseModel):
    x: int = Field(alias="X")


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.0


class Movie(TypedDict):
    title: str
    year: int


def proof_of(annotation: Any, kind: str, **config: Any) -> ModelProof:
    model = create_model("M", __config__=ConfigDict(**config), f=(annotation, ...))
    return prove(model, {"f": kind})


def outcome(make: Callable[[], Any]) -> Any:
    """What a call gave, comparable: a description of the instance, or the error list."""
    try:
        made = make()
    except ValidationError as error:
        return ("error", [(e["type"], e["loc"], e["msg"]) for e in error.errors()])
    return ("made", described(made))


def described(value: Any) -> Any:
    """Values with their types all the way down (True is not 1, NaN is NaN)."""
    if isinstance(value, BaseModel):
        inside = {k: described(v) for k, v in value.__dict__.items()}
        private = value.__pydantic_private__
        extra = value.__pydantic_extra__
        return (type(value), list(inside.items()), sorted(value.model_fields_set), private, extra)
    if dataclasses.is_dataclass(value):
        return (type(value), described(vars(value)))
    if isinstance(value, dict):
        return (type(value), [(described(k), described(v)) for k, v in value.items()])
    if isinstance(value, (list, tuple)):
        return (type(value), [described(v) for v in value])
    if isinstance(value, (set, frozenset)):
        return (type(value), sorted(map(repr, value)))
    if isinstance(value, dt.datetime):
        return (type(value), repr(value))
    return (type(value), repr(value))


def pydantic_row(proof: ModelProof, row: dict[str, Any], kinds: dict[str, str]) -> Any:
    """The model's own validator on the decoded row: nothing of the proof is used.

    JSON is parsed and a strict enum given its member, the two things a database cannot deliver.
    """
    data = dict(row)
    for name, value in row.items():
        info = proof.model.__pydantic_fields__[name]
        if value is None:
            continue
        if kinds[name] == "json":
            data[name] = from_json(value)
        elif isinstance(value, list):
            pass
        elif "Color" in repr(info.annotation) and "Strict(strict=True)" in repr(info):
            data[name] = {"red": Color.RED, "blue": Color.BLUE}.get(value, value)
    return proof.model.__pydantic_validator__.validate_python(data, by_name=True, by_alias=False)


# Verdicts by hand: a proof must not be more careful than it has to be, nor less.

E, C, F, R = Level.EXACT, Level.CHECKED, Level.FIELD, Level.ROW

VERDICTS: list[tuple[Any, str, Level]] = [
    (bool, "bool", E),
    (int, "int64", E),
    (float, "float64", E),
    (Decimal, "decimal", E),
    (str, "text", E),
    (bytes, "bytes", E),
    (dt.date, "date", E),
    (dt.time, "time", E),
    (dt.datetime, "timestamp", E),
    (dt.datetime, "timestamptz", E),
    (NaiveDatetime, "timestamp", E),
    (AwareDatetime, "timestamptz", E),
    (NaiveDatetime, "timestamptz", F),
    (AwareDatetime, "timestamp", F),
    (dt.timedelta, "interval", E),
    (uuid.UUID, "uuid", E),
    (Optional[int], "int64", E),  # noqa: UP045
    (int | None, "int64", E),
    *[(Any, kind, E) for kind in sorted(KINDS)],
    *[(object, kind, E) for kind in sorted(KINDS)],
    # Column and field of different types: pydantic converts or refuses.
    (bool, "int64", F),
    (int, "bool", F),
    (int, "float64", F),
    (int, "decimal", F),
    (int, "text", F),
    (float, "int64", F),
    (Decimal, "int64", F),
    (Decimal, "float64", F),
    (dt.date, "timestamp", F),
    (dt.datetime, "date", F),
    (uuid.UUID, "text", F),
    (str, "int64", F),
    (bytes, "text", F),
    # Bounds.
    (Annotated[int, Field(ge=0, lt=10)], "int64", C),
    (Annotated[int, Field(ge=0)] | None, "int64", C),
    (Annotated[int, Field(multiple_of=3)], "int64", C),
    (Annotated[int, Field(ge=-(2**63), le=2**63 - 1)], "int64", E),
    (Annotated[int, Field(gt=-(2**63))], "int64", C),
    (Annotated[int, Field(gt=2**63)], "int64", F),
    (Annotated[int, Field(le=2**70)], "int64", E),
    (Annotated[float, Field(gt=0.5)], "float64", C),
    (Annotated[float, Field(allow_inf_nan=False)], "float64", C),
    (Annotated[float, Field(multiple_of=0.1)], "float64", F),
    (Annotated[Decimal, Field(max_digits=6, decimal_places=2)], "decimal", C),
    (Annotated[Decimal, Field(max_digits=40, decimal_places=2)], "decimal", F),
    (Annotated[Decimal, Field(ge=0)], "decimal", C),
    (Annotated[Decimal, Field(allow_inf_nan=True)], "decimal", E),
    (Annotated[Decimal, Field(multiple_of=Decimal("0.1"))], "decimal", F),
    (Annotated[str, Field(max_length=5)], "text", C),
    (Annotated[str, Field(min_length=0)], "text", E),
    (Annotated[bytes, Field(min_length=1)], "bytes", C),
    (Annotated[str, Field(pattern="^a")], "text", F),
    (Annotated[str, StringConstraints(strip_whitespace=True)], "text", F),
    (Annotated[str, StringConstraints(to_lower=True)], "text", F),
    (Annotated[str, StringConstraints(to_upper=True)], "text", F),
    (Annotated[str, Strict()], "text", E),
    (Annotated[dt.date, Field(gt=dt.date(2020, 1, 1))], "date", F),
    (UUID4, "uuid", F),
    # Lookups.
    (Color, "text", C),
    (Size, "int64", C),
    (Tone, "text", C),
    (Size, "text", F),
    (Color, "int64", F),
    (Mixed, "text", F),
    (Lenient, "text", C),
    (Literal["a", "b"], "text", C),
    (Literal[1, 2], "int64", C),
    (Literal[True, 2], "int64", C),
    (Literal[Color.RED], "text", F),
    (Literal["a"] | None, "text", C),
    # Functions and other types.
    (Annotated[int, AfterValidator(lambda v: v + 1)], "int64", F),
    (Annotated[int, BeforeValidator(lambda v: v)], "int64", F),
    (Annotated[int, WrapValidator(lambda v, handler: handler(v))], "int64", F),
    (Annotated[int, PlainValidator(lambda v: v)], "int64", F),
    (Annotated[int, AfterValidator(lambda v, info: v + len(info.data))], "int64", R),
    (int | str, "text", F),
    (AnyUrl, "text", F),
    (SecretStr, "text", F),
    (Json[list[int]], "text", F),
    # JSON columns.
    (dict, "json", C),
    (dict[str, Any], "json", C),
    (list, "json", C),
    (list[Any], "json", C),
    (dict[str, int], "json", F),
    (dict[int, Any], "json", F),
    (list[int], "json", F),
    (set[int], "json", F),
    (tuple[int, str], "json", F),
    (Inner, "json", F),
    (Inner | None, "json", F),
    (list[Inner], "json", F),
    (Point, "json", F),
    (Movie, "json", F),
    (Annotated[Cat | Dog, Field(discriminator="kind")], "json", F),
    (Json[list[int]], "json", F),
    (Annotated[list, Field(max_length=2)], "json", F),
    (list[Annotated[int, AfterValidator(lambda v, info: v)]], "json", R),
    (str, "json", F),
    # Arrays.
    (list[int], "int64-array", C),
    (list[int | None], "int64-array", E),
    (list[Any], "int64-array", E),
    (list, "text-array", E),
    (list[str], "text-array", C),
    (list[bool], "bool-array", C),
    (list[float | None], "float64-array", E),
    (list[Decimal], "decimal-array", C),
    (list[dt.date], "date-array", C),
    (list[dt.time], "time-array", C),
    (list[dt.datetime], "timestamp-array", C),
    (list[AwareDatetime], "timestamptz-array", C),
    (list[NaiveDatetime], "timestamptz-array", F),
    (list[dt.timedelta], "interval-array", C),
    (list[uuid.UUID], "uuid-array", C),
    (Annotated[list[int], Field(min_length=1, max_length=3)], "int64-array", C),
    (Annotated[list[int | None], Field(max_length=2)], "int64-array", C),
    (list[Annotated[int, Field(ge=0)]], "int64-array", F),
    (list[Annotated[str, Field(max_length=2)]], "text-array", F),
    (list[Annotated[int, AfterValidator(lambda v: v + 1)]], "int64-array", F),
    (list[float], "int64-array", F),
    (list[int | str], "text-array", F),
    (list[Tone], "text-array", F),
    (set[int], "int64-array", F),
    (tuple[int, ...], "int64-array", F),
    (int, "int64-array", F),
    (Any, "int64-array", E),
]


@pytest.mark.parametrize(("annotation", "kind", "level"), VERDICTS, ids=str)
def test_verdict(annotation: Any, kind: str, level: Level) -> None:
    proof = proof_of(annotation, kind)
    assert proof.level == proof.fields["f"].level == level, proof.reason
    assert proof.reason
    assert (proof.fields["f"].validator is not None) or level != Level.FIELD


@pytest.mark.parametrize(
    ("annotation", "kind", "config", "level"),
    [
        (str, "text", {"str_strip_whitespace": True}, F),
        (str, "text", {"str_to_lower": True}, F),
        (str, "text", {"str_max_length": 4}, C),
        (str, "text", {"coerce_numbers_to_str": True}, E),
        (Annotated[str, Field(max_length=9)], "text", {"str_max_length": 4}, C),
        (float, "float64", {"allow_inf_nan": False}, C),
        (int, "int64", {"strict": True}, E),
        (uuid.UUID, "uuid", {"strict": True}, E),
        (dict[str, Any], "json", {"str_max_length": 3}, F),
        (int, "int64", {"extra": "forbid"}, E),
        (int, "int64", {"extra": "allow"}, R),
        (int, "int64", {"frozen": True}, E),
    ],
)
def test_configuration_counts(
    annotation: Any, kind: str, config: dict[str, Any], level: Level
) -> None:
    assert proof_of(annotation, kind, **config).level == level


def test_the_checks_say_what_was_declared() -> None:
    bounds = proof_of(Annotated[int, Field(ge=0, lt=10)], "int64").fields["f"]
    assert bounds.check == Check(ge=0, lt=10)
    # The field's own bound wins over the model's.
    own = proof_of(Annotated[str, Field(max_length=9)], "text", str_max_length=4).fields["f"]
    assert own.check == Check(max_length=9)
    tone = proof_of(Tone, "text").fields["f"]
    assert tone.enum_map == {"low": Tone.LOW, "high": Tone.HIGH} and tone.convert == "enum"


@pytest.mark.parametrize("name", ["ge", "gt", "le", "lt"])
@pytest.mark.parametrize(
    ("base", "kind"), [(int, "int64"), (float, "float64"), (Decimal, "decimal")]
)
def test_bounds_at_the_bound(name: str, base: Any, kind: str) -> None:
    proof = proof_of(Annotated[base, Field(**{name: 3})], kind)
    for value in map(base, (2, 3, 4)):
        row = {"f": value}
        own = outcome(lambda row=row: proof.model.model_validate(row))
        assert outcome(lambda row=row: fill(proof, row)) == own
        check = proof.fields["f"].check
        assert check is not None and check.admits(value) == (own[0] == "made")


def test_lookups_tell_values_of_other_types_apart() -> None:
    proof = proof_of(Literal[True, 2], "int64")
    assert fill(proof, {"f": 2}).f == 2  # type: ignore[attr-defined]
    # True == 1, so a dict would find it; whether 1 means True is for pydantic to say.
    assert proof.fields["f"].enum_map == {2: 2}
    own = outcome(lambda: proof.model.model_validate({"f": 1}))
    assert outcome(lambda: fill(proof, {"f": 1})) == own


def test_null_is_valid_only_where_declared() -> None:
    assert proof_of(int | None, "int64").fields["f"].nullable
    assert proof_of(Any, "text").fields["f"].nullable
    strict = proof_of(int, "int64")
    assert not strict.fields["f"].nullable
    with pytest.raises(ValidationError, match="int_type"):
        fill(strict, {"f": None})


# Models as wholes.


def test_model_validators_and_hooks_need_the_row() -> None:
    class Before(BaseModel):
        f: int

        @model_validator(mode="before")
        @classmethod
        def _change(cls, data: Any) -> Any:
            return {"f": data["f"] + 1}

    class After(BaseModel):
        f: int

        @model_validator(mode="after")
        def _refuse(self) -> After:
            if self.f > 5:
                raise ValueError("too much")
            return self

    class Wrap(BaseModel):
        f: int

        @model_validator(mode="wrap")
        @classmethod
        def _around(cls, data: Any, handler: Any) -> Any:
            return handler({"f": 9})

    class Init(BaseModel):
        f: int

        def __init__(self, **data: Any) -> None:
            super().__init__(**{"f": data["f"] * 2})

    class Hook(BaseModel):
        f: int
        _seen: int = 0

        def model_post_init(self, context: Any) -> None:
            self._seen = self.f

    class New(BaseModel):
        f: int

        def __new__(cls, *args: Any, **kw: Any) -> New:
            return super().__new__(cls)

    for model in (Before, After, Wrap, Init, Hook, New):
        proof = prove(model, {"f": "int64"})
        assert proof.level == Level.ROW, model
        for f in (1, 7):
            expected = outcome(lambda f=f, model=model: model.model_validate({"f": f}))
            assert outcome(lambda f=f, proof=proof: fill(proof, {"f": f})) == expected


def test_root_models_need_the_row() -> None:
    class Root(RootModel[int]):
        pass

    assert prove(Root, {"root": "int64"}).level == Level.ROW


def test_a_validator_that_reads_the_row_needs_it() -> None:
    class Pair(BaseModel):
        a: int
        b: int

        @field_validator("b")
        @classmethod
        def _above(cls, v: int, info: ValidationInfo) -> int:
            if v < info.data["a"]:
                raise ValueError("below a")
            return v

    proof = prove(Pair, {"a": "int64", "b": "int64"})
    assert proof.level == Level.ROW and proof.fields["a"].level == Level.EXACT
    assert fill(proof, {"a": 1, "b": 2}) == Pair(a=1, b=2)
    with pytest.raises(ValidationError, match="below a"):
        fill(proof, {"a": 3, "b": 2})


def test_a_reading_validator_inside_a_nested_model_stays_in_its_field() -> None:
    class Pair(BaseModel):
        a: int
        b: int

        @field_validator("b")
        @classmethod
        def _sum(cls, v: int, info: ValidationInfo) -> int:
            return v + int(info.data["a"])

    proof = proof_of(Pair, "json")
    assert proof.level == Level.FIELD
    assert fill(proof, {"f": '{"a": 1, "b": 2}'}).f.b == 3  # type: ignore[attr-defined]


def test_private_attributes_get_their_defaults() -> None:
    class Base(BaseModel):
        f: int
        _list: list[int] = PrivateAttr(default_factory=list)
        _unset: int

    class Derived(Base):
        _more: dict[str, int] = {"a": 1}

    for model in (Base, Derived):
        proof = prove(model, {"f": "int64"})
        assert proof.level == Level.EXACT and proof.post_init
        made = fill(proof, {"f": 1})
        assert described(made) == described(model.model_validate({"f": 1}))
        assert made.__pydantic_private__ is not None
        assert made._list is not fill(proof, {"f": 1})._list  # type: ignore[attr-defined]

    class Hooked(Derived):
        def model_post_init(self, context: Any) -> None:
            super().model_post_init(context)
            self._unset = 5

    assert prove(Hooked, {"f": "int64"}).level == Level.ROW

    class Again(Hooked):
        _last: int = 1

    proof = prove(Again, {"f": "int64"})
    assert proof.level == Level.ROW
    assert fill(proof, {"f": 1})._unset == 5  # type: ignore[attr-defined]


def test_fields_that_were_not_selected() -> None:
    class Part(BaseModel):
        f: int
        none: str | None = None
        text: str = "x"
        made: list[int] = Field(default_factory=lambda: [1])

    proof = prove(Part, {"f": "int64"})
    assert proof.level == Level.EXACT
    assert proof.defaults == {"none": None, "text": "x"} and set(proof.factories) == {"made"}
    made = fill(proof, {"f": 1})
    assert described(made) == described(Part.model_validate({"f": 1}))
    assert made.made is not fill(proof, {"f": 1}).made  # type: ignore[attr-defined]

    class Mutable(BaseModel):
        f: int
        copied: list[int] = []

    class Checked(BaseModel):
        f: int
        wrong: int = Field(default="x", validate_default=True)

    class Reading(BaseModel):
        f: int
        twice: int = Field(default_factory=lambda data: data["f"] * 2)

    class Required(BaseModel):
        f: int
        g: int

    for model in (Mutable, Checked, Reading, Required):
        proof = prove(model, {"f": "int64"})
        assert proof.level == Level.ROW, model
        expected = outcome(lambda model=model: model.model_validate({"f": 4}))
        assert outcome(lambda proof=proof: fill(proof, {"f": 4})) == expected


def test_rows_are_keyed_by_field_name_whatever_the_aliases() -> None:
    class Aliased(BaseModel):
        model_config = ConfigDict(extra="forbid")
        a: int = Field(alias="x")
        b: int = Field(validation_alias=AliasChoices("y", AliasPath("z", 0)))
        c: int = Field(validation_alias=AliasPath("q", "r"))

    kinds = {"a": "int64", "b": "int64", "c": "int64"}
    proof = prove(Aliased, kinds)
    assert proof.level == Level.EXACT
    row = {"a": 1, "b": 2, "c": 3}
    assert described(fill(proof, row)) == described(whole_row(proof, row))
    with pytest.raises(ValidationError):
        fill(proof, {**row, "c": None})

    class Swapped(BaseModel):
        a: int = Field(alias="b")
        b: int = Field(alias="a")

        @model_validator(mode="after")
        def _same(self) -> Swapped:
            return self

    swapped = prove(Swapped, {"a": "int64", "b": "int64"})
    made = fill(swapped, {"a": 1, "b": 2})
    assert made.__dict__ == {"a": 1, "b": 2}


def test_aliases_of_nested_models_survive_the_whole_row() -> None:
    class Outer(BaseModel):
        key: int = Field(alias="Key")
        inner: AliasInner

        @model_validator(mode="after")
        def _same(self) -> Outer:
            return self

    proof = prove(Outer, {"key": "int64", "inner": "json"})
    made = fill(proof, {"key": 1, "inner": '{"X": 2}'})
    assert made.key == 1 and made.inner.x == 2  # type: ignore[attr-defined]

    class Own(BaseModel):
        key: int = Field(alias="Key")

        def __init__(self, **data: Any) -> None:
            super().__init__(**data)

    assert fill(prove(Own, {"key": "int64"}), {"key": 5}).key == 5  # type: ignore[attr-defined]


def test_recursion_generics_and_inheritance() -> None:
    class Node(BaseModel):
        x: int
        kids: list[Node] = []

    Node.model_rebuild(_types_namespace={"Node": Node})
    proof = prove(Node, {"x": "int64", "kids": "json"})
    assert proof.level == Level.FIELD
    made = fill(proof, {"x": 1, "kids": '[{"x": 2, "kids": [{"x": 3}]}]'})
    assert made.kids[0].kids[0].x == 3  # type: ignore[attr-defined]

    t = TypeVar("t")

    class Box(BaseModel, Generic[t]):
        item: t

    assert prove(Box[int], {"item": "int64"}).level == Level.EXACT
    assert prove(Box[Inner], {"item": "json"}).level == Level.FIELD

    class Animal(BaseModel):
        f: int

        @computed_field  # type: ignore[prop-decorator]
        @property
        def double(self) -> int:
            return self.f * 2

    class Child(Animal):
        g: str

    child = prove(Child, {"f": "int64", "g": "text"})
    assert child.level == Level.EXACT
    assert fill(child, {"f": 2, "g": "x"}).model_dump() == {"f": 2, "g": "x", "double": 4}


class _Mutual(BaseModel):
    other: _Other | None = None


class _Other(BaseModel):
    back: _Mutual | None = None
    calls: int = 0

    @model_validator(mode="after")
    def _count(self) -> _Other:
        self.calls += 1
        return self


def test_validators_of_nested_models_run_as_often_as_in_the_model() -> None:
    kinds = {"other": "json"}
    proof = prove(_Mutual, kinds)
    row = {"other": '{"back": {"other": {}}}'}
    expected = described(pydantic_row(proof, row, kinds))
    assert described(fill(proof, row)) == expected


def test_a_rebuilt_model_ends_the_proof() -> None:
    class Rebuilt(BaseModel):
        f: int

    proof = prove(Rebuilt, {"f": "int64"})
    assert proof.current()
    Rebuilt.__pydantic_fields__["f"].metadata.append(__import__("annotated_types").Gt(3))
    Rebuilt.model_rebuild(force=True)
    assert not proof.current()
    assert prove(Rebuilt, {"f": "int64"}).level == Level.CHECKED


def test_deferred_models_are_built() -> None:
    class Late(BaseModel):
        model_config = ConfigDict(defer_build=True)
        f: int

    assert prove(Late, {"f": "int64"}).level == Level.EXACT


def test_wrong_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="no field 'nope'"):
        prove(Inner, {"nope": "int64"})
    with pytest.raises(ValueError, match="not a canonical type"):
        prove(Inner, {"x": "integer"})


def test_unknown_nodes_and_keys_need_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    class Plain(BaseModel):
        f: int
        g: str | None = None

    kinds = {"f": "int64", "g": "text"}
    good = Plain.__pydantic_core_schema__
    assert prove(Plain, kinds).level == Level.EXACT

    def with_field(schema: dict[str, Any]) -> dict[str, Any]:
        fields = {**good["schema"]["fields"], "f": {"type": "model-field", "schema": schema}}
        return {**good, "schema": {**good["schema"], "fields": fields}}

    changed = [
        with_field({"type": "int", "shiny": 1}),
        with_field({"type": "shiny"}),
        with_field({"type": "default", "default": 1, "shiny": 1, "schema": {"type": "int"}}),
        with_field({"type": "nullable", "schema": {"type": "shiny"}}),
        with_field({"type": "list", "items_schema": {"type": "shiny"}}),
        with_field({"type": "definition-ref", "schema_ref": "nowhere"}),
        {**good, "shiny": True},
        {**good, "schema": {**good["schema"], "shiny": True}},
        {**good, "schema": {"type": "shiny", "schema": good["schema"]}},
        {"type": "shiny", "schema": good},
        {**good, "cls": Inner},
    ]
    for schema in changed:
        monkeypatch.setattr(Plain, "__pydantic_core_schema__", schema)
        assert prove(Plain, kinds).level == Level.ROW, schema


# JSON mode and strict enums: the two readings of "a row" that a database forces.


def test_json_columns_are_validated_in_json_mode() -> None:
    text = '{"when": "2024-05-06T07:08:09Z", "id": "12345678-1234-5678-1234-567812345678"}'
    expected = StrictInner.model_validate_json(text)

    class Direct(BaseModel):
        f: StrictInner

    class Hooked(Direct):
        @model_validator(mode="after")
        def _same(self) -> Hooked:
            return self

    for model in (Direct, Hooked):
        proof = prove(model, {"f": "json"})
        assert fill(proof, {"f": text}).f == expected  # type: ignore[attr-defined]
        assert outcome(lambda proof=proof: fill(proof, {"f": '{"when": 5}'}))[0] == "error"
        assert outcome(lambda proof=proof: fill(proof, {"f": "{"}))[0] == "error"
        with pytest.raises(ValidationError):
            fill(proof, {"f": None})


def test_json_mode_has_the_last_word_over_python_mode() -> None:
    class Raw(BaseModel):
        model_config = ConfigDict(val_json_bytes="base64")
        f: dict[str, bytes]

        @model_validator(mode="after")
        def _same(self) -> Raw:
            return self

    proof = prove(Raw, {"f": "json"})
    assert fill(proof, {"f": '{"a": "aGk="}'}).f == {"a": b"hi"}  # type: ignore[attr-defined]
    with pytest.raises(ValidationError) as caught:
        fill(proof, {"f": '{"a": "?"}'})
    assert caught.value.errors()[0]["loc"] == ("f", "a")


def test_fields_of_type_json_take_the_text() -> None:
    for kind in ("json", "text"):
        made = fill(proof_of(Json[list[int]], kind), {"f": "[1, 2]"})
        assert made.f == [1, 2]  # type: ignore[attr-defined]
        after = Annotated[Json[list[int]], AfterValidator(lambda v: v[0])]
        assert fill(proof_of(after, kind), {"f": "[1, 2]"}).f == 1  # type: ignore[attr-defined]


def test_strict_enums_get_their_member() -> None:
    after = Annotated[Color, AfterValidator(lambda v: v)]
    for annotation in (Color, Color | None, after):
        proof = proof_of(annotation, "text", strict=True)
        assert fill(proof, {"f": "red"}).f is Color.RED  # type: ignore[attr-defined]
        assert proof.validate({"f": "blue"}).f is Color.BLUE
        with pytest.raises(ValidationError):
            fill(proof, {"f": "green"})


def test_enums_with_a_missing_hook_and_values_instead_of_members() -> None:
    assert fill(proof_of(Lenient, "text"), {"f": "alpha"}).f is Lenient.A  # type: ignore[attr-defined]
    raw = proof_of(Color, "text", use_enum_values=True)
    assert fill(raw, {"f": "red"}).f == "red"  # type: ignore[attr-defined]


# The differential test.

NOW = dt.datetime(2024, 2, 29, 12, 30, 15, 123456)

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "int64": st.one_of(
        st.integers(-12, 12),
        st.integers(-(2**63), 2**63 - 1),
        st.sampled_from([-(2**63), 2**63 - 1]),
    ),
    "float64": st.one_of(
        st.floats(), st.integers(-9, 9).map(float), st.floats(-3, 3).map(lambda v: round(v, 1))
    ),
    "decimal": st.one_of(
        st.decimals(allow_nan=False, allow_infinity=False),
        st.decimals(-1000, 1000, places=2),
        st.sampled_from([Decimal(t) for t in ("0", "0.00", "1E+3", "100", "-0.0", "9" * 30)]),
    ),
    "text": st.one_of(
        st.text(st.characters(codec="utf-8"), max_size=6),
        st.sampled_from(["red", "low", "a", "1", " a ", "A", "alpha", "true", "1.5", "2024-01-01"]),
    ),
    "bytes": st.binary(max_size=5),
    "date": st.dates(),
    "time": st.times(),
    "timestamp": st.one_of(
        st.datetimes(), st.dates().map(lambda d: dt.datetime(*d.timetuple()[:3]))
    ),
    "timestamptz": st.datetimes(timezones=st.just(UTC)),
    "interval": st.timedeltas(),
    "uuid": st.one_of(st.uuids(), st.uuids(version=4)),
    "json": st.one_of(
        st.recursive(
            st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2) | st.text(max_size=3),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["x", "a", "1", "kind"]), inner, max_size=3)
            ),
            max_leaves=6,
        ),
        st.sampled_from(
            [
                {"x": 1},
                {"x": "2", "when": "2024-05-06T07:08:09"},
                {"x": 1, "y": 2},
                {"title": "t", "year": 1999},
                {"kind": "cat", "lives": 9},
                {"kind": "dog", "name": "d"},
                [1, 2, 2],
                ["1", 2.0],
                [{"x": 1}],
                {"1": 1},
            ]
        ),
    ).map(json.dumps),
}
VALUES |= {
    f"{element}-array": st.lists(VALUES[element], max_size=3)
    | st.lists(st.none() | VALUES[element], max_size=3)
    for element in ARRAY_ELEMENTS
}

_small = st.integers(-5, 5)


def _bounded(base: Any, bound: st.SearchStrategy[Any], *names: str) -> st.SearchStrategy[Any]:
    some = st.dictionaries(st.sampled_from(names), bound, min_size=1, max_size=2)
    return some.map(lambda given_bounds: Annotated[base, Field(**given_bounds)])


def _decimals(given_digits: tuple[int | None, int | None]) -> Any:
    digits, places = given_digits
    if digits is not None and places is not None:
        digits = max(digits, places)
    return Annotated[Decimal, Field(max_digits=digits, decimal_places=places)]


def _even(value: Any) -> Any:
    if isinstance(value, int) and value % 2:
        raise ValueError("odd")
    return value


_order = ("ge", "gt", "le", "lt")
_wide = st.one_of(_small, st.sampled_from([-(2**63), 2**63 - 1, 2**63, -(2**64)]))

ANNOTATIONS: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([a for a, _, _ in VERDICTS]),
    _bounded(int, _wide, *_order),
    _bounded(int, st.integers(1, 5), "multiple_of"),
    _bounded(float, st.one_of(_small, st.floats(-5, 5)), *_order),
    _bounded(Decimal, st.one_of(_small, st.decimals(-5, 5, places=1)), *_order),
    _bounded(str, st.integers(0, 5), "min_length", "max_length"),
    _bounded(bytes, st.integers(0, 5), "min_length", "max_length"),
    _bounded(dt.date, st.dates(), *_order),
    _bounded(dt.timedelta, st.timedeltas(), *_order),
    st.tuples(st.none() | st.integers(1, 30), st.none() | st.integers(0, 4)).map(_decimals),
    st.sampled_from([int, str, float, Decimal]).map(lambda a: Annotated[a, AfterValidator(_even)]),
    st.sampled_from([int, str, float, Size, Tone]).map(
        lambda a: Annotated[a, BeforeValidator(_even)]
    ),
    st.sampled_from([int, str, Color]).map(lambda a: Annotated[a, Field(strict=True)]),
)

CONFIGS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "str_strip_whitespace": st.booleans(),
        "str_to_lower": st.booleans(),
        "str_max_length": st.integers(1, 5),
        "allow_inf_nan": st.booleans(),
        "extra": st.sampled_from(["ignore", "forbid", "allow"]),
        "frozen": st.booleans(),
        "coerce_numbers_to_str": st.booleans(),
        "validate_by_name": st.just(True),
        "revalidate_instances": st.sampled_from(["always", "never"]),
        "use_enum_values": st.booleans(),
    },
)


def _fitting(annotation: Any) -> list[str]:
    """The column types the hand-made table pairs with an annotation, or with its base type."""
    found = [kind for a, kind, level in VERDICTS if a is annotation]
    base = getattr(annotation, "__origin__", annotation)
    return found or [kind for a, kind, level in VERDICTS if a is base and level <= Level.CHECKED]


@st.composite
def cases(draw: st.DrawFn) -> tuple[type[BaseModel], dict[str, str], list[dict[str, Any]]]:
    kinds: dict[str, str] = {}
    fields: dict[str, Any] = {}
    for i in range(draw(st.integers(1, 4))):
        annotation = draw(ANNOTATIONS)
        fitting = _fitting(annotation)
        odd = not fitting or draw(st.integers(0, 5)) == 0
        kinds[f"f{i}"] = draw(st.sampled_from(sorted(KINDS) if odd else fitting))
        if draw(st.integers(0, 3)) == 0:
            annotation = Optional[annotation]  # noqa: UP045
        default = draw(st.sampled_from([..., ..., None, 1, [2]]))
        alias = draw(st.sampled_from([None, None, None, f"A{i}"]))
        fields[f"f{i}"] = (annotation, Field(default, alias=alias))
    config: Any = draw(CONFIGS)
    try:
        model = create_model("Random", __config__=ConfigDict(**config), **fields)
    except (SchemaError, TypeError):
        reject()  # a model that pydantic itself does not take
    row = st.fixed_dictionaries(
        {
            k: VALUES[kind] | st.none() if draw(st.booleans()) else VALUES[kind]
            for k, kind in kinds.items()
        }
    )
    return model, kinds, draw(st.lists(row, min_size=1, max_size=4))


@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), st.data())
def test_the_short_way_equals_pydantic_core(
    case: tuple[type[BaseModel], dict[str, str], list[dict[str, Any]]], data: st.DataObject
) -> None:
    model, kinds, rows = case
    left_out = data.draw(st.sampled_from([None, None, *kinds]), label="not selected")
    kinds = {k: v for k, v in kinds.items() if k != left_out}
    proof = prove(model, kinds)
    for full in rows:
        row = {k: v for k, v in full.items() if k in kinds}
        if any(_takes_text(model, k) for k in kinds if kinds[k] == "json"):
            continue  # Json[...] over a JSON column has its own test
        short = outcome(lambda row=row: fill(proof, row))
        own = expected(proof, row, kinds)
        if short[0] == own[0] == "error" and "json" in kinds.values():
            # JSON mode words some errors in its own way; the fields at fault are the same.
            assert {loc[0] for _, loc, _ in short[1]} == {loc[0] for _, loc, _ in own[1]}
        else:
            assert short == own, (proof.reason, row)


def expected(proof: ModelProof, row: dict[str, Any], kinds: dict[str, str]) -> Any:
    """pydantic alone, as `outcome` describes it: JSON columns in JSON mode, others in Python's.

    Each JSON field is asked for in a model of its own and stands as Any in a copy of the model, so
    this is right only for models whose fields do not see each other.
    """
    inside: dict[str, Any] = {}
    errors: list[Any] = []
    for name in [k for k, kind in kinds.items() if kind == "json"]:
        info = proof.model.__pydantic_fields__[name]
        config: Any = {**proof.model.model_config, "extra": "ignore"}
        alone: Any = create_model("Alone", __config__=config, f=(_whole_annotation(info), ...))
        text = "null" if row[name] is None else row[name]
        try:
            inside[name] = alone.model_validate_json(f'{{"f": {text}}}').f
        except ValidationError as error:
            inside[name] = None
            errors += [(e["type"], (name, *e["loc"][1:]), e["msg"]) for e in error.errors()]
    if not inside:
        return outcome(lambda: pydantic_row(proof, row, kinds))
    overridden: Any = dict.fromkeys(inside, (Any, ...))
    copy = create_model("Copy", __base__=proof.model, **overridden)
    python = dataclasses.replace(proof, model=copy)
    plain = {k: "" if kind == "json" else kind for k, kind in kinds.items()}
    rest = outcome(lambda: pydantic_row(python, {**row, **inside}, plain))
    if rest[0] == "error":
        errors += rest[1]
    if errors:
        return ("error", errors)
    return ("made", (proof.model, *rest[1][1:]))


def _whole_annotation(info: Any) -> Any:
    """The annotation with the constraints that pydantic has taken out of it."""
    annotation = info.annotation
    for part in info.metadata:
        annotation = Annotated[annotation, part]
    if info.discriminator is not None:
        annotation = Annotated[annotation, Field(discriminator=info.discriminator)]
    return annotation


def _takes_text(model: type[BaseModel], name: str) -> bool:
    return "Json" in repr(model.__pydantic_fields__[name])


@settings(max_examples=300, deadline=None)
@given(
    st.decimals(allow_nan=False, allow_infinity=False),
    st.none() | st.integers(1, 28),
    st.none() | st.integers(0, 12),
)
def test_digits_are_never_admitted_that_pydantic_refuses(
    value: Decimal, digits: int | None, places: int | None
) -> None:
    if digits is not None and places is not None:
        digits = max(digits, places)
    annotation = Annotated[Decimal, Field(max_digits=digits, decimal_places=places)]
    proof = proof_of(annotation, "decimal")
    check = proof.fields["f"].check
    if check is not None and check.admits(value):
        assert proof.model.model_validate({"f": value}).f == value  # type: ignore[attr-defined]
