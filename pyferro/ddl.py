"""Creating what is missing of the models' tables and indexes.

Tables that exist are left as they are, whatever the models say; changing them is migrations'
business. Where the database can, all of it is one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import _native, plan
from ._native import integer, name, node
from .errors import DuplicateObject
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
    steps = _create_all(database, tables)
    if database.native.supports("transactional-ddl")[0] == 0:
        steps = atomic(database, steps)
    yield from steps


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


def _create_all(database: Database, tables: list[Table]) -> Body[None]:
    guarded = database.native.supports("create-index-if-not-exists")[0] != 2
    for table in tables:
        yield _start(database, create_table_plan(table))
        for index, columns in table.indexes:
            whole = create_index_plan(table, index, columns, guarded)
            try:
                yield _start(database, whole)
            except DuplicateObject:
                if guarded:
                    raise


def _start(database: Database, whole: bytes) -> _native.Operation[int]:
    return database.start(whole, b"", (), _native.RESULT_COUNT, None, None)


def create_table_plan(table: Table) -> bytes:
    """CREATE TABLE IF NOT EXISTS."""
    uniques = [
        name(unique) + plan.names(columns) + node(plan.UNIQUE, 2)
        for unique, columns in table.uniques
    ]
    return b"".join(
        (
            _native.HEADER,
            name(table.name),
            integer(1),
            plan.sequence([_definition(table, column) for column in table.all]),
            plan.names(table.key),
            plan.sequence(uniques),
            node(plan.CREATE_TABLE, 5),
        )
    )


def _definition(table: Table, column: TableColumn) -> bytes:
    kind = column.kind
    length = kind.bits // 8 if kind.type == _native.INT64 else kind.max_length
    groups = [columns for _, columns in (*table.uniques, *table.indexes)]
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
