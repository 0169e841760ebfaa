"""What a query costs beyond the database: building it, and the first time of a shape.

    bench/python/.venv/bin/python bench/python/query_cost.py [--rounds N]

On SQLite, in one process, taking turns, with the collector on: the prepared statement by the
standard library's sqlite3, a get by key, and a query of three conditions that is built each time,
awaited and by `run()`; then a query of which every round has shapes that were never seen (30 nodes:
the text of a literal column differs), so that each is compiled. Microseconds each, median and best.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import statistics
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter

import pyferro
from pyferro import PK

CALLS = 500
TEXT = (
    "SELECT id, name, price, stock, note FROM item"
    " WHERE id = ? AND price >= ? AND name = ? ORDER BY price DESC"
)


class Item(pyferro.Model):
    id: PK[int | None] = None
    name: str
    price: int
    stock: int
    note: str | None = None


def three() -> pyferro.Query[Item]:
    conditions = (Item.id == 5, Item.price >= 1, Item.name == "n4")
    return Item.where(*conditions).order_by(Item.price.desc())


def other(number: int) -> pyferro.Query[Item]:
    """A shape of its own for each number: how it is tagged is part of the text."""
    both = (Item.price > 3) & (Item.stock < 9)
    either = (Item.name == "n4") | Item.note.is_null() | (Item.id.in_([1, 2]))
    return Item.where(both, either).order_by(Item.stock, Item.id).limit(3).tag(f"number {number}")


async def measured(path: Path, rounds: int) -> dict[str, list[float]]:
    database = await pyferro.connect(f"sqlite:///{path}")
    await database.create_tables(Item)
    await Item.bulk_create([Item(name=f"n{i}", price=i, stock=i % 7) for i in range(1000)])
    raw = sqlite3.connect(path)
    number = 0

    async def prepared() -> None:
        for _ in range(CALLS):
            raw.execute(TEXT, (5, 1, "n4")).fetchall()

    async def get() -> None:
        for _ in range(CALLS):
            await Item.get(5)

    async def awaited() -> None:
        for _ in range(CALLS):
            await three().all()

    async def built() -> None:
        for _ in range(CALLS):
            three()

    async def compiled() -> None:
        nonlocal number
        for _ in range(CALLS):
            number += 1
            other(number).sql()

    async def seen() -> None:
        for _ in range(CALLS):
            other(number).sql()

    work: dict[str, Callable[[], Awaitable[None]]] = {
        "sqlite3: a prepared query": prepared,
        "pyferro: a get by key": get,
        "pyferro: a query of three conditions, built and awaited": awaited,
        "pyferro: building it": built,
        "pyferro: the text of a query of 30 nodes, seen before": seen,
        "pyferro: the text of a query of 30 nodes, a new shape": compiled,
    }
    taken: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(rounds + 1):
        for name, run in work.items():
            began = perf_counter()
            await run()
            if turn > 0:
                taken[name].append((perf_counter() - began) / CALLS * 1e6)
    database.close()
    raw.close()
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description="The cost of building and compiling queries.")
    parser.add_argument("--rounds", type=int, default=9, help="samples of each (default 9)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        taken = asyncio.run(measured(Path(folder) / "cost.db", options.rounds))
    print("us each (median, best)")
    for name, samples in taken.items():
        print(f"  {name:58}{statistics.median(samples):8.1f}{min(samples):8.1f}")


if __name__ == "__main__":
    main()
