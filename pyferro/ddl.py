"""Creating what is missing of the models' tables and indexes, and dropping tables.

Tables that exist are left as they are, whatever the models say; changing them is migrations'
business. Where the database can, all of it is one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import _native, plan
from ._native import integer, name, node
from .constraints import ACTIONS, ForeignKeyConstraint, resolve
from .errors import DuplicateObject, UndefinedObject, make
from .op import Body
from .registry import models as known_models
from .related import Through, relations
from .table import Table, TableColumn, table_of
from .transaction import atomic

if TYPE_CHECKING:
    from .database import Database
    from .model import Model


def create_tables(database: Database, models: tuple[type[Model], ...]) -> Body[None]:
    """The steps, for these models or for all that are known."""
    tables = [table_of(model) for model in with_links(models or known_models())]
    _distinct(tables)
    yield from _as_one(database, _create_all(database, tables))


def drop_tables(database: Database, models: tuple[type[Model], ...]) -> Body[None]:
    """The steps; tables that are not there are passed over."""
    if not models:
        raise TypeError("name the models whose tables are to be dropped")
    tables = [table_of(model) for model in with_links(models)]
    yield from _as_one(database, _drop_all(database, tables))


def _as_one(database: Database, steps: Body[None]) -> Body[None]:
    return atomic(database, steps) if _supports(database, "transactional-ddl") else steps


def _supports(database: Database, feature: str) -> bool:
    return bool(database.native.supports(feature)[0] != 2)


def with_links(models: Sequence[type[Model]]) -> list[type[Model]]:
    """These models, and those of the tables of pairs between two of them."""
    found = list(models)
    for model in models:
        for to in relations(model):
            if isinstance(to, Through) and to.target in models and to.link not in found:
                found.append(to.link)
    return found


def _distinct(tables: list[Table]) -> None:
    seen: dict[str, Table] = {}
    for table in tables:
        other = seen.setdefault(table.name, table)
        if other.model is not table.model:
            raise ValueError(
                f"{other.model.__qualname__} and {table.model.__qualname__} share the table "
                f"{table.name!r}\nname one with class {table.model.__name__}(Model, table=...)"
            )


class Order:
    """Tables so that each comes after those it refers to, and the keys for which that cannot be.

    Of tables that refer to each other one has to come first: its foreign key is `late`.
    """

    def __init__(self, tables: list[Table]) -> None:
        self.tables: list[Table] = []
        self.late: list[tuple[Table, ForeignKeyConstraint]] = []
        self._by_name = {table.name: table for table in tables}
        self._open: set[str] = set()
        self._done: set[str] = set()
        for table in tables:
            self._visit(table)

    def _visit(self, start: Table) -> None:
        # Not recursive: chains of tables may be long.
        stack = [(start, iter(start.foreign_keys))]
        if start.name in self._done:
            return
        self._open.add(start.name)
        while stack:
            table, keys = stack[-1]
            for key in keys:
                target = self._by_name.get(key.target_table)
                if target is None or target is table or target.name in self._done:
                    continue
                if target.name in self._open:
                    self.late.append((table, key))
                    continue
                self._open.add(target.name)
                stack.append((target, iter(target.foreign_keys)))
                break
            else:
                stack.pop()
                self._open.discard(table.name)
                self._done.add(table.name)
                self.tables.append(table)


def _create_all(database: Database, tables: list[Table]) -> Body[None]:
    guarded = _supports(database, "create-index-if-not-exists")
    order = Order(tables)
    # Where constraints cannot be added a table may refer to one that comes after it.
    late = order.late if _supports(database, "alter-constraint") else []
    for table in order.tables:
        keys = [key for key in table.foreign_keys if (table, key) not in late]
        yield _start(database, create_table_plan(table, keys))
        for index, columns in table.indexes:
            whole = create_index_plan(table, index, columns, guarded)
            yield from _unless(database, whole, None if guarded else DuplicateObject)
    for table, key in late:
        yield from _unless(database, add_foreign_key_plan(table, key), DuplicateObject)


def _drop_all(database: Database, tables: list[Table]) -> Body[None]:
    order = Order(tables)
    deferred = bool(order.late) and _supports(database, "deferred-drop")
    if not deferred:
        for table, key in order.late:
            yield from _unless(database, drop_constraint_plan(table, key), UndefinedObject)
    if database.dialect == "sqlite":
        yield from _refuse_referred(database, tables)
    for table in reversed(order.tables):
        yield _start(database, drop_table_plan(table, deferred))


def _refuse_referred(database: Database, tables: list[Table]) -> Body[None]:
    """SQLite deletes the rows of a table before it drops it, and what refers to them by CASCADE."""
    from .expressions import sql

    names = {table.name.lower() for table in tables}
    for table in tables:
        found = sql(
            "(SELECT group_concat(m.name, char(0)) FROM sqlite_master m, "
            "pragma_foreign_key_list(m.name) f "
            "WHERE m.type = 'table' AND lower(f.\"table\") = lower({name}))",
            type=str,
            name=table.name,
        )
        query = plan.select([plan.item(found)], None)
        whole = _native.HEADER + query.fragment
        referring: str | None = yield database.start(
            whole, query.types, query.values, _native.RESULT_SCALAR, None, None
        )
        for other in (referring or "").split("\0"):
            if other and other.lower() not in names:
                raise make(
                    8,
                    f"the table {table.name!r} is referred to by the table {other!r}",
                    hint="drop that one, too",
                    table=table.name,
                )


def _unless(database: Database, whole: bytes, error: type[Exception] | None) -> Body[None]:
    """Start it; an error of that class means that nothing is left to do."""
    if error is None:
        yield _start(database, whole)
        return

    def step() -> Body[None]:
        yield _start(database, whole)

    try:
        yield from _as_one(database, step())
    except error:
        pass


def _start(database: Database, whole: bytes) -> _native.Operation[int]:
    return database.start(whole, b"", (), _native.RESULT_COUNT, None, None)


def create_table_plan(table: Table, foreign_keys: list[ForeignKeyConstraint]) -> bytes:
    """CREATE TABLE IF NOT EXISTS, with these of its foreign keys."""
    constraints = [
        name(unique) + plan.names(columns) + node(plan.UNIQUE, 2)
        for unique, columns in table.uniques
    ]
    constraints += [_foreign_key(table, key) for key in foreign_keys]
    return b"".join(
        (
            _native.HEADER,
            name(table.name),
            integer(1),
            plan.sequence([_definition(table, column) for column in table.all]),
            plan.names(table.key),
            plan.sequence(constraints),
            node(plan.CREATE_TABLE, 5),
        )
    )


def _foreign_key(table: Table, key: ForeignKeyConstraint) -> bytes:
    key = resolve(table, key)
    assert key.name is not None and key.target_columns is not None
    return b"".join(
        (
            name(key.name),
            plan.names(key.columns),
            name(key.target_table),
            plan.names(key.target_columns),
            integer(ACTIONS[key.on_delete]),
            integer(ACTIONS[key.on_update]),
            integer(2 if key.initially_deferred else int(key.deferrable)),
            node(plan.FOREIGN_KEY, 7),
        )
    )


def add_foreign_key_plan(table: Table, key: ForeignKeyConstraint) -> bytes:
    """ALTER TABLE … ADD CONSTRAINT."""
    added = name(table.name) + _foreign_key(table, key) + node(plan.ADD_CONSTRAINT, 2)
    return _native.HEADER + added


def drop_constraint_plan(table: Table, key: ForeignKeyConstraint) -> bytes:
    """ALTER TABLE … DROP CONSTRAINT."""
    assert key.name is not None
    return _native.HEADER + name(table.name) + name(key.name) + node(plan.DROP_CONSTRAINT, 2)


def drop_table_plan(table: Table, deferred: bool) -> bytes:
    """DROP TABLE IF EXISTS."""
    flags = integer(1) + integer(int(deferred))
    return _native.HEADER + name(table.name) + flags + node(plan.DROP_TABLE, 3)


def _definition(table: Table, column: TableColumn) -> bytes:
    kind = column.kind
    length = kind.bits // 8 if kind.type == _native.INT64 else kind.max_length
    groups = [columns for _, columns in (*table.uniques, *table.indexes)]
    groups += [tuple(key.columns) for key in table.foreign_keys]
    indexed = column.name in table.key or any(column.name in group for group in groups)
    return b"".join(
        (
            name(column.name),
            integer(kind.type),
            integer(length),
            integer(kind.digits),
            integer(kind.places),
            integer(int(column.nullable)),
            integer(int(column.generated)),
            integer(int(indexed)),
            node(plan.COLUMN_DEFINITION, 8),
        )
    )


def create_index_plan(
    table: Table, index: str, columns: tuple[str, ...], if_not_exists: bool
) -> bytes:
    """CREATE INDEX."""
    return b"".join(
        (
            _native.HEADER,
            name(index),
            name(table.name),
            plan.names(columns),
            integer(0),
            integer(int(if_not_exists)),
            node(plan.CREATE_INDEX, 5),
        )
    )
