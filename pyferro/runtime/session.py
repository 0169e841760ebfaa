"""Sessions: a connection for all calls within a block, one object for each row, a unit of work.

None is needed: without one, calls go to the default connection, and two queries give two objects for
one row.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import InterfaceError, UnsupportedFeature

if TYPE_CHECKING:
    from ..instances.identity import IdentityMap
    from ..model import Model
    from ..op import Body, Op
    from ..queries.query import Query
    from ..queries.rows import Rows
    from ..writing.unit_of_work import Unit
    from .connections import Using
    from .operations import Operations

Finish = Callable[[Any], Any] | None
M = TypeVar("M", bound="Model")
Q = TypeVar("Q", bound="Rows[Any]")

_current: ContextVar[Session | None] = ContextVar("pyferro_session", default=None)
# The session that calls here use, or None. A function of the variable's own: each query asks twice.
session_here: Callable[[], Session | None] = _current.get
_count = 0


class Session:
    """`async with engines.session():` or `with engines.session():`; they nest.

    Within it the same row is the same object, as long as the program holds it; reading it again
    refreshes it. `add()` and `delete()` collect what `commit()` writes in one transaction: new rows
    with what they lead to first, changed ones, deleted ones. Belongs to one task at a time.
    """

    __slots__ = ("_closed", "_identity", "_name", "_outer", "_unit", "session_id")

    def __init__(self, name: str | None, identity_map: bool = True) -> None:
        global _count
        _count += 1
        self.session_id = f"session-{_count}"
        self._name = name
        self._outer: Session | None = None
        self._closed = False
        self._identity: IdentityMap | None = None
        self._unit: Unit | None = None
        if identity_map:
            from ..instances.identity import IdentityMap

            self._identity = IdentityMap()

    @property
    def connection_name(self) -> str:
        """The connection that calls within the session use."""
        if self._closed:
            raise InterfaceError("the session is closed", hint="open another one")
        if self._name is None:
            from .connections import default_name

            self._name = default_name()
        return self._name

    @property
    def settings(self) -> Mapping[str, str]:
        """Settings given to this session: none, they are not supported yet."""
        return {}

    effective_settings = settings

    def query(self, model: type[M]) -> Query[M]:
        """A query on this session's connection."""
        from ..queries.query import Query

        return Query(model, self.connection_name)

    def holds_of(self, database: Operations) -> bool:
        """Whether rows of this database are held."""
        return self._identity is not None and database.name == self._name

    def adopting(self, result: int, shape: Any, finish: Finish) -> Finish:
        """See IdentityMap.adopting."""
        assert self._identity is not None
        return self._identity.adopting(result, shape, finish)

    # The unit of work.

    def add(self, instance: Model) -> None:
        """Write it at the next commit: a new row, or one with fields that were assigned."""
        self._work().add(instance)

    def add_all(self, instances: Iterable[Model]) -> None:
        """The same for each."""
        for one in instances:
            self.add(one)

    def delete(self, instance: Model) -> None:
        """Delete its row at the next commit."""
        self._work().delete(instance)

    @property
    def new(self) -> list[Any]:
        """What was added and has no row yet."""
        return [] if self._unit is None else self._unit.new

    @property
    def dirty(self) -> list[Any]:
        """Rows with fields that were assigned and not written: added ones, and those held."""
        return self._work().dirty(self._identity)

    def flush(self) -> Op[None]:
        """Write what waits, within the transaction that is open, or one of its own."""
        from ..op import Steps
        from .connections import resolve
        from .transaction import atomic

        unit = self._work()

        def body() -> Body[None]:
            database = resolve(self.connection_name)
            yield from atomic(database, unit.write(database, self._identity))

        return Steps(body)

    commit = flush

    def rollback(self) -> None:
        """Write none of what waits, and forget what is held."""
        if self._unit is not None:
            self._unit.forget()
        if self._identity is not None:
            self._identity.clear()

    def get(self, model: type[M], pk: Any) -> Op[M | None]:
        """The row with this key, or None."""
        return model.get_or_none(pk, using=self.connection_name)

    def exec(self, query: Q) -> Q:
        """The query, on this session's connection: `await session.exec(select(Hero)).all()`."""
        made: Q = query.using(self.connection_name)
        return made

    def refresh(self, instance: Model) -> Op[None]:
        """Read all its fields again."""
        return instance.refresh(using=self.connection_name)

    def _work(self) -> Unit:
        _ = self.connection_name  # a closed session has none
        if self._unit is None:
            from ..writing.unit_of_work import Unit

            self._unit = Unit()
        return self._unit

    def close(self) -> None:
        """Nothing can be asked of it afterwards; its connection stays."""
        if self._unit is not None and self._unit.waiting:
            warnings.warn(
                f"the session ends with {self._unit.waiting} objects that no commit() has written",
                RuntimeWarning,
                stacklevel=3,
            )
        self._unit = None
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
        self,
        name: str | None = None,
        *,
        settings: Mapping[str, str] | None = None,
        identity_map: bool | None = None,
    ) -> Session:
        """A session on a connection, the default one if none is named.

        `identity_map` says whether the same row is the same object, as `connect()` did unless said
        here.
        """
        if settings:
            raise UnsupportedFeature(
                "sessions take no settings in this version", hint="leave settings out"
            )
        if identity_map is None:
            from .connections import default_name, resolve

            identity_map = resolve(default_name() if name is None else name).identity_map
        return Session(name, identity_map)


engines = _Engines()


def current_session() -> Session | None:
    """The session that calls here would use, or None."""
    return session_here()


def evict_instance(
    model: type[Model], pk: Any, using: Using = None, session: Session | None = None
) -> None:
    """Hold the object for a row no longer, in this session or the ambient one.

    The next query makes another one. Without a session nothing is held.
    """
    found = session or _current.get()
    if found is not None and found._identity is not None:
        from ..tables.table import table_of

        found._identity.evict(model, table_of(model).key_values(pk))
