"""The examples of the documents run: each ```python block, in order, on every database.

A block that begins with `# needs <feature>` has to work where the database has the feature, and to
be refused where it has not. A ```text block is what the block before it prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from conftest import drop

import pyferro
from pyferro import IntegrityError, UnsupportedFeature, registry

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    "README.md",
    "docs/hooks.md",
    "docs/models.md",
    "docs/queries.md",
    "docs/relations.md",
    "docs/runtime.md",
    "docs/sessions.md",
    "docs/transactions.md",
    "docs/tutorial.md",
    "docs/writing.md",
)
MEMORY = "sqlite::memory:"


class Block(NamedTuple):
    line: int  # of its first line of code
    code: str
    prints: str | None

    @property
    def needs(self) -> str | None:
        found = re.match(r"# needs ([a-z-]+)\n", self.code)
        return found and found[1]


def blocks_of(text: str) -> list[Block]:
    fences = list(re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S))
    found = []
    for fence, after in zip(fences, [*fences[1:], None], strict=True):
        if fence[1] != "python":
            continue
        shown = after is not None and after[1] == "text"
        line = text.count("\n", 0, fence.start(2)) + 1
        found.append(Block(line, fence[2], after[2] if shown and after else None))
    return found


@pytest.fixture
def alone(url: str) -> Iterator[None]:
    """No other models and no tables of theirs, before and after."""
    known = dict(registry._models)
    pyferro.clear_registry()
    pyferro.reset_engine()
    yield
    made = registry.models()
    pyferro.reset_engine()
    with pyferro.connect(url, name="cleaning").run() as cleaner:
        if made:
            cleaner.drop_tables(*made).run()
    registry._models.clear()
    registry._models.update(known)


def drop_what_is_left(url: str, text: str) -> None:
    """Tables of an earlier run that was stopped."""
    found = re.findall(r'^class (\w+)\(\w+(?:, table="(\w+)")?\):', text, re.M)
    names = [table or name.lower() for name, table in found]
    with pyferro.connect(url, name="cleaning").run() as cleaner:
        for _ in found:  # those that others refer to go last
            for name in list(names):
                leftover: Any = SimpleNamespace(__ferro_info__=SimpleNamespace(name=name))
                with suppress(IntegrityError):
                    drop(cleaner, leftover)
                    names.remove(name)


def run(block: Block, document: str, url: str, names: dict[str, Any]) -> None:
    # Its lines are where the document has them, so that a traceback shows the place.
    text = "\n" * (block.line - 1) + block.code.replace(MEMORY, url)
    code = compile(text, document, "exec", dont_inherit=True)
    database = names.get("db")
    if block.needs is not None and not database.supports(block.needs):
        try:
            exec(code, names)
        except UnsupportedFeature:
            return
        raise AssertionError(f"{database.server} does not support {block.needs}, and it worked")
    printed = StringIO()
    with redirect_stdout(printed):
        exec(code, names)
    assert block.prints is None or printed.getvalue() == block.prints


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_examples_of_a_document_run(document: str, url: str, alone: None) -> None:
    text = (ROOT / document).read_text()
    drop_what_is_left(url, text)
    blocks = blocks_of(text)
    assert blocks, f"{document} has no examples"
    # Not "__main__": what a model's annotations mean is looked up in its module.
    names: dict[str, Any] = {"__name__": __name__}
    for block in blocks:
        try:
            run(block, document, url, names)
        except Exception as error:
            error.add_note(f"in the example at {document}:{block.line}")
            raise


def test_an_example_that_breaks_is_found() -> None:
    [block] = blocks_of("text\n\n```python\nassert 1 == 2\n```\n")
    assert block == Block(4, "assert 1 == 2\n", None)
    with pytest.raises(AssertionError):
        run(block, "none", MEMORY, {})


def test_an_example_that_prints_something_else_is_found() -> None:
    [block] = blocks_of("```python\nprint(1)\n```\n\n```text\n2\n```\n")
    with pytest.raises(AssertionError):
        run(block, "none", MEMORY, {})


@pytest.mark.parametrize(
    "document", ["README.md", *sorted(f"docs/{one.name}" for one in (ROOT / "docs").glob("*.md"))]
)
def test_what_a_document_points_to_is_there(document: str) -> None:
    """Files of ours in backquotes (of the tests, or from the root), and links to other documents."""
    text = (ROOT / document).read_text()
    folders = "engine|dialects|capi|pyferro|tests|bench|tools|docs|python"
    named = re.findall(rf"`((?:{folders})/[\w./-]+)`", text)
    linked = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    places = (ROOT, ROOT / "tests", ROOT / "tests/python")
    missing = [one for one in named if not any((place / one).exists() for place in places)]
    missing += [one for one in linked if not (ROOT / document).parent.joinpath(one).exists()]
    assert not missing
