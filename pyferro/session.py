"""Sessions: a connection for all calls within a block.

None is needed: without one, calls go to the default connection. There is no identity map, so two
queries give two objects for one row.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from .errors import InterfaceError, UnsupportedFeature

if TYPE_CHECKING:
    from .database import Using
    from .model import Model
    from .query import Query

M = TypeVar("M", bound="Model")

_current: ContextVar[Session | None] = ContextVar("pyferro_session", default=None)
_count = 0


class Session:
    """`async with engines.session():` or `with engines.session():`; they nest."""

    __slots__ = ("_closed", "_name", "_outer", "session_id")

    def __init__(self, name: str | None) -> None:
        global _count
        _count += 1
        self.session_id = f"session-{_count}"
        self._name = name
        self._outer: Session | None = None
        self._closed = False

    @property
    def connection_name(self) -> str:
        """The connection that calls within the session use."""
        if self._closed:
            raise InterfaceError("the session is closed", hint="open another one")
        if self._name is None:
            from .database import default_name

            self._name = default_name()
        return self._name

    @property
    def settings(self) -> Mapping[str, str]:
        """Settings given to this session: none, they are not supported yet."""
        return {}

    effective_settings = settings

    def query(self, model: type[M]) -> Query[M]:
        """A query on this session's connection."""
        from .query import Query

        return Query(model, self.connection_name)

    def close(self) -> None:
        """Nothing can be asked of it afterwards; its connection stays."""
        self._closed = True

    def __enter__(self) -> Session:
        self._outer = _current.get()
        _ = self.connection_name
        _current.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        _current.set(self._outer)
        self.close()

    async def __aenter__(self) -> Session:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, _)


class _Engines:
    """The entry to sessions, as `pyferro.engines`."""

    __slots__ = ()

    def session(
        self, name: str | None = None, *, settings: Mapping[str, str] | None = None
    ) -> Session:
        """A session on a connection, the default one if none is named."""
        if settings:
            raise UnsupportedFeature(
                "sessions take no settings in this version", hint="leave settings out"
            )
        return Session(name)


engines = _Engines()


def current_session() -> Session | None:
    """The session that calls here would use, or None."""
    return _current.get()


def evict_instance(
    model: type[Model], pk: Any, using: Using = None, session: Session | None = None
) -> None:
    """Forget a held instance. None are held, so the next query is fresh in any case."""
