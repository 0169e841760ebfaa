"""Compares pyferro with other ORMs and the raw drivers in one interleaved run.

    bench/python/.venv/bin/python bench/python/run.py --db sqlite
    bench/python/.venv/bin/python bench/python/run.py --db postgresql --url postgresql://...
    bench/python/.venv/bin/python bench/python/run.py --workloads updates --peers oxyde,django

First every contestant's answers are compared with the dataset; then, in each round and for each
workload, all contestants are measured in turn, in an order that rotates. Compare within a run only.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from typing import Any

from harness import report
from harness.dataset import Sizes
from harness.fleet import ContestantFailed
from harness.options import Meeting, chosen, circumstances, meeting, named, parser, say
from harness.workloads import WORKLOADS, Workload

Figures = dict[str, dict[str, dict[str, Any]]]
Chosen = dict[str, Workload]


def check(crews: Meeting, figures: Figures, workloads: Chosen) -> None:
    """A wrong answer is recorded in the place of its figure, and that workload is not timed."""
    for name, crew in crews.crews.items():
        say(f"checking {name}")
        for workload, kind in workloads.items():
            if workload in crews.entries[name]["lacks"]:
                figures[name][workload] = {"lacks": crews.entries[name]["lacks"][workload]}
                continue
            try:
                if kind.writes:
                    crews.databases.empty_entries(name)
                reply = crew.ask("check", workload=workload)
            except ContestantFailed as failure:
                figures[name][workload] = {"error": str(failure)}
                continue
            if "wrong" in reply:
                figures[name][workload] = {"wrong": reply["wrong"]}


def measure(crews: Meeting, figures: Figures, workloads: Chosen, rounds: int) -> None:
    samples: dict[tuple[str, str], list[dict[str, float]]] = {}
    repeats: dict[tuple[str, str], int] = {}
    names = list(crews.crews)
    # Round -1 warms caches and settles how often a short workload is repeated within a sample.
    for turn in range(-1, rounds):
        say(f"round {turn + 1} of {rounds}" if turn >= 0 else "warming up")
        for step, (workload, kind) in enumerate(workloads.items()):
            first = (turn + 1 + step) % len(names)
            for name in names[first:] + names[:first]:
                if workload in figures[name]:
                    continue
                if kind.writes:
                    crews.databases.empty_entries(name)
                try:
                    repeat = repeats.get((name, workload), 1)
                    sample = crews.crews[name].ask("measure", workload=workload, repeat=repeat)
                except ContestantFailed as failure:
                    figures[name][workload] = {"error": str(failure)}
                    continue
                if turn >= 0:
                    samples.setdefault((name, workload), []).append(sample)
                elif not kind.writes:
                    repeats[name, workload] = int(sample["repeat"])
    for (name, workload), taken in samples.items():
        figures[name].setdefault(workload, report.summarise(taken))


def present(
    figures: Figures, crews: Meeting, kinds: Chosen, database: str, sizes: Sizes
) -> dict[str, Any]:
    workloads = list(kinds)
    print(f"\nmedian microseconds per unit, {database}")
    print("\n".join(report.absolute(figures, workloads, "median_us")))
    units = ", ".join(f"{name}: per {kind.unit}" for name, kind in kinds.items())
    print(f"({units}; filters find {sizes.narrow // sizes.teams} objects)")
    print("\nbest microseconds per unit")
    print("\n".join(report.absolute(figures, workloads, "best_us")))
    print("\nmedian microseconds of the client's processor time, all its threads, per unit")
    print("\n".join(report.absolute(figures, workloads, "cpu_median_us")))
    reference = report.reference_of(figures)
    if reference is not None:
        print(f"\nmedian time as a multiple of {reference}'s (above 1 is slower than {reference})")
        print("\n".join(report.ratios(figures, workloads, reference)))
    returns_keys = {name: entry["returns_keys"] for name, entry in crews.entries.items()}
    reached = report.goals(figures, workloads, database, returns_keys)
    if reached:
        print("\ngoals")
        print("\n".join(report.goal_lines(reached)))
    print()
    for name, reason in crews.absent.items():
        print(f"{name}: did not take part: {reason}")
    for name, entry in crews.entries.items():
        if not entry["returns_keys"]:
            print(f"{name}: bulk_create returns no keys")
        reasons: dict[str, list[str]] = {}
        for workload, reason in entry["lacks"].items():
            if workload in kinds:
                reasons.setdefault(reason, []).append(workload)
        for reason, left_out in reasons.items():
            print(f"{name}: not in {', '.join(left_out)}: {reason}")
        for note in entry["notes"]:
            print(f"{name}: {note}")
    for name, row in figures.items():
        for workload, figure in row.items():
            for kind in ("error", "wrong"):
                if kind in figure:
                    print(f"{name}: {workload}: {kind}: {figure[kind]}")
    return {"reference": reference, "goals": reached}


def main() -> int:
    args = parser(__doc__.splitlines()[0]).parse_args()
    if args.rounds < 1:
        raise SystemExit("--rounds must be at least 1")
    sizes = Sizes.quick() if args.quick else Sizes()
    names = chosen(args.peers, args.db)
    workloads = {
        name: WORKLOADS[name] for name in named(args.workloads, list(WORKLOADS), "workload")
    }
    start = time.monotonic()
    with meeting(args, names, sizes) as crews:
        figures: Figures = {name: {} for name in crews.crews}
        if not figures:
            say("no contestant could start; see --log FILE for what they said")
            return 1
        check(crews, figures, workloads)
        measure(crews, figures, workloads, args.rounds)
        summary = present(figures, crews, workloads, args.db, sizes)
        say(f"took {time.monotonic() - start:.0f} s")
        if args.json:
            document = {
                "database": args.db,
                "settings": crews.databases.settings(),
                "circumstances": circumstances(args.libpq),
                "sizes": asdict(sizes),
                "rounds": args.rounds,
                "contestants": crews.entries,
                "absent": crews.absent,
                "figures": figures,
                **summary,
            }
            with open(args.json, "w", encoding="utf-8") as file:
                json.dump(document, file, indent=1)
                file.write("\n")
    broken = any(f.keys() & {"error", "wrong"} for row in figures.values() for f in row.values())
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
