"""Loading relations along with instances: one query for each level, however many rows there are.

What leads to one row is joined, or asked for by the keys of all rows at once; what leads to many is
asked for by the keys of all rows. Within one request the same row is the same object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from .. import _native
from .._native import Expr
from ..errors import UnsupportedFeature
from ..language.order import ordered_again, rest_of_key
from ..op import Body, Op, Steps, steps
from ..queries.paths import Related, equal, node_of_path, related
from ..queries.selection import Chosen, Instance, Part, Projection
from ..runtime.connections import Using, resolve
from ..runtime.streaming import Batches
from ..runtime.transaction import current_native
from ..tables.related import AnyRelation, Through, ToMany, ToOne
from ..tables.table import Table, table_of

if TYPE_CHECKING:
    from .._native import Operation
    from ..queries.query import Query
    from ..queries.select_query import Selection
    from ..runtime.database import Database
    from ..runtime.streaming import Then
    from .loading_json import Reader

_KEYS = 10_000  # of one statement: SQLite takes 16,384 values, which are counted as a power of two


class Node:
    """A relation to be loaded, which of its rows, and the relations to be loaded of those."""

    __slots__ = ("children", "json", "limit", "order", "relation", "where")

    def __init__(self, relation: AnyRelation) -> None:
        self.relation = relation
        self.where: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})
        self.order: tuple[tuple[Any, ...], Any] = ((), None)
        self.limit: int | None = None
        self.children: dict[str, Node] = {}
        self.json = False  # within the statement of its parents, see loading_json.py

    def add(self, child: Node) -> None:
        """Another relation below it; one that is there already takes its further ones, too."""
        known = self.children.get(child.relation.name)
        if known is None:
            self.children[child.relation.name] = child
            return
        child.json = known.json = child.json or known.json
        if child.plain:
            for further in child.children.values():
                known.add(further)
        elif known.plain:
            for further in known.children.values():
                child.add(further)
            self.children[child.relation.name] = child
        else:
            name = f"{child.relation.owner.__name__}.{child.relation.name}"
            raise TypeError(f"load() names {name} twice, with conditions of their own")

    def sorted(self, query: Query[Any]) -> Query[Any]:
        """The related rows in the order that was asked for, made total by their key."""
        table = query._table
        if self.limit is not None and not table.key:
            raise TypeError(
                f"{table.model.__name__} has no primary key, so load() takes no limit of it"
            )
        items, nulls = self.order
        ordered = query.order_by(*items, nulls=nulls) if items else query
        return ordered.order_by(*rest_of_key(ordered._order, table.columns, table.key))

    def say_json(self) -> None:
        """For it and all below it."""
        self.json = True
        for child in self.children.values():
            child.say_json()

    @property
    def plain(self) -> bool:
        """Whether it is for all rows, in no order."""
        return self.where == ((), {}) and not self.order[0] and self.limit is None


def tree(
    model: type[Any], known: Mapping[str, Node], paths: Sequence[Any], strategy: str = "batch"
) -> dict[str, Node]:
    """The relations to be loaded of a model: those that are known, and these."""
    if strategy not in ("batch", "json"):
        raise ValueError(f"load() has the strategies 'batch' and 'json', not {strategy!r}")
    root = Node(None)  # type: ignore[arg-type]
    for node in known.values():
        root.add(_copied(node))
    for one in paths:
        node = node_of_path(one(table_of(model).proxy) if _is_lambda(one) else one)
        if not issubclass(model, node.relation.owner):
            raise TypeError(
                f"load() of {model.__name__} takes its own relations, "
                f"not {node.relation.owner.__name__}.{node.relation.name}"
            )
        if strategy == "json":
            node.say_json()
        root.add(node)
    return root.children


def _is_lambda(one: Any) -> bool:
    return callable(one) and not isinstance(one, type)


def _copied(node: Node) -> Node:
    made = Node(node.relation)
    made.where, made.order, made.limit = node.where, node.order, node.limit
    made.json = node.json
    for child in node.children.values():
        made.add(_copied(child))
    return made


# Rows of a query, with what is to be loaded.


def load_rows(
    query: Query[Any],
    one: bool,
    limit: Expr | None,
    finish: Callable[[Any], Any] | None,
) -> Op[Any]:
    """The request for a query that loads relations."""

    def body() -> Body[Any]:
        database = resolve(query._using)
        found: Any
        found, *_ = yield from _rows(query, database, (), one, limit)
        if query._reversed and not one:
            found.reverse()
        if one:
            found = found[0] if found else None
        return found if finish is None else finish(found)

    return Steps(body)


class LoadingBatches(Batches[Any]):
    """The batches of a query, the relations of each loaded by statements beside the stream's."""

    __slots__ = ("_query",)

    def __init__(self, query: Query[Any], size: int) -> None:
        self._query = query
        plain = query._copy()
        plain._loads = {}
        # It says what is wrong with the query and its size, and is never started.
        super().__init__(plain.batches(size)._start, size)

    def _opened(self) -> tuple[Operation[list[Any]], Then | None]:
        query = self._query
        database = resolve(query._using)
        if any(map(_goes_on, query._loads.values())):
            _refuse_busy(database)
        loaded = _Loaded(query, database, ())
        operation, _ = loaded.selection.using(database).batches(self._size)._opened()

        def then(found: list[Any]) -> Op[list[Any]]:
            def body() -> Body[list[Any]]:
                columns = yield from loaded.hand_out(found)
                loaded.forget()  # a batch holds its own
                return columns[0]

            return Steps(body)

        return operation, then


