"""The tables of schema.py on a database, and statements run there through the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from pyferro import Database, _native
from pyferro.errors import PyferroError, UnsupportedFeature
from pyferro.language import plan

from . import tree
from .encode import Request
from .rows import Relation
from .schema import TABLES, ColumnOf, TableOf
from .types import items_of, type_of_item
from .words import Type

_DROP_TABLE = 83
_DIGITS, _PLACES = 12, 2

Row = tuple[object, ...]


class Refused(Exception):
    """The dialect says that it cannot do this, and what to do instead."""


class Failed(Exception):
    """The engine or the server reports an error."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.kind = type(error).__name__


def run(database: Database, statement: tree.Query) -> list[Row]:
    """The rows, decoded as the types of the columns."""
    with _reported():
        return start(database, Request(statement), types_of(statement)).run()


async def fetch(database: Database, request: Request, types: tuple[int, ...]) -> list[Row]:
    """The same in an event loop, of what is the same for every database."""
    with _reported():
        return await start(database, request, types)


def types_of(statement: tree.Query) -> tuple[int, ...]:
    return tuple(int(type_of_item(item)) for item in items_of(statement))


def start(
    database: Database, request: Request, types: tuple[int, ...]
) -> _native.Operation[list[Row]]:
    return database.start(
        request.plan, request.types, request.values, _native.RESULT_ROWS, types, None
    )


@contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except UnsupportedFeature as refusal:
        raise Refused(str(refusal)) from None
    except PyferroError as error:
        raise Failed(error) from None


def sql(database: Database, statement: tree.Query) -> str:
    return database.statement(Request(statement).plan).sql


@contextmanager
def filled(
    database: Database, tables: Mapping[str, Relation], known: Sequence[TableOf] = TABLES
) -> Iterator[None]:
    """With the tables there and these rows in them."""
    for table in known:
        _change(database, _drop(table))
        _change(database, _create(table))
        for row in tables[table.name].rows:
            _insert(database, table, row)
    try:
        yield
    finally:
        for table in known:
            _change(database, _drop(table))


def _change(database: Database, whole: bytes) -> None:
    database.start(whole, b"", (), _native.RESULT_COUNT, None, None).run()


def _drop(table: TableOf) -> bytes:
    name, if_exists = _native.name(table.name), _native.integer(1)
    return _native.HEADER + name + if_exists + _native.node(_DROP_TABLE, 2)


def _create(table: TableOf) -> bytes:
    parts = (
        _native.HEADER,
        _native.name(table.name),
        _native.integer(0),
        plan.sequence([_definition(column) for column in table.columns]),
        plan.names(["id"]),
        plan.sequence([]),
        _native.node(plan.CREATE_TABLE, 5),
    )
    return b"".join(parts)


def _definition(column: ColumnOf) -> bytes:
    digits, places = (_DIGITS, _PLACES) if column.type == Type.decimal else (0, 0)
    numbers = (
        int(column.type), 0, digits, places, int(column.nullable), 0, int(column.name == "id"),
    )  # fmt: skip
    return (
        _native.name(column.name)
        + b"".join(map(_native.integer, numbers))
        + _native.node(plan.COLUMN_DEFINITION, 8)
    )


def _insert(database: Database, table: TableOf, row: Row) -> None:
    types = bytes(column.type for column in table.columns)
    assignments = [
        plan.assignment(column.name, _native.param(column.type)) for column in table.columns
    ]
    whole = plan.insert(table.name, assignments, [], "", 0)
    database.start(whole, types, row, _native.RESULT_COUNT, None, None).run()
