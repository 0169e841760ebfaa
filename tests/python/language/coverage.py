"""How many statements with each node were compared on each database, and in which runs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from . import tree
from .compare import Verdict
from .words import Word


def names(statement: tree.Query) -> set[str]:
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
    """Of one run on one database."""

    def __init__(self, server: str, seed: str) -> None:
        self.server = server
        self.seed = seed
        self.outcomes: Counter[str] = Counter()
        self.compared: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def count(self, found: set[str], verdict: Verdict) -> None:
        """`found`: names() of the statement."""
        if verdict in (Verdict.SAME, Verdict.BOTH_FAIL):
            self.compared.update(found)
        elif verdict is Verdict.REFUSED:
            self.refused.update(found)


def write(path: Path, seen: Coverage) -> None:
    """Adds the run to those that the file has: a campaign is many of them. See coverage_page.py."""
    kept = json.loads(path.read_text()) if path.exists() else {"nodes": {}, "runs": []}
    nodes = kept["nodes"].setdefault(seen.server, {"compared": {}, "refused": {}})
    for how, counts in (("compared", seen.compared), ("refused", seen.refused)):
        nodes[how] = counts + Counter(nodes[how])
    kept["runs"].append({"seed": seen.seed, "server": seen.server, "outcomes": seen.outcomes})
    path.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
