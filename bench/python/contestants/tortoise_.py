"""Tortoise: querysets, over aiosqlite or asyncpg; its models validate nothing that is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tortoise import Tortoise, fields
from tortoise.models import Model
from tortoise.transactions import in_transaction

from contestants.base import CHANGED_COLUMNS, Contestant, is_sqlite, sqlite_path
from harness.dataset import Dataset, Record


class Narrow(Model):
    id = fields.IntField(primary_key=True)
    name = fields.TextField()
    created = fields.DatetimeField()
    team = fields.IntField(db_index=True)
    score = fields.FloatField()

    class Meta:
        table = "narrow"


class Wide(Model):
    id = fields.IntField(primary_key=True)
    team = fields.IntField(db_index=True)
    code = fields.TextField()
    title = fields.TextField()
    note = fields.TextField(null=True)
    quantity = fields.IntField()
    reserve = fields.IntField(null=True)
    price = fields.DecimalField(max_digits=12, decimal_places=2)
    discount = fields.DecimalField(max_digits=12, decimal_places=2, null=True)
    weight = fields.FloatField()
    height = fields.FloatField(null=True)
    active = fields.BooleanField()
    checked = fields.BooleanField(null=True)
    token = fields.UUIDField()
    parent = fields.UUIDField(null=True)
    created = fields.DatetimeField()
    updated = fields.DatetimeField(null=True)
    due = fields.DateField()
    details: Any = fields.JSONField()
    labels: Any = fields.JSONField(null=True)

    class Meta:
        table = "wide"


class Entry(Model):
    id = fields.IntField(primary_key=True)
    name = fields.TextField()
    created = fields.DatetimeField()
    team = fields.IntField(db_index=True)
    score = fields.FloatField()

    class Meta:
        table = "entry"


class Author(Model):
    id = fields.IntField(primary_key=True)
    name = fields.TextField()
    joined = fields.DatetimeField()
    rating = fields.FloatField()
    posts: fields.ReverseRelation[Post]

    class Meta:
        table = "author"


class Post(Model):
    id = fields.IntField(primary_key=True)
    title = fields.TextField()
    created = fields.DatetimeField()
    views = fields.IntField()
    author: fields.ForeignKeyRelation[Author] = fields.ForeignKeyField(
        "models.Author", related_name="posts", db_index=True
    )

    class Meta:
        table = "post"


class TortoiseOrm(Contestant):
    returns_keys = False  # bulk_create fills in no key

    async def setup(self, url: str, data: Dataset) -> None:
        if is_sqlite(url):
            url = f"sqlite://{sqlite_path(url)}?synchronous=NORMAL"
        else:
            url += f"?minsize={data.sizes.pool}&maxsize={data.sizes.pool}"
            url = "asyncpg:" + url.partition(":")[2]
        await Tortoise.init(
            db_url=url, modules={"models": [__name__]}, use_tz=False, timezone="UTC"
        )
        await Tortoise.generate_schemas()
        for model, records in (
            (Narrow, data.narrow),
            (Wide, data.wide),
            (Author, data.authors),
            (Post, data.posts),
        ):
            await model.bulk_create([model(**record) for record in records])

    async def close(self) -> None:
        await Tortoise.close_connections()

    async def get_one(self, key: int) -> Narrow:
        return await Narrow.get(id=key)

    async def create_one(self, record: Record) -> Entry:
        return await Entry.create(**record)

    def prepare_bulk(self, records: Sequence[Record]) -> list[Entry]:
        return [Entry(**record) for record in records]

    async def bulk_create(self, batch: list[Entry]) -> Any:
        async with in_transaction():
            return await Entry.bulk_create(batch)

    async def filter(self, team: int) -> Sequence[Narrow]:
        return await Narrow.filter(team=team)

    async def wide_filter(self, team: int) -> Sequence[Wide]:
        return await Wide.filter(team=team)

    async def scan(self) -> Sequence[Narrow]:
        return await Narrow.all()

    async def posts_with_author(self) -> Sequence[Post]:
        return await Post.all().select_related("author")

    async def authors_with_posts(self) -> Sequence[Author]:
        return await Author.all().prefetch_related("posts")

    async def store(self, records: Sequence[Record]) -> None:
        await Entry.bulk_create([Entry(**record) for record in records])

    async def bulk_update(self, batch: list[Entry]) -> None:
        async with in_transaction():
            await Entry.bulk_update(batch, fields=list(CHANGED_COLUMNS), batch_size=100)

    async def bulk_upsert(self, batch: list[Entry]) -> None:
        async with in_transaction():
            await Entry.bulk_create(batch, on_conflict=["id"], update_fields=list(CHANGED_COLUMNS))

    async def updates(self, objects: Sequence[Entry], scores: Sequence[float]) -> None:
        async with in_transaction():
            for entry, score in zip(objects, scores, strict=True):
                entry.score = score
                await entry.save(update_fields=["score"])

    async def entries(self) -> Sequence[Entry]:
        return await Entry.all()


CONTESTANT = TortoiseOrm
