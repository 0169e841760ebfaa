"""What importing a library and declaring one model costs over importing pydantic and declaring one.

    bench/python/.venv/bin/python bench/python/import_time.py [--rounds N] [--json FILE]

Every figure is from a fresh process and measured inside it, so the start of the interpreter is
not in it. The libraries take turns; the first round, which may write bytecode, is thrown away.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from importlib import metadata
from typing import Any

from harness.options import circumstances, say

BUDGET_MS = 30.0
BASE = "pydantic"
REFERENCE = "pyferro"

# The same five fields everywhere, declared as each library wants them.
PROGRAMS: dict[str, str] = {
    "pydantic": """
from datetime import datetime
from pydantic import BaseModel
class Narrow(BaseModel):
    id: int | None = None
    name: str
    created: datetime
    team: int
    score: float
""",
    "pyferro": """
from datetime import datetime
from pyferro import PK, Field, Model
class Narrow(Model):
    id: PK[int]
    name: str
    created: datetime
    team: int = Field(index=True)
    score: float
""",
    "ferro-orm": """
from datetime import datetime
from ferro import Field, Model
class Narrow(Model):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    created: datetime
    team: int = Field(index=True)
    score: float
""",
    "oxyde": """
from datetime import datetime
from oxyde import Field, Model
class Narrow(Model):
    id: int | None = Field(default=None, db_pk=True)
    name: str
    created: datetime
    team: int = Field(db_index=True)
    score: float
    class Meta:
        is_table = True
""",
    "SQLAlchemy": """
from datetime import datetime
import sqlalchemy.ext.asyncio
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase):
    pass
class Narrow(Base):
    __tablename__ = "narrow"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    created: Mapped[datetime]
    team: Mapped[int] = mapped_column(index=True)
    score: Mapped[float]
""",
}

_TIMED = """
import sys, time
start = time.perf_counter()
{program}
print((time.perf_counter() - start) * 1000, file=sys.__stdout__)
"""


def once(name: str) -> float:
    """Milliseconds, or an error that says what the library said."""
    result = subprocess.run(
        # -P: the packages as installed, not the folders of the directory that one stands in.
        [sys.executable, "-P", "-c", _TIMED.format(program=PROGRAMS[name])],
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        last = result.stderr.strip().splitlines()[-1:] or [f"exit code {result.returncode}"]
        raise RuntimeError(last[0])
    return float(result.stdout.splitlines()[-1])


def collect(rounds: int) -> tuple[dict[str, list[float]], dict[str, str]]:
    taken: dict[str, list[float]] = {}
    absent: dict[str, str] = {}
    for turn in range(rounds + 1):
        say(f"round {turn} of {rounds}")
        for name in PROGRAMS:
            if name in absent:
                continue
            try:
                sample = once(name)
            except RuntimeError as error:
                absent[name] = str(error)
                continue
            if turn > 0:
                taken.setdefault(name, []).append(sample)
    return taken, absent


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=21)
    options.add_argument("--json", metavar="FILE")
    args = options.parse_args()
    if args.rounds < 1:
        raise SystemExit("--rounds must be at least 1")
    taken, absent = collect(args.rounds)
    if BASE not in taken:
        print(f"cannot measure: {BASE}: {absent.get(BASE, 'no sample')}")
        return 1
    base = statistics.median(taken[BASE])
    figures: dict[str, dict[str, Any]] = {
        name: {
            "median_ms": statistics.median(samples),
            "best_ms": min(samples),
            "over_pydantic_ms": statistics.median(samples) - base,
            "samples_ms": samples,
        }
        for name, samples in taken.items()
    }
    print(f"import and one model, ms, {args.rounds} fresh processes each")
    print(f"{'':<12} {'median':>8} {'best':>8} {'over pydantic':>14}")
    for name, row in figures.items():
        over = "-" if name == BASE else f"{row['over_pydantic_ms']:+.1f}"
        print(f"{name:<12} {row['median_ms']:8.1f} {row['best_ms']:8.1f} {over:>14}")
    for name, reason in absent.items():
        print(f"{name}: did not take part: {reason}")
    ours = figures.get(REFERENCE)
    met = ours["over_pydantic_ms"] <= BUDGET_MS if ours else None
    if met is not None:
        print(f"{REFERENCE}: budget {BUDGET_MS:.0f} ms: {'met' if met else 'MISSED'}")
    if args.json:
        versions = {name: metadata.version(name) for name in figures}
        document = {
            "rounds": args.rounds,
            "budget_ms": BUDGET_MS,
            "budget_met": met,
            "circumstances": circumstances(),
            "versions": versions,
            "absent": absent,
            "figures": figures,
        }
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
            file.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
