"""Regular expressions mean the same on every database: each server is asked with what the engine
prints for it, SQLite's part is played by the engine's own matcher, and all have to agree with
Python's `re`.
"""

from __future__ import annotations

import functools
import os
import subprocess
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest
from clients import Client
from conftest import SERVERS, url_of
from regex_cases import CORNERS, LONG, LONG_TEXTS, Case, all_texts, generated

TABLE = "regex_texts"

# Two columns, for nothing to depend on the collation: one by bytes, and one that ignores case if
# it can.
COLUMNS = {
    "postgresql": ('text COLLATE "C"', "text"),
    "mysql": (
        "text CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin",
        "text CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci",
    ),
    "mariadb": (
        "text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
        "text CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
    ),
}
MATCHES = {
    "postgresql": "{} ~ {}",
    "mysql": "REGEXP_LIKE({}, {}, 'c')",
    "mariadb": "{} REGEXP {}",
}


@dataclass(frozen=True)
class Group:
    cases: list[Case]
    texts: list[str]


GROUPS = {
    "corners": Group(CORNERS, all_texts()),
    "random": Group(generated(500, False), all_texts()),
    "folded": Group(generated(200, True), all_texts()),
    "long": Group(LONG, LONG_TEXTS),
}


@dataclass(frozen=True)
class Printed:
    """What the engine makes of a case. Answers, here and below, are "1" or "0" for each text."""

    postgresql: str
    mysql: str
    mariadb: str
    own_answer: str


@functools.cache
def printed(group: str) -> list[Printed]:
    build = os.environ.get("FERRO_TEST_BUILD") or Path(__file__).parents[3] / "build"
    program = Path(build, "tests", "engine", "regex", "regex_trial")
    if not program.exists():
        pytest.skip("regex_trial is not built: run tools/build --tests")
    orders = [f"text {text.encode().hex()}" for text in GROUPS[group].texts]
    for case in GROUPS[group].cases:
        orders.append(f"{'fold' if case.fold else 'exact'} {case.pattern.encode().hex()}")
    done = subprocess.run(
        [program], input="\n".join(orders), capture_output=True, text=True, timeout=120, check=True
    )
    found = []
    for case, line in zip(GROUPS[group].cases, done.stdout.splitlines(), strict=True):
        assert line.startswith("ok "), (case, line)
        *forms, bits = line.split(" ")[1:]
        postgresql, mysql, mariadb = (bytes.fromhex(form).decode() for form in forms)
        found.append(Printed(postgresql, mysql, mariadb, bits))
    return found


@functools.cache
def expected(group: str) -> list[str]:
    def answer(case: Case) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of "[a&&b]", which may become a set
            compiled = case.compiled()
        return "".join("01"[compiled.search(text) is not None] for text in GROUPS[group].texts)

    return [answer(case) for case in GROUPS[group].cases]


def literal(kind: str, text: str) -> str:
    """In hexadecimal: what a client makes of backslashes and line feeds is not tried here."""
    if kind == "postgresql":
        return f"convert_from('\\x{text.encode().hex()}'::bytea, 'UTF8')"
    return f"_utf8mb4 X'{text.encode().hex()}'"


def joined(kind: str, condition: str) -> str:
    bit = f"CASE WHEN {condition} THEN '1' ELSE '0' END"
    if kind == "postgresql":
        return f"string_agg({bit}, '' ORDER BY id)"
    return f"GROUP_CONCAT({bit} ORDER BY id SEPARATOR '')"


def ask(kind: str, group: str, folder: Path) -> list[str]:
    """A server's answers, which must be the same by both columns."""
    client = Client(kind, url_of(kind, folder))
    one, other = COLUMNS[kind]
    rows = ", ".join(
        f"({i}, {literal(kind, text)}, {literal(kind, text)})"
        for i, text in enumerate(GROUPS[group].texts)
    )
    drop = f"DROP TABLE IF EXISTS {TABLE}"
    statements = [
        drop,
        f"CREATE TABLE {TABLE} (id int PRIMARY KEY, x {one}, y {other})",
        f"INSERT INTO {TABLE} VALUES {rows}",
    ]
    for i, case in enumerate(printed(group)):
        pattern = literal(kind, getattr(case, kind))
        by_x, by_y = (joined(kind, MATCHES[kind].format(column, pattern)) for column in "xy")
        statements.append(f"SELECT {i}, {by_x}, {by_y} FROM {TABLE}")
    answer = client.run([*statements, drop])
    errors = [line for line in answer.complaints.splitlines() if "ERROR" in line]
    assert not errors, errors[:10]
    assert [int(row[0]) for row in answer.rows] == [*range(len(GROUPS[group].cases))]
    differing = [GROUPS[group].cases[int(i)] for i, by_x, by_y in answer.rows if by_x != by_y]
    assert not differing, f"the collation changes the answer: {differing[:10]}"
    return [row[1] for row in answer.rows]


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize(
    "kind", ["sqlite", *(pytest.param(kind, marks=pytest.mark.server) for kind in SERVERS)]
)
def test_agrees_with_python(kind: str, group: str, tmp_path: Path) -> None:
    if kind == "sqlite":
        answers = [case.own_answer for case in printed(group)]
    else:
        answers = ask(kind, group, tmp_path)
    wrong = [
        f"{case}: {text!r} {'is not matched' if theirs == '1' else 'is matched'}"
        for case, ours, answer in zip(GROUPS[group].cases, expected(group), answers, strict=True)
        for text, theirs, found in zip(GROUPS[group].texts, ours, answer, strict=True)
        if found != theirs
    ]
    assert not wrong, f"{len(wrong)} answers are wrong:\n" + "\n".join(wrong[:20])


@pytest.mark.parametrize("group", GROUPS)
def test_the_cases_tell_patterns_apart(group: str) -> None:
    bits = "".join(expected(group))
    assert 0.05 < bits.count("1") / len(bits) < 0.8
    assert len(set(expected(group))) > len(expected(group)) / 3
