"""The database that a test runs on: each test that takes `db` runs once for every kind.

A server is named by FERRO_TEST_POSTGRESQL, FERRO_TEST_MARIADB or FERRO_TEST_MYSQL; without its
variable the tests for it are skipped, and say so.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import pyferro
from pyferro import Database, Model, _native

SERVERS = ("postgresql", "mariadb", "mysql")

Create = Callable[..., None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    sanitizer = os.environ.get("FERRO_SANITIZER")
    for item in items:
        if sanitizer and item.get_closest_marker("measured"):
            item.add_marker(pytest.mark.skip(reason="a bound of memory or time, under a sanitizer"))


def url_of(kind: str, folder: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder / 'test.db'}"
    variable = f"FERRO_TEST_{kind.upper()}"
    url = os.environ.get(variable)
    if not url:
        pytest.skip(f"{variable} is not set: there is no {kind} server to test on")
    return url


@pytest.fixture(
    params=["sqlite", *(pytest.param(kind, marks=pytest.mark.server) for kind in SERVERS)]
)
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def url(kind: str, tmp_path: Path) -> str:
    return url_of(kind, tmp_path)


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    """The default connection, closed at the end."""
    pyferro.reset_engine()
    database = pyferro.connect(url).run()
    yield database
    pyferro.reset_engine()


@pytest.fixture
def create(db: Database, url: str) -> Iterator[Create]:
    """`create(User, Post)`: empty tables for these models, dropped at the end."""
    made: list[type[Model]] = []

    def create(*models: type[Model]) -> None:
        db.drop_tables(*models).run()
        made.extend(models)
        db.create_tables(*models).run()

    yield create
    # Not through `db`, which the test may have closed or left in the middle of something.
    with pyferro.connect(url, name="cleaning").run() as cleaner:
        if made:
            cleaner.drop_tables(*made).run()


def drop(db: Database, model: type[Model]) -> None:
    whole = (
        _native.HEADER
        + _native.name(model.__ferro_info__.name)
        + _native.integer(1)
        + _native.node(83, 2)
    )
    db.start(whole, b"", (), _native.RESULT_COUNT, None, None).run()


@pytest.fixture(scope="module")
def quick_collections() -> Iterator[None]:
    """Collections look at what is made from here on only, and not at all that a run of all tests holds."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


class Waiting:
    """How a test waits for an Op: by `run()`, or within a loop."""

    def __init__(self, asynchronous: bool) -> None:
        self.asynchronous = asynchronous

    def __call__(self, op: Any) -> Any:
        if not self.asynchronous:
            return op.run()
        import asyncio

        async def body() -> Any:
            return await op

        return asyncio.run(body())


@pytest.fixture(params=["sync", "async"])
def wait(request: pytest.FixtureRequest) -> Waiting:
    """`wait(op)` gives the result of an Op, by run() or by await."""
    return Waiting(request.param == "async")
