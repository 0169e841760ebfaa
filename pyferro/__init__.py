"""pyferro: rows of SQLite, PostgreSQL, MySQL and MariaDB as validated pydantic models.

class User(Model):
    id: PK[int]
    name: str

connect("sqlite:app.db", auto_migrate=True).run()
User.create(name="Ada").run()          # or: await User.create(name="Ada")
User.where(User.name == "Ada").all().run()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import errors
from .errors import *  # noqa: F403
from .instances.hooks import after_delete, after_save, before_delete, before_save
from .model import Model
from .op import Op
from .registry import clear_registry
from .runtime.ambient import execute, fetch_all, fetch_one, pipeline, transaction
from .runtime.connections import connect, reset_engine, set_default_connection
from .runtime.database import Database
from .runtime.pool_config import PoolConfig
from .runtime.session import Session, current_session, engines, evict_instance
from .tables.constraints import Check, ForeignKeyConstraint, FullText, Index, Unique
from .tables.fields import PK, Col, FerroField, Field
from .tables.relations import BackRef, ForeignKey, Many, ManyToMany, OptRef, Ref, Relation

if TYPE_CHECKING:
    from ._native import Column, Expr
    from .asgi import lifespan
    from .language.expressions import all_, any_, case, cast, exists, literal, row, sql
    from .language.functions import fn, now
    from .language.order import asc, desc
    from .queries.choosing import select
    from .queries.query import Query
    from .queries.searching import search, search_rank
    from .queries.select_query import cube, grouping_sets, rollup
    from .queries.sources import aliased
    from .queries.values import values
    from .relations.loading import fetch
    from .runtime.observe import StatementEvent, Stats
    from .soft_delete import SoftDelete
    from .writing.upsert import excluded

__all__ = [
    *errors.__all__,
    "PK",
    "BackRef",
    "Check",
    "Col",
    "Column",
    "Database",
    "Expr",
    "FerroField",
    "Field",
    "ForeignKey",
    "ForeignKeyConstraint",
    "FullText",
    "Index",
    "Many",
    "ManyToMany",
    "Model",
    "Op",
    "OptRef",
    "PoolConfig",
    "Query",
    "Ref",
    "Relation",
    "Session",
    "StatementEvent",
    "Stats",
    "SoftDelete",
    "Unique",
    "after_delete",
    "after_save",
    "aliased",
    "all_",
    "any_",
    "asc",
    "before_delete",
    "before_save",
    "case",
    "cast",
    "clear_registry",
    "connect",
    "cube",
    "current_session",
    "desc",
    "engines",
    "evict_instance",
    "excluded",
    "execute",
    "exists",
    "fetch",
    "fetch_all",
    "fetch_one",
    "fn",
    "grouping_sets",
    "lifespan",
    "literal",
    "now",
    "pipeline",
    "reset_engine",
    "rollup",
    "row",
    "search",
    "search_rank",
    "select",
    "set_default_connection",
    "sql",
    "sync",  # noqa: F405 (loaded when it is first asked for)
    "transaction",
    "values",
    "version",
]

# Not needed to declare models, so not imported before they are asked for.
_LATER = {
    "Column": "_native",
    "Expr": "_native",
    "Query": "queries.query",
    "StatementEvent": "runtime.observe",
    "Stats": "runtime.observe",
    "SoftDelete": "soft_delete",
    "aliased": "queries.sources",
    "all_": "language.expressions",
    "any_": "language.expressions",
    "asc": "language.order",
    "case": "language.expressions",
    "cast": "language.expressions",
    "cube": "queries.select_query",
    "excluded": "writing.upsert",
    "exists": "language.expressions",
    "fetch": "relations.loading",
    "fn": "language.functions",
    "now": "language.functions",
    "grouping_sets": "queries.select_query",
    "lifespan": "asgi",
    "literal": "language.expressions",
    "rollup": "queries.select_query",
    "row": "language.expressions",
    "sql": "language.expressions",
    "values": "queries.values",
    "desc": "language.order",
    "search": "queries.searching",
    "search_rank": "queries.searching",
    "select": "queries.query",
    # DB-API 2.0's names; a star import must not hide the built-in Warning.
    "Error": "errors",
    "Warning": "errors",
}


def version() -> str:
    """The version of pyferro and of the engine inside it."""
    from ._native import __version__

    return __version__


def __getattr__(name: str) -> object:
    if name == "sync":
        from importlib import import_module

        return import_module(".sync", __name__)
    module = _LATER.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = found
    return found
