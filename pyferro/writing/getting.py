"""`get_or_create` and `update_or_create`: one row for a lookup, whoever else asks for it at once.

With a unique key in the lookup the database decides who inserts: an insert that comes second
violates the key, and reads what the first has stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import MultipleResults, UniqueViolationError
from ..op import Body, Op, Steps
from ..queries.query import Query
from ..runtime.connections import Using, resolve
from ..runtime.database import Database
from ..runtime.transaction import atomic, current_native
from ..tables.table import Table, table_of
from .upsert import unique_keys
from .writes import insert

if TYPE_CHECKING:
    from ..model import Model

M = TypeVar("M", bound="Model")

# A row may be deleted between an insert that it prevented and the look at it.
_ATTEMPTS = 8


def get_or_create(
    model: type[M], lookup: dict[str, Any], defaults: dict[str, Any] | None, using: Using
) -> Op[tuple[M, bool]]:
    """See Model.get_or_create."""
    query = _query(model, lookup, using)

    def body() -> Body[tuple[M, bool]]:
        database = resolve(using)

        def find(again: bool) -> Body[M | None]:
            found: M | None = yield from _find(query, database, again)
            return found

        result: tuple[M, bool] = yield from _or_create(model, lookup, defaults, database, find)
        return result

    return Steps(body)


def update_or_create(
    model: type[M], lookup: dict[str, Any], defaults: dict[str, Any] | None, using: Using
) -> Op[tuple[M, bool]]:
    """See Model.update_or_create."""
    if not defaults:
        return get_or_create(model, lookup, defaults, using)
    query = _query(model, lookup, using)
    for name in defaults:
        table_of(model).column(name)

    def body() -> Body[tuple[M, bool]]:
        database = resolve(using)

        def find(again: bool) -> Body[M | None]:
            changed: M | None = yield from _update(query, database, defaults, again)
            return changed

        result: tuple[M, bool] = yield from _or_create(model, lookup, defaults, database, find)
        return result

    return Steps(body)


def _do(op: Op[Any]) -> Body[Any]:
    """A request as a part of another one."""
    started: Any = op._take()()
    if isinstance(op, Steps):
        result = yield from started
    else:
        result = yield started
    return result


def _update(
    query: Query[M], database: Database, values: dict[str, Any], again: bool
) -> Body[M | None]:
    table = query._table
    asked = query.using(database)
    if not table.plan_key and database.dialect == "mysql":
        count = yield from _do(asked.update(**values))
        if count > 1:
            raise _several(table)
        found: M | None = (yield from _find(query, database, again)) if count else None
        return found
    changed: list[M] = yield from _do(asked.update(**values).returning())
    if len(changed) > 1:
        raise _several(table)
    return changed[0] if changed else None


def _or_create(
    model: type[M],
    lookup: dict[str, Any],
    defaults: dict[str, Any] | None,
    database: Database,
    find: Any,
) -> Body[tuple[M, bool]]:
    table = table_of(model)
    if not any(set(key) <= set(lookup) for key in unique_keys(table)):
        # Nothing keeps others from inserting such a row, too; on SQLite the transaction does.
        result: tuple[M, bool] = yield from atomic(
            database, _first_or_new(model, lookup, defaults, database, find)
        )
        return result
    error: UniqueViolationError | None = None
    for attempt in range(_ATTEMPTS):
        found: M | None = yield from find(attempt > 0)
        if found is not None:
            return found, False
        if error is not None and not _is_of(error, lookup):
            raise error
        made = model(**{**lookup, **(defaults or {})})
        try:
            yield from _insert(made, database)
        except UniqueViolationError as violated:
            error = violated
        else:
            return made, True
    assert error is not None
    raise error


def _is_of(error: UniqueViolationError, lookup: dict[str, Any]) -> bool:
    """Whether the violated key may be that of the lookup; where it is not known it may."""
    return not error.columns or set(error.columns) <= set(lookup)


def _first_or_new(
    model: type[M],
    lookup: dict[str, Any],
    defaults: dict[str, Any] | None,
    database: Database,
    find: Any,
) -> Body[tuple[M, bool]]:
    found: M | None = yield from find(True)
    if found is not None:
        return found, False
    made = model(**{**lookup, **(defaults or {})})
    yield from _do(insert(made, database))
    return made, True


def _insert(made: Model, database: Database) -> Body[None]:
    steps = _do(insert(made, database))
    # In an open transaction a violation would be the end of it on PostgreSQL.
    yield from atomic(database, steps) if current_native(database) is not None else steps


def _query(model: type[M], lookup: dict[str, Any], using: Using) -> Query[M]:
    table = table_of(model)
    if not lookup:
        raise TypeError("give the fields by which the row is found")
    for name in lookup:
        if name not in table.columns and "__" in name:
            raise TypeError(f"{name!r} is no field: a row that is to be created has values")
        table.column(name)
    return Query(model, using).where(**lookup)


def _find(query: Query[M], database: Database, again: bool) -> Body[M | None]:
    # A transaction may see an older state than the one that stopped its insert; a lock reads the new.
    locks = again and current_native(database) is not None and database.supports("row-lock")
    asked = query.for_update() if locks else query
    found: list[M] = yield from _do(asked.using(database).limit(2).all())
    if len(found) > 1:
        raise _several(query._table)
    return found[0] if found else None


def _several(table: Table) -> MultipleResults:
    return MultipleResults(
        f"several {table.model.__name__} meet the lookup", hint="look for a unique key"
    )
