"""One case: a row through native code, with several sets of shortcuts, against pydantic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from pydantic import BaseModel, ValidationError

from pyferro import _native
from pyferro.instances import state
from pyferro.proof.prover import prove
from pyferro.tables.table import Table
from pyferro.types.held import Held
from pyferro.types.kinds import Unsupported, is_array, kind_of

from .annotations import PASSWORD
from .cases import Case
from .decoded import TYPES
from .describe import QUESTIONS, describe, lines, outcome, told
from .models import FieldSpec
from .oracle import Expected, Oracle

ALL = sorted(_native.shortcuts())


class Tally:
    def __init__(self) -> None:
        self.models = self.cases = self.made = self.refused = self.raised = 0
        self.levels: Counter[str] = Counter()  # of the models' proofs

    def __str__(self) -> str:
        levels = ", ".join(f"{name} {count}" for name, count in sorted(self.levels.items()))
        return (
            f"{self.cases} cases of {self.models} models ({levels}): {self.made} made, "
            f"{self.refused} refused, {self.raised} raised"
        )


def compare(case: Case, some: set[str], tally: Tally) -> None:
    plans = plans_of(case, (ALL, [], sorted(some)), tally)
    oracle = Oracle(case.spec, case.model, case.selected)
    types = bytes(TYPES[oracle.fields[name].kind] for name in case.selected)
    good: list[tuple[tuple[Any, ...], Any]] = []
    tally.models += 1
    for row in case.rows:
        expected = oracle.expect(row)
        tally.cases += 1
        cells = tuple(row[name] for name in case.selected)
        wanted = oracle.tell(expected)
        answers = answers_of(expected)
        for names, plan in plans:
            _native.shortcuts(names)
            loaded = outcome(partial(load, types, [cells], plan))
            if loaded[0] == "made":
                loaded = ("made", loaded[1][0])
            where = f"row {row!r} with shortcuts {names}"
            same(told(loaded, oracle.content, oracle.secret), wanted, where)
            if loaded[0] == "made":
                check_instance(loaded[1], expected, answers, where)
            elif loaded[0] == "refused":
                check_error(loaded[1], expected, case, row, where)
                check_secrets(loaded[1])
        kind = wanted[0]
        tally.made += kind == "made"
        tally.refused += kind == "refused"
        tally.raised += kind == "raised"
        if kind == "made":
            good.append((cells, wanted[1]))
    for names, plan in plans:
        _native.shortcuts(names)
        together = load(types, [cells for cells, _ in good], plan)
        same([describe(one) for one in together], [wanted for _, wanted in good], "all at once")


def load(types: bytes, rows: list[tuple[Any, ...]], plan: Any) -> list[Any]:
    return _native.Cells(types, rows).hydrate(plan)


def plans_of(case: Case, choices: Sequence[list[str]], tally: Tally) -> list[tuple[list[str], Any]]:
    """For each choice of shortcuts the plan of the model's table, or one for selected columns."""
    kinds = {f.name: f.kind for f in case.spec.fields}
    selected = {name: kinds[name] for name in case.selected}
    numbers = [TYPES[kind] for kind in selected.values()]
    held = {f.name: one for f in case.spec.fields if (one := _held(case.model, f)) is not None}
    proof = prove(case.model, selected, held)
    tally.levels[proof.level.name] += 1
    table: Table | None = None
    if list(selected) == list(kinds) and all(f.kind == f.entry.kind for f in case.spec.fields):
        table = _table(case.model, numbers)
    key = case.selected.index(case.key) if case.key is not None else -1
    made = []
    for names in choices:
        _native.shortcuts(names)
        if table is not None:
            table._row_plan = None  # plans keep the shortcuts they were made with
            made.append((names, table.row_plan()))
        else:
            made.append((names, _native.RowPlan(proof, list(selected), numbers, "random", key)))
    return made


def _held(model: type[Any], field: FieldSpec) -> Held | None:
    """The objects of which the field's column holds the text, if it is the right column."""
    if field.kind != field.entry.kind:
        return None
    info = model.__pydantic_fields__[field.name]
    try:
        return kind_of(info.annotation, info.metadata, None, model.model_config).held
    except (Unsupported, TypeError):
        return None


def _table(model: type[Any], numbers: list[int]) -> Table | None:
    """The model's table, if its columns are of these types: lists of scalars are JSON here."""
    try:
        table = Table(model, "random")
    except TypeError as error:
        assert "no arrays of bytes" in str(error), error
        return None
    types = [column.type for column in table.columns.values()]
    if types == numbers:
        return table
    assert any(is_array(one) for one in types)
    return None


def same(ours: Any, theirs: Any, where: str) -> None:
    assert ours == theirs, f"{where}\n  loaded:    {ours!r}\n  validated: {theirs!r}"


def answers_of(expected: Expected) -> dict[str, Any]:
    """What pydantic's instance answers, asked once: some questions change it."""
    one = expected.what[1]
    if not isinstance(one, BaseModel) or not expected.same_class or expected.told is not None:
        return {}
    return {name: told(outcome(lambda ask=ask: ask(one))) for name, ask in QUESTIONS.items()}


def check_instance(loaded: Any, expected: Expected, answers: dict[str, Any], where: str) -> None:
    if not isinstance(loaded, BaseModel):
        return
    assert state.state_of(loaded) is state.LOADED, where
    for question, answer in answers.items():
        ask = QUESTIONS[question]
        same(told(outcome(lambda ask=ask: ask(loaded))), answer, f"{question} of {where}")
    if answers:
        # Both have been asked the same by now.
        assert type(loaded) is type(expected.what[1])
        assert loaded == expected.what[1] or "nan" in repr(describe(loaded)), where


def check_secrets(error: ValidationError) -> None:
    assert PASSWORD not in f"{error} {error.errors()} {told(outcome(error.json))}"


def _words(error: ValidationError, urls: bool) -> str:
    words = str(error).split("\n")
    explained = "    For further information visit"
    return "\n".join(line for line in words if urls or not line.startswith(explained))


def check_error(
    error: ValidationError, expected: Expected, case: Case, row: dict[str, Any], where: str
) -> None:
    """The list is compared already; here the words, and the note that pyferro adds."""
    if expected.told is None:
        theirs = expected.what[1]
        assert error.error_count() == theirs.error_count()
        if lines(error) == lines(theirs):
            # A line that was made again beside a secret may lack the address of its explanation.
            urls = not expected.remade
            same(_words(error, urls), _words(theirs, urls), where)
            as_json = [lambda e=e: e.json(include_url=urls) for e in (error, theirs)]
            same(told(outcome(as_json[0])), told(outcome(as_json[1])), where)
    if case.key is None:
        notes = ["while loading a row of table 'random'"]
    else:
        notes = [f"while loading the row of table 'random' with {case.key}={row[case.key]!r}"]
    same(error.__notes__, notes, where)
