"""Relations in queries: `Post.author.name`, `Post.tags.any(…)`, `Post.tags.where(…)`.

A column that is reached by relations brings along what has to be joined for it (`Expr.paths`); the
query that uses it joins each of these once, under a name of its own. To-many relations never
multiply rows: their conditions are subqueries.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .._native import Column, Expr
from ..language import plan
from ..tables.names import MAX_IDENTIFIER
from ..tables.related import AnyRelation, Through, ToOne, relation
from ..tables.table import Table, table_of
from .sources import Alias, Columns, Source

if TYPE_CHECKING:
    from typing import Self

    from ..language.conditions import Condition
    from ..relations.linking import RelatedQuery
    from ..relations.loading import Node
    from .select_query import Select
    from .sources import JoinKind

M = TypeVar("M")
S = TypeVar("S", bound="Select[Any]")
Start = Table | Source


class Related(Source):
    """A related table, as the query that uses a column of it joins it."""

    def __init__(self, parent: Start, relation: ToOne) -> None:
        table = table_of(relation.target)
        self.parent = parent
        self.relation = relation
        self.table = table
        self.model = relation.target
        self.name = _alias(f"{parent.name}.{relation.name}")
        self.node = plan.table(table.name, self.name)
        # Without a row there are NULLs; and below one that may be missing all may be.
        self.optional = relation.nullable or getattr(parent, "optional", False)
        self.columns = {
            one.name: Column(
                self.name,
                one.name,
                one.kind.type,
                one.nullable or self.optional,
                one.dump,
                owner=self,
                path=self,
            )
            for one in table.all
        }
        self.c = Columns(self.columns, f"{relation.owner.__name__}.{relation.name}", self)

    @property
    def root(self) -> Start:
        """What the relations start from."""
        parent = self.parent
        return parent.root if isinstance(parent, Related) else parent

    @property
    def trail(self) -> tuple[str, ...]:
        """The names of the relations, from the root."""
        before = self.parent.trail if isinstance(self.parent, Related) else ()
        return (*before, self.relation.name)

    def on(self) -> Expr:
        """The condition by which it is joined."""
        return equal(self.parent, self, self.relation.pairs)


def _alias(name: str) -> str:
    size = len(name.encode())
    if size <= MAX_IDENTIFIER:
        return name
    import hashlib  # costs more to import than all of this module, and is seldom needed

    tail = hashlib.sha256(name.encode()).hexdigest()[:8]
    return name.encode()[: MAX_IDENTIFIER - 9].decode(errors="ignore") + "." + tail


def equal(left: Start, right: Start, pairs: Iterable[tuple[str, str]]) -> Expr:
    """The condition that pairs of columns of two sources are equal."""
    made: Expr | None = None
    for own, theirs in pairs:
        term = left.columns[own] == right.columns[theirs]
        made = term if made is None else made & term
    assert made is not None
    return made


def related(parent: Start, to: ToOne) -> Related:
    """The same one each time, so that a query joins it once."""
    known: dict[str, Related] | None = parent.__dict__.get("_related")
    if known is None:
        known = parent.__dict__["_related"] = {}
    found = known.get(to.name)
    if found is None or found.relation is not to:
        found = known[to.name] = Related(parent, to)
    return found


def path(parent: Start, name: str) -> Any:
    """What a relation is in a query that reads `parent`; None if there is none of that name."""
    model: Any = getattr(parent, "model", None)
    if model is None or name not in model.__ferro_declared__:
        return None
    found = relation(model, name)
    return OnePath(parent, found) if isinstance(found, ToOne) else ManyPath(parent, found)


class OnePath(Generic[M]):
    """A related row in a query: its columns and relations are attributes.

    Columns that are called like an attribute of this class are at `.c`.
    """

    __slots__ = ("_loads", "_parent", "_relation")

    def __init__(self, parent: Start, to: ToOne, loads: tuple[Any, ...] = ()) -> None:
        self._parent = parent
        self._relation = to
        self._loads = loads

    @property
    def _source(self) -> Related:
        return related(self._parent, self._relation)

    @property
    def c(self) -> Columns:
        return self._source.c

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        to = self._relation
        if to.forward:
            # What the key leads to has that key: no need to join it.
            for own, theirs in to.pairs:
                if theirs == name:
                    return self._parent.columns[own]
        source = self._source
        found = source.columns.get(name)
        if found is not None:
            return found
        return getattr(source.c, name)

    def load(self, *paths: Any) -> OnePath[M]:
        """For `load()`: with these relations of it."""
        return OnePath(self._parent, self._relation, (*self._loads, *paths))

    def __eq__(self, other: object) -> Expr[bool]:  # type: ignore[override]
        return self._is(other)

    def __ne__(self, other: object) -> Expr[bool]:  # type: ignore[override]
        return ~self._is(other) if other is not None else self._keys()[0].is_not_null()

    __hash__ = None  # type: ignore[assignment]

    def is_null(self) -> Expr[bool]:
        """Whether there is none."""
        return self._keys()[0].is_null()

    def is_not_null(self) -> Expr[bool]:
        """Whether there is one."""
        return self._keys()[0].is_not_null()

    def in_(self, rows: Iterable[Any]) -> Expr[bool]:
        """Whether it is one of these instances."""
        keys = self._keys()
        if len(keys) != 1:
            raise TypeError("in_() is for relations by one column: join conditions with |")
        return keys[0].in_([self._key_of(row)[0] for row in rows])

    def _keys(self) -> list[Column]:
        """The columns that say which row it is."""
        to = self._relation
        source: Start = self._parent if to.forward else self._source
        return [source.columns[pair[0] if to.forward else pair[1]] for pair in to.pairs]

    def _is(self, other: object) -> Expr:
        if other is None:
            return self.is_null()
        made: Expr | None = None
        for column, value in zip(self._keys(), self._key_of(other), strict=True):
            term = column == value
            made = term if made is None else made & term
        assert made is not None
        return made

    def _key_of(self, row: Any) -> list[Any]:
        to = self._relation
        if not isinstance(row, to.target):
            raise TypeError(
                f"{to.owner.__name__}.{to.name} is compared with an instance of "
                f"{to.target.__name__} or None, not with {type(row).__name__}\n"
                f"compare its columns with values: {to.owner.__name__}.{to.name}.id == …"
            )
        if not to.forward:
            back = table_of(to.target).key
            return [row.__dict__[pair[1]] for pair in to.pairs] if back else []
        values = [row.__dict__.get(theirs) for _, theirs in to.pairs]
        if None in values:
            from ..errors import NotPersisted

            raise NotPersisted(f"{type(row).__name__} has no key yet", hint="save() it first")
        return values


class ManyPath(Generic[M]):
    """Related rows in a query.

    For conditions: `any`, `none`, `every` and `count`. For `load()`: which of them, in which order,
    how many for each. `of(instance)` are those of one instance, to be queried and changed.
    """

    __slots__ = ("_limit", "_loads", "_order", "_parent", "_relation", "_where")

    def __init__(self, parent: Start, to: AnyRelation) -> None:
        self._parent = parent
        self._relation = to
        self._where: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})
        self._order: tuple[tuple[Any, ...], Any] = ((), None)
        self._limit: int | None = None
        self._loads: tuple[Any, ...] = ()

    def _copy(self, **changed: Any) -> Self:
        made = object.__new__(type(self))
        for slot in ManyPath.__slots__:
            setattr(made, slot, changed.get(slot, getattr(self, slot)))
        return made

    # As a condition.

    def any(self, *conditions: Condition, **lookups: Any) -> Expr[bool]:
        """Whether there is one that meets all of it."""
        return self._found(conditions, lookups, False)

    exists = any

    def none(self, *conditions: Condition, **lookups: Any) -> Expr[bool]:
        """Whether none meets all of it."""
        return self._found(conditions, lookups, True)

    def every(self, *conditions: Condition, **lookups: Any) -> Expr[bool]:
        """Whether all of them meet it; without any that is true."""
        rows = self._rows((), {})
        from ..language.conditions import combine

        met = combine(rows._names, None, self._checked(conditions), lookups)
        if met is None:
            raise TypeError("every() takes a condition")
        return _exists(rows.where(met.is_distinct_from(True)), True)

    def count(self, *conditions: Condition, **lookups: Any) -> Expr[int]:
        """How many there are that meet all of it."""
        from ..language.functions import fn
        from .selection import projection

        rows = self._rows(conditions, lookups)
        return rows._with(projection(rows._names(), (fn.count(),))).scalar()

    def _found(
        self, conditions: tuple[Condition, ...], lookups: dict[str, Any], negated: bool
    ) -> Expr[bool]:
        return _exists(self._rows(conditions, lookups), negated)

    def _checked(self, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        if self._shadowed() and any(isinstance(one, Expr) for one in conditions):
            to = self._relation
            raise TypeError(
                f"{to.owner.__name__}.{to.name} leads to the table that the query reads already\n"
                "give the condition as a lambda, so that it is clear which of the two is meant: "
                f"{to.owner.__name__}.{to.name}.any(lambda row: …)"
            )
        return conditions

    def _shadowed(self) -> bool:
        """Whether the related table stands in the query around it under its own name."""
        parent = self._parent
        root = parent.root if isinstance(parent, Related) else parent
        return root is table_of(self._relation.target)

    def _rows(self, conditions: tuple[Condition, ...], lookups: dict[str, Any]) -> Select[Any]:
        """The related rows of the row around the subquery."""
        from .query import select

        to = self._relation
        target: Any = to.target
        start: Start = table_of(to.target)
        if self._shadowed():
            target = start = Alias(to.target, _alias(f"{self._parent.name}.{to.name}"))
        rows: Select[Any] = select(target)
        if isinstance(to, Through):
            link = Alias(to.link, _alias(f"{self._parent.name}.{to.name}.pairs"))
            rows = rows.join(link, equal(link, start, to.far))
            rows = rows.where(equal(self._parent, link, to.near))
        else:
            rows = rows.where(equal(self._parent, start, to.pairs))
        given, named = self._where
        rows = rows.where(*self._checked(given), **named)
        return rows.where(*self._checked(conditions), **lookups)

    # For load().

    def where(self, *conditions: Condition, **lookups: Any) -> Self:
        """Only those that meet all of it."""
        given, named = self._where
        return self._copy(_where=((*given, *conditions), {**named, **lookups}))

    def order_by(self, *items: Any, nulls: Any = None) -> Self:
        """Sorted by this, for each."""
        return self._copy(_order=((*self._order[0], *items), nulls))

    def limit(self, count: int) -> Self:
        """At most so many for each."""
        from .rows import row_count

        return self._copy(_limit=row_count("limit", count))

    def load(self, *paths: Any) -> Self:
        """With these relations of them."""
        return self._copy(_loads=(*self._loads, *paths))

    # Of one instance.

    def of(self, instance: Any) -> RelatedQuery[Any]:
        """Those of one instance: a query, with `add`, `remove`, `set` and `clear`."""
        from ..relations.linking import RelatedQuery

        return RelatedQuery(instance, self._relation, None)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        to = self._relation
        said = f"{to.owner.__name__}.{to.name}"
        raise AttributeError(
            f"{said} leads to many rows and has no column {name!r}\n"
            f"ask {said}.any({to.target.__name__}.{name} == …), or join({said})",
            name=name,
            obj=self,
        )


def _exists(rows: Select[Any], negated: bool) -> Expr[bool]:
    from .rows import ONE_ITEM

    return plan.exists(rows._body([ONE_ITEM], ordered=False), negated)


def node_of_path(given: Any) -> Node:
    """A path that `load()` was given, as a tree from its root."""
    from ..relations.loading import Node

    if not isinstance(given, (OnePath, ManyPath)):
        raise TypeError(f"load() takes relations such as Post.author, not {type(given).__name__}")
    made = Node(given._relation)
    if isinstance(given, ManyPath):
        made.where, made.order, made.limit = given._where, given._order, given._limit
    for further in given._loads:
        made.add(node_of_path(further))
    parent = given._parent
    while isinstance(parent, Related):
        outer = Node(parent.relation)
        outer.add(made)
        made = outer
        parent = parent.parent
    return made


def joins(paths: Iterable[Related], known: list[Any]) -> tuple[list[Related], tuple[Related, ...]]:
    """What has to be joined for these, parents first; and those that start from elsewhere."""
    mine: list[Related] = []
    elsewhere: list[Related] = []

    def reach(one: Related) -> None:
        if one in mine:
            return
        if isinstance(one.parent, Related):
            reach(one.parent)
        mine.append(one)

    for one in paths:
        if any(one.root is source for source in known):
            reach(one)
        else:
            elsewhere.append(one)
    return mine, tuple(elsewhere)


def join_relation(query: S, target: Any, on: Any, kind: JoinKind) -> S:
    """`query.join(Post.tags)`: the related table under its own name, beside each row."""
    if on is not None:
        raise TypeError("a relation is joined by its own condition: put further ones into where()")
    to = target._relation
    table = table_of(to.target)
    if any(table is source for source in (query._start, *query._joined)):
        raise TypeError(
            f"the query reads {table.name!r} already: join aliased({to.target.__name__}, …) by a "
            f"condition, or use the path {to.owner.__name__}.{to.name} itself"
        )
    if isinstance(to, Through):
        link = table_of(to.link)
        made = query.join(to.link, equal(target._parent, link, to.near), kind=kind)
        return made.join(to.target, equal(link, table, to.far), kind=kind)
    return query.join(to.target, equal(target._parent, table, to.pairs), kind=kind)
