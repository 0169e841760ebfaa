"""What a query reads besides tables: aliases of tables, queries as tables, common table expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from .._native import NULL, Column, Expr, build
from ..language import plan
from ..tables.names import identifier
from ..tables.table import Table, table_of

if TYPE_CHECKING:
    from .rows import Rows

M = TypeVar("M")

JOINS = ("inner", "left", "right", "full", "cross")
JoinKind = Literal["inner", "left", "right", "full", "cross"]
_MATERIALIZED = {None: 0, True: 1, False: 2}


class Columns:
    """Columns by name as attributes, and relations; a wrong name says what was meant."""

    __slots__ = ("_columns", "_owner", "_source")

    def __init__(
        self, columns: dict[str, Column], owner: str, source: Source | None = None
    ) -> None:
        self._columns = columns
        self._owner = owner
        self._source = source

    def __getattr__(self, name: str) -> Column:
        if name not in self._columns and self._source is not None:
            from .paths import path

            found: Column | None = path(self._source, name)  # or a path, which is like a column
            if found is not None:
                return found
        return self[name]

    def __getitem__(self, name: str) -> Column:
        found = self._columns.get(name)
        if found is not None:
            return found
        import difflib

        close = difflib.get_close_matches(name, list(self._columns), n=1)
        meant = f"did you mean {close[0]!r}?" if close else f"it has: {', '.join(self._columns)}"
        raise AttributeError(f"{self._owner} has no column {name!r}; {meant}", name=name, obj=self)


class Source:
    """Something with columns that stands in FROM."""

    name: str
    columns: dict[str, Column]
    c: Columns
    node: Expr
    ctes: tuple[Cte | ChangeCte, ...] = ()

    def _name_columns(self, named: list[tuple[str, int, bool]]) -> None:
        self.columns = {
            name: Column(self.name, name, type, nullable, owner=self)
            for name, type, nullable in named
        }
        self.c = Columns(self.columns, f"{type(self).__name__.lower()} {self.name!r}")


class Alias(Source):
    """A model's table under another name, for a query that reads it twice: `aliased(Post, "p")`.

    Columns are attributes; those called like an attribute of this class are at `.c`.
    """

    def __init__(self, model: type[Any], name: str, scoped: bool = True) -> None:
        table = table_of(model)
        self.model = model
        self.scoped = scoped
        self.table: Table = table
        self.name = identifier(name, f"the alias of {model.__name__}")
        self.node = plan.table(table.name, name)
        self.columns = {
            one.name: Column(
                name,
                one.name,
                one.kind.type,
                one.nullable,
                one.dump,
                owner=self,
            )
            for one in table.all
        }
        self.c = Columns(self.columns, f"alias {name!r}", self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.c, name)


def aliased(model: type[M], name: str, *, scoped: bool = True) -> type[M]:
    """A model under another name within a query; its columns are attributes.

    It is an `Alias`; as far as types go, the model. `scoped=False`: with the rows beyond the scope
    that the model was declared with.
    """
    made: Any = Alias(model, name, scoped)
    return cast("type[M]", made)


class Subquery(Source):
    """A query as a table: `query.subquery("top")`; columns are at `.c`."""

    def __init__(self, query: Rows[Any], name: str, lateral: bool = False) -> None:
        self.name = identifier(name, "a subquery")
        self.node = build(NULL, plan.DERIVED, query.inner(), name, int(lateral))
        self.ctes = query.common()
        self._name_columns(query.named_columns())


class Cte(Source):
    """A query that others read by its name: `query.cte("recent")`; columns are at `.c`."""

    def __init__(self, query: Rows[Any], name: str, materialized: bool | None = None) -> None:
        self.name = identifier(name, "a common table expression")
        self.node = plan.table(name)
        self.recursive = False
        self._query = query
        self._steps: list[Rows[Any]] = []
        self._all = True
        self._materialized = materialized
        self._name_columns(query.named_columns())
        self.ctes = (*query.common(), self)

    def union_all(self, step: Any) -> Cte:
        """A recursive query: `step` reads this one; give it or a function of its columns."""
        return self._recursive(step, True)

    def union(self, step: Any) -> Cte:
        """The same without rows that are there already, so that cycles end."""
        return self._recursive(step, False)

    def _recursive(self, step: Any, all: bool) -> Cte:
        if self._steps:
            raise TypeError("a common table expression has one recursive part")
        query = step(self.c) if callable(step) and not hasattr(step, "inner") else step
        self._steps.append(query)
        self.ctes = (*(one for one in query.common() if one is not self), *self.ctes)
        self._all = all
        self.recursive = True
        return self

    def definition(self) -> Expr:
        """Its part of WITH."""
        body = self._query.inner()
        if self._steps:
            members = [body, *(step.inner() for step in self._steps)]
            body = build(NULL, plan.COMPOUND, None, 0, int(self._all), members, (), None, None)
        hint = _MATERIALIZED[self._materialized]
        return build(NULL, plan.CTE, self.name, list(self.columns), body, hint)


class ChangeCte(Source):
    """What a change gave back, for another part of its statement: `change.returning(…).cte("gone")`.

    Its columns are at `.c`. All parts of a statement see the tables as they were before it.
    """

    def __init__(
        self,
        name: str,
        named: list[tuple[str, int, bool]],
        change: Expr,
        before: tuple[Cte | ChangeCte, ...],
    ) -> None:
        self.name = identifier(name, "a common table expression")
        self.node = plan.table(name)
        self._change = change
        self._name_columns(named)
        self.ctes = (*(one for one in before if isinstance(one, ChangeCte)), self)

    def definition(self) -> Expr:
        """Its part of WITH."""
        return build(NULL, plan.CHANGE_CTE, self.name, list(self.columns), self._change)


def source_of(target: Any) -> Table | Source:
    """What a model, an alias or a subquery is in FROM."""
    if isinstance(target, (Table, Source)):
        return target
    if isinstance(target, type) and hasattr(target, "__pydantic_fields__"):
        return table_of(target)
    raise TypeError(
        f"a query reads models, aliases, subqueries and CTEs, not {type(target).__name__}"
    )


def scope_of(source: Any) -> Expr | None:
    """The condition that a model was declared with, on a table or an alias of it."""
    if isinstance(source, Alias):
        scope = source.model.__ferro_scope__ if source.scoped else None
    else:
        scope = source.model.__ferro_scope__ if isinstance(source, Table) else None
    if scope is None:
        return None
    made: Expr = scope(source.proxy if isinstance(source, Table) else source.c)
    return made


def node_of(source: Table | Source) -> Expr:
    return source.source if isinstance(source, Table) else source.node


def join(left: Expr, kind: JoinKind, right: Table | Source, on: Expr | None) -> Expr:
    if kind not in JOINS:
        raise TypeError(f"a join is one of {', '.join(JOINS)}")
    if (kind == "cross") == (on is not None):
        raise TypeError("a join needs a condition, such as Author.id == Post.author_id")
    return build(NULL, plan.JOIN, JOINS.index(kind), left, node_of(right), on)


def with_clause(ctes: tuple[Cte | ChangeCte, ...]) -> Expr | None:
    """WITH, each expression once and after those that it reads; changes are not in it."""
    if not ctes:
        return None
    names = [cte.name for cte in dict.fromkeys(ctes)]
    for name in names:
        if names.count(name) > 1:
            raise TypeError(f"two common table expressions are called {name!r}")
    once = [cte for cte in dict.fromkeys(ctes) if isinstance(cte, Cte)]
    if not once:
        return None
    recursive = int(any(cte.recursive for cte in once))
    return build(NULL, plan.WITH, recursive, [cte.definition() for cte in once])


def after_changes(ctes: tuple[Cte | ChangeCte, ...], statement: Expr) -> Expr:
    """The whole statement: a query or a change, with the changes among `ctes` before it."""
    changes = [cte for cte in dict.fromkeys(ctes) if isinstance(cte, ChangeCte)]
    if not changes:
        return statement
    return build(NULL, plan.WITH_CHANGES, [cte.definition() for cte in changes], statement)
