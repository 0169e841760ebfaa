"""A way to write what a workload writes in words of the database, with everything bound beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: Of the workloads that change rows, in the order of the report.
CHANGES = ("bulk_create", "bulk_update", "bulk_upsert", "updates")

ENTRY_NAMES = "id, name, created, team, score"
NEW_NAMES = "name, created, team, score"
TAKE_EXCLUDED = (
    "ON CONFLICT (id) DO UPDATE "
    "SET name = excluded.name, team = excluded.team, score = excluded.score"
)


@dataclass(frozen=True)
class Form:
    """`run` is what is timed: one transaction. Its rows were put there by `fill`."""

    workload: str
    title: str
    units: int
    fill: Callable[[], None]
    run: Callable[[], None]


def pieces(count: int, size: int) -> list[range]:
    return [range(first, min(first + size, count)) for first in range(0, count, size)]
