"""Django's ORM by its asynchronous calls, over sqlite3 or psycopg.

Underneath they are synchronous: asgiref hands each to one thread, which all tasks share, so that
concurrent gets wait for each other. Its transactions have no asynchronous form; as its manual says,
a function that opens one goes to that thread as a whole, and so do the updates within it here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import django
from asgiref.sync import sync_to_async
from django.conf import settings

from contestants.base import CHANGED_COLUMNS, Contestant, is_sqlite, sqlite_path
from harness.dataset import Dataset, Record


def _database(url: str) -> dict[str, Any]:
    if is_sqlite(url):
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": sqlite_path(url),
            "OPTIONS": {"init_command": "PRAGMA synchronous=NORMAL"},
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
    }


class Django(Contestant):
    async def setup(self, url: str, data: Dataset) -> None:
        database = {**_database(url), "CONN_MAX_AGE": None}
        settings.configure(DATABASES={"default": database}, USE_TZ=False, TIME_ZONE="UTC")
        django.setup()
        from contestants import django_models

        self.models = django_models
        await sync_to_async(self._make_tables)()
        for model, records in (
            (django_models.Narrow, data.narrow),
            (django_models.Wide, data.wide),
            (django_models.Author, data.authors),
            (django_models.Post, data.posts),
        ):
            await model.objects.abulk_create([model(**record) for record in records])

    def _make_tables(self) -> None:
        from django.db import connection

        with connection.schema_editor() as editor:
            for model in self.models.ALL:
                editor.create_model(model)

    async def close(self) -> None:
        from django.db import connections

        await sync_to_async(connections.close_all)()

    async def get_one(self, key: int) -> Any:
        return await self.models.Narrow.objects.aget(id=key)

    async def create_one(self, record: Record) -> Any:
        return await self.models.Entry.objects.acreate(**record)

    def prepare_bulk(self, records: Sequence[Record]) -> list[Any]:
        return [self.models.Entry(**record) for record in records]

    async def bulk_create(self, batch: list[Any]) -> list[Any]:
        # In one transaction, as its manual says.
        return await self.models.Entry.objects.abulk_create(batch)

    async def filter(self, team: int) -> Sequence[Any]:
        return [row async for row in self.models.Narrow.objects.filter(team=team)]

    async def wide_filter(self, team: int) -> Sequence[Any]:
        return [row async for row in self.models.Wide.objects.filter(team=team)]

    async def scan(self) -> Sequence[Any]:
        return [row async for row in self.models.Narrow.objects.all()]

    async def posts_with_author(self) -> Sequence[Any]:
        return [post async for post in self.models.Post.objects.select_related("author")]

    async def authors_with_posts(self) -> Sequence[Any]:
        return [author async for author in self.models.Author.objects.prefetch_related("posts")]

    def posts_of(self, author: Any) -> Sequence[Any]:
        return list(author.posts.all())

    async def store(self, records: Sequence[Record]) -> None:
        await self.models.Entry.objects.abulk_create(self.prepare_bulk(records))

    async def bulk_update(self, batch: list[Any]) -> None:
        await self.models.Entry.objects.abulk_update(batch, CHANGED_COLUMNS, batch_size=100)

    async def bulk_upsert(self, batch: list[Any]) -> None:
        await self.models.Entry.objects.abulk_create(
            batch, update_conflicts=True, unique_fields=["id"], update_fields=CHANGED_COLUMNS
        )

    async def updates(self, objects: Sequence[Any], scores: Sequence[float]) -> None:
        await sync_to_async(self._updates)(objects, scores)

    def _updates(self, objects: Sequence[Any], scores: Sequence[float]) -> None:
        from django.db import transaction

        with transaction.atomic():
            for entry, score in zip(objects, scores, strict=True):
                entry.score = score
                entry.save(update_fields=["score"])

    async def entries(self) -> Sequence[Any]:
        return [row async for row in self.models.Entry.objects.all()]


CONTESTANT = Django
