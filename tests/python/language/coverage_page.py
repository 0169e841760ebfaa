"""docs/coverage.md: how many statements with each node were compared on each database.

`campaign/coverage.json` is what runs with FERRO_LANGUAGE_COVERAGE have added up, and
`campaign/differences.toml` what they found and what became of it, written by hand.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from .compare import Verdict

HERE = Path(__file__).parent / "campaign"
DOCS = Path(__file__).parents[3] / "docs"

# Nodes that are a feature of their own in docs/dialects.md.
FEATURES = {
    "Aggregate filter": "aggregate-filter",
    "Binary op distinct-from": "distinct-from",
    "Binary op div": "true-division",
    "Binary op idiv": "integer-division",
    "Binary op mod": "integer-division",
    "Binary op not-distinct-from": "distinct-from",
    "Compound op except": "intersect-except",
    "Compound op intersect": "intersect-except",
    "Cte materialized always": "materialized-hint",
    "Cte materialized never": "materialized-hint",
    "Derived lateral": "lateral",
    "Frame exclude current-row": "frame-exclude",
    "Frame exclude group": "frame-exclude",
    "Frame exclude ties": "frame-exclude",
    "Frame unit groups": "groups-frame",
    "Grouping grouping cube": "grouping-sets",
    "Grouping grouping rollup": "rollup",
    "Grouping grouping sets": "grouping-sets",
    "Join join full": "full-join",
    "Join join right": "right-join",
    "Like": "case-sensitive-like",
    "Like fold_case": "ignore-case",
    "OrderItem nulls nulls-first": "nulls-order",
    "OrderItem nulls nulls-last": "nulls-order",
    "ParamList": "list-as-one-parameter",
    "Quantified": "quantified",
    "Select with_ties": "with-ties",
}
_COMPARED = (Verdict.SAME.value, Verdict.BOTH_FAIL.value)
_FOUND = ("different", "known: ")


def page() -> str:
    kept = json.loads((HERE / "coverage.json").read_text())
    found = tomllib.loads((HERE / "differences.toml").read_text())
    runs: list[dict[str, Any]] = kept["runs"]
    servers = sorted({run["server"] for run in runs})
    return "\n".join([*_head(runs), *_totals(runs, servers), *_nodes(kept["nodes"], servers),
                      *_runs(runs), *_differences(found["difference"])]) + "\n"  # fmt: skip


def _compared(runs: list[dict[str, Any]]) -> int:
    return sum(run["outcomes"].get(how, 0) for run in runs for how in _COMPARED)


def _differing(run: dict[str, Any]) -> int:
    return sum(count for how, count in run["outcomes"].items() if how.startswith(_FOUND))


def _head(runs: list[dict[str, Any]]) -> list[str]:
    seeds = list(dict.fromkeys(run["seed"] for run in runs))
    return [
        "# What of the query language was compared",
        "",
        "Written by `tests/python/language/coverage_page.py`; do not edit. Random statements ran on real",
        "servers, and their rows were compared with those of an evaluator that shares no code with the",
        f"engine: {_compared(runs):,} comparisons, of seeds {seeds[0]} to {seeds[-1]}. The goal is 1,000,000",
        "without a difference that is not explained. `tests/python/language/long_run.py` makes more, and",
        "shrinks what differs; one run is had again by `FERRO_LANGUAGE_SEED` and `FERRO_LANGUAGE_CASES`.",
        "",
    ]


def _totals(runs: list[dict[str, Any]], servers: list[str]) -> list[str]:
    lines = [
        "| | " + " | ".join(servers) + " |",
        "| --- |" + " ---: |" * len(servers),
    ]
    rows = {
        "statements": lambda run: sum(run["outcomes"].values()),
        "not asked, since the server was down": lambda run: run["outcomes"].get("lost", 0),
        "compared": lambda run: _compared([run]),
        "refused with advice": lambda run: run["outcomes"].get(Verdict.REFUSED.value, 0),
        "left open by the language": lambda run: run["outcomes"].get(Verdict.OPEN.value, 0),
        "different when they ran": _differing,
    }
    for what, count in rows.items():
        cells = [sum(count(run) for run in runs if run["server"] == one) for one in servers]
        lines.append(f"| {what} | " + " | ".join(f"{cell:,}" for cell in cells) + " |")
    return [*lines, ""]


def _nodes(nodes: dict[str, Any], servers: list[str]) -> list[str]:
    lines = [
        "## By node",
        "",
        "Statements with the node that were compared, and after a slash those that were refused, often",
        "for another part of them. *e*: the database has it not, and it is emulated; *r*: it is refused,",
        "at least in part ([dialects.md](dialects.md)). How functions are said is in",
        "[functions.md](functions.md).",
        "",
        "| node | " + " | ".join(servers) + " |",
        "| --- |" + " ---: |" * len(servers),
    ]
    marks = _marks()
    names = {name for each in nodes.values() for how in each.values() for name in how}
    for name in sorted(names):
        cells = []
        for server in servers:
            refused = nodes[server]["refused"].get(name, 0)
            mark = marks[FEATURES.get(name, "")].get(server.split()[0], "")
            count = f"{nodes[server]['compared'].get(name, 0):,}"
            cells.append(count + (f" / {refused:,}" if refused else "") + mark)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def _marks() -> defaultdict[str, dict[str, str]]:
    """Of each feature how a database has it: nothing to say where it is its own."""
    marks: defaultdict[str, dict[str, str]] = defaultdict(dict)
    feature = ""
    for line in (DOCS / "dialects.md").read_text().splitlines():
        if line.startswith("## "):
            feature = line.removeprefix("## ")
        elif found := re.match(r"- (\w+): (.*)", line):
            said = found[2]
            mark = " *r*" if "refused" in said else " *e*" if "rewritten" in said else ""
            marks[feature][found[1]] = mark
    return marks


def _runs(runs: list[dict[str, Any]]) -> list[str]:
    lines = [
        "## Runs",
        "",
        "| seed | databases | statements | compared | different |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for seed in dict.fromkeys(run["seed"] for run in runs):
        mine = [run for run in runs if run["seed"] == seed]
        statements = sum(sum(run["outcomes"].values()) for run in mine)
        different = Counter({run["server"]: _differing(run) for run in mine}).total()
        lines.append(
            f"| {seed} | {len(mine)} | {statements:,} | {_compared(mine):,} | {different} |"
        )
    return [*lines, ""]


def _differences(found: list[dict[str, Any]]) -> list[str]:
    lines = [
        "## Differences",
        "",
        "What of these runs and of those before differed, and what became of it. What is not mended has",
        "a row in `tests/python/language/known.py`, which counts it as known.",
        "",
        "| cases | database | what | now |",
        "| --- | --- | --- | --- |",
    ]
    for one in found:
        lines.append(f"| {one['cases']} | {one['server']} | {one['what']} | {one['now']} |")
    return lines
