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
from .constraints import Check, ForeignKeyConstraint, FullText, Index, Unique
from .database import (
    Database,
    PoolConfig,
    connect,
    execute,
    fetch_all,
    fetch_one,
    reset_engine,
    set_default_connection,
    transaction,
)
from .errors import *  # noqa: F403
from .fields import PK, Col, FerroField, Field
from .hooks import after_delete, after_save, before_delete, before_save
from .model import Model
from .op import Op
from .registry import clear_registry
from .relations import BackRef, ForeignKey, Many, ManyToMany, OptRef, Ref, Relation
from .session import Session, current_session, engines, evict_instance

if TYPE_CHECKING:
    from ._native import Column, Expr
    from .asgi import lifespan
    from .choosing import select
    from .expressions import all_, any_, case, cast, exists, literal, row, sql
    from .functions import fn, now
    from .loading import fetch
    from .observe import StatementEvent, Stats
    from .order import asc, desc
    from .query import Query
    from .searching import search, search_rank
    from .select_query import cube, grouping_sets, rollup
    from .soft_delete import SoftDelete
    from .sources import aliased
    from .upsert import excluded
    from .values import values

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
    "Query": "query",
    "StatementEvent": "observe",
    "Stats": "observe",
    "SoftDelete": "soft_delete",
    "aliased": "sources",
    "all_": "expressions",
    "any_": "expressions",
    "asc": "order",
    "case": "expressions",
    "cast": "expressions",
    "cube": "select_query",
    "excluded": "upsert",
    "exists": "expressions",
    "fetch": "loading",
    "fn": "functions",
    "now": "functions",
    "grouping_sets": "select_query",
    "lifespan": "asgi",
    "literal": "expressions",
    "rollup": "select_query",
    "row": "expressions",
    "sql": "expressions",
    "values": "values",
    "desc": "order",
    "search": "searching",
    "search_rank": "searching",
    "select": "query",
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
