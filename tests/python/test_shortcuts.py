"""Loaded instances are the same whichever shortcuts past CPython's public API made them.

Each test that takes `used` runs with all shortcuts, with none, with each alone and with each missing.
"""

from __future__ import annotations

import copy
import gc
import os
import pickle
import subprocess
import sys
import sysconfig
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import AwareDatetime, PrivateAttr, ValidationError

import pyferro
from pyferro import PK, Field, Model, _native

pytestmark = pytest.mark.usefixtures("quick_collections")

ALL = frozenset(
    {"dict_entries", "lazy_fields_set", "lazy_tracking"}
    | {"decimal_layout", "uuid_slots", "datetime_layout", "class_columns"}
)
CHOICES = [ALL, frozenset(), *({one} for one in sorted(ALL)), *(ALL - {one} for one in sorted(ALL))]


class Flat(Model):
    id: PK[int]
    name: str
    amount: Decimal
    token: UUID
    note: str | None = None

    @cached_property
    def doubled(self) -> list[Any]:
        return [self, self.name * 2]


class Nested(Model):
    id: PK[int]
    data: dict[str, Any]


class Checked(Model):
    model_config = {"validate_assignment": True}

    id: PK[int]
    age: int = Field(ge=0)


class Private(Model):
    id: PK[int]
    _cache: dict[str, Any] = PrivateAttr(default_factory=dict)


class Slotted(Flat):
    __slots__ = ("place",)


MODELS = (Flat, Nested, Checked, Private, Slotted)
FLAT = Flat(name="ä", amount=Decimal("-12.50"), token=UUID(int=2**128 - 2))


@pytest.fixture(params=CHOICES, ids=lambda c: "+".join(sorted(c)) or "none")
def used(request: pytest.FixtureRequest) -> Iterator[frozenset[str]]:
    """The shortcuts in use, with a database that has one row of each model."""
    before = _native.shortcuts()
    now = _native.shortcuts(request.param)
    for model in MODELS:
        model.__ferro_info__._row_plan = None  # plans keep the shortcuts they were made with
    pyferro.reset_engine()
    pyferro.connect("sqlite::memory:").run().create_tables(*MODELS).run()
    FLAT.model_copy().save().run()
    Nested(data={"a": [1]}).save().run()
    Checked(age=3).save().run()
    Private().save().run()
    yield now
    pyferro.reset_engine()
    _native.shortcuts(before)
    for model in MODELS:
        model.__ferro_info__._row_plan = None


def found_here() -> frozenset[str]:
    """What this interpreter should be found to have; see docs/python-versions.md."""
    left_out: set[str] = set()
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        left_out |= {"dict_entries", "lazy_tracking", "class_columns"}
    if hasattr(sys, "gettotalrefcount"):  # a debug build
        left_out |= {"lazy_tracking"}
    return ALL - left_out


def test_this_interpreter_has_them_all() -> None:
    # A new CPython that fails a trial is safe but slow: then this says so, and the layout is to be
    # looked at. What the environment has switched off is found nevertheless.
    before = _native.shortcuts()
    try:
        assert _native.shortcuts(ALL) == found_here()
    finally:
        _native.shortcuts(before)


def test_the_environment_says_which(tmp_path: Path) -> None:
    def ask(value: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                sys.executable,
                "-c",
                "from pyferro import _native; print(sorted(_native.shortcuts()))",
            ],
            env={**os.environ, "PYFERRO_SHORTCUTS": value},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert ask("none").stdout.strip() == "[]"
    assert ask("uuid_slots,dict_entries").stdout.strip() == "['dict_entries', 'uuid_slots']"
    wrong = ask("uuid_slots,quick")
    assert wrong.returncode != 0 and "there is no shortcut of that name" in wrong.stderr


@pytest.mark.skipif(not hasattr(sys, "_is_gil_enabled"), reason="came with Python 3.13")
def test_without_the_interpreter_lock_it_is_not_imported(tmp_path: Path) -> None:
    # The builds without the lock take it back on import, unless they are told not to.
    script = "import sys; sys._is_gil_enabled = lambda: False; import pyferro"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "ImportError: pyferro needs CPython's interpreter lock" in done.stderr


