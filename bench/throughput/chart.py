"""The JSON of ferro-bench as a PNG: one panel for each workload, one bar for each database. Needs
matplotlib, which nothing else of this project does.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def draw(run: dict[str, Any], target: Path) -> None:
    try:
        import matplotlib
    except ImportError:
        print(
            "chart.py: matplotlib is not installed for this Python; install it with\n"
            f"  {sys.executable} -m pip install matplotlib",
            file=sys.stderr,
        )
        raise SystemExit(2) from None
    matplotlib.use("Agg")
    from matplotlib import pyplot

    databases = [one for one in run["databases"] if one["workloads"]]
    names = list(dict.fromkeys(name for one in databases for name in one["workloads"]))
    if not names:
        raise SystemExit("chart.py: the run has no samples")
    figure, panels = pyplot.subplots(1, len(names), figsize=(3.2 * len(names), 3.8), squeeze=False)
    for panel, name in zip(panels[0], names, strict=True):
        measured = [one for one in databases if name in one["workloads"]]
        for place, one in enumerate(measured):
            workload = one["workloads"][name]
            median, samples = workload["median"], workload["samples"]
            spread = [[median - min(samples)], [max(samples) - median]]
            bar = panel.bar(place, median, yerr=spread, capsize=3, color=f"C{databases.index(one)}")
            panel.bar_label(bar, labels=[f"{median:,.0f}"], fontsize=8, padding=2)
        panel.set_xticks(range(len(measured)), [one["name"] for one in measured], fontsize=8)
        panel.set_title(name, fontsize=9)
        panel.set_ylabel(measured[0]["workloads"][name]["unit"], fontsize=8)
        panel.tick_params(axis="y", labelsize=7)
        panel.margins(y=0.15)
    servers = ", ".join(one["server"] for one in databases)
    rounds = run["settings"]["rounds"]
    figure.suptitle(f"{servers}: median of {rounds} rounds, lines from least to most", fontsize=9)
    figure.tight_layout()
    figure.savefig(target, dpi=130)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("json", type=Path, help="what ferro-bench --json wrote")
    parser.add_argument("png", type=Path, nargs="?", help="default: beside it, ending in .png")
    chosen = parser.parse_args()
    target = chosen.png or chosen.json.with_suffix(".png")
    draw(json.loads(chosen.json.read_text()), target)
    print(target)


if __name__ == "__main__":
    main()
