"""What the database alone takes for the workloads of run.py that change rows, in several forms.

    bench/python/.venv/bin/python bench/python/floors.py --db sqlite
    bench/python/.venv/bin/python bench/python/floors.py --db postgresql --url postgresql://...

No library is in between: prepared statements, whose parameters are in the driver's own form before
the clock starts. It is the same transaction, table, index and rows. Nothing that sends such
statements can be quicker than its best form, so goals are read beside it. "cpu" is processor time
of the database, which depends less on what else runs: of this process for SQLite, of the session's
process for PostgreSQL where it is on this machine.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from harness.databases import open_databases
from harness.dataset import Dataset, Sizes
from harness.forms import CHANGES, Form
from harness.forms_postgresql import PostgresForms
from harness.forms_sqlite import SqliteForms
from harness.options import circumstances, named, parser, say

Busy = Callable[[], float]


def sample(form: Form, busy: Busy) -> tuple[float, float]:
    form.fill()
    gc.collect()
    start, worked = time.perf_counter(), busy()
    form.run()
    took = time.perf_counter() - start
    return took / form.units * 1e6, (busy() - worked) / form.units * 1e6


def measure(forms: list[Form], busy: Busy, rounds: int) -> list[dict[str, Any]]:
    """Each form in turn, then the same again; the first round is thrown away."""
    taken: list[list[tuple[float, float]]] = [[] for _ in forms]
    for turn in range(rounds + 1):
        say(f"round {turn} of {rounds}" if turn else "warming up")
        for form, samples in zip(forms, taken, strict=True):
            one = sample(form, busy)
            if turn > 0:
                samples.append(one)
    return [summary(form, samples) for form, samples in zip(forms, taken, strict=True)]


def summary(form: Form, samples: list[tuple[float, float]]) -> dict[str, Any]:
    took, worked = zip(*samples, strict=True)
    return {
        "workload": form.workload,
        "form": form.title,
        "median_us": statistics.median(took),
        "best_us": min(took),
        "cpu_median_us": statistics.median(worked),
        "samples_us": took,
    }


def main() -> int:
    args = parser(__doc__.splitlines()[0]).parse_args()
    if args.rounds < 1:
        raise SystemExit("--rounds must be at least 1")
    wanted = named(args.workloads, list(CHANGES), "workload that changes rows")
    data = Dataset(Sizes.quick() if args.quick else Sizes())
    databases = open_databases(args.db, args.url)
    try:
        kind = SqliteForms if args.db == "sqlite" else PostgresForms
        forms = kind(databases, "floors", data)
        try:
            chosen = [form for form in forms.all() if form.workload in wanted]
            chosen.sort(key=lambda form: wanted.index(form.workload))
            figures = measure(chosen, forms.busy, args.rounds)
        finally:
            forms.close()
        settings = databases.settings()
    finally:
        databases.close()
    print(f"\nmicroseconds per row or update, {args.db} alone")
    print(f"{'':<46} {'median':>8} {'best':>8} {'cpu':>8}")
    for figure in figures:
        title = f"{figure['workload']}: {figure['form']}"
        print(
            f"{title:<46} {figure['median_us']:8.2f} {figure['best_us']:8.2f} "
            f"{figure['cpu_median_us']:8.2f}"
        )
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            document = {
                "database": args.db,
                "settings": settings,
                "circumstances": circumstances(),
                "sizes": asdict(data.sizes),
                "rounds": args.rounds,
                "figures": figures,
            }
            json.dump(document, file, indent=1)
            file.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
