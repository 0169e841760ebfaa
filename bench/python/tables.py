"""Prints what a run kept (`run.py --json FILE`) as the blocks that docs/measured.md has.

    bench/python/.venv/bin/python bench/python/tables.py bench/results/relations-sqlite.json

For each file and each group of workloads: medians in microseconds, and the same as multiples of
pyferro's. `--workloads a,b` prints these alone, in one group. It measures nothing.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from harness import report

# What fits beside each other in a page.
GROUPS = (
    ("get", "get_concurrent", "insert", "bulk_create", "filter", "wide_filter", "scan"),
    ("post_author", "author_posts", "bulk_update", "bulk_upsert", "updates"),
)


def blocks(document: dict[str, Any], groups: tuple[tuple[str, ...], ...]) -> list[str]:
    figures = document["figures"]
    result = [f"`{document['database']}`, {document['rounds']} rounds:", ""]
    for group in groups:
        workloads = [name for name in group if any(name in row for row in figures.values())]
        rows = {
            name: row
            for name, row in figures.items()
            if any("lacks" not in row.get(workload, {"lacks": ""}) for workload in workloads)
        }
        if not rows:
            continue
        result += ["```", *report.absolute(rows, workloads, "median_us"), "```"]
        reference = report.reference_of(rows)
        if reference is not None:
            result += ["```", *report.ratios(rows, workloads, reference), "```"]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--workloads", metavar="A,B", help="comma-separated; all, in groups")
    args = parser.parse_args()
    groups = (tuple(args.workloads.split(",")),) if args.workloads else GROUPS
    for name in args.files:
        with open(name, encoding="utf-8") as file:
            document = json.load(file)
        print("\n".join([*blocks(document, groups), *report.goal_lines(document["goals"]), ""]))


if __name__ == "__main__":
    main()
