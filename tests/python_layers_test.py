"""Which folder of the Python package may import which when it is loaded. What is imported within a
function, once it is called, goes both ways: `Model.save` reaches the code that stores, which knows models.

usage: python_layers_test.py <root of the source tree>
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

# From the bottom up. A module imports of these what stands before it, and within its folder; the
# modules beside the folders are listed where they belong.
LAYERS = (
    ("_native", "errors", "registry", "op"),
    ("types",),
    ("proof",),
    ("language",),
    ("tables",),
    ("runtime",),
    ("instances",),
    ("queries",),
    ("writing",),
    ("relations",),
    ("model", "connection", "soft_delete", "sync", "asgi", "otel"),
    ("__init__",),
)
PLACE = {name: number for number, names in enumerate(LAYERS) for name in names}


def imported(
    body: list[ast.stmt], package: tuple[str, ...]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Line and dotted name of each import of ours that runs when the module is loaded."""
    for statement in body:
        if isinstance(statement, ast.ImportFrom) and statement.level > 0:
            base = package[: len(package) - statement.level + 1]
            if statement.module is not None:
                yield statement.lineno, (*base, *statement.module.split("."))
            else:
                for alias in statement.names:
                    yield statement.lineno, (*base, alias.name)
        elif isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.dump(statement.test):
            yield from imported(statement.orelse, package)
        elif isinstance(statement, (ast.If, ast.Try, ast.With, ast.ClassDef)):
            yield from imported(statement.body, package)
            yield from imported(getattr(statement, "orelse", []), package)


def faults(text: str, place: tuple[str, ...]) -> Iterator[str]:
    """What is wrong in the module at this place below pyferro/, for example ("types", "kinds")."""
    here = place[0]
    if here not in PLACE:
        yield f"{here} stands in no layer"
        return
    for line, name in imported(ast.parse(text).body, place[:-1]):
        there = name[0]
        if there == here and len(place) > 1:
            continue
        if there not in PLACE:
            yield f"{line}: {there} stands in no layer"
        elif PLACE[there] > PLACE[here]:
            yield f"{line}: {here} is loaded before {there}: import it where it is used"


def self_test() -> None:
    """The rules catch what they are there for."""
    for text, place, wrong in (
        ("from ..types import held", ("proof", "rows"), False),
        ("from ..proof.rows import loaded", ("types", "held"), True),
        ("from .kinds import Kind", ("types", "held"), False),
        ("from . import kinds", ("types", "held"), False),
        ("from .. import _native", ("types", "held"), False),
        ("def f():\n    from ..model import Model", ("types", "held"), False),
        ("if TYPE_CHECKING:\n    from ..model import Model", ("types", "held"), False),
        ("class A:\n    from ..model import Model", ("types", "held"), True),
        ("try:\n    from ..model import Model\nfinally:\n    pass", ("types", "held"), True),
        ("from .model import Model", ("errors",), True),
        ("from .nowhere import Model", ("model",), True),
        ("", ("nowhere", "held"), True),
    ):
        if bool(list(faults(text, place))) is not wrong:
            raise SystemExit(f"the test of layers is broken: {text!r} in {place}")


def main() -> int:
    self_test()
    root = Path(sys.argv[1]) / "pyferro"
    looked, found = 0, []
    for path in sorted(root.rglob("*.py")):
        looked += 1
        place = path.relative_to(root).with_suffix("").parts
        found += [
            f"{path.relative_to(root.parent)}: {fault}" for fault in faults(path.read_text(), place)
        ]
    print("\n".join([*found, f"{looked} modules"]))
    return 1 if found or looked < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
