"""Sessions whose methods run at once, for programs without an event loop: `sync.session()`.

`with pyferro.sync.session() as session: session.add(hero); session.commit()`. Everything else of
pyferro is the same object in both worlds: an `Op` is awaited or `run()`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .runtime.session import Session, engines

if TYPE_CHECKING:
    from .model import Model
    from .queries.rows import Rows

M = TypeVar("M", bound="Model")
R = TypeVar("R")


class Result(Generic[R]):
    """The rows of a query, which runs when they are asked for."""

    __slots__ = ("_query",)

    def __init__(self, query: Rows[R]) -> None:
        self._query = query

    def all(self) -> list[R]:
        """All rows."""
        return self._query.all().run()

    def first(self) -> R | None:
        """The first row, or None."""
        return self._query.first().run()

    def one(self) -> R:
        """The only row; NoResult and MultipleResults when there is not exactly one."""
        return self._query.one().run()

    def __iter__(self) -> Iterator[R]:
        return iter(self.all())


class SyncSession:
    """A `Session` whose methods run at once."""

    __slots__ = ("session",)

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, instance: Model) -> None:
        """Write it at the next commit."""
        self.session.add(instance)

    def add_all(self, instances: Iterable[Model]) -> None:
        """The same for each."""
        self.session.add_all(instances)

    def delete(self, instance: Model) -> None:
        """Delete its row at the next commit."""
        self.session.delete(instance)

    def commit(self) -> None:
        """Write what waits, in one transaction."""
        self.session.commit().run()

    flush = commit

    def rollback(self) -> None:
        """Write none of what waits, and forget what is held."""
        self.session.rollback()

    def get(self, model: type[M], pk: Any) -> M | None:
        """The row with this key, or None."""
        return self.session.get(model, pk).run()

    def exec(self, query: Rows[R]) -> Result[R]:
        """A query on this session's connection: `session.exec(select(Hero)).all()`."""
        return Result(self.session.exec(query))

    def refresh(self, instance: Model) -> None:
        """Read all its fields again."""
        self.session.refresh(instance).run()


@contextmanager
def session(name: str | None = None) -> Iterator[SyncSession]:
    """A session on a connection, the default one if none is named."""
    with engines.session(name) as opened:
        yield SyncSession(opened)