def _goes_on(node: Node) -> bool:
    """Whether it takes a statement of its own."""
    if node.relation.many and not node.json:
        return True
    return any(map(_goes_on, node.children.values()))


def _refuse_busy(database: Database) -> None:
    """Where the statements of a batch would wait for the stream's own connection."""
    if current_native(database) is not None:
        what = "a stream within a transaction has its connection, so it loads no relations"
    elif database.dialect == "sqlite" and database.location[2] in ("", ":memory:"):
        what = (
            "the stream has the only connection of a database in memory, so it loads no relations"
        )
    else:
        return
    raise UnsupportedFeature(
        what, hint="take pages by their keys instead: query.after(row).limit(n).all()"
    )


class _Joined:
    """A related instance in each row: where it stands, and to what it belongs."""

    __slots__ = ("at", "key", "name", "node", "parent", "rows")

    def __init__(self, at: int, parent: int, node: Node) -> None:
        self.at = at
        self.parent = parent
        self.node = node
        self.name = node.relation.name
        self.key = table_of(node.relation.target).identity
        self.rows: dict[Any, Any] = {}  # by their keys


def _rows(
    query: Query[Any],
    database: Database,
    extra: Sequence[Expr],
    one: bool = False,
    limit: Expr | None = None,
) -> Body[list[list[Any]]]:
    """A list of instances, their relations loaded, and one for each of `extra`."""
    loaded = _Loaded(query, database, extra)
    found = yield from steps(loaded.selection.using(database)._fetch(one, limit))
    if one:
        found = [] if found is None else [found]
    columns = yield from loaded.hand_out(found)
    return columns[: 1 + len(extra)]


