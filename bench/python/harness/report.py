"""Figures into tables: absolute, as ratios to the reference, and against the goals. It computes
nothing but medians and ratios, and it leaves out no row because of what the row says."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from contestants import ENTRANTS, REFERENCE

# (database, workload): how many times faster than the best asynchronous ORM pyferro must be.
GOALS: dict[tuple[str, str], float] = {
    ("sqlite", "get"): 3.0,
    ("postgresql", "get"): 2.0,
    ("sqlite", "filter"): 4.0,
    ("postgresql", "filter"): 4.0,
    ("sqlite", "wide_filter"): 4.0,
    ("postgresql", "wide_filter"): 4.0,
    ("sqlite", "bulk_create"): 4.0,
    ("postgresql", "bulk_create"): 4.0,
    ("sqlite", "post_author"): 3.0,
    ("postgresql", "post_author"): 3.0,
    ("sqlite", "author_posts"): 3.0,
    ("postgresql", "author_posts"): 3.0,
    ("sqlite", "bulk_update"): 3.0,
    ("postgresql", "bulk_update"): 3.0,
    ("sqlite", "bulk_upsert"): 3.0,
    ("postgresql", "bulk_upsert"): 3.0,
    ("sqlite", "updates"): 2.0,
    ("postgresql", "updates"): 2.0,
    ("sqlite", "updates_together"): 2.0,
    ("postgresql", "updates_together"): 2.0,
}

Samples = Sequence[Mapping[str, float]]
Figures = Mapping[str, Mapping[str, Mapping[str, Any]]]


def summarise(samples: Samples) -> dict[str, Any]:
    times = [sample["us"] for sample in samples]
    return {
        "median_us": statistics.median(times),
        "best_us": min(times),
        "worst_us": max(times),
        "cpu_median_us": statistics.median(sample["cpu_us"] for sample in samples),
        "samples_us": times,
    }


def reference_of(figures: Figures) -> str | None:
    """pyferro, or whoever stands first when it has no figure at all; the heading names it."""
    measured = [
        name for name, row in figures.items() if any("median_us" in f for f in row.values())
    ]
    return REFERENCE if REFERENCE in measured else next(iter(measured), None)


def absolute(figures: Figures, workloads: Sequence[str], key: str) -> list[str]:
    rows = [
        [name, *[_cell(figures[name].get(workload), key) for workload in workloads]]
        for name in figures
    ]
    return _table(["", *workloads], rows)


def ratios(figures: Figures, workloads: Sequence[str], reference: str) -> list[str]:
    """Time of the contestant divided by the reference's: 3.0 means three times as slow."""
    rows = []
    for name, row in figures.items():
        cells = [name]
        for workload in workloads:
            own, base = row.get(workload, {}), figures[reference].get(workload, {})
            if "median_us" in own and "median_us" in base:
                cells.append(f"{own['median_us'] / base['median_us']:.2f}")
            else:  # a time among ratios would be read as one
                cells.append("-" if "median_us" in own else _cell(own, "median_us"))
        rows.append(cells)
    return _table(["", *workloads], rows)


def goals(
    figures: Figures, workloads: Sequence[str], database: str, returns_keys: Mapping[str, bool]
) -> list[dict[str, Any]]:
    """The best asynchronous ORM among the peers, per workload, and pyferro's lead over it.

    Whoever cannot return keys from bulk_create did less there, and is not the one to beat. A
    workload that pyferro failed is a goal missed, not one left out.
    """
    if REFERENCE not in figures:
        return []
    result = []
    for (kind, workload), wanted in GOALS.items():
        if kind != database or workload not in workloads:
            continue
        rivals = {
            name: row[workload]["median_us"]
            for name, row in figures.items()
            if name != REFERENCE
            and ENTRANTS[name].is_orm
            and ENTRANTS[name].is_async
            and "median_us" in row.get(workload, {})
            and (workload != "bulk_create" or returns_keys[name])
        }
        if not rivals:
            continue
        best = min(rivals, key=rivals.__getitem__)
        ours = figures[REFERENCE].get(workload, {}).get("median_us")
        lead = rivals[best] / ours if ours else None
        result.append(
            {
                "workload": workload,
                "best_peer": best,
                "lead": lead,
                "wanted": wanted,
                "met": lead is not None and lead >= wanted,
            }
        )
    return result


def goal_lines(reached: Sequence[Mapping[str, Any]]) -> list[str]:
    result = []
    for goal in reached:
        lead = "failed" if goal["lead"] is None else f"{goal['lead']:.2f} x"
        verdict = "met" if goal["met"] else "MISSED"
        result.append(
            f"{goal['workload']:<12} {lead:>9} the best peer ({goal['best_peer']}), "
            f"wanted {goal['wanted']:.1f} x: {verdict}"
        )
    return result


def _cell(figure: Mapping[str, Any] | None, key: str) -> str:
    if not figure:
        return "-"
    if key in figure:
        value = figure[key]
        return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    return "-" if "lacks" in figure else "wrong" if "wrong" in figure else "error"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    return [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [head, *rows]
    ]
