"""Every type of a field comes back as it went in, on every database, sync and async."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pytest
from conftest import Create, Waiting
from pydantic import AwareDatetime, BaseModel
from typing_extensions import TypedDict

from pyferro import PK, Field, Model


class Tone(enum.Enum):
    LOW = "low"
    HIGH = "high"


class Size(enum.IntEnum):
    S = 1
    L = 3


class Inner(BaseModel):
    when: datetime
    amounts: list[Decimal]
    deeper: dict[str, int] = {}


class Slim(TypedDict):
    x: int


@dataclass
class Point:
    x: int
    y: float


class Sample(Model, table="types_sample"):
    id: PK[int]
    integer: int | None = None
    real: float | None = None
    truth: bool | None = None
    text: str | None = None
    data: bytes | None = None
    exact: Decimal | None = Field(default=None, max_digits=20, decimal_places=6)
    day: date | None = None
    clock: time | None = None
    naive: datetime | None = None
    aware: AwareDatetime | None = None
    span: timedelta | None = None
    ref: UUID | None = None
    tone: Tone | None = None
    size: Size | None = None
    word: Literal["a", "b"] | None = None
    mapping: dict[str, Any] | None = None
    listing: list[int] | None = None
    inner: Inner | None = None
    slim: Slim | None = None
    point: Point | None = None


PARIS = timezone(timedelta(hours=2))

VALUES: dict[str, list[Any]] = {
    "integer": [0, 1, -1, 2**63 - 1, -(2**63)],
    "real": [0.0, -1.5, 1e300, 5e-324, 0.1],
    "truth": [True, False],
    "text": ["", "plain", "Füße 漢字 🦊", 'it\'s \\ "quoted" %_', "a\nb", "trailing  "],
    "data": [b"", b"\0\xff\x80'\\", bytes(range(256))],
    "exact": [Decimal("0"), Decimal("-1.5"), Decimal("12345678901234.123456"), Decimal("0.000001")],
    "day": [date(1000, 1, 1), date(1970, 1, 1), date(2024, 2, 29), date(9999, 12, 31)],
    "clock": [time(0), time(23, 59, 59, 999999), time(12, 30, 0, 1)],
    "naive": [
        datetime(1000, 1, 1),
        datetime(1969, 12, 31, 23, 59, 59, 999999),
        datetime(9999, 12, 31, 23, 59, 59, 999999),
    ],
    "aware": [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2024, 3, 31, 2, 30, 0, 5, tzinfo=PARIS),
        datetime(1900, 1, 1, tzinfo=UTC),
    ],
    "span": [timedelta(0), timedelta(days=-1, microseconds=1), timedelta(days=400, seconds=5)],
    "ref": [UUID(int=0), UUID("12345678-1234-5678-9234-567812345678")],
    "tone": list(Tone),
    "size": list(Size),
    "word": ["a", "b"],
    "mapping": [{}, {"a": [1, None, {"b": "ü🦊"}], "c": 1.5, "d": True}],
    "listing": [[], [1, 2, 3]],
    "inner": [Inner(when=datetime(2024, 1, 1, 1, 2, 3, 4), amounts=[Decimal("1.10")])],
    "slim": [{"x": 3}],
    "point": [Point(1, 2.5)],
}

CASES = [(name, value) for name, values in VALUES.items() for value in values]


@pytest.fixture(autouse=True)
def tables(create: Create) -> None:
    create(Sample)


def test_every_value_comes_back(wait: Waiting) -> None:
    # All at once: the bulk way in, the row plan out.
    samples = [Sample.model_validate({name: value}) for name, value in CASES]
    wait(Sample.bulk_create(samples))
    loaded = {sample.id: sample for sample in wait(Sample.all())}
    for (name, value), sample in zip(CASES, samples, strict=True):
        back = getattr(loaded[sample.id], name)
        assert (name, back) == (name, value)
        assert type(back) is type(value)
        assert loaded[sample.id] == sample


@pytest.mark.parametrize("name", list(VALUES))
def test_a_value_is_stored_found_and_selected(name: str, wait: Waiting) -> None:
    value = VALUES[name][-1]
    made = wait(Sample.create(**{name: value}))
    assert getattr(wait(Sample.get(made.id)), name) == value
    assert wait(Sample.select(name).all()) == [value]
    [(key, again)] = wait(Sample.select("id", name).all())
    assert (key, again) == (made.id, value)
    if name not in ("mapping", "listing", "inner", "slim", "point"):
        assert wait(Sample.where(**{name: value}).count()) == 1
        assert wait(Sample.where(**{f"{name}__in": [value]}).count()) == 1
    assert wait(Sample.select().update(**{name: None})) == 1
    assert getattr(wait(Sample.get(made.id)), name) is None
    assert wait(Sample.select().update(**{name: value})) == 1
    assert getattr(wait(Sample.get(made.id)), name) == value


def test_nothing_is_none_in_every_column(wait: Waiting) -> None:
    made = wait(Sample.create())
    back = wait(Sample.get(made.id))
    assert all(getattr(back, name) is None for name in VALUES)


def test_aware_datetimes_come_back_in_utc(wait: Waiting) -> None:
    made = Sample.create(aware=datetime(2024, 6, 1, 12, tzinfo=PARIS)).run()
    back = wait(Sample.get(made.id)).aware
    assert back == datetime(2024, 6, 1, 10, tzinfo=UTC)
    assert back.utcoffset() == timedelta(0)


def test_comparisons_order_by_meaning(wait: Waiting) -> None:
    values = [Decimal("9.5"), Decimal("10.25"), Decimal("-3")]
    wait(Sample.bulk_create([Sample(exact=v) for v in values]))
    assert wait(Sample.select("exact").order_by("exact").all()) == sorted(values)
    assert wait(Sample.where(Sample.exact > 9).count()) == 2
    spans = [timedelta(hours=5), timedelta(days=2), timedelta(hours=-1)]
    wait(Sample.bulk_create([Sample(span=s) for s in spans]))
    ordered = wait(Sample.where(span__isnull=False).order_by("span").select("span").all())
    assert ordered == sorted(spans)


def test_an_instance_is_as_if_pydantic_had_made_it(wait: Waiting) -> None:
    made = Sample.create(text="x", tone=Tone.LOW).run()
    back = wait(Sample.get(made.id))
    assert back.model_dump() == made.model_dump()
    assert back.model_fields_set == set(Sample.model_fields)
    assert back.__pydantic_extra__ is None
    assert back.model_copy(deep=True) == back
