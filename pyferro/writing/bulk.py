"""Many rows at once: other values for each of them, the rows of a query, and rows without end."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from .. import _native
from ..errors import ModelDoesNotExist, NotPersisted, PyferroError, StaleData
from ..instances.state import mark_written
from ..language import plan
from ..op import Body, Op, Steps
from ..queries.rows import Rows, grounded
from ..queries.selection import Projection
from ..queries.sources import after_changes
from ..runtime.connections import Using, resolve
from ..runtime.database import Database
from ..runtime.transaction import atomic
from ..tables.table import Table, table_of
from .twins import keys_of, twins
from .upsert import name_of

if TYPE_CHECKING:
    from ..model import Model
    from ..queries.sources import ChangeCte
    from .changes import Returning

M = TypeVar("M", bound="Model")


def bulk_update(
    model: type[M], objects: Iterable[M], columns: Sequence[Any], using: Using
) -> Op[int]:
    """See Model.bulk_update."""
    table = table_of(model)
    rows = list(objects)
    names = tuple(dict.fromkeys(name_of(table, column) for column in columns))
    if not names:
        raise TypeError("bulk_update() needs at least one column to write")
    if wrong := [name for name in names if name in table.key or name == table.version]:
        raise TypeError(f"bulk_update() cannot write {wrong[0]!r}, by which it finds the rows")
    if any(kind is not model for kind in set(map(type, rows))):
        other = next(type(one) for one in rows if type(one) is not model)
        raise TypeError(
            f"{model.__name__}.bulk_update() takes instances of {model.__name__}, "
            f"not {other.__name__}"
        )
    keys = keys_of(rows, table.key)
    if None in keys:
        raise NotPersisted(f"row {keys.index(None)} has no key yet", hint="save() it first")
    if (same := twins(keys)) is not None:
        raise ValueError(f"rows {same[0]} and {same[1]} have the same key")
    whole = table.update_of(names).plan
    bound = [table.columns[name] for name in (*names, *table.found_by)]

    def steps(database: Database) -> Body[int]:
        count = yield database.start_many(whole, bound, rows, _native.RESULT_COUNT, None, None)
        if count != len(rows):
            raise _Missed
        return len(rows)

    def body() -> Body[int]:
        if not rows:
            return 0
        database = resolve(using)
        try:
            count: int = yield from atomic(database, steps(database))
        except _Missed:
            count = 0
        if not count:
            yield from _say_which(database, table, rows)
        if table.version is not None:
            for one in rows:
                one.__dict__[table.version] += 1
        mark_written(rows, names)
        return count

    return Steps(body)


class _Missed(Exception):
    """Fewer rows were found than were given: undo, and look which."""


def _say_which(database: Database, table: Table, rows: Sequence[Any]) -> Body[None]:
    """Raises for the first row that was not there, or not as it was read."""
    for row, one in enumerate(rows):
        key = table.key_of(one.__dict__)
        stored = yield database.start(*table.reading(table.key_values(key)), None)
        error: PyferroError | None = None
        if stored is None:
            error = ModelDoesNotExist(table.model, key)
        elif table.version is not None:
            version = table.version
            if stored.__dict__[version] != one.__dict__[version]:
                error = StaleData(table.model, key)
        if error is not None:
            error.row = row
            raise error
    raise StaleData(table.model, None)  # it was there again when we looked


def insert_from(
    model: type[Model], query: Rows[Any], columns: Sequence[Any], using: Using
) -> InsertFrom:
    """See Model.insert_from."""
    return InsertFrom(table_of(model), query, columns, using)


class InsertFrom(Op[int]):
    """An insert of the rows of a query: its result is how many there were."""

    __slots__ = ("_names", "_query", "_table", "_using")

    def __init__(
        self, table: Table, query: Rows[Any], columns: Sequence[Any], using: Using
    ) -> None:
        if not isinstance(query, Rows):
            raise TypeError(f"insert_from() takes a query, not {type(query).__name__}")
        self._table = table
        self._query = query
        self._using = using
        given = list(columns) or [name for name, _ in query._chosen.columns()]
        self._names = [name_of(table, column) for column in given]
        _check_fit(table, query, self._names)

        def start() -> _native.Operation[int]:
            whole = self._whole(())
            return resolve(using).start(
                whole.whole,
                whole.types,
                whole.values,
                _native.RESULT_COUNT,
                None,
                None,
            )

        super().__init__(start)

    def _whole(self, items: Sequence[Any]) -> Any:
        change, before = self._statement(items)
        return after_changes(before, change)

    def _statement(self, items: Sequence[Any]) -> tuple[Any, tuple[Any, ...]]:
        """The insert, and what stands before it."""
        inner = grounded(self._query.alone())
        made = plan.insert_select(self._table.name, self._names, inner, items)
        return made, self._query.common()

    def cte(self, name: str) -> ChangeCte:
        """The insert as a part of another statement, which names it by `with_()`."""
        from .changes import change_cte

        self._take()
        return change_cte(name, Projection(()), self._statement)

    def returning(self, *columns: Any) -> Returning[Any]:
        """The new rows, in no order: instances or columns."""
        from .changes import Returning, returned

        self._take()
        chosen = returned(self._table, columns)

        def start() -> _native.Operation[list[Any]]:
            result, shape = chosen.shape(False)
            whole = self._whole(chosen.chosen_items())
            return resolve(self._using).start(
                whole.whole,
                whole.types,
                whole.values,
                result,
                shape,
                chosen.ending(False, None),
            )

        return Returning(start, chosen, self._statement)


def _check_fit(table: Table, query: Rows[Any], names: Sequence[str]) -> None:
    exprs = [expr for _, expr in query._chosen.columns()]
    if len(exprs) != len(names):
        raise TypeError(
            f"the query gives {len(exprs)} columns, and {len(names)} are named: {', '.join(names)}"
        )
    for name, expr in zip(names, exprs, strict=True):
        column = table.columns[name]
        if expr.type not in (column.type, _native.NULL):
            raise TypeError(
                f"{name!r} is no column for what the query selects there: cast() it to its type"
            )
        nullable = getattr(expr, "nullable", True) or query._joins_outer()
        if name in table.key and nullable:
            raise TypeError(
                f"{name!r} is of the key, and the query may give NULL for it\n"
                "databases differ in what they make of that: select a column that cannot be NULL"
            )


# Rows of one call to the engine, which sends them in statements of its own sizes.
_BATCH = 5000


def copy_in(
    model: type[Model],
    rows: Iterable[Any] | AsyncIterable[Any],
    columns: Sequence[Any] | None,
    using: Using,
) -> Op[int]:
    """See Model.copy_in."""
    table = table_of(model)
    names = None if columns is None else Filled(table, [name_of(table, one) for one in columns])
    if isinstance(rows, AsyncIterable):
        return _CopyAsync(table, rows, names, using)
    return Steps(lambda: _copy(table, iter(rows), names, using))


class Filled:
    """The columns of rows that are tuples, and what the others are filled with."""

    __slots__ = ("factories", "fixed", "given", "names")

    def __init__(self, table: Table, names: list[str]) -> None:
        self.names = names
        self.given = set(names)
        self.fixed: dict[str, Any] = {}
        self.factories: list[tuple[str, Any]] = []
        for one in table.all:
            if one.name in names or one.generated:
                continue
            info = table.model.__pydantic_fields__[one.name]
            if info.is_required():
                raise TypeError(
                    f"copy_in() has no values for {one.name!r}, which has no default: name it"
                )
            if info.default_factory is None:
                self.fixed[one.name] = info.default
            else:
                self.factories.append((one.name, info))


class _Row:
    """What the engine's bulk call takes for an instance."""

    __slots__ = ("__dict__", "__pydantic_fields_set__")

    __pydantic_fields_set__: set[str]


