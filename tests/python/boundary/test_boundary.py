"""Boundary values of every type, by pyferro and by the database's own client, in both directions.

The values stand in values.toml. Each database is tried once, on first use; a test looks at what
became of one row of the file there.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from boundary_data import KINDS, WAYS, Case, Table, load
from boundary_trial import KEYS, Trial
from conftest import url_of

from pyferro import errors

TABLES: dict[str, Table] = {kind: load(kind) for kind in KINDS}
Trials = Callable[[str], Trial]


def cases(part: str) -> list[Any]:
    return [
        pytest.param(case, id=str(case), marks=[pytest.mark.server] if kind != "sqlite" else [])
        for kind, table in TABLES.items()
        for case in getattr(table, part)
    ]


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Trials:
    made: dict[str, Trial | BaseException] = {}
    folder: Path = tmp_path_factory.mktemp("boundary")

    def trial(kind: str) -> Trial:
        if kind not in made:
            url = url_of(kind, folder)
            if kind == "sqlite":
                url += "?synchronous=off"  # nothing here has to survive a power cut
            try:
                made[kind] = Trial(TABLES[kind], url)
            except BaseException as error:  # a skip, too: the next test shall not try again
                made[kind] = error
        found = made[kind]
        if isinstance(found, BaseException):
            raise found.with_traceback(None)  # or it would grow with each test
        return found

    return trial


def exact(value: Any) -> Any:
    """Equal for values that nobody can tell apart: type, sign of zero, digits, zone."""
    kind = type(value)
    if isinstance(value, float):
        return kind, "nan" if value != value else struct.pack(">d", value)
    if isinstance(value, Decimal):
        return kind, value.as_tuple()
    if isinstance(value, dict):
        return kind, {key: exact(part) for key, part in value.items()}
    if isinstance(value, list):
        return kind, [exact(part) for part in value]
    return kind, value, getattr(value, "tzinfo", None), getattr(value, "fold", 0)


def check(found: Any, expected: Any, how: str) -> None:
    if isinstance(found, BaseException):
        raise AssertionError(f"{how}: {type(found).__name__}: {found}") from found
    assert exact(found) == exact(expected), how


@pytest.mark.parametrize("case", cases("values"))
def test_what_pyferro_wrote_is_stored_and_read_exactly(case: Case, trials: Trials) -> None:
    trial = trials(case.kind)
    storage = case.storage if case.kind == "sqlite" else "-"
    for way in WAYS:
        key = KEYS[way] + case.number
        assert trial.failures.get(key) is None, way
        assert trial.shown.get(key) == (storage, case.stored), way
        check(trial.loaded[key], case.back, f"loaded, {way}")
        check(trial.selected[key], case.back, f"selected, {way}")


@pytest.mark.parametrize("case", [*cases("values"), *cases("foreign")])
def test_what_the_client_wrote_is_read_exactly(case: Case, trials: Trials) -> None:
    trial = trials(case.kind)
    key = KEYS["client"] + case.number
    assert key in trial.shown, f"{case.sql}\n{trial.complaints}"
    check(trial.loaded[key], case.back, "loaded")
    check(trial.selected[key], case.back, "selected")


@pytest.mark.parametrize("case", cases("values"))
def test_what_the_client_wrote_is_found_by_its_value(case: Case, trials: Trials) -> None:
    found = trials(case.kind).found[KEYS["client"] + case.number]
    if case.column.compared or case.value is None:
        check(found, 1, "found")
    else:
        assert type(found) is errors.PlanError


@pytest.mark.parametrize("case", cases("refused"))
def test_what_cannot_be_held_is_refused_and_not_stored(case: Case, trials: Trials) -> None:
    trial = trials(case.kind)
    assert case.error is not None
    raised = {way: trial.failures.get(KEYS[way] + case.number) for way in WAYS}
    assert {way: type(error).__name__ for way, error in raised.items()} == {
        way: case.error[way] for way in WAYS
    }
    for way, error in raised.items():
        if isinstance(error, errors.DataError) and error.columns:
            assert error.column == case.column.name, way
    for way in ("create", "bulk"):
        assert KEYS[way] + case.number not in trial.shown, way
    # Nor the good row before it in the same call.
    assert KEYS["bulk"] + case.number + 1_000_000 not in trial.shown
    assert trial.shown[KEYS["update"] + case.number][1] == "NULL"


@pytest.mark.parametrize("case", cases("unreadable"))
def test_what_the_type_does_not_hold_is_an_error_to_read(case: Case, trials: Trials) -> None:
    trial = trials(case.kind)
    assert case.error is not None
    key = KEYS["client"] + case.number
    assert key in trial.shown, f"{case.sql}\n{trial.complaints}"
    for how, found in (("create", trial.loaded[key]), ("select", trial.selected[key])):
        raised = type(found).__name__ if isinstance(found, Exception) else ""
        assert raised == case.error[how], how
        if isinstance(found, errors.DataError):
            assert found.column == case.column.name