class _Loaded:
    """The query with what is loaded in its own statement, and how the rest is."""

    __slots__ = ("_database", "_joined", "_query", "_readers", "_width", "selection")

    def __init__(self, query: Query[Any], database: Database, extra: Sequence[Expr]) -> None:
        self._query = query
        self._database = database
        self._joined: list[_Joined] = []
        self._readers: list[tuple[int, int, Reader]] = []  # whose parents, and the first column
        chosen: list[Chosen] = [query._chosen.chosen[0], *(Chosen(expr) for expr in extra)]
        reading: Any = query
        places: list[tuple[int, Any, Node]] = []  # of relations in JSON: parent, source

        def reach(parent: int, source: Any, children: Iterable[Node]) -> None:
            for node in children:
                to = node.relation
                if isinstance(to, ToOne):
                    further = related(source, to)
                    self._joined.append(_Joined(len(chosen), parent, node))
                    assert further.table is not None
                    chosen.append(_JoinedInstance(further))
                    reach(len(chosen) - 1, further, node.children.values())
                elif node.json:
                    places.append((parent, source, node))

        reach(0, query._start, query._loads.values())
        if places:
            from .loading_json import Joining, parents_of

            joining = Joining(database)
            reading, parents = parents_of(query)
            for parent, source, node in places:
                reading, columns, reader = joining.many(reading, source, node, parents)
                self._readers.append((parent, len(chosen), reader))
                chosen += map(Chosen, columns)
        self._width = len(chosen)
        self.selection: Selection[Any] = reading._with(Projection(chosen))
        self.selection._reversed = False

    def hand_out(self, found: list[Any]) -> Body[list[list[Any]]]:
        """The columns of these rows, their relations loaded."""
        columns: list[list[Any]] = [found]
        if self._width > 1:
            columns = [list(map(itemgetter(at), found)) for at in range(self._width)]
        # A relation comes before those that are loaded of its rows, so that these are shared by then.
        for each in self._joined:
            _native.share(columns[each.at], each.key, each.rows)
            _native.remember(columns[each.parent], each.name, columns[each.at])
        for parent, first, reader in self._readers:
            reader.hand_out(columns[parent], iter(columns[first:]), self._database)
        yield from _load_many(self._database, columns[0], self._query._loads.values())
        for each in self._joined:
            rows = list(each.rows.values())
            yield from _load_many(self._database, rows, each.node.children.values())
        return columns

    def forget(self) -> None:
        """The rows that were shared so far."""
        for each in self._joined:
            each.rows.clear()


class _JoinedInstance(Instance):
    """All columns of a related row, which the query joins for them: one instance for each key."""

    __slots__ = ()

    def __init__(self, source: Related) -> None:
        super().__init__(source.table, source)  # type: ignore[arg-type]

    def part(self) -> Part:
        assert self.table is not None
        names = list(self.table.columns)
        return self.table.row_plan(), tuple(map(names.index, self.table.identity))


# Relations of instances that are there.


def fetch(instances: Iterable[Any], *paths: Any, using: Using = None) -> Op[None]:
    """Load relations of instances, one query for each: `await fetch(posts, Post.author)`.

    What was loaded of these relations before is replaced. `using` is the database, where it is
    not the default one.
    """
    rows = list(instances)

    def body() -> Body[None]:
        models = list(dict.fromkeys(map(type, rows)))
        database = resolve(using)
        for model in models:
            of = [row for row in rows if type(row) is model]
            nodes = tree(model, {}, paths)
            yield from _load_ones(database, of, nodes.values())
            yield from _load_many(database, of, nodes.values())

    return Steps(body)


def _load_ones(database: Database, parents: list[Any], nodes: Iterable[Node]) -> Body[None]:
    for node in nodes:
        to = node.relation
        if isinstance(to, ToOne):
            keys = _native.keys_of(parents, tuple(own for own, _ in to.pairs))
            found = yield from _by_keys(database, keys, node, to.pairs)
            _native.hand_out(parents, keys, found, to.name, False, None)


def _load_many(database: Database, parents: list[Any], nodes: Iterable[Node]) -> Body[None]:
    for node in nodes:
        to = node.relation
        if isinstance(to, ToOne) or node.json:
            continue
        if isinstance(to, Through):
            keys = _native.keys_of(parents, tuple(own for own, _ in to.near))
            found = yield from _through(database, keys, node, to)
        else:
            keys = _native.keys_of(parents, tuple(own for own, _ in to.pairs))
            found = yield from _by_keys(database, keys, node, to.pairs)
        back = to.back.name if isinstance(to, ToMany) else None
        _native.hand_out(parents, keys, found, to.name, True, back)


