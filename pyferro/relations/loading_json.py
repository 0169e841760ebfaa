"""`load(..., strategy="json")`: related rows within the statement of the query that loads them.

For each relation that leads to many the query joins a derived table: a row for each parent, and in
it one JSON array for each column of the related rows, all in the same order. What JSON cannot hold
is text in it (bytes are hexadecimal, durations microseconds), documents are text in a text, so that
every value comes back as it was; rows then become instances as those of any query do. Arrays nest.

The derived table reads the rows of the query's parents only, where these can be told again: with a
limit the order is made total by the primary key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

from .. import _native
from .._native import Expr, build
from ..errors import UnsupportedFeature, make
from ..language import plan
from ..language.expressions import case, cast
from ..language.functions import fn
from ..language.order import ordered_again, rest_of_key
from ..queries.paths import equal, related
from ..queries.sources import Subquery
from ..runtime.session import current_session
from ..tables.related import Through, ToMany, ToOne
from ..tables.table import table_of

if TYPE_CHECKING:
    from ..queries.query import Query
    from ..queries.select_query import Select
    from ..runtime.database import Database
    from ..tables.table import Table
    from .loading import Node

_INFINITY = float("inf")
_NO_NUMBERS = (0.0, _INFINITY, -_INFINITY)


class Reader:
    """How the columns of related rows become instances: own ones, then those of their relations."""

    __slots__ = ("manys", "node", "odd", "ones", "table", "types")

    def __init__(self, node: Node, table: Table, odd: bool) -> None:
        self.node = node
        self.table = table
        self.types = [column.type for column in table.columns.values()]
        self.odd = odd  # SQLite: its JSON has the numbers themselves, but no infinities
        self.ones: list[Reader] = []
        self.manys: list[Reader] = []

    def take(self, columns: Iterator[list[Any]], database: Database) -> list[Any]:
        """Instances or None, one for each value of the columns, of which it takes what it needs."""
        cells = [self._decoded(column, columns) for column in self.table.columns.values()]
        found = self._hydrated(list(zip(*cells, strict=True)), database)
        for one in self.ones:
            rows = one.take(columns, database)
            _native.share(rows, one.table.identity, {})
            _native.remember(found, one.node.relation.name, rows)
        for many in self.manys:
            many.hand_out(found, columns, database)
        return found

    def _decoded(self, column: Any, columns: Iterator[list[Any]]) -> list[Any]:
        try:
            return _decoded(column.type, columns, self.odd)
        except (ArithmeticError, ValueError):
            said = f"a value of column {column.name!r} is beyond what its type holds in Python"
        raise make(12, said, table=self.table.name, column=column.name)

    def _hydrated(self, rows: list[tuple[Any, ...]], database: Database) -> list[Any]:
        """An outer join that has found none gives None."""
        nothing = (None,) * len(self.types)
        given = [row for row in rows if row != nothing]
        shape = self.table.row_plan()
        made = _native.Cells(bytes(self.types), given).hydrate(shape)
        session = current_session()
        if session is not None and session.holds_of(database):
            adopting = session.adopting(_native.RESULT_ROWS, shape, None)
            made = made if adopting is None else adopting(made)
        if len(made) == len(rows):
            return made
        each = iter(made)
        return [None if row == nothing else next(each) for row in rows]

    def hand_out(
        self, parents: list[Any], columns: Iterator[list[Any]], database: Database
    ) -> None:
        """Gives each parent its rows. `columns` are lists of arrays, the first of places."""
        to = self.node.relation
        places = next(columns)
        flat = _flattened(places, [next(columns) for _ in range(self.width - 1)])
        rows = self.take(iter(flat), database)
        if isinstance(to, Through):
            _native.share(rows, self.table.identity, {})
        found: dict[int, list[Any]] = {}
        at = 0
        for parent, ordered in enumerate(places):
            if ordered:
                found[parent] = rows[at : at + len(ordered)]
                at += len(ordered)
        there = [i for i, parent in enumerate(parents) if parent is not None]
        back = to.back.name if isinstance(to, ToMany) else None
        _native.hand_out([parents[i] for i in there], there, found, to.name, True, back)

    @property
    def width(self) -> int:
        """Columns of a derived table for it: the places, and those that `take` takes."""
        return 1 + self._taken()

    def _taken(self) -> int:
        own = len(self.types)
        if self.odd:
            own += self.types.count(_native.FLOAT64)
        return own + sum(one._taken() for one in self.ones) + sum(many.width for many in self.manys)


# Reading.


def _flattened(places: list[Any], columns: list[list[Any]]) -> list[list[Any]]:
    """The arrays of all parents one after the other, each in the order of its places."""
    orders = [sorted(range(len(one)), key=one.__getitem__) if one else () for one in places]
    return [
        [array[i] for array, order in zip(column, orders, strict=True) for i in order]
        for column in columns
    ]


_FORMS: dict[int, Callable[[Any], Any]] = {
    _native.FLOAT64: float,
    _native.DECIMAL: Decimal,
    _native.BYTES: bytes.fromhex,
    _native.DATE: date.fromisoformat,
    _native.TIME: time.fromisoformat,
    _native.TIMESTAMP: datetime.fromisoformat,
    _native.TIMESTAMPTZ: datetime.fromisoformat,
    _native.INTERVAL: lambda microseconds: timedelta(microseconds=microseconds),
    _native.UUID: UUID,
}


def _decoded(type: int, columns: Iterator[list[Any]], odd: bool) -> list[Any]:
    """The values of the next column as a driver gives them; documents stay text."""
    values = next(columns)
    if type & _native.ARRAY_OF:
        form = _FORMS.get(type & ~_native.ARRAY_OF)
        if form is None:
            return values
        return [
            None if one is None else [None if item is None else form(item) for item in one]
            for one in values
        ]
    form = _FORMS.get(type)
    if form is not None:
        values = [None if one is None else form(one) for one in values]
    if type == _native.FLOAT64 and odd:
        kinds = next(columns)
        if any(kinds):
            values = [
                _NO_NUMBERS[kind] if kind else value
                for value, kind in zip(values, kinds, strict=True)
            ]
    return values


# Asking.


class Joining:
    """The derived tables that one statement joins."""

    __slots__ = ("_database", "_numbers", "_odd")

    def __init__(self, database: Database) -> None:
        self._database = database
        self._numbers = count(1)
        self._odd = database.dialect == "sqlite"

    def many(
        self, query: Select[Any], source: Any, node: Node, parents: Select[Any] | None
    ) -> tuple[Select[Any], list[Expr], Reader]:
        """The query with the related rows of `source` joined, their columns, and who reads them.

        `parents` gives the rows that they are wanted for, or more; None for all.
        """
        derived, reader, own = self._derived(node, source, parents)
        pairs = [(name, f"of_{i}") for i, name in enumerate(own)]
        joined = query.left_join(derived, equal(source, derived, pairs))
        columns = [derived.c["place"], *(derived.c[f"c_{i}"] for i in range(reader.width - 1))]
        return joined, columns, reader

    def _derived(
        self, node: Node, source: Any, parents: Select[Any] | None
    ) -> tuple[Any, Reader, list[str]]:
        from ..queries.query import select
        from .loading import _query_of

        to = node.relation
        table = table_of(to.target)
        query: Any = _query_of(node, table, self._database)
        query._loads = {}
        holder: Any = table
        assert not isinstance(to, ToOne)
        pairs = to.near if isinstance(to, Through) else to.pairs
        if isinstance(to, Through):
            holder = table_of(to.link)
            query = query.join(to.link, equal(holder, table, to.far))
        if parents is not None:
            wanted = self._keys(parents, source, [own for own, _ in pairs])
            on = equal(holder, wanted, [(theirs, f"k_{i}") for i, (_, theirs) in enumerate(pairs)])
            query = query.join(wanted, on)
        chosen: list[Expr] = []
        reader, query = self._columns(node, table, table, chosen, query)
        of = [holder.columns[theirs] for _, theirs in pairs]
        order = ordered_again(node.sorted(query)._order)
        place = fn.row_number().over(partition_by=of, order_by=order)
        rows = query._unordered().select(
            *(one.as_(f"c_{i}") for i, one in enumerate(chosen)),
            *(column.as_(f"of_{i}") for i, column in enumerate(of)),
            place.as_("place"),
        )
        inner = rows.subquery(self._name(to.name))
        ofs = [inner.c[f"of_{i}"] for i in range(len(of))]
        grouped = select(
            *(one.as_(f"of_{i}") for i, one in enumerate(ofs)),
            fn.json_agg(inner.c["place"]).as_("place"),
            *(
                fn.json_agg(_as_sent(inner, f"c_{i}", one, self._odd)).as_(f"c_{i}")
                for i, one in enumerate(chosen)
            ),
        )
        if node.limit is not None:
            grouped = grouped.where(inner.c["place"] <= node.limit)
        grouped = grouped.group_by(*ofs)
        return grouped.subquery(self._name(to.name)), reader, [own for own, _ in pairs]

    def _columns(
        self, node: Node, table: Table, source: Any, chosen: list[Expr], query: Any
    ) -> tuple[Reader, Any]:
        """Adds the columns of a row and of what is loaded of it; the query that reaches them."""
        reader = Reader(node, table, self._odd)
        for column in source.columns.values():
            chosen.append(column)
            if self._odd and column.type == _native.FLOAT64:
                chosen.append(_kind_of(column))
        parents = query
        for child in node.children.values():
            to = child.relation
            if isinstance(to, ToOne):
                further = related(source, to)
                one, query = self._columns(child, table_of(to.target), further, chosen, query)
                reader.ones.append(one)
        for child in node.children.values():
            if not isinstance(child.relation, ToOne):
                query, columns, many = self.many(query, source, child, parents)
                chosen += columns
                reader.manys.append(many)
        return reader, query

    def _keys(self, parents: Any, source: Any, own: Sequence[str]) -> Any:
        """A derived table of the parents' keys, each once."""
        from ..queries.query import select

        named = [source.columns[name].as_(f"k_{i}") for i, name in enumerate(own)]
        if parents._limit is None and parents._offset is None:
            return parents._unordered().select(*named).distinct().subquery(self._name("keys"))
        page = parents.select(*named).subquery(self._name("page"))
        once = select(*(page.c[f"k_{i}"].as_(f"k_{i}") for i in range(len(own)))).distinct()
        return once.subquery(self._name("keys"))

    def _name(self, what: str) -> str:
        return f"load_{next(self._numbers)}_{what}"


