"""Creating what is missing of the models' tables and indexes, and dropping tables.

Tables that exist are left as they are, whatever the models say; changing them is migrations'
business. Where the database can, all of it is one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .. import _native
from .._native import Expr
from ..errors import DuplicateObject, UndefinedObject, make
from ..language import plan
from ..op import Body
from ..registry import models as known_models
from ..tables import definitions
from ..tables.constraints import ForeignKeyConstraint
from ..tables.related import Through, relations
from ..tables.table import Table, table_of
from .transaction import atomic

if TYPE_CHECKING:
    from ..model import Model
    from .database import Database


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
        yield _start(database, definitions.create_table(table, keys))
        for index in table.indexes:
            made = definitions.create_index(table, index, guarded)
            yield from _unless(database, made, None if guarded else DuplicateObject)
        for text in table.texts:
            yield _start(database, definitions.create_text_index(table, text))
    for table, key in late:
        yield from _unless(database, definitions.add_foreign_key(table, key), DuplicateObject)


def _drop_all(database: Database, tables: list[Table]) -> Body[None]:
    order = Order(tables)
    deferred = bool(order.late) and _supports(database, "deferred-drop")
    if not deferred:
        for table, key in order.late:
            assert key.name is not None
            dropped = definitions.drop_constraint(table, key.name)
            yield from _unless(database, dropped, UndefinedObject)
    if database.dialect == "sqlite":
        yield from _refuse_referred(database, tables)
    for table in reversed(order.tables):
        if database.dialect == "sqlite":  # elsewhere they go with the table
            for text in table.texts:
                yield _start(database, definitions.drop_text_index(table, text))
        yield _start(database, definitions.drop_table(table, deferred))


def _refuse_referred(database: Database, tables: list[Table]) -> Body[None]:
    """SQLite deletes the rows of a table before it drops it, and what refers to them by CASCADE."""
    from ..language.expressions import sql

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
        referring: str | None = yield _start(database, query, _native.RESULT_SCALAR)
        for other in (referring or "").split("\0"):
            if other and other.lower() not in names:
                raise make(
                    8,
                    f"the table {table.name!r} is referred to by the table {other!r}",
                    hint="drop that one, too",
                    table=table.name,
                )


def _unless(database: Database, body: Expr, error: type[Exception] | None) -> Body[None]:
    """Start it; an error of that class means that nothing is left to do."""
    if error is None:
        yield _start(database, body)
        return

    def step() -> Body[None]:
        yield _start(database, body)

    with suppress(error):
        yield from _as_one(database, step())


def _start(
    database: Database, body: Expr, result: int = _native.RESULT_COUNT
) -> _native.Operation[Any]:
    return database.start(body.whole, body.types, body.values, result, None, None)
