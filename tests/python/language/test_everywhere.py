"""Every type in many places, beside the evaluator.

Some of the statements always, all of them with FERRO_LANGUAGE_PLACES=1.
"""

from __future__ import annotations

import os

from pyferro import Database

from .compare import Verdict, check
from .databases import sql
from .encode import sexpr
from .everywhere import everywhere

SOME = 23  # of which one is taken; all of them are 7,000


def test_every_type_in_many_places(db: Database) -> None:
    step = 1 if os.environ.get("FERRO_LANGUAGE_PLACES") == "1" else SOME
    statements = list(everywhere())[::step]
    assert len(statements) > 250
    wrong: list[str] = []
    for name, statement in statements:
        outcome = check(db, statement, {})
        if outcome.verdict not in (Verdict.SAME, Verdict.OPEN):  # the last of equal rows is open
            shown = f"{outcome.kind}: {outcome.expected}, not {outcome.given}"
            wrong.append(
                f"{name}: {shown[:300]}\n{sexpr(statement)[:500]}\n{sql(db, statement)[:500]}"
            )
    assert not wrong, f"{db.server}: {len(wrong)} differ\n" + "\n\n".join(wrong[:8])