def _row(table: Table, filled: Filled | None, given: Any) -> Any:
    if type(given) is table.model:
        return given
    if isinstance(given, Mapping):
        return table.model(**given)
    if filled is None:
        raise TypeError(
            "copy_in() takes instances and mappings; for tuples name the columns: columns=[…]"
        )
    values = tuple(given)
    if len(values) != len(filled.names):
        raise TypeError(f"a row has {len(values)} values for {len(filled.names)} columns")
    made = _Row()
    made.__pydantic_fields_set__ = filled.given
    made.__dict__.update(filled.fixed)
    made.__dict__.update(zip(filled.names, values, strict=True))
    for name, info in filled.factories:
        made.__dict__[name] = info.get_default(call_default_factory=True, validated_data={})
    return made


def _copy(table: Table, rows: Any, names: Filled | None, using: Using) -> Body[int]:
    """Batch after batch in one transaction, so that memory holds one of them."""
    database = resolve(using)

    def batches() -> Body[int]:
        done = 0
        while True:
            batch: list[Any] = []
            for given in rows:
                batch.append(_numbered(table, names, given, done + len(batch)))
                if len(batch) == _BATCH:
                    break
            if not batch:
                return done
            yield from _store(database, table, batch, done)
            done += len(batch)

    count: int = yield from atomic(database, batches())
    return count


def _numbered(table: Table, names: Filled | None, given: Any, row: int) -> Any:
    try:
        return _row(table, names, given)
    except (TypeError, ValueError, KeyError) as error:
        error.add_note(f"in row {row} of copy_in()")
        raise


def _store(database: Database, table: Table, batch: list[Any], before: int) -> Body[None]:
    from .insertion import groups_of

    for group in groups_of(table, batch):
        how = group.how
        whole = plan.insert(
            table.name,
            [plan.assignment(c.name, _native.param(c.type)) for c in how.columns],
            (),
            table.plan_key,
            table.plan_key_type,
        )
        try:
            yield database.start_many(
                whole, how.columns, group.objects, _native.RESULT_COUNT, None, None
            )
        except PyferroError as error:
            if error.row is not None:
                error.row = before + group.places[error.row]
            raise


class _CopyAsync(Op[int]):
    """From an async iterator, which only a loop can step."""

    __slots__ = ()

    def __init__(
        self,
        table: Table,
        rows: AsyncIterable[Any],
        names: Filled | None,
        using: Using,
    ) -> None:
        start: Any = lambda: _copy_async(table, rows, names, using)  # noqa: E731
        super().__init__(start)

    def run(self) -> int:
        """An async iterator needs a loop: await the request."""
        self._take()
        raise TypeError("rows from an async iterator are awaited: run() takes an iterator")

    def __await__(self) -> Any:
        return self._take()().__await__()


async def _copy_async(
    table: Table, rows: AsyncIterable[Any], names: Filled | None, using: Using
) -> int:
    database = resolve(using)
    done = 0
    async with database.transaction():
        batch: list[Any] = []
        async for given in rows:
            batch.append(_numbered(table, names, given, done + len(batch)))
            if len(batch) == _BATCH:
                await Steps(lambda: _store(database, table, batch, done))  # noqa: B023
                done += len(batch)
                batch = []
        if batch:
            await Steps(lambda: _store(database, table, batch, done))
        return done + len(batch)
