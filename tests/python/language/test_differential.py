"""Random statements on every database, against the evaluator and against themselves.

FERRO_LANGUAGE_CASES says how many, FERRO_LANGUAGE_SEED which; a campaign is the same test with a
larger number. With FERRO_LANGUAGE_COVERAGE, a path, what was compared is added to the JSON there.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyferro import Database

from . import coverage, metamorphic
from .compare import OTHER_ROWS, Outcome, Verdict, check
from .databases import filled, sql
from .encode import sexpr
from .generate import statement
from .known import known
from .report import report
from .rows import Relation
from .schema import fill

_SEED = os.environ.get("FERRO_LANGUAGE_SEED", "1")
_CASES = int(os.environ.get("FERRO_LANGUAGE_CASES", "1500"))
_MOST_REPORTED = 5

Tables = dict[str, Relation]


@pytest.fixture
def tables(db: Database) -> Iterator[Tables]:
    made = fill(random.Random(_SEED))
    with filled(db, made):
        yield made


def test_databases_agree_with_the_evaluator(db: Database, tables: Tables) -> None:
    reports: list[str] = []
    seen = coverage.Coverage(db.server, _SEED)
    counts = seen.outcomes
    for number in range(_CASES):
        seed = f"{_SEED}/{number}"
        made = statement(seed)
        outcome = check(db, made, tables)
        seen.count(coverage.names(made), outcome.verdict)
        lost = outcome.kind == "fails: ConnectionFailed"
        assert not lost, f"seed {seed}: {outcome.given}\n{sexpr(made)}"
        if outcome.verdict is not Verdict.DIFFERENT:
            counts[outcome.verdict.value] += 1
        elif row := known(db.server, made, outcome):
            counts[f"known: {row.what}"] += 1
        else:
            counts["different"] += 1
            if len(reports) < _MOST_REPORTED:
                reports.append(report(db, made, tables, seed))
    print(db.server, dict(counts))
    if path := os.environ.get("FERRO_LANGUAGE_COVERAGE"):
        coverage.write(Path(path), seen)
    assert not counts["different"], "\n\n".join([f"{counts['different']} differ", *reports])
    assert counts[Verdict.SAME.value] > _CASES // 3, counts


@pytest.mark.parametrize("law", metamorphic.LAWS, ids=lambda law: law.__name__)
def test_laws(law: metamorphic.Law, db: Database, tables: Tables) -> None:
    """What holds whatever the right result is: the evaluator has no say here."""
    for number in range(max(_CASES // 15, 1)):
        rng = random.Random(f"{law.__name__}/{_SEED}/{number}")
        broken = law(db, rng)
        if broken is not None and known(db.server, broken, Outcome(Verdict.DIFFERENT, OTHER_ROWS)):
            continue
        assert broken is None, f"seed {_SEED}/{number}: {sexpr(broken)}\n{sql(db, broken)}"
