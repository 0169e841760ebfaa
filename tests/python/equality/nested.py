"""Enums, and types for the content of JSON columns, of every sort that pyferro stores.

They are ordinary definitions: the random part is which of them a field has, and with what content.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import uuid
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, NamedTuple, NotRequired, TypeVar

import pydantic
from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    RootModel,
    Tag,
    computed_field,
    field_validator,
    model_validator,
)
from typing_extensions import TypedDict

T = TypeVar("T")


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"
    CRIMSON = "red"  # another name of RED


class Number(enum.Enum):
    ONE = 1
    TWO = 2


class Size(enum.IntEnum):
    S = 1
    L = 3


class Tone(enum.StrEnum):
    LOW = "low"
    HIGH = "high"


class Mood(str, enum.Enum):  # noqa: UP042
    GLAD = "glad"
    SAD = "sad"


class Rank(int, enum.Enum):
    A = 1
    B = 2


class Lenient(enum.Enum):
    A = "a"

    @classmethod
    def _missing_(cls, value: object) -> Lenient | None:
        return cls.A if value == "alpha" else None


class Access(enum.IntFlag):
    READ = 1
    WRITE = 2


class Planet(enum.Enum):
    EARTH = "earth"
    MARS = "mars"

    def __init__(self, spelled: str) -> None:
        self.letters = len(spelled)


class Inner(BaseModel):
    x: int
    when: dt.datetime | None = None


class StrictInner(BaseModel):
    model_config = ConfigDict(strict=True)
    when: dt.datetime
    id: uuid.UUID


class StrictChecked(StrictInner):
    @field_validator("when")
    @classmethod
    def _late(cls, value: dt.datetime) -> dt.datetime:
        if value.year < 1900:
            raise ValueError("too early")
        return value


class AliasInner(BaseModel):
    x: int = Field(alias="X")
    y: str = Field("y", validation_alias=AliasChoices("Y", "why"))


class Guarded(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    a: int
    b: int = 2

    @field_validator("b")
    @classmethod
    def _sum(cls, value: int, info: Any) -> int:
        return value + int(info.data.get("a", 0))

    @model_validator(mode="after")
    def _order(self) -> Guarded:
        if self.a > 100:
            raise ValueError("too much")
        return self

    @computed_field  # type: ignore[prop-decorator]
    @property
    def total(self) -> int:
        return self.a + self.b


class Keeping(BaseModel):
    model_config = ConfigDict(extra="allow")
    a: float
    _seen: int = PrivateAttr(default=0)
    _list: list[int] = PrivateAttr(default_factory=list)

    def model_post_init(self, context: Any) -> None:
        self._seen = len(self.__pydantic_extra__ or {})


class Boxed(BaseModel, Generic[T]):
    value: T
    more: list[T] = Field(default_factory=list)


class Tree(BaseModel):
    name: str
    children: list[Tree] = []


class Numbers(RootModel[list[int]]):
    pass


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog", "hound"]
    name: str


def _which(value: Any) -> str | None:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return {"cat": "c", "dog": "d", "hound": "d"}.get(kind) if isinstance(kind, str) else None


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]
Called = Annotated[Annotated[Cat, Tag("c")] | Annotated[Dog, Tag("d")], Discriminator(_which)]


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class Still:
    at: dt.date
    names: tuple[str, ...] = ()


@pydantic.dataclasses.dataclass(config=ConfigDict(extra="forbid"))
class Firm:
    a: int = Field(gt=0)
    twice: int = dataclasses.field(init=False, default=0)

    def __post_init__(self) -> None:
        self.twice = self.a * 2


class Movie(TypedDict):
    title: str
    year: NotRequired[int]


class Loose(TypedDict, total=False):
    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]
    a: int
    d: Decimal


class Pair(NamedTuple):
    left: int
    right: str = "r"
