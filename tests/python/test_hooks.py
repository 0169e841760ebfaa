"""Hooks run around the writing of instances, in its transaction."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Create

from pyferro import (
    PK,
    BackRef,
    Database,
    Field,
    Many,
    Model,
    Op,
    Ref,
    after_delete,
    after_save,
    before_delete,
    before_save,
)


class Log(Model, table="hook_log"):
    id: PK[int]
    text: str


class Page(Model, table="hook_page"):
    id: PK[int]
    title: str
    slug: str = ""
    links: Many[Link] = BackRef()

    @before_save
    def make_slug(self, created: bool) -> None:
        if self.title == "bad":
            raise ValueError("no such title")
        self.slug = self.title.lower().replace(" ", "-")

    @after_save
    def log(self, created: bool) -> Op[Any]:
        return Log.create(text=f"{'made' if created else 'changed'} {self.id}")

    @before_delete
    def keep(self) -> None:
        if self.title == "kept":
            raise ValueError("this one stays")

    @after_delete
    def log_end(self) -> list[Op[Any]]:
        return [Log.create(text=f"deleted {self.id}")]


class Link(Model, table="hook_link"):
    id: PK[int]
    page: Ref[Page]
    url: str

    @before_save(bulk=True)
    @classmethod
    def count(cls, links: list[Link]) -> Op[Any]:
        return Log.create(text=f"{len(links)} links")


class Stored(Page, table="hook_stored"):
    extra: int = Field(default=0)

    def keep(self) -> None:
        """No hook any more."""

    @before_save
    def twice(self, created: bool) -> None:
        self.extra += 1


@pytest.fixture
def pages(create: Create, db: Database) -> Database:
    create(Log, Page, Link, Stored)
    return db


def logged() -> list[str]:
    found: list[str] = Log.order_by(Log.id).select(Log.text).all().run()
    return found


def test_hooks_run_around_create_save_and_delete(pages: Database, wait: Any) -> None:
    page = wait(Page.create(title="A Page"))
    assert page.slug == "a-page"
    page.title = "B"
    wait(page.save())
    assert wait(Page.get(page.id)).slug == "b"
    wait(page.delete())
    assert logged() == [f"made {page.id}", f"changed {page.id}", f"deleted {page.id}"]


def test_hooks_of_many_at_once(pages: Database, wait: Any) -> None:
    made = wait(Page.bulk_create([Page(title="x", links=[]), Page(title="y z")]))
    assert [page.slug for page in made] == ["x", "y-z"]
    wait(Page.create(title="q", links=[Link(url="1"), Link(url="2")]))
    assert logged() == ["made 1", "made 2", "made 3", "2 links"]


def test_a_hook_that_fails_undoes_the_write(pages: Database, wait: Any) -> None:
    with pytest.raises(ValueError, match="no such title"):
        wait(Page.bulk_create([Page(title="good"), Page(title="bad")]))
    kept = wait(Page.create(title="kept"))
    with pytest.raises(ValueError, match="stays"):
        wait(kept.delete())
    assert wait(Page.count()) == 1
    assert logged() == [f"made {kept.id}"]


def test_hooks_are_inherited_and_overridden(pages: Database, wait: Any) -> None:
    stored = wait(Stored.create(title="kept"))
    assert (stored.slug, stored.extra) == ("kept", 1)
    wait(stored.delete())
    assert logged() == ["made 1", "deleted 1"]


def test_mistakes_are_named(pages: Database) -> None:
    with pytest.raises(TypeError, match="a hook of bulk=True is a classmethod"):

        class One(Model, table="hook_one"):
            id: PK[int]

            @before_save(bulk=True)
            def each(self) -> None: ...

    with pytest.raises(TypeError, match="is a coroutine function"):

        class Two(Model, table="hook_two"):
            id: PK[int]

            @after_save
            async def later(self, created: bool) -> None: ...

    class Three(Model, table="hook_three"):
        id: PK[int]

        @before_save
        def odd(self, created: bool) -> int:
            return 3

    with pytest.raises(TypeError, match="returns None or an Op to run, not int"):
        Three.create().run()
