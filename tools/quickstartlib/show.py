"""What the quickstart prints: a progress bar on stderr, and small aligned tables on stdout."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from time import perf_counter
from typing import Any

_WIDTH = 28


class Progress:
    """One line that is redrawn on a terminal, and only its last state elsewhere."""

    def __init__(self, label: str, total: int) -> None:
        self._label = label
        self._total = total
        self._done = 0
        self._start = perf_counter()
        self._live = sys.stderr.isatty()

    def add(self, count: int) -> None:
        self._done += count
        if self._live:
            self._draw("\r")

    def finish(self) -> None:
        self._draw("\r" if self._live else "")
        print(file=sys.stderr)

    def _draw(self, before: str) -> None:
        filled = _WIDTH * self._done // max(1, self._total)
        bar = "#" * filled + "." * (_WIDTH - filled)
        pace = rate(self._done, perf_counter() - self._start)
        line = f"{before}  {self._label:<9} [{bar}] {self._done:>9,} {pace}"
        print(line, end="", file=sys.stderr, flush=True)


def rate(count: int, seconds: float, unit: str = "rows") -> str:
    return f"{count / seconds:>11,.0f} {unit}/s" if seconds > 0 else ""


def text(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:,.1f}"
    return str(value)


def table(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Numbers to the right, everything else to the left."""
    values = [list(row) for row in rows]
    cells = [[text(value) for value in row] for row in values]
    widths = [max(map(len, column)) for column in zip(headers, *cells, strict=True)]
    numeric = [
        any(isinstance(row[i], (int, float)) for row in values)
        and all(row[i] is None or isinstance(row[i], (int, float)) for row in values)
        for i in range(len(headers))
    ]
    lines = [list(headers), ["-" * width for width in widths], *cells]
    for line in lines:
        padded = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ]
        print("  " + "  ".join(padded).rstrip())


def heading(title: str, count: int | None = None, seconds: float | None = None) -> None:
    """A title, and beside it how many rows in what time it took to have them as objects."""
    print(f"\n{title}")
    if count is not None and seconds is not None:
        unit = "row" if count == 1 else "rows"
        print(f"  {count:,} {unit} in {seconds * 1000:,.2f} ms,{rate(count, seconds)}")
