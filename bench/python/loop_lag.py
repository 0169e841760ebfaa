"""The longest time a 1 ms ticker on the event loop is kept waiting while all rows are fetched.

    bench/python/.venv/bin/python bench/python/loop_lag.py --db sqlite [--rows 100000]

An asynchronous library that converts a large result in one piece stops every other task of the
program for as long. The idle row is the delay this machine has when nothing is fetched at all;
no figure can be trusted below it. Synchronous contestants are left out: they block by design.
"""

from __future__ import annotations

import json
import statistics
import sys
from typing import Any

from contestants import ENTRANTS, REFERENCE
from harness.dataset import Sizes
from harness.fleet import ContestantFailed
from harness.options import Meeting, chosen, circumstances, meeting, parser, say

BUDGET_MS = 5.0


def collect(crews: Meeting, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Each contestant in turn, then the same again; the first round is thrown away."""
    taken: dict[str, list[dict[str, float]]] = {"idle": []}
    for turn in range(rounds + 1):
        idle_s = 0.2
        for name, crew in crews.crews.items():
            say(f"round {turn} of {rounds}: {name}")
            try:
                sample = crew.ask("lag", idle=None)
                idle = crew.ask("lag", idle=idle_s)
            except ContestantFailed as failure:
                crews.absent[name] = str(failure)
                continue
            if turn > 0:
                taken.setdefault(name, []).append(sample)
                taken["idle"].append(idle)
    return taken


def summarise(samples: list[dict[str, float]]) -> dict[str, Any]:
    worst = [sample["worst_ms"] for sample in samples]
    return {
        "median_ms": statistics.median(worst),
        "best_ms": min(worst),
        "worst_ms": max(worst),
        "fetch_median_ms": statistics.median(sample["took_ms"] for sample in samples),
        "samples_ms": worst,
    }


def main() -> int:
    options = parser(__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=100_000)
    args = options.parse_args()
    if args.rounds < 1:
        raise SystemExit("--rounds must be at least 1")
    names = [name for name in chosen(args.peers, args.db) if ENTRANTS[name].is_async]
    rows = min(args.rows, 5_000) if args.quick else args.rows
    # Only the narrow table matters here; the rest is as small as it can be.
    sizes = Sizes(narrow=rows, wide=10, gets=1, tasks=1, bursts=1, inserts=1, bulk=1)
    with meeting(args, names, sizes) as crews:
        taken = collect(crews, args.rounds)
        figures = {name: summarise(samples) for name, samples in taken.items() if samples}
        settings = crews.databases.settings()
    print(f"\nlongest delay of a 1 ms ticker while {rows} rows are fetched, {args.db}, ms")
    print(f"{'':<12} {'median':>9} {'best':>9} {'worst':>9} {'fetch took':>11}")
    for name, row in figures.items():
        print(
            f"{name:<12} {row['median_ms']:9.2f} {row['best_ms']:9.2f} {row['worst_ms']:9.2f} "
            f"{row['fetch_median_ms']:11.1f}"
        )
    for name, reason in crews.absent.items():
        print(f"{name}: did not take part: {reason}")
    ours = figures.get(REFERENCE)
    # "Never more than": the worst round decides, not the median.
    met = ours["worst_ms"] <= BUDGET_MS if ours else None
    if met is not None:
        print(f"{REFERENCE}: budget {BUDGET_MS:.0f} ms: {'met' if met else 'MISSED'}")
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            document = {
                "database": args.db,
                "rows": rows,
                "rounds": args.rounds,
                "budget_ms": BUDGET_MS,
                "budget_met": met,
                "settings": settings,
                "circumstances": circumstances(args.libpq),
                "contestants": crews.entries,
                "absent": crews.absent,
                "figures": figures,
            }
            json.dump(document, file, indent=1)
            file.write("\n")
    return 0 if figures else 1


if __name__ == "__main__":
    sys.exit(main())
