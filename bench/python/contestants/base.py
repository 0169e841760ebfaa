"""What a contestant must be able to do. Each writes its calls the way its own manual would, as
fast as it reasonably goes; the harness decides when, how often, and whether the answer is right."""

from __future__ import annotations

import abc
import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from harness.dataset import (
    AUTHOR_COLUMNS,
    NARROW_COLUMNS,
    POST_COLUMNS,
    WIDE_COLUMNS,
    Dataset,
    Record,
)

#: What bulk_update and bulk_upsert change.
CHANGED_COLUMNS = ("name", "team", "score")

#: What the raw drivers lack.
NO_OBJECTS = {
    "post_author": "has no relations",
    "author_posts": "has no relations",
    "bulk_update": "has no objects to change",
    "bulk_upsert": "has no objects to change",
    "updates": "has no objects to change",
    "updates_together": "has no objects to change",
}


class Contestant(abc.ABC):
    """One library with its models. Lives in one worker process, in one event loop.

    The database given to `setup` is this contestant's alone and empty. It makes three tables:
    narrow and wide, filled with `data`, both indexed on `team`, and entry, shaped like narrow,
    empty, with keys made by the database. Whoever has relations makes two more, filled: author,
    and post, whose author_id is an indexed foreign key.
    """

    #: False when bulk_create cannot tell the keys the database made; the report says so.
    returns_keys = True

    #: Workloads that the library has no call for, with the reason. The report repeats it.
    lacks: Mapping[str, str] = {}

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

    # Relations.

    async def posts_with_author(self) -> Sequence[Any]:
        """All posts; `post_values` finds the author of each without asking the database."""
        raise NotImplementedError

    async def authors_with_posts(self) -> Sequence[Any]:
        """All authors; `author_values` finds the posts of each without asking the database."""
        raise NotImplementedError

    def posts_of(self, author: Any) -> Sequence[Any]:
        found: Sequence[Any] = author.posts
        return found

    # Changing what is there. Objects are made or loaded off the clock.

    async def store(self, records: Sequence[Record]) -> None:
        """Entries with their keys, for others to change. Never timed."""
        raise NotImplementedError

    async def prepare_update(self, records: Sequence[Record]) -> Any:
        """All entries, loaded, with the values of these records but not stored."""
        by_key = {entry.id: entry for entry in await self.entries()}
        for record in records:
            entry = by_key[record["id"]]
            for column in CHANGED_COLUMNS:
                setattr(entry, column, record[column])
        return [by_key[record["id"]] for record in records]

    async def bulk_update(self, batch: Any) -> Any:
        """Stores CHANGED_COLUMNS of all or none."""
        raise NotImplementedError

    def prepare_upsert(self, records: Sequence[Record]) -> Any:
        """The objects for `bulk_upsert`, as for `bulk_create`, but with keys."""
        return self.prepare_bulk(records)

    async def bulk_upsert(self, batch: Any) -> Any:
        """Inserts the rows whose key is new, and gives the others CHANGED_COLUMNS, all or none."""
        raise NotImplementedError

    async def prepare_updates(self) -> Any:
        """All entries, loaded, by their keys."""
        return sorted(await self.entries(), key=lambda entry: entry.id)

    async def updates(self, objects: Any, scores: Sequence[float]) -> Any:
        """In one transaction: gives each object its score and stores it, one statement for each."""
        raise NotImplementedError

    async def updates_together(self, objects: Any, scores: Sequence[float]) -> Any:
        """The same for whoever takes many changes at once and still sends a statement for each."""
        return await self.updates(objects, scores)

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
        return _values_of(row, NARROW_COLUMNS)

    def wide_values(self, row: Any) -> tuple[Any, ...]:
        return _values_of(row, WIDE_COLUMNS)

    def post_values(self, post: Any) -> tuple[Any, ...]:
        return _values_of(post, POST_COLUMNS) + _values_of(post.author, AUTHOR_COLUMNS)

    def author_values(self, author: Any) -> tuple[Any, ...]:
        return related_values(author, self.posts_of(author))


def _values_of(row: Any, columns: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, column) for column in columns)


def related_values(author: Any, posts: Sequence[Any]) -> tuple[Any, ...]:
    """An author's values, followed by those of the posts in the order of their keys."""
    values = _values_of(author, AUTHOR_COLUMNS)
    for post in sorted(posts, key=lambda post: post.id):
        values += _values_of(post, POST_COLUMNS)
    return values


def is_sqlite(url: str) -> bool:
    return url.startswith("sqlite:")


def sqlite_path(url: str) -> str:
    """The file of `sqlite:////absolute/path`."""
    return url.removeprefix("sqlite:///")
