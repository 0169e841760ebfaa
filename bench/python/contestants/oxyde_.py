"""oxyde: managers with keyword filters, models validated by pydantic on every read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from oxyde import AsyncDatabase, Field, Model, PoolSettings, atomic, create_tables

from contestants.base import CHANGED_COLUMNS, Contestant, is_sqlite
from harness.dataset import Dataset, Record

# Its manual leaves batches to the caller; these stay under each server's limit of parameters.
_PARAMETERS = {"sqlite": 32_766, "postgresql": 65_535}
# A bulk update is one expression over all rows, and SQLite takes none that is 1,000 deep.
_ROWS = 500


class Narrow(Model):
    id: int | None = Field(default=None, db_pk=True)
    name: str
    created: datetime
    team: int = Field(db_index=True)
    score: float

    class Meta:
        is_table = True
        table_name = "narrow"


class Wide(Model):
    id: int | None = Field(default=None, db_pk=True)
    team: int = Field(db_index=True)
    code: str
    title: str
    note: str | None
    quantity: int
    reserve: int | None
    price: Decimal = Field(max_digits=12, decimal_places=2)
    discount: Decimal | None = Field(max_digits=12, decimal_places=2)
    weight: float
    height: float | None
    active: bool
    checked: bool | None
    token: UUID
    parent: UUID | None
    created: datetime
    updated: datetime | None
    due: date
    details: dict[str, Any]
    labels: dict[str, Any] | None

    class Meta:
        is_table = True
        table_name = "wide"


class Entry(Model):
    id: int | None = Field(default=None, db_pk=True)
    name: str
    created: datetime
    team: int = Field(db_index=True)
    score: float

    class Meta:
        is_table = True
        table_name = "entry"


class Author(Model):
    id: int | None = Field(default=None, db_pk=True)
    name: str
    joined: datetime
    rating: float
    posts: list[Post] = Field(db_reverse_fk="author")

    class Meta:
        is_table = True
        table_name = "author"


class Post(Model):
    id: int | None = Field(default=None, db_pk=True)
    title: str
    created: datetime
    views: int
    author: Author | None = Field(default=None, db_index=True)

    class Meta:
        is_table = True
        table_name = "post"


class Oxyde(Contestant):
    lacks = {"bulk_upsert": "upsert() is not implemented yet"}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self._database: AsyncDatabase | None = None
        self._parameters = 0

    async def setup(self, url: str, data: Dataset) -> None:
        self._parameters = _PARAMETERS["sqlite" if is_sqlite(url) else "postgresql"]
        settings = PoolSettings(
            max_connections=data.sizes.pool,
            min_connections=data.sizes.pool,
            sqlite_cache_size=-2000,  # SQLite's own default, as the others have
        )
        self._database = AsyncDatabase(url, settings=settings)
        await self._database.connect()
        await create_tables(self._database)
        await self._store(Narrow, [Narrow(**record) for record in data.narrow])
        await self._store(Wide, [Wide(**record) for record in data.wide])
        await self._store(Author, [Author(**record) for record in data.authors])
        await self._store(Post, [Post(**record) for record in data.posts])

    async def _store(self, model: Any, objects: list[Any]) -> list[Any]:
        """All or none, as the other bulk_creates are: a transaction where one batch is too few."""
        size = self._parameters // len(model.model_fields)
        if len(objects) <= size:
            return await model.objects.bulk_create(objects)
        async with atomic():
            return await model.objects.bulk_create(objects, batch_size=size)

    async def close(self) -> None:
        if self._database is not None:
            await self._database.disconnect()

    async def get_one(self, key: int) -> Narrow:
        return await Narrow.objects.get(id=key)

    async def create_one(self, record: Record) -> Entry:
        return await Entry.objects.create(**record)

    def prepare_bulk(self, records: Sequence[Record]) -> list[Entry]:
        return [Entry(**record) for record in records]

    async def bulk_create(self, batch: list[Entry]) -> list[Entry]:
        return await self._store(Entry, batch)

    async def filter(self, team: int) -> Sequence[Narrow]:
        return await Narrow.objects.filter(team=team).all()

    async def wide_filter(self, team: int) -> Sequence[Wide]:
        return await Wide.objects.filter(team=team).all()

    async def scan(self) -> Sequence[Narrow]:
        return await Narrow.objects.all()

    async def posts_with_author(self) -> Sequence[Post]:
        return await Post.objects.join("author").all()

    async def authors_with_posts(self) -> Sequence[Author]:
        return await Author.objects.prefetch("posts").all()

    async def store(self, records: Sequence[Record]) -> None:
        await self._store(Entry, [Entry(**record) for record in records])

    async def bulk_update(self, batch: list[Entry]) -> None:
        async with atomic():
            for i in range(0, len(batch), _ROWS):
                await Entry.objects.bulk_update(batch[i : i + _ROWS], CHANGED_COLUMNS)

    async def updates(self, objects: Sequence[Entry], scores: Sequence[float]) -> None:
        async with atomic():
            for entry, score in zip(objects, scores, strict=True):
                entry.score = score
                await entry.save(update_fields=["score"])

    async def entries(self) -> Sequence[Entry]:
        return await Entry.objects.all()


CONTESTANT = Oxyde