def parents_of(query: Query[Any]) -> tuple[Query[Any], Query[Any] | None]:
    """The query, and what gives its rows again within the same statement; None for all rows."""
    if query._distinct is not None or query._group or query._having is not None or query._lock:
        raise UnsupportedFeature(
            'load(strategy="json") is not for queries with distinct(), groups or locks',
            hint="leave the strategy out: related rows then come by statements of their own",
        )
    if query._limit is None and query._offset is None:
        return query, None if query._where is None and not query._joined else query
    table = query._table
    if query._ties or not table.key or query._start is not table:
        return query, None
    total = query.order_by(*rest_of_key(query._order, table.columns, table.key))
    return total, total


def _kind_of(column: Any) -> Expr:
    """Which of the numbers that JSON has not: their place among _NO_NUMBERS."""
    return case((column == _INFINITY, 1), (column == -_INFINITY, 2), else_=0)


def _as_sent(inner: Any, name: str, expr: Expr, odd: bool) -> Expr:
    """The column as an item of a JSON array; the documents of a table's column as text."""
    column: Expr = inner.c[name]
    if expr.type == _native.FLOAT64:
        # The texts of other databases are exact, and say what is no number or less than zero's.
        if odd:
            return column
    elif expr.type != _native.JSON or isinstance(getattr(expr, "owner", None), Subquery):
        return column  # what a derived table has made is an array of ours
    text = build(_native.TEXT, plan.COLUMN, inner.name, name, _native.TEXT)
    return cast(text, str)
