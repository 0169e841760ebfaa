"""Rows through native code against rows through pydantic: random models, no difference.

A case is one row of one model, hydrated with all shortcuts, with none and with a random choice of
them, each time from cells as a driver decodes them; the instance or the error must be pydantic's
(oracle.py). Set FERRO_EQUALITY_CASES for a campaign of that many cases in all; the seed is printed,
and FERRO_EQUALITY_SEED repeats it. Without either the seed is fixed, so that no change fails by the
chance of another one's difference. With FERRO_EQUALITY_ROWS, more than the 8 that are drawn, so many
rows of a model mix the values that were drawn for its columns: to make a model and values for it takes
several times as long as to compare a row.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, seed, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic_core import SchemaError

from pyferro import _native, registry

from .annotations import COLUMNS, dressed
from .cases import ROWS, Case, cases, mixed, nested_models
from .comparing import ALL, Tally, compare
from .containers import CONTAINERS
from .describe import describe, lines, outcome

CASES = int(os.environ.get("FERRO_EQUALITY_CASES", "10000"))
_FIXED = 20261123
_CAMPAIGN = (
    random.SystemRandom().randrange(1, 2**32) if "FERRO_EQUALITY_CASES" in os.environ else _FIXED
)
SEED = int(os.environ.get("FERRO_EQUALITY_SEED", _CAMPAIGN))
MOST = int(os.environ.get("FERRO_EQUALITY_ROWS", ROWS))  # different rows of a model
BATCH = 100  # models for one run of Hypothesis: it keeps a record of all that it has made

_scalars = dressed(COLUMNS)
_content = st.one_of(dressed(CONTAINERS), CONTAINERS, nested_models())
THEMES: dict[str, tuple[float, st.SearchStrategy[Case]]] = {
    # What columns and annotations do to each other, up to columns of another type.
    "scalars": (0.25, cases(_scalars, features=False, odd=True)),
    "many columns": (0.05, cases(COLUMNS, features=False, odd=False, most=14)),
    "json": (0.25, cases(_content, features=False, odd=True, most=2)),
    "models": (0.25, cases(_scalars, features=True, odd=False)),
    "everything": (0.20, cases(_scalars | _content, features=True, odd=True)),
}


@pytest.mark.filterwarnings("ignore:Generating overly large repr", "ignore:A custom validator")
@pytest.mark.parametrize("theme", THEMES)
def test_loaded_equals_validated(theme: str, capsys: pytest.CaptureFixture[str]) -> None:
    if CASES > 10_000:
        # A campaign takes its time, and a dump of a thread that goes on running may crash.
        faulthandler.cancel_dump_traceback_later()
    share, strategy = THEMES[theme]
    wanted = int(CASES * share)
    tally, began, number, asked = Tally(), time.monotonic(), 0, 0
    before = dict(registry._models), _native.shortcuts()
    print(f"FERRO_EQUALITY_SEED={SEED} FERRO_EQUALITY_CASES={CASES}")
    try:
        while tally.cases < wanted:
            models = min(BATCH, -(-(wanted - tally.cases) // MOST))
            _batch(strategy, SEED + number, models, tally)
            number += 1
            asked += models
            if CASES > 10_000:
                with capsys.disabled():
                    spent = time.monotonic() - began
                    print(f"{theme}: {tally} in {spent:.0f} s", flush=True)
            assert tally.models >= asked // 4, "too few models are valid"
    finally:
        registry._models.clear()
        registry._models.update(before[0])
        _native.shortcuts(before[1])
    with capsys.disabled():
        print(f"\n{theme}: {tally}, seed {SEED}")
    # A test that refuses everything, or makes everything, would find nothing.
    if CASES >= 10_000:
        assert tally.made > wanted / 25
        assert tally.refused > wanted / 25
        assert len(tally.levels) >= 3, "hardly any level of proof was met"


def _batch(strategy: st.SearchStrategy[Case], number: int, models: int, tally: Tally) -> None:
    @seed(number)
    @settings(
        max_examples=models,
        deadline=None,
        derandomize=False,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data(), st.sets(st.sampled_from(ALL)))
    def run(data: st.DataObject, some: set[str]) -> None:
        try:
            case = data.draw(strategy)
        except SchemaError:
            reject()  # a model that pydantic itself does not take
        except (RuntimeError, TypeError) as error:
            refused = ("Unable to apply constraint", "there are no arrays of bytes")
            if not any(words in str(error) for words in refused):
                raise
            reject()
        compare(mixed(case, MOST) if MOST > ROWS else case, some, tally)

    run()
    gc.collect()


def test_the_harness_sees_differences() -> None:
    """A comparison that cannot fail proves nothing: wrong instances and errors are told apart."""

    class One(BaseModel):
        a: int = 1
        b: float = 2.0

    same = One(a=1, b=2.0)
    others: list[Callable[[], Any]] = [
        lambda: One(a=1),
        lambda: One.model_construct(a=True, b=2.0),
        lambda: One.model_construct(a=1, b=2),
        lambda: One.model_construct(_fields_set={"a", "b"}, **{"b": 2.0, "a": 1}).model_copy(),
    ]
    assert describe(same) == describe(One(a=1, b=2.0))
    for other in others[:3]:
        assert describe(other()) != describe(same)
    swapped = others[3]()
    swapped.__dict__["a"] = swapped.__dict__.pop("a")
    assert describe(swapped) != describe(same)
    first, second = (outcome(lambda v=v: One(a=v)) for v in ("x", "y"))
    assert lines(first[1]) != lines(second[1])