def test_loaded_is_equal_to_validated(used: frozenset[str]) -> None:
    loaded = Flat.get(1).run()
    same = Flat.model_validate(
        {"id": 1, "name": "ä", "amount": Decimal("-12.50"), "token": FLAT.token, "note": None}
    )
    assert loaded == same and repr(loaded) == repr(same)
    assert list(loaded.__dict__) == list(Flat.model_fields)
    assert loaded.amount.as_tuple() == same.amount.as_tuple()
    assert hash(loaded.token) == hash(same.token) and loaded.token.is_safe is same.token.is_safe
    assert loaded.model_dump() == same.model_dump()
    assert loaded.model_dump_json() == same.model_dump_json()
    assert loaded.model_fields_set == same.model_fields_set
    assert loaded.model_dump(exclude_unset=True) == same.model_dump(exclude_unset=True)
    assert loaded.model_extra is None and loaded.__pydantic_private__ is None


def test_copies(used: frozenset[str]) -> None:
    loaded = Flat.get(1).run()
    for made in (
        copy.copy(loaded),
        copy.deepcopy(loaded),
        pickle.loads(pickle.dumps(loaded)),
        loaded.model_copy(),
        Flat.model_validate(loaded),
    ):
        assert made == loaded
        assert made.model_fields_set == set(Flat.model_fields)
    changed = loaded.model_copy(update={"note": "new"})
    assert changed.note == "new" and loaded.note is None


def test_the_fields_set_is_each_instances_own(used: frozenset[str]) -> None:
    Flat.bulk_create([FLAT.model_copy(), FLAT.model_copy()]).run()
    first, second, third = Flat.order_by("id").all().run()
    assert type(first.model_fields_set) is set
    first.model_fields_set.discard("name")
    second.model_fields_set.add("other")
    assert first.model_fields_set == set(Flat.model_fields) - {"name"}
    assert second.model_fields_set == {*Flat.model_fields, "other"}
    assert third.model_fields_set == set(Flat.model_fields)
    third.note = "assigned"
    assert third.model_fields_set == set(Flat.model_fields)


def test_slots_can_be_deleted_and_set_as_in_pydantic(used: frozenset[str]) -> None:
    loaded = Flat.get(1).run()
    for name in ("__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__"):
        object.__delattr__(loaded, name)
        with pytest.raises(AttributeError):
            getattr(loaded, name)
        with pytest.raises(AttributeError):
            object.__delattr__(loaded, name)
    object.__setattr__(loaded, "__pydantic_fields_set__", {"id"})
    assert loaded.model_fields_set == {"id"}
    with pytest.raises(TypeError):
        loaded.__dict__ = 3  # type: ignore[assignment]
    with pytest.raises(TypeError):
        object.__delattr__(loaded, "__dict__")


def test_only_what_cannot_be_in_a_cycle_is_untracked(used: frozenset[str]) -> None:
    lazy = "lazy_tracking" in used
    assert gc.is_tracked(Flat.get(1).run()) is not lazy
    assert gc.is_tracked(Checked.get(1).run()) is not lazy
    assert gc.is_tracked(Nested.get(1).run())
    assert gc.is_tracked(Private.get(1).run())
    loaded = Flat.get(1).run()
    assert (
        loaded.name == "ä" and gc.is_tracked(loaded) is not lazy
    )  # attributes are read past the hooks
    vars(loaded)
    assert gc.is_tracked(loaded)


def _assign(one: Any) -> None:
    one.name = [one]


def _by_dict(one: Any) -> None:
    one.__dict__["name"] = one


def _by_vars(one: Any) -> None:
    vars(one).update(extra=one)


def _new_dict(one: Any) -> None:
    object.__setattr__(one, "__dict__", {"name": one})


def _by_private(one: Any) -> None:
    object.__setattr__(one, "__pydantic_private__", {"me": one})


def _by_extra(one: Any) -> None:
    object.__setattr__(one, "__pydantic_extra__", {"me": one})


def _by_cached_property(one: Any) -> None:
    assert one.doubled[0] is one


@pytest.mark.parametrize(
    "close", [_assign, _by_dict, _by_vars, _new_dict, _by_private, _by_extra, _by_cached_property]
)
def test_cycles_are_collected(used: frozenset[str], close: Any) -> None:
    gone = []

    class Canary:
        pass

    def make() -> None:
        one: Any = Flat.get(1).run()
        canary = Canary()
        weakref.finalize(canary, gone.append, True)
        close(one)
        vars(one)["canary"] = canary

    make()
    gc.collect()
    assert gone == [True]


def test_cycles_through_json_and_private_attributes_are_collected(used: frozenset[str]) -> None:
    gone: list[str] = []

    class Canary:
        pass

    def make() -> None:
        nested, private = Nested.get(1).run(), Private.get(1).run()
        for name, place, one in (
            ("nested", nested.data, nested),
            ("private", private._cache, private),
        ):
            canary = Canary()
            weakref.finalize(canary, gone.append, name)
            place["me"], place["canary"] = one, canary

    make()
    gc.collect()
    assert sorted(gone) == ["nested", "private"]


