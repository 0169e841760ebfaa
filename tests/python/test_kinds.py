"""Which annotations are columns, which are refused and with what advice, and how each is loaded."""

from __future__ import annotations

import collections
import enum
import fractions
import pathlib
import re
import zoneinfo
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Interface
from typing import Annotated, Any, Literal, NamedTuple, Optional, Union

import pytest
from pydantic import (
    AnyUrl,
    Base64Str,
    BaseModel,
    ByteSize,
    FutureDate,
    HttpUrl,
    IPvAnyNetwork,
    Json,
    Secret,
    SecretStr,
    Strict,
)

from pyferro import Model
from pyferro.proof.nodes import Level
from pyferro.types.kinds import NAMES, Kind, Unsupported, kind_of


class Inner(BaseModel):
    x: int


class Pair(NamedTuple):
    a: int
    b: int


class Mixed(enum.Enum):
    A = 1
    B = "b"


class Word(str):
    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


REFUSED: list[tuple[Any, str]] = [
    (set[int], "use list"),
    (frozenset, "use list"),
    (tuple[int, str], "use list.*, or a model"),
    (Pair, "use list.*, or a model"),
    (collections.deque[int], "use list"),
    (Sequence[int], "use list"),
    (Iterable[int], "use list"),
    (Mapping[str, int], "use dict"),
    (collections.OrderedDict[str, int], "use dict"),
    (collections.Counter[str], "use dict"),
    (complex, "two float fields"),
    (range, "two int fields"),
    (fractions.Fraction, "use Decimal"),
    (pathlib.Path, "use str"),
    (pathlib.PurePosixPath, "use str"),
    (re.Pattern[str], "use str"),
    (bytearray, "use bytes"),
    (zoneinfo.ZoneInfo, "use str"),
    (Secret[int], "use SecretStr"),
    (Any, "say what it holds"),
    (object, "say what it holds"),
    (Callable[[], int], "cannot be stored"),
    (type[int], "cannot be stored"),
    (int | str, "a column has one type"),
    (IPv4Address | IPv4Network, "a column has one type"),
    (IPv4Address | str, "a column has one type"),
    (HttpUrl | SecretStr, "a column has one type"),
    (Json[list[int]] | dict[str, int], "a column has one type"),
    (Json[Optional[int]], "None within Json"),  # noqa: UP045
    (Optional[Json[Union[int, None]]], "None within Json"),  # noqa: UP007, UP045
    (Mixed, "all strings or all integers"),
    (Literal[1, "a"], "all strings or all integers"),
    (dict[str, SecretStr], "asterisks"),
    (Json[list[SecretStr]], "asterisks"),
]


@pytest.mark.parametrize(("annotation", "advice"), REFUSED, ids=str)
def test_what_no_column_holds_is_refused_with_advice(annotation: Any, advice: str) -> None:
    with pytest.raises(Unsupported, match=advice):
        kind_of(annotation, [])


def test_the_error_of_a_model_lists_what_there_is() -> None:
    with pytest.raises(TypeError, match=r"Bad\.tags: no column holds set.*: use list.*\nsupported"):
        type("Bad", (Model,), {"__annotations__": {"id": int, "tags": set[str]}})


ACCEPTED: list[tuple[Any, str, int]] = [
    (Optional[IPv4Address], "text", 15),  # noqa: UP045
    (IPv6Interface, "text", 59),
    (IPv6Address | None | IPv4Address, "text", 55),
    (IPvAnyNetwork, "text", 59),
    (Annotated[HttpUrl, Strict()], "text", 2083),
    (AnyUrl, "text", 0),
    (Base64Str, "text", 0),
    (ByteSize | None, "int64", 0),
    (FutureDate, "date", 0),
    (Word, "text", 0),
    (Json, "json", 0),
    (Json[Inner], "json", 0),
    (Json[list[Optional[int]]], "json", 0),  # noqa: UP045
    (SecretStr | None, "text", 0),
]


@pytest.mark.parametrize(("annotation", "type_name", "length"), ACCEPTED, ids=str)
def test_what_a_column_holds(annotation: Any, type_name: str, length: int) -> None:
    kind: Kind = kind_of(annotation, [])
    assert (NAMES[kind.type], kind.max_length) == (type_name, length)
    assert kind.optional == (type(None) in getattr(annotation, "__args__", ()))


def level_of(annotation: Any, **config: Any) -> Level:
    namespace = {"__annotations__": {"value": annotation}, "model_config": config}
    made: Any = type("Shown", (Model,), {**namespace, "__module__": __name__})
    table = made.__ferro_info__
    from pyferro.proof.prover import prove

    kinds = {name: NAMES[column.type] for name, column in table.columns.items()}
    return prove(made, kinds, table.held).fields["value"].level


@pytest.mark.parametrize(
    "annotation",
    [
        *(IPv4Address, IPv4Address | IPv6Address, IPvAnyNetwork, HttpUrl, AnyUrl, SecretStr),
        *(ByteSize, Base64Str, Json[list[int]], Word, FutureDate),
    ],
    ids=str,
)
def test_a_field_of_objects_does_not_cost_the_whole_row(annotation: Any) -> None:
    assert level_of(annotation) == Level.FIELD
    assert level_of(annotation, strict=True) == Level.FIELD
