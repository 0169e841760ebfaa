"""Rows to instances: what pyferro takes for it, beside what pydantic takes for the same.

    bench/python/.venv/bin/python bench/python/hydrate.py [--rows N] [--rounds N]

For a model of 4 and one of 32 columns: from ready cells (as a driver decodes them) and from a query
on SQLite, against `TypeAdapter(list[Model])`, which gets there in two ways. From the same cells,
made into dicts of Python values by the same native conversions, as cheaply as dicts can be made:
both then start from the same memory and end with the same list. And from ready dicts: then it has
nothing to convert and no value to free, which its ratio to pyferro's cells leaves out of account.

All make the same `list[Model]`, checked to be equal. They take turns; the collector is on and
freeing is in the time. Then the memory of an instance, by tracemalloc.
"""

from __future__ import annotations

import argparse
import gc
import json
import sqlite3
import statistics
import tempfile
import tracemalloc
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

import pyferro
from pydantic import TypeAdapter
from pyferro import PK, Field, _native

NOON = datetime(2024, 2, 29, 12, 0, 0, 123456)
DOCUMENT = '{"name": "x", "size": 12, "tags": ["a", "b"], "on": true, "more": {"none": null}}'


class Narrow(pyferro.Model):
    id: PK[int]
    created: datetime
    number: int
    name: str


class Wide(pyferro.Model):
    id: PK[int]
    i1: int
    i2: int
    i3: int
    i4: int
    i5: int
    f1: float
    f2: float
    f3: float
    f4: float
    f5: float
    s1: str
    s2: str
    s3: str
    s4: str
    s5: str
    s6: str
    price: Decimal = Field(max_digits=12, decimal_places=2)
    rate: Decimal = Field(max_digits=12, decimal_places=6)
    j1: dict[str, Any]
    j2: dict[str, Any]
    b1: bool
    b2: bool
    b3: bool
    token: UUID
    day: date
    t1: datetime
    t2: datetime
    n1: int | None
    n2: str | None
    n3: float | None
    n4: datetime | None


def narrow(i: int) -> dict[str, Any]:
    created = NOON + timedelta(seconds=i)
    return {"id": i, "created": created, "number": i * 1_000_003, "name": f"player {i:013d}"}


def wide(i: int) -> dict[str, Any]:
    row: dict[str, Any] = {"id": i}
    row |= {f"i{n}": i * 10**n for n in range(1, 6)}
    row |= {f"f{n}": i / (n + 6) for n in range(1, 6)}
    row |= {f"s{n}": f"column {n} of row {i:06d}" for n in range(1, 7)}
    row |= {"price": Decimal(i).scaleb(-2), "rate": Decimal(i).scaleb(-6)}
    row |= {f"j{n}": json.loads(DOCUMENT) for n in (1, 2)}
    row |= {"b1": True, "b2": False, "b3": i % 2 == 0, "token": UUID(int=i << 64 | i)}
    row |= {"day": NOON.date(), "t1": NOON + timedelta(minutes=i), "t2": NOON}
    return row | dict.fromkeys(("n1", "n2", "n3", "n4"))


def cells_of(model: type[pyferro.Model], rows: list[dict[str, Any]]) -> _native.Cells:
    columns = model.__ferro_info__.columns.values()
    types = bytes(column.type for column in columns)

    def cell(value: Any) -> Any:
        return DOCUMENT if isinstance(value, dict) else value

    return _native.Cells(types, [[cell(row[c.name]) for c in columns] for row in rows])


def contestants(
    model: type[pyferro.Model], rows: list[dict[str, Any]], path: Path
) -> dict[str, Callable[[], Any]]:
    adapter: TypeAdapter[list[Any]] = TypeAdapter(list[model])  # type: ignore[valid-type]
    cells = cells_of(model, rows)
    plan = model.__ferro_info__.row_plan()
    raw = sqlite3.connect(path)
    sql = f'SELECT * FROM "{model.__ferro_info__.name}"'
    return {
        "pyferro: ready cells to instances": lambda: cells.hydrate(plan),
        "TypeAdapter: ready cells to instances": lambda: adapter.validate_python(cells.dicts(plan)),
        "TypeAdapter: ready dicts to instances": lambda: adapter.validate_python(rows),
        "pyferro: SQLite query to instances": lambda: model.all().run(),
        "sqlite3: SQLite query to plain tuples": lambda: raw.execute(sql).fetchall(),
    }


def sample(work: Callable[[], Any]) -> float:
    gc.collect()
    start = perf_counter()
    result = work()
    del result
    return perf_counter() - start


def memory(work: Callable[[], Any], count: int) -> float:
    """Bytes for each instance that `work` makes, with its values and its place in the list."""
    work()
    gc.collect()
    tracemalloc.start()
    kept = work()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return taken / count


def compare(
    model: type[pyferro.Model], rows: list[dict[str, Any]], path: Path, rounds: int
) -> None:
    model.bulk_create([model(**row) for row in rows]).run()
    runs = contestants(model, rows, path)
    cells, adapter, ready, query, _ = runs
    expected = runs[ready]()
    for name in (cells, adapter, query):
        if runs[name]() != expected:
            raise SystemExit(f"{model.__name__}: a wrong answer from {name}")
    del expected
    samples: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds + 1):
        for name, work in runs.items():
            samples[name].append(sample(work))
    print(f"{len(rows):,} rows of {len(model.model_fields)} columns, us/row (median, best)")
    each: dict[str, float] = {}
    for name, taken in samples.items():
        costs = [one / len(rows) * 1e6 for one in taken[1:]]
        each[name] = statistics.median(costs)
        print(f"  {name:<40} {each[name]:7.3f} {min(costs):7.3f}")
    print(f"  TypeAdapter / pyferro, both from the same cells {each[adapter] / each[cells]:7.2f}")
    print(f"  the same, TypeAdapter from ready dicts          {each[ready] / each[cells]:7.2f}")
    for name in (cells, adapter):
        print(f"  {name:<40} {memory(runs[name], len(rows)):7.0f} bytes an instance")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=50_000, help="narrow ones; wide ones a tenth")
    parser.add_argument("--rounds", type=int, default=9)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hydrate.db"
        with pyferro.connect(f"sqlite:///{path}", auto_migrate=True).run():
            compare(Narrow, [narrow(i) for i in range(1, chosen.rows + 1)], path, chosen.rounds)
            compare(Wide, [wide(i) for i in range(1, chosen.rows // 10 + 1)], path, chosen.rounds)


if __name__ == "__main__":
    main()
