"""Starting operations on a database: statements by their plans, their rows, and who listens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from .. import _native
from ..language import plan
from .session import session_here
from .transaction import current_native

if TYPE_CHECKING:
    from ..queries.selection import Part
    from .leaks import Holding, Ledger
    from .observe import Observer

# How rows are made; of statements in words of the user's a function of the columns' names says it.
Shape: TypeAlias = (
    "_native.RowPlan | _native.CsvLines | Sequence[Part] | Callable[[tuple[str, ...]], Any] | None"
)
Location: TypeAlias = tuple[str | None, int | None, str]  # host, port, database

_MAX_STATEMENTS = 4096
_DEBUG = 10  # logging's, which is not imported before something is connected
_heard: dict[int, bool] = {}  # see observe.py


def hear() -> None:
    """From now on whether somebody listens is what the logger says."""
    global _heard
    from .observe import heard

    _heard = heard


class Operations:
    """What a database starts. All of it is begun in the transaction that is open here."""

    __slots__ = (
        "_ledger", "_observer", "_statements", "identity_map", "location", "name", "native",
    )  # fmt: skip

    def __init__(
        self,
        native: _native.Database,
        name: str,
        identity_map: bool = True,
        location: Location = (None, None, ""),
    ) -> None:
        self.native = native
        self.name = name
        self.identity_map = identity_map  # whether its sessions have one
        self.location = location
        self._ledger: Ledger | None = None
        self._observer: Observer | None = None
        self._statements: dict[bytes, _native.Statement] = {}

    @property
    def dialect(self) -> str:
        """`sqlite`, `postgresql` or `mysql`."""
        return self.native.dialect

    def statement(self, whole: bytes) -> _native.Statement:
        found = self._statements.get(whole)
        if found is None:
            found = self.native.compile(whole)
            if len(self._statements) >= _MAX_STATEMENTS:
                # Only programs that write queries at random come here; the engine has a cache too.
                self._statements.clear()
            self._statements[whole] = found
        return found

    def start(
        self,
        whole: bytes,
        types: bytes,
        values: Sequence[Any],
        result: int,
        shape: Shape,
        finish: Callable[[Any], Any] | None,
        *,
        apart: bool = False,
    ) -> _native.Operation[Any]:
        """An operation for a plan, in the transaction that is open here.

        Within a session, instances of rows that it holds are those that it holds, unless they are
        wanted `apart`.
        """
        session = session_here()
        if session is not None and not apart and session.holds_of(self):
            finish = session.adopting(result, shape, finish)
        statement = self._statements.get(whole) or self.statement(whole)
        if _heard.get(_DEBUG) is not False or self._observer is not None:
            watched = self._watched(whole, statement, types, values, result, shape, finish)
            if watched is not None:
                return watched
        return self.native.execute(
            current_native(self), statement, types, values, result, shape, finish
        )

    def start_stream(
        self,
        whole: bytes,
        types: bytes,
        values: Sequence[Any],
        result: int,
        shape: Shape,
        finish: Callable[[Any], Any] | None,
        page: int,
    ) -> _native.Operation[Any]:
        """An operation that gives `page` rows each time; see streaming.py."""
        session = session_here()
        if session is not None and session.holds_of(self):
            finish = session.adopting(result, shape, finish)
        if self._ledger is not None:
            from .leaks import Passing

            finish = Passing(self._ledger.begin("stream"), finish)
        statement = self.statement(whole)
        watched = self._watched(whole, statement, types, values, result, shape, finish, page)
        if watched is not None:
            return watched
        return self.native.execute(
            current_native(self), statement, types, values, result, shape, finish, page
        )

    def _watched(
        self,
        whole: bytes,
        statement: _native.Statement,
        types: bytes,
        values: Sequence[Any],
        result: int,
        shape: Any,
        finish: Callable[[Any], Any] | None,
        page: int = 0,
    ) -> _native.Operation[Any] | None:
        """The operation for whoever listens, or None where nobody does."""
        from .observe import Watched, listening

        observer = listening(self._observer)
        if observer is None:
            return None
        native = current_native(self)

        def explain() -> _native.Operation[Any]:
            explained = self.native.compile(plan.explained(whole))
            return self.native.execute(
                native, explained, types, values, _native.RESULT_ROWS, None, None
            )

        def start(counting: Callable[[Any], Any]) -> _native.Operation[Any]:
            return self.native.execute(
                native, statement, types, values, result, shape, counting, page
            )

        watched = Watched(self, observer, statement.sql, values, finish, explain, page)
        watched.begin(start)
        return cast("_native.Operation[Any]", watched)

    def hold(self, what: str) -> Holding | None:
        """Noted for the report on what is held for too long, if there is one."""
        return None if self._ledger is None else self._ledger.begin(what)

    def control(self, sql: str, operation: _native.Operation[int]) -> _native.Operation[int]:
        """What begins or ends a transaction or savepoint, for whoever listens."""
        if _heard.get(_DEBUG) is False and self._observer is None:
            return operation
        from .observe import control

        return control(self, sql, operation)

    def start_many(
        self,
        whole: bytes,
        columns: Sequence[_native.Column],
        objects: Sequence[Any],
        result: int,
        shape: _native.RowPlan | _native.CsvLines | Sequence[Part] | None,
        finish: Callable[[Any], Any] | None,
        types: bytes = b"",
        values: Sequence[Any] = (),
    ) -> _native.Operation[Any]:
        """The same for the rows of many objects; `values` are the same in all of them."""
        from .observe import Watched, listening

        statement = self.statement(whole)
        native = current_native(self)
        observer = listening(self._observer)
        if observer is None:
            return self.native.execute_many(
                native, statement, columns, objects, result, shape, finish, types, values
            )

        def start(counting: Callable[[Any], Any]) -> _native.Operation[Any]:
            return self.native.execute_many(
                native, statement, columns, objects, result, shape, counting, types, values
            )

        watched = Watched(self, observer, statement.sql, (list(objects),), finish)
        watched.begin(start)
        return cast("_native.Operation[Any]", watched)

    def _observe(self) -> Observer:
        if self._observer is None:
            from .observe import Observer

            self._observer = Observer()
        return self._observer

    def _rest(self) -> None:
        if self._observer is not None and self._observer.idle:
            self._observer = None
