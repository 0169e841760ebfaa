"""Whether a database agrees with the evaluator about a statement."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pyferro import Database

from . import tree
from .databases import Failed, Refused, Row, run
from .evaluator import Evaluator, evaluate
from .expressions import Expressions
from .rows import Env, Relation, Tables
from .values import Ambiguous, EvaluationError, Invalid

OTHER_ROWS = "other rows"


class Verdict(enum.Enum):
    SAME = "same"
    BOTH_FAIL = "both fail"
    REFUSED = "refused"
    OPEN = "open"  # the language leaves it open, or who fails depends on what is evaluated first
    DIFFERENT = "different"


@dataclass
class Outcome:
    verdict: Verdict
    kind: str = ""  # of a difference: equal ones are likely to have one cause
    expected: object = None
    given: object = None


# What may happen to values; anything else that a server reports is the engine's fault.
_VALUE_ERRORS = ("DataError", "OutOfRange", "BadStoredValue")


@dataclass
class Expected:
    """What the evaluator makes of a statement: rows, why there are none, or why it is open."""

    evaluator: Evaluator
    rows: Relation | None = None
    reason: str = ""
    unclear: str | None = None


def expect(statement: tree.Query, tables: Tables) -> Expected:
    evaluator = Evaluator()
    try:
        return Expected(evaluator, evaluator.query(statement, tables, None))
    except (Ambiguous, Invalid) as unclear:
        return Expected(evaluator, unclear=str(unclear))
    except EvaluationError as error:
        return Expected(evaluator, reason=str(error))


def check(database: Database, statement: tree.Query, tables: Tables) -> Outcome:
    """Runs the statement on both."""
    expected = expect(statement, tables)
    if expected.unclear is not None:
        return Outcome(Verdict.OPEN, expected.unclear)
    return judge(statement, tables, expected, given(lambda: run(database, statement)))


Given = list[Row] | Refused | Failed


def given(run: Callable[[], list[Row]]) -> Given:
    try:
        return run()
    except (Refused, Failed) as error:
        return error


def judge(statement: tree.Query, tables: Tables, expected: Expected, given: Given) -> Outcome:
    """What a database gave, beside what is expected: a statement that is not left open."""
    if isinstance(given, Refused):
        return Outcome(Verdict.REFUSED, str(given).split("\n")[0])
    if isinstance(given, Failed):
        if expected.rows is None:
            return Outcome(Verdict.BOTH_FAIL)
        if given.kind in _VALUE_ERRORS and may_fail(statement, tables, expected.evaluator):
            return Outcome(Verdict.OPEN, "fails if all is evaluated")
        first = str(given).split("\n")[0]
        return Outcome(Verdict.DIFFERENT, f"fails: {given.kind}", expected.rows.rows, first)
    if expected.rows is None:
        if _must_fail(statement):
            return Outcome(Verdict.DIFFERENT, "does not fail", expected.reason, given)
        return Outcome(Verdict.OPEN, "fails if all is evaluated")
    if same_rows(expected.rows, given):
        return Outcome(Verdict.SAME)
    return Outcome(Verdict.DIFFERENT, OTHER_ROWS, expected.rows.rows, given)


def may_fail(statement: tree.Query, tables: Tables, evaluator: Evaluator) -> bool:
    """Whether a database that evaluates more, or in another sequence, could fail."""
    if evaluator.fragile or _has_failing_constant(statement):
        return True
    try:
        evaluate(statement, tables, eager=True)
    except (EvaluationError, Ambiguous, Invalid):
        return True
    return False


def _has_failing_constant(statement: tree.Query) -> bool:
    """A server may compute it once before it knows whether there are rows."""
    for node in tree.walk(statement):
        if not isinstance(node, tree.Expr) or any(isinstance(n, _OF_ROWS) for n in tree.walk(node)):
            continue
        try:
            Expressions().value(node, Env({}, {}))
        except EvaluationError:
            return True
    return False


_OF_ROWS = (
    tree.Column,
    tree.Aggregate,
    tree.Over,
    tree.WindowCall,
    tree.Query,
    tree.Row,
    tree.ParamList,
)


# What a database need not evaluate although the evaluator does.
_LAZY = (
    tree.Logical, tree.Case, tree.Subquery, tree.Exists, tree.InQuery, tree.Quantified, tree.In,
    tree.Between, tree.Join, tree.Derived, tree.Over, tree.With, tree.Row,
)  # fmt: skip


def _must_fail(statement: tree.Query) -> bool:
    if not isinstance(statement, tree.Select) or statement.limit or statement.offset:
        return False
    if statement.where is not None or statement.grouping is not None or statement.distinct:
        return False
    return not any(
        isinstance(node, _LAZY) or (isinstance(node, tree.Call) and len(node.arguments) > 1)
        for node in tree.walk(statement)
    )


def same_rows(expected: Relation, rows: Sequence[Row]) -> bool:
    """As lists, but rows that are equal in the order in any sequence."""
    if len(expected.rows) != len(rows):
        return False
    start = 0
    for count in expected.peers or [len(rows)]:
        if not _same_multiset(expected.rows[start : start + count], rows[start : start + count]):
            return False
        start += count
    return True


def _same_multiset(expected: Sequence[Row], rows: Sequence[Row]) -> bool:
    unmatched = list(rows)
    for row in expected:
        for place, other in enumerate(unmatched):
            if all(same_value(a, b) for a, b in zip(row, other, strict=True)):
                del unmatched[place]
                break
        else:
            return False
    return True


def same_value(a: object, b: object) -> bool:
    if a is None or b is None:
        return a is b
    if type(a) is not type(b):
        return False
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    return a == b
