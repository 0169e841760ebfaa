"""What a contestant must be able to do. Each writes its calls the way its own manual would, as
fast as it reasonably goes; the harness decides when, how often, and whether the answer is right."""

from __future__ import annotations

import abc
import asyncio
from collections.abc import Sequence
from typing import Any

from harness.dataset import NARROW_COLUMNS, WIDE_COLUMNS, Dataset, Record


class Contestant(abc.ABC):
    """One library with its models. Lives in one worker process, in one event loop.

    The database given to `setup` is this contestant's alone and empty. It makes three tables:
    narrow and wide, filled with `data`, both indexed on `team`, and entry, shaped like narrow,
    empty, with keys made by the database.
    """

    #: False when bulk_create cannot tell the keys the database made; the report says so.
    returns_keys = True

    def __init__(self) -> None:
        #: What a reader must know to judge the figures: settings that could not be made equal.
        self.notes: list[str] = []

    @abc.abstractmethod
    async def setup(self, url: str, data: Dataset) -> None: ...

    @abc.abstractmethod
    async def get_one(self, key: int) -> Any:
        """A narrow object by its primary key."""

    @abc.abstractmethod
    async def create_one(self, record: Record) -> Any:
        """Stores one entry and returns it, or its key. Committed when this returns."""

    def prepare_bulk(self, records: Sequence[Record]) -> Any:
        """The objects for `bulk_create`, made before the clock starts."""
        return records

    @abc.abstractmethod
    async def bulk_create(self, batch: Any) -> Any:
        """Stores all or none of the batch; returns what `created` can read keys from."""

    def created(self, result: Any) -> list[int]:
        """The keys of a bulk_create, in the order of the batch."""
        return [entry.id for entry in result]

    @abc.abstractmethod
    async def filter(self, team: int) -> Sequence[Any]: ...

    @abc.abstractmethod
    async def wide_filter(self, team: int) -> Sequence[Any]: ...

    @abc.abstractmethod
    async def scan(self) -> Sequence[Any]:
        """All narrow objects."""

    @abc.abstractmethod
    async def entries(self) -> Sequence[Any]:
        """All entries, for checking what was stored. Never timed."""

    async def before_writing(self) -> None:
        """Called before each sample that writes, off the clock, with the entry table empty."""
        return None

    async def close(self) -> None:
        """Gives back connections. Nothing to do for who has none."""
        return None

    # The loops are here so that they are the same for all. A contestant overrides them only when
    # its manual's way of doing many things is not many times its way of doing one.

    async def get(self, keys: Sequence[int]) -> Sequence[Any]:
        return [await self.get_one(key) for key in keys]

    async def get_concurrent(self, keys: Sequence[int]) -> Sequence[Any]:
        return await asyncio.gather(*[self.get_one(key) for key in keys])

    async def insert(self, records: Sequence[Record]) -> Sequence[Any]:
        return [await self.create_one(record) for record in records]

    def narrow_values(self, row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, column) for column in NARROW_COLUMNS)

    def wide_values(self, row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, column) for column in WIDE_COLUMNS)


def is_sqlite(url: str) -> bool:
    return url.startswith("sqlite:")


def sqlite_path(url: str) -> str:
    """The file of `sqlite:////absolute/path`."""
    return url.removeprefix("sqlite:///")