def test_assignments_are_validated(used: frozenset[str]) -> None:
    loaded = Checked.get(1).run()
    with pytest.raises(ValidationError):
        loaded.age = -1
    loaded.age = 4
    loaded.save().run()
    assert Checked.get(1).run().age == 4


def test_a_row_that_the_model_forbids_names_its_place(used: frozenset[str]) -> None:
    Checked.where(Checked.id == 1).update(age=-5).run()
    with pytest.raises(ValidationError) as caught:
        Checked.get(1).run()
    assert caught.value.errors()[0]["loc"] == ("age",)
    assert "while loading the row of table 'checked' with id=1" in caught.value.__notes__


def test_subclasses_with_slots_of_their_own_are_tracked(used: frozenset[str]) -> None:
    Slotted(name="ä", amount=Decimal(1), token=UUID(int=1)).save().run()
    loaded: Any = Slotted.get(1).run()
    assert gc.is_tracked(loaded)
    object.__setattr__(loaded, "place", loaded)
    assert loaded.name == "ä"


DECIMALS = [
    "0", "0.00", "1", "-1", "9", "10", "99.99", "-0.01", "123456789012345678", "-999999999999999999",
    "0.000000000000000001", "1234567890.12345678", "100000000000000000", "-5E-18",
]  # fmt: skip


class Amount(Model):
    id: PK[int]
    at: datetime
    exact: Decimal = Field(max_digits=36, decimal_places=18)


@pytest.mark.parametrize("layout", [True, False])
def test_decimals(layout: bool) -> None:
    before = _native.shortcuts()
    _native.shortcuts(before if layout else before - {"decimal_layout"})
    try:
        pyferro.reset_engine()
        pyferro.connect("sqlite::memory:").run().create_tables(Amount).run()
        now = datetime(2024, 2, 29)
        rows = [Amount(at=now, exact=Decimal(text)) for text in DECIMALS]
        Amount.bulk_create(rows).run()
        for made, text in zip(Amount.order_by("id").all().run(), DECIMALS, strict=True):
            assert made.exact == Decimal(text) and hash(made.exact) == hash(Decimal(text))
            assert made.exact + 1 == Decimal(text) + 1
            assert made.exact * made.exact == Decimal(text) * Decimal(text)
            assert -made.exact == -Decimal(text)
            assert copy.deepcopy(made.exact) == made.exact
            assert pickle.loads(pickle.dumps(made.exact)) == made.exact
    finally:
        _native.shortcuts(before)
        pyferro.reset_engine()


def moments() -> list[datetime]:
    """The ends, the days around each month's, and numbers of microseconds with every bit."""
    first, last = datetime.min, datetime.max
    found = [first, last, datetime(1970, 1, 1), datetime(1969, 12, 31, 23, 59, 59, 999_999)]
    for year in (1, 4, 100, 400, 1899, 1900, 1969, 1970, 1972, 2000, 2023, 2024, 2100, 9996, 9999):
        for month in range(1, 13):
            start = datetime(year, month, 1)
            found += [start, start.replace(day=28, hour=23, minute=59, second=59)]
            if start > first:
                found.append(start - timedelta(microseconds=1))
    return found + [first + timedelta(microseconds=3**n) for n in range(37)]


class Moment(Model):
    id: PK[int]
    naive: datetime
    aware: AwareDatetime


@pytest.mark.parametrize("layout", [True, False])
def test_datetimes(layout: bool) -> None:
    before = _native.shortcuts()
    _native.shortcuts(before if layout else before - {"datetime_layout"})
    try:
        types = bytes((_native.INT64, _native.TIMESTAMP, _native.TIMESTAMPTZ))
        rows = [(i, at, at.replace(tzinfo=UTC)) for i, at in enumerate(moments())]
        made = _native.Cells(types, rows).dicts(Moment.__ferro_info__.row_plan())
        assert len(made) == len(rows)
        for one, (_, naive, aware) in zip(made, rows, strict=True):
            for ours, theirs in ((one["naive"], naive), (one["aware"], aware)):
                assert type(ours) is datetime and repr(ours) == repr(theirs)
                assert ours == theirs and hash(ours) == hash(theirs) and ours.fold == 0
                assert ours.tzinfo is theirs.tzinfo
                assert pickle.dumps(ours) == pickle.dumps(theirs)
                assert copy.deepcopy(ours) - theirs == timedelta()
    finally:
        _native.shortcuts(before)
