"""docs/coverage.md is what the campaign's counts make; with FERRO_UPDATE_GOLDEN=1 it is written anew."""

from __future__ import annotations

import os

from .coverage_page import DOCS, FEATURES, page


def test_the_page_is_what_the_runs_make() -> None:
    path, made = DOCS / "coverage.md", page()
    if os.environ.get("FERRO_UPDATE_GOLDEN") is not None:
        path.write_text(made)
        return
    assert path.read_text() == made, "run with FERRO_UPDATE_GOLDEN=1 and look at the difference"


def test_features_are_those_of_the_dialects() -> None:
    headings = (DOCS / "dialects.md").read_text().splitlines()
    assert [name for name in FEATURES.values() if f"## {name}" not in headings] == []
