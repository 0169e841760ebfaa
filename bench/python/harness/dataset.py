"""The rows every contestant stores and reads: made from a seed, so that each process makes the
same ones and nothing has to be sent to it. It also says what the answer of each workload is."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

Record = dict[str, Any]

NARROW_COLUMNS = ("id", "name", "created", "team", "score")
WIDE_COLUMNS = (
    "id", "team", "code", "title", "note", "quantity", "reserve", "price", "discount", "weight",
    "height", "active", "checked", "token", "parent", "created", "updated", "due", "details",
    "labels",
)  # fmt: skip
# Entry is Narrow again, for writing: its keys are made by the database.
ENTRY_COLUMNS = NARROW_COLUMNS
AUTHOR_COLUMNS = ("id", "name", "joined", "rating")
POST_COLUMNS = ("id", "title", "created", "views")  # and author_id, which the relation is about

_SEED = 20_240_229
_EPOCH = datetime(2015, 3, 1, 6, 30)


@dataclass(frozen=True)
class Sizes:
    """How much of everything. A filter finds `rows / teams` objects."""

    narrow: int = 20_000
    wide: int = 20_000
    teams: int = 10
    gets: int = 500
    tasks: int = 100
    bursts: int = 5
    inserts: int = 200
    bulk: int = 10_000
    authors: int = 500
    posts_each: int = 10
    changes: int = 2_000
    updates: int = 1_000
    pool: int = 10

    @classmethod
    def quick(cls) -> Sizes:
        """Enough to see that everything runs; the figures are not worth keeping."""
        return cls(
            narrow=2_000, wide=2_000, gets=100, bursts=1, inserts=20, bulk=1_000,
            authors=50, changes=200, updates=50,
        )  # fmt: skip

    @classmethod
    def read(cls, values: Mapping[str, int]) -> Sizes:
        return cls(**values)


@dataclass
class Dataset:
    """The rows of one run, and the arguments of its workloads."""

    sizes: Sizes
    narrow: list[Record] = field(init=False)
    wide: list[Record] = field(init=False)
    authors: list[Record] = field(init=False)
    posts: list[Record] = field(init=False)

    team: int = 3

    def __post_init__(self) -> None:
        self.narrow = _with_keys(self._narrow(self.sizes.narrow, _SEED))
        self.wide = _with_keys(self._wide(self.sizes.wide, _SEED + 1))
        self.authors = _with_keys(self._authors())
        self.posts = _with_keys(self._posts())

    def keys(self, count: int) -> list[int]:
        """Distinct keys in random order: no identity map can answer one from another."""
        return random.Random(_SEED + 2).sample(range(1, self.sizes.narrow + 1), count)

    def entries(self, count: int) -> list[Record]:
        """New records without keys; `name` is unique among them."""
        return list(self._narrow(count, _SEED + 3))

    def stored(self, count: int) -> list[Record]:
        """What is in the entry table before it is changed: keys from 1 on."""
        return _with_keys(self._narrow(count, _SEED + 3))

    def changed(self, count: int) -> list[Record]:
        """Other values for the same keys; `created` alone stays as it was."""
        return [
            {**new, "created": old["created"]}
            for old, new in zip(
                self.stored(count), _with_keys(self._narrow(count, _SEED + 4)), strict=True
            )
        ]

    def _authors(self) -> Iterator[Record]:
        rng = random.Random(_SEED + 5)
        for i in range(1, self.sizes.authors + 1):
            yield {
                "name": f"{rng.choice(_WORDS)} {rng.choice(_WORDS)} {i}",
                "joined": _moment(rng),
                "rating": rng.random() * 5.0,
            }

    def _posts(self) -> Iterator[Record]:
        """As many of each author, in no order."""
        rng = random.Random(_SEED + 6)
        authors = list(range(1, self.sizes.authors + 1)) * self.sizes.posts_each
        rng.shuffle(authors)
        for author in authors:
            yield {
                "title": " ".join(rng.choices(_WORDS, k=4)),
                "created": _moment(rng),
                "views": rng.randrange(1_000_000),
                "author_id": author,
            }

    def _narrow(self, count: int, seed: int) -> Iterator[Record]:
        rng = random.Random(seed)
        for i in range(1, count + 1):
            yield {
                "name": f"{rng.choice(_WORDS)} {rng.choice(_WORDS)} {i}",
                "created": _moment(rng),
                "team": i % self.sizes.teams,
                "score": rng.random() * 100.0,
            }

    def _wide(self, count: int, seed: int) -> Iterator[Record]:
        rng = random.Random(seed)
        for i in range(1, count + 1):
            yield {
                "team": i % self.sizes.teams,
                "code": f"{rng.getrandbits(40):010x}",
                "title": " ".join(rng.choices(_WORDS, k=4)),
                "note": _maybe(rng, " ".join(rng.choices(_WORDS, k=6))),
                "quantity": rng.randrange(1_000_000),
                "reserve": _maybe(rng, rng.randrange(1_000)),
                # Two decimals: SQLite has no exact type, and some contestants keep it as a
                # float there. These come back unharmed all the same.
                "price": Decimal(rng.randrange(1, 10_000_000)) / 100,
                "discount": _maybe(rng, Decimal(rng.randrange(1, 10_000)) / 100),
                "weight": rng.random() * 1_000.0,
                "height": _maybe(rng, rng.random()),
                "active": rng.random() < 0.5,
                "checked": _maybe(rng, rng.random() < 0.5),
                "token": UUID(int=rng.getrandbits(128), version=4),
                "parent": _maybe(rng, UUID(int=rng.getrandbits(128), version=4)),
                "created": _moment(rng),
                "updated": _maybe(rng, _moment(rng)),
                "due": date(2020, 1, 1) + timedelta(days=rng.randrange(4_000)),
                "details": {"colour": rng.choice(_WORDS), "sizes": [i % 7, i % 11], "ok": True},
                "labels": _maybe(rng, {"first": rng.choice(_WORDS), "level": i % 5}),
            }


def _with_keys(records: Iterator[Record]) -> list[Record]:
    return [{"id": key, **record} for key, record in enumerate(records, start=1)]


def _moment(rng: random.Random) -> datetime:
    return _EPOCH + timedelta(microseconds=rng.randrange(10**15) // 8)


def _maybe(rng: random.Random, value: Any) -> Any:
    """One in four is NULL. The value is made either way, so the stream of numbers stays put."""
    return None if rng.random() < 0.25 else value


_WORDS = [
    "amber",
    "birch",
    "cinder",
    "delta",
    "ember",
    "fjord",
    "grove",
    "harbour",
    "indigo",
    "juniper",
    "kestrel",
    "lagoon",
    "meadow",
    "nimbus",
    "orchard",
    "prairie",
    "quarry",
    "ridge",
    "saffron",
    "tundra",
    "umber",
    "valley",
    "willow",
    "yarrow",
    "zephyr",
    "übermut",
    "señal",
    "naïve",
]
