"""How many statements with each node were compared on each database."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from . import tree
from .compare import Verdict
from .words import Word


def _names(statement: tree.Query) -> set[str]:
    return {name for node in tree.walk(statement) for name in _names_of(node)}


def _names_of(node: tree.Node) -> Iterator[str]:
    """The node, with each enumerator that makes another thing of it."""
    name = type(node).__name__
    yield name
    for field in node.field_names():
        value = getattr(node, field)
        if isinstance(value, Word) and field not in ("type", "literal"):
            yield f"{name} {field} {value.word}"
        elif value is True:
            yield f"{name} {field}"
        elif field in ("filter", "distinct", "limit", "offset", "with_", "frame") and value:
            yield f"{name} {field.strip('_')}"


class Coverage:
    def __init__(self, server: str) -> None:
        self.server = server
        self.statements = 0
        self.compared: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def count(self, statement: tree.Query, verdict: Verdict) -> None:
        self.statements += 1
        if verdict in (Verdict.SAME, Verdict.BOTH_FAIL):
            self.compared.update(_names(statement))
        elif verdict is Verdict.REFUSED:
            self.refused.update(_names(statement))


def write(path: Path, seen: Coverage) -> None:
    """A page of Markdown, of this run and of those before, as a campaign is many runs.

    The counts are kept beside it, as JSON.
    """
    kept = path.with_suffix(".json")
    counts = json.loads(kept.read_text()) if kept.exists() else {}
    before = counts.get(seen.server, {"statements": 0, "compared": {}, "refused": {}})
    counts[seen.server] = {
        "statements": before["statements"] + seen.statements,
        "compared": seen.compared + Counter(before["compared"]),
        "refused": seen.refused + Counter(before["refused"]),
    }
    kept.write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n")
    servers = sorted(counts)
    names = sorted(
        {name for each in counts.values() for how in ("compared", "refused") for name in each[how]}
    )
    lines = [
        "# What of the query language was compared",
        "",
        "Statements with each node whose result on the server was that of the evaluator, and in",
        "parentheses those that the dialect refused. Written by"
        " tests/python/language/test_differential.py.",
        "",
        "| node | " + " | ".join(servers) + " |",
        "| --- |" + " ---: |" * len(servers),
        "| *statements* | " + " | ".join(str(counts[name]["statements"]) for name in servers) + " |",
    ]
    for name in names:
        cells = []
        for server in servers:
            compared = counts[server]["compared"].get(name, 0)
            refused = counts[server]["refused"].get(name, 0)
            cells.append(f"{compared} ({refused})" if refused else str(compared))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    path.write_text("\n".join(lines) + "\n")
