"""Rows to instances: what pyferro adds to reading tuples, beside what pydantic takes for the same.

    bench/python/.venv/bin/python bench/python/hydrate.py [--rows N] [--rounds N]

All contestants make `list[Player]` of the same rows, checked to be equal, or say what they leave
out. They take turns; figures are medians in microseconds for each row.
"""

from __future__ import annotations

import argparse
import gc
import sqlite3
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import pyferro
from pydantic import TypeAdapter
from pyferro import PK


class Player(pyferro.Model):
    id: PK[int]
    team: int
    name: str
    score: float
    active: bool
    note: str | None


SQL = "SELECT id, team, name, score, active, note FROM player"


def players(count: int) -> list[Player]:
    return [
        Player(
            team=i % 100,
            name=f"player {i:06d}",
            score=i / 8,
            active=i % 2 == 0,
            note="a note on every third row" if i % 3 == 0 else None,
        )
        for i in range(count)
    ]


def contestants(path: Path) -> dict[str, Callable[[], Any]]:
    adapter = TypeAdapter(list[Player])
    raw = sqlite3.connect(path)
    names = tuple(Player.model_fields)
    dicts = [dict(zip(names, row, strict=True)) for row in raw.execute(SQL)]
    columns = [getattr(Player, name) for name in names]

    def sqlite3_and_pydantic() -> list[Player]:
        return adapter.validate_python([dict(zip(names, r, strict=True)) for r in raw.execute(SQL)])

    return {
        "pyferro: query to instances": lambda: Player.all().run(),
        "pyferro: query to tuples": lambda: Player.select(*columns).all().run(),
        "TypeAdapter on ready dicts": lambda: adapter.validate_python(dicts),
        "sqlite3: query to tuples": lambda: raw.execute(SQL).fetchall(),
        "sqlite3, dicts and TypeAdapter": sqlite3_and_pydantic,
    }


def sample(work: Callable[[], Any]) -> float:
    gc.collect()
    start = perf_counter()
    result = work()
    took = perf_counter() - start
    del result
    return took


def check(runs: dict[str, Callable[[], Any]]) -> None:
    expected = runs["TypeAdapter on ready dicts"]()
    for name in ("pyferro: query to instances", "sqlite3, dicts and TypeAdapter"):
        if runs[name]() != expected:
            raise SystemExit(f"wrong answer: {name}")
    rows = [tuple(player.__dict__.values()) for player in expected]
    if runs["pyferro: query to tuples"]() != rows:
        raise SystemExit("wrong answer: pyferro: query to tuples")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=7)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hydrate.db"
        with pyferro.connect(f"sqlite:///{path}", auto_migrate=True).run():
            Player.bulk_create(players(chosen.rows)).run()
            runs = contestants(path)
            check(runs)
            samples: dict[str, list[float]] = {name: [] for name in runs}
            for _ in range(chosen.rounds):
                for name, work in runs.items():
                    samples[name].append(sample(work))
    each = {n: statistics.median(taken) / chosen.rows * 1e6 for n, taken in samples.items()}
    print(f"{chosen.rows:,} rows of {len(Player.model_fields)} fields, {chosen.rounds} rounds")
    for name, cost in each.items():
        print(f"  {name:<32} {cost:7.3f} us/row")
    fetched = each["pyferro: query to instances"] - each["pyferro: query to tuples"]
    print(f"  instances beyond tuples          {fetched:7.3f} us/row")
    whole = each["sqlite3, dicts and TypeAdapter"] / each["pyferro: query to instances"]
    print(f"  sqlite3 and TypeAdapter / pyferro, both from the query: {whole:.2f}")


if __name__ == "__main__":
    main()
