"""What a model's declaration means: tables, columns, keys, and what is refused."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, NewType, Optional
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel

from pyferro import PK, Col, FerroField, Field, Model, NotPersisted, _native
from pyferro.tables.table import table_of


class Color(enum.Enum):
    RED = "red"


class Number(enum.IntEnum):
    ONE = 1


class Inner(BaseModel):
    x: int


@dataclass
class Point:
    x: int


Mark = NewType("Mark", int)


class Everything(Model):
    id: PK[int]
    plain: int
    wrapped: Col[str] = Field(max_length=20, unique=True)
    maybe: float | None = None
    old_style: Optional[bool] = None  # noqa: UP045
    price: Decimal = Field(max_digits=8, decimal_places=2)
    seen: datetime
    aware: AwareDatetime
    color: Color
    number: Number = Number.ONE
    word: Literal["a", "b"] = "a"
    inner: Inner
    point: Point | None = None
    things: list[int] = Field(default_factory=list)
    anything: dict[str, Any] = Field(default_factory=dict)
    mark: Mark = Mark(0)
    ref: Annotated[UUID, FerroField(index=True)]


def test_annotations_become_canonical_types() -> None:
    types = {name: column.type for name, column in table_of(Everything).columns.items()}
    assert types == {
        "id": _native.INT64,
        "plain": _native.INT64,
        "wrapped": _native.TEXT,
        "maybe": _native.FLOAT64,
        "old_style": _native.BOOL,
        "price": _native.DECIMAL,
        "seen": _native.TIMESTAMP,
        "aware": _native.TIMESTAMPTZ,
        "color": _native.TEXT,
        "number": _native.INT64,
        "word": _native.TEXT,
        "inner": _native.JSON,
        "point": _native.JSON,
        "things": _native.ARRAY_OF | _native.INT64,
        "anything": _native.JSON,
        "mark": _native.INT64,
        "ref": _native.UUID,
    }


def test_optional_fields_are_nullable_and_no_others() -> None:
    nullable = {one.name for one in table_of(Everything).all if one.nullable}
    assert nullable == {"maybe", "old_style", "point"}


def test_constraints_are_read_from_the_fields() -> None:
    table = table_of(Everything)
    assert table.key == ("id",)
    assert table.generated == "id"
    assert table.uniques == [("everything_wrapped_key", ("wrapped",))]
    assert [(one.name, one.columns) for one in table.indexes] == [("everything_ref_idx", ("ref",))]
    assert table.infos["wrapped"].kind.max_length == 20
    assert (table.infos["price"].kind.digits, table.infos["price"].kind.places) == (8, 2)


def test_the_class_gives_columns_and_the_instance_values() -> None:
    class Thing(Model):
        id: PK[int]
        name: Col[str]

    assert isinstance(Thing.name, _native.Column)
    assert Thing(name="x").name == "x"
    assert Thing(name="x").id is None


def test_an_unknown_column_says_what_was_meant() -> None:
    with pytest.raises(AttributeError, match="did you mean 'wrapped'"):
        _ = Everything.wraped  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="did you mean 'plain'"):
        Everything.where(plian=3)
    with pytest.raises(AttributeError, match="did you mean 'plain'"):
        Everything.where(lambda row: row.plian == 3)


def test_a_subclass_inherits_columns_without_taking_them_for_defaults() -> None:
    class Stamped(Model, abstract=True):
        id: PK[int]
        made: int

    class Letter(Stamped):
        text: str

    class Postcard(Letter):
        made: int  # said again

    assert list(table_of(Letter).columns) == ["id", "made", "text"]
    assert Postcard.__pydantic_fields__["made"].is_required()
    with pytest.raises(TypeError, match="abstract"):
        table_of(Stamped)


def test_table_names_follow_the_class_unless_they_are_given() -> None:
    class FlightLog(Model):
        id: PK[int]

    class Own(Model, table="mine"):
        id: PK[int]

    class Ferro(Model):
        __ferro_table__ = "theirs"
        id: PK[int]

    class Sqlmodel(Model, table=True):
        __tablename__ = "other"
        id: PK[int]

    names = [table_of(m).name for m in (FlightLog, Own, Ferro, Sqlmodel)]
    assert names == ["flightlog", "mine", "theirs", "other"]


def test_a_plain_optional_key_is_numbered_by_the_database() -> None:
    class Legacy(Model):
        id: int | None = Field(default=None, primary_key=True)

    class Given(Model):
        code: str = Field(primary_key=True)

    class Unnumbered(Model):
        id: int | None = Field(default=None, primary_key=True, autoincrement=False)

    assert table_of(Legacy).generated == "id"
    assert table_of(Given).generated is None
    assert table_of(Unnumbered).generated is None


def test_a_key_of_several_columns() -> None:
    class Seat(Model):
        row: int = Field(primary_key=True)
        place: int = Field(primary_key=True)

    assert table_of(Seat).key == ("row", "place")
    with pytest.raises(TypeError, match=r"\(row, place\)"):
        Seat.get(1)


def test_a_model_without_a_key_can_not_be_got() -> None:
    class Log(Model):
        text: str

    with pytest.raises(TypeError, match="no primary key"):
        Log.get(1)


@pytest.mark.parametrize("annotation", [set[int], complex, int | str, object, tuple[int, ...]])
def test_an_annotation_without_a_column_is_refused_at_the_definition(annotation: Any) -> None:
    with pytest.raises(TypeError, match=r"Bad\.value: no column holds.*\nsupported: int, "):
        type(Model)("Bad", (Model,), {"__annotations__": {"value": annotation}})


def test_a_db_type_must_fit_the_annotation() -> None:
    class Fine(Model):
        at: datetime = Field(db_type="timestamptz")
        name: str = Field(db_type="varchar(30)")

    assert Fine.at.type == _native.TIMESTAMPTZ
    assert table_of(Fine).infos["name"].kind.max_length == 30
    with pytest.raises(TypeError, match="does not fit"):

        class Wrong(Model):
            name: str = Field(db_type="uuid")


def test_an_unknown_option_of_field_is_refused() -> None:
    with pytest.raises(TypeError, match="no option 'primary'"):
        Field(primary=True)


def test_a_long_constraint_name_is_cut_and_stays_distinct() -> None:
    class LongNamesAreNotUnusual(Model, table="a_table_whose_name_is_rather_long_already"):
        a_column_that_is_long_as_well_one: int = Field(unique=True)
        a_column_that_is_long_as_well_two: int = Field(unique=True)

    names = [name for name, _ in table_of(LongNamesAreNotUnusual).uniques]
    assert all(len(name.encode()) <= 63 for name in names)
    assert len(set(names)) == 2


def test_a_name_beyond_63_bytes_is_refused() -> None:
    with pytest.raises(TypeError, match="63 bytes"):
        type(Model)("Big", (Model,), {"__annotations__": {"ä" * 32: int}})


@pytest.mark.filterwarnings("ignore:Field name")
def test_a_field_may_have_the_name_of_a_method() -> None:
    class Counted(Model):
        id: PK[int]
        count: int

    assert Counted.__pydantic_fields__["count"].is_required()
    assert Counted(count=3).count == 3


def test_a_model_with_a_forward_reference_is_read_when_it_can_be() -> None:
    class Early(Model):
        id: PK[int]
        later: Later | None = None

    assert "__ferro_info__" not in Early.__dict__

    class Later(BaseModel):
        x: int

    Early.model_rebuild(_types_namespace={"Later": Later})
    assert Early.later.type == _native.JSON


def test_deleting_an_instance_without_a_key_says_that_it_was_never_saved() -> None:
    class Draft(Model):
        id: PK[int]

    with pytest.raises(NotPersisted):
        Draft().delete()
