"""CREATE, ALTER and DROP as plans: each gives an expression without a header.

Values of conditions and defaults stand beside the bytes, as those of queries do; the engine writes
them into the text as literals, since servers take no parameters there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .. import _native
from .._native import NULL, Expr, build
from ..language import plan
from .constraints import ACTIONS, ForeignKeyConstraint, resolve

if TYPE_CHECKING:
    from .columns import TableColumn
    from .table import Table
    from .table_args import TableIndex, TextIndex


def create_table(table: Table, foreign_keys: Sequence[ForeignKeyConstraint]) -> Expr:
    """CREATE TABLE IF NOT EXISTS, with these of its foreign keys."""
    indexed = _indexed(table)
    constraints = [
        build(NULL, plan.UNIQUE, unique, plan.names(columns)) for unique, columns in table.uniques
    ]
    constraints += [foreign_key(table, key) for key in foreign_keys]
    constraints += [build(NULL, plan.CHECK, one.name, one.condition) for one in table.checks]
    columns = [_column(column, column.name in indexed) for column in table.all]
    return build(
        NULL, plan.CREATE_TABLE, table.name, 1, columns, plan.names(table.key), constraints
    )


def _column(column: TableColumn, indexed: bool) -> Expr:
    kind = column.kind
    return build(
        NULL,
        plan.COLUMN_DEFINITION,
        column.name,
        kind.type,
        kind.bits // 8 if kind.type == _native.INT64 else kind.max_length,
        kind.digits,
        kind.places,
        int(column.nullable),
        int(column.generated),
        int(indexed),
        column.default,
    )


def _indexed(table: Table) -> set[str]:
    """The columns that MySQL wants to be of a bounded type."""
    found = set(table.key)
    for _, columns in table.uniques:
        found.update(columns)
    for index in table.indexes:
        found.update(index.read)
    for key in table.foreign_keys:
        found.update(key.columns)
    return found


def foreign_key(table: Table, key: ForeignKeyConstraint) -> Expr:
    """A foreign key, looked at beside its target."""
    key = resolve(table, key)
    assert key.name is not None
    assert key.target_columns is not None
    return build(
        NULL,
        plan.FOREIGN_KEY,
        key.name,
        plan.names(key.columns),
        key.target_table,
        plan.names(key.target_columns),
        ACTIONS[key.on_delete],
        ACTIONS[key.on_update],
        2 if key.initially_deferred else int(key.deferrable),
    )


def add_foreign_key(table: Table, key: ForeignKeyConstraint) -> Expr:
    """ALTER TABLE … ADD CONSTRAINT."""
    return build(NULL, plan.ADD_CONSTRAINT, table.name, foreign_key(table, key))


def drop_constraint(table: Table, constraint: str) -> Expr:
    """ALTER TABLE … DROP CONSTRAINT."""
    return build(NULL, plan.DROP_CONSTRAINT, table.name, constraint)


def drop_table(table: Table, deferred: bool) -> Expr:
    """DROP TABLE IF EXISTS."""
    return build(NULL, plan.DROP_TABLE, table.name, 1, int(deferred))


def create_text_index(table: Table, index: TextIndex) -> Expr:
    """What `search()` needs, unless it is there."""
    key = table.plan_key if table.plan_key_type == _native.INT64 else ""
    columns = plan.names(index.columns)
    return build(NULL, plan.CREATE_TEXT_INDEX, index.name, table.name, key, columns, index.language)


def drop_text_index(table: Table, index: TextIndex) -> Expr:
    """The same for what is there."""
    return build(NULL, plan.DROP_TEXT_INDEX, index.name, table.name)


def create_index(table: Table, index: TableIndex, if_not_exists: bool) -> Expr:
    """CREATE INDEX."""
    keys = [plan.order_item(expr, descending, plan.NULLS_NEVER) for expr, descending in index.keys]
    return build(
        NULL,
        plan.CREATE_INDEX,
        index.name,
        table.name,
        plan.names(() if keys else index.columns),
        int(index.unique),
        int(if_not_exists),
        keys,
        index.where,
    )
