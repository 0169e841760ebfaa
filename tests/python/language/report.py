"""What is said of a difference: the smallest statement that shows it."""

from __future__ import annotations

from pyferro import Database

from . import tree
from .compare import Verdict, check
from .databases import sql
from .encode import Request, sexpr
from .known import known
from .rows import Tables
from .shrink import shrink


def report(db: Database, found: tree.Query, tables: Tables, seed: str) -> str:
    first = check(db, found, tables)
    fails = first.kind.startswith("fails")  # then the error has no values in it

    def shows(smaller: tree.Query) -> bool:
        outcome = check(db, smaller, tables)
        unknown = known(db.server, smaller, outcome) is None
        alike = outcome.kind == first.kind and (outcome.given == first.given or not fails)
        return unknown and outcome.verdict is Verdict.DIFFERENT and alike

    small = shrink(found, shows, tables)
    outcome = check(db, small, tables)
    return "\n".join(
        (
            f"seed {seed}: {outcome.kind}",
            sexpr(small),
            f"values: {Request(small).values}",
            f"{db.server}: {sql(db, small)}",
            f"expected: {outcome.expected}",
            f"given:    {outcome.given}",
        )
    )
