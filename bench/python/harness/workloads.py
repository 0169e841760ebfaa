"""The workloads: how each is called, how many units it is divided by, and what its answer is.

The right answers are computed from the dataset, not from another contestant.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from contestants.base import Contestant
from harness.dataset import (
    AUTHOR_COLUMNS,
    ENTRY_COLUMNS,
    NARROW_COLUMNS,
    POST_COLUMNS,
    WIDE_COLUMNS,
    Dataset,
    Record,
)
from harness.digest import lines


@dataclass(frozen=True)
class Workload:
    """`unit` is what a figure is per: an operation that is awaited, or a row in one of them."""

    title: str
    unit: str
    writes: bool = False


WORKLOADS: dict[str, Workload] = {
    "get": Workload("get by key, one after the other", "get"),
    "get_concurrent": Workload("get by key, many tasks", "get"),
    "insert": Workload("create one", "create", writes=True),
    "bulk_create": Workload("bulk_create with keys", "row", writes=True),
    "filter": Workload("filter by index, 5 columns", "row"),
    "wide_filter": Workload("filter by index, 20 columns", "row"),
    "scan": Workload("all rows, 5 columns", "row"),
    "post_author": Workload("all posts, each with its author", "post"),
    "author_posts": Workload("all authors, each with its posts", "post"),
    "bulk_update": Workload("objects changed in bulk", "row", writes=True),
    "bulk_upsert": Workload("insert or update in bulk", "row", writes=True),
    "updates": Workload("single updates in a transaction", "update", writes=True),
    "updates_together": Workload("the same, handed over at once", "update", writes=True),
}


class Stage:
    """A contestant with the arguments of all workloads at hand."""

    def __init__(self, contestant: Contestant, data: Dataset) -> None:
        self.contestant = contestant
        self.data = data
        sizes = data.sizes
        self._keys = data.keys(max(sizes.gets, sizes.tasks * sizes.bursts))
        self._inserts = data.entries(sizes.inserts)
        self._bulk = data.entries(sizes.bulk)
        self._stored = data.stored(sizes.changes)
        self._changed = data.changed(sizes.changes)

    def units(self, workload: str) -> int:
        sizes = self.data.sizes
        return {
            "get": sizes.gets,
            "get_concurrent": sizes.tasks * sizes.bursts,
            "insert": sizes.inserts,
            "bulk_create": sizes.bulk,
            "filter": sizes.narrow // sizes.teams,
            "wide_filter": sizes.wide // sizes.teams,
            "scan": sizes.narrow,
            "post_author": len(self.data.posts),
            "author_posts": len(self.data.posts),
            "bulk_update": sizes.changes,
            "bulk_upsert": sizes.changes,
            "updates": sizes.updates,
            "updates_together": sizes.updates,
        }[workload]

    async def prepare(self, workload: str) -> Callable[[], Awaitable[Any]]:
        """Everything that is not the workload is done now; what is returned is what is timed."""
        contestant, sizes, team = self.contestant, self.data.sizes, self.data.team
        match workload:
            case "get":
                keys = self._keys[: sizes.gets]
                return lambda: contestant.get(keys)
            case "get_concurrent":
                bursts = [
                    self._keys[i * sizes.tasks : (i + 1) * sizes.tasks] for i in range(sizes.bursts)
                ]
                return lambda: self._bursts(bursts)
            case "insert":
                return lambda: contestant.insert(self._inserts)
            case "bulk_create":
                batch = contestant.prepare_bulk(self._bulk)
                return lambda: contestant.bulk_create(batch)
            case "filter":
                return lambda: contestant.filter(team)
            case "wide_filter":
                return lambda: contestant.wide_filter(team)
            case "scan":
                return contestant.scan
            case "post_author":
                return contestant.posts_with_author
            case "author_posts":
                return contestant.authors_with_posts
            case "bulk_update":
                await contestant.store(self._stored)
                changes = await contestant.prepare_update(self._changed)
                return lambda: contestant.bulk_update(changes)
            case "bulk_upsert":
                # Every second row is there: old and new are mixed, as they come.
                await contestant.store(self._stored[::2])
                upsert = contestant.prepare_upsert(self._changed)
                return lambda: contestant.bulk_upsert(upsert)
            case "updates" | "updates_together":
                await contestant.store(self._stored[: sizes.updates])
                scores = [record["score"] for record in self._changed[: sizes.updates]]
                objects = await contestant.prepare_updates()
                update = contestant.updates
                if workload == "updates_together":
                    update = contestant.updates_together
                return lambda: update(objects, scores)
        raise ValueError(f"no workload of the name {workload!r}")

    async def _bursts(self, bursts: Sequence[Sequence[int]]) -> list[Any]:
        found: list[Any] = []
        for keys in bursts:
            found += await self.contestant.get_concurrent(keys)
        return found

    def expected(self, workload: str) -> list[str]:
        data, sizes = self.data, self.data.sizes
        match workload:
            case "get":
                return self._narrow_by_key(self._keys[: sizes.gets])
            case "get_concurrent":
                return self._narrow_by_key(self._keys[: sizes.tasks * sizes.bursts])
            case "insert":
                return lines(_values(self._inserts, ENTRY_COLUMNS[1:]))
            case "bulk_create":
                return lines(_values(self._bulk, ENTRY_COLUMNS[1:]))
            case "filter":
                rows = [row for row in data.narrow if row["team"] == data.team]
                return lines(_values(rows, NARROW_COLUMNS))
            case "wide_filter":
                rows = [row for row in data.wide if row["team"] == data.team]
                return lines(_values(rows, WIDE_COLUMNS))
            case "scan":
                return lines(_values(data.narrow, NARROW_COLUMNS))
            case "post_author":
                return lines(self._posts_with_author())
            case "author_posts":
                return lines(self._authors_with_posts())
            case "bulk_update" | "bulk_upsert":
                return lines(_values(self._changed, ENTRY_COLUMNS))
            case "updates" | "updates_together":
                pairs = zip(self._stored, self._changed, strict=True)
                rows = [{**old, "score": new["score"]} for old, new in pairs]
                return lines(_values(rows[: sizes.updates], ENTRY_COLUMNS))
        raise ValueError(f"no workload of the name {workload!r}")

    def _narrow_by_key(self, keys: Sequence[int]) -> list[str]:
        return lines(_values([self.data.narrow[key - 1] for key in keys], NARROW_COLUMNS))

    def _posts_with_author(self) -> list[tuple[Any, ...]]:
        authors = _values(self.data.authors, AUTHOR_COLUMNS)
        rows = _values(self.data.posts, POST_COLUMNS)
        keys = [post["author_id"] for post in self.data.posts]
        return [row + authors[key - 1] for row, key in zip(rows, keys, strict=True)]

    def _authors_with_posts(self) -> list[tuple[Any, ...]]:
        rows = {author[0]: author for author in _values(self.data.authors, AUTHOR_COLUMNS)}
        for post in self.data.posts:  # in the order of their keys
            rows[post["author_id"]] += tuple(post[column] for column in POST_COLUMNS)
        return list(rows.values())

    async def answer(self, workload: str) -> list[str]:
        """Runs the workload once and renders what it returned, or, for writes, what it stored."""
        contestant = self.contestant
        run = await self.prepare(workload)
        result = await run()
        if not WORKLOADS[workload].writes:
            render = {
                "wide_filter": contestant.wide_values,
                "post_author": contestant.post_values,
                "author_posts": contestant.author_values,
            }.get(workload, contestant.narrow_values)
            return lines(render(row) for row in result)
        stored = [contestant.narrow_values(row) for row in await contestant.entries()]
        if workload in ("bulk_update", "bulk_upsert", "updates", "updates_together"):
            return lines(stored)
        if workload == "bulk_create" and contestant.returns_keys:
            self._check_keys(contestant.created(result), stored)
        return lines(values[1:] for values in stored)

    def _check_keys(self, keys: Sequence[int], stored: Sequence[Sequence[Any]]) -> None:
        """Each key must belong to the object it was given to, not only exist."""
        names = {values[0]: values[1] for values in stored}
        if [names.get(key) for key in keys] != [record["name"] for record in self._bulk]:
            raise ValueError("bulk_create returned keys that are not those of its objects")


def _values(records: Sequence[Record], columns: Sequence[str]) -> list[tuple[Any, ...]]:
    return [tuple(record[column] for column in columns) for record in records]


async def lag(stage: Stage, *, idle: float | None = None) -> tuple[float, float]:
    """The longest delay of a 1 ms ticker while `scan` runs, and how long the scan took (seconds).

    With `idle`, nothing runs for that long instead: the delay that the machine has anyway.
    """
    clock = asyncio.get_running_loop().time
    worst, done = 0.0, False

    async def tick() -> None:
        nonlocal worst
        while not done:
            due = clock() + 0.001
            await asyncio.sleep(0.001)
            worst = max(worst, clock() - due)

    ticker = asyncio.create_task(tick())
    await asyncio.sleep(0.02)
    worst, start = 0.0, clock()
    kept = await (stage.contestant.scan() if idle is None else asyncio.sleep(idle))
    took = clock() - start
    # One more tick, or a scan that never let go of the loop would show no delay at all.
    done = True
    await ticker
    del kept  # freeing the rows is the caller's own affair, so it is not in the figure
    return worst, took