Found = dict[Any, list[Any]]


def _by_keys(
    database: Database, keys: list[Any], node: Node, pairs: Sequence[tuple[str, str]]
) -> Body[Found]:
    """The rows whose columns are the parents' keys, by these."""
    target = table_of(node.relation.target)
    columns: list[Expr] = [target.columns[theirs] for _, theirs in pairs]
    names = tuple(theirs for _, theirs in pairs)
    found: Found = {}
    for chunk in _chunks(keys, len(pairs)):
        query, _ = _limited(_query_of(node, target, database), node, columns, chunk)
        rows, *_ = yield from _rows(query, database, ())
        _native.gather(_native.keys_of(rows, names), rows, found)
    return found


def _through(database: Database, keys: list[Any], node: Node, to: Through) -> Body[Found]:
    """The rows that the pairs of the parents' keys lead to, by these."""
    target = table_of(to.target)
    link = table_of(to.link)
    near: list[Expr] = [link.columns[theirs] for _, theirs in to.near]
    found: Found = {}
    same: dict[Any, Any] = {}
    for chunk in _chunks(keys, len(near)):
        query = _query_of(node, target, database)
        joined = query.join(to.link, equal(link, target, to.far))
        query, extra = _limited(joined, node, near, chunk)
        rows, *nears = yield from _rows(query, database, extra)
        _native.share(rows, target.identity, same)
        of = nears[0] if len(nears) == 1 else list(zip(*nears, strict=True))
        _native.gather(of, rows, found)
    return found


def _query_of(node: Node, target: Table, database: Database) -> Query[Any]:
    from ..queries.query import Query

    # What a row leads to is found also beyond its scope.
    query: Query[Any] = Query(target.model, database, scoped=node.relation.many)
    query._loads = node.children
    given, named = node.where
    return query.where(*given, **named)


def _limited(
    query: Query[Any], node: Node, columns: list[Expr], keys: list[tuple[Any, ...]]
) -> tuple[Query[Any], list[Expr]]:
    """The query for these keys, sorted, with as many rows for each as are wanted."""
    ordered = node.sorted(query)
    for column, values in zip(columns, zip(*keys, strict=True), strict=True):
        ordered = ordered.where(column.in_(list(dict.fromkeys(values))))
    if node.limit is None:
        return ordered, columns
    return _first_of_each(ordered, node.limit, columns)


def _first_of_each(
    query: Query[Any], limit: int, columns: list[Expr]
) -> tuple[Query[Any], list[Expr]]:
    """The first rows for each key: those that are numbered so far."""
    from ..language.functions import fn
    from ..queries.query import Query

    table = query._table
    number = fn.row_number().over(partition_by=columns, order_by=ordered_again(query._order))
    chosen = [
        *(table.columns[name].as_(f"key_{i}") for i, name in enumerate(table.key)),
        *(column.as_(f"of_{i}") for i, column in enumerate(columns)),
        number.as_("place"),
    ]
    numbered = query._unordered().select(*chosen).subquery("numbered")
    made: Query[Any] = Query(table.model, query._using, scoped=False)
    made._loads = query._loads
    keys = [(name, f"key_{i}") for i, name in enumerate(table.key)]
    made = made.join(numbered, equal(table, numbered, keys)).where(numbered.c["place"] <= limit)
    made = made.order_by(numbered.c["place"])
    return made, [numbered.c[f"of_{i}"] for i in range(len(columns))]


def _chunks(keys: list[Any], width: int) -> Iterable[list[tuple[Any, ...]]]:
    """The parents' keys, each once and without None, as many as a statement takes."""
    once = dict.fromkeys(keys)
    known = (key for key in (zip(once, strict=True) if width == 1 else once) if None not in key)
    while chunk := list(islice(known, _KEYS)):
        yield chunk
