"""Relations of one instance, asked for and changed; and the tables of pairs between two models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from .. import registry
from ..errors import NotLoaded, NotPersisted
from ..instances.hooks import bulk_inserting
from ..instances.state import forget, remember
from ..op import Body, Op, Steps, steps
from ..queries.query import Query, select
from ..runtime.connections import resolve
from ..runtime.database import Database
from ..runtime.transaction import atomic
from ..tables.class_body import Declared
from ..tables.related import AnyRelation, Pairs, Through, ToMany, ToOne, to_ones
from ..tables.table import table_of

if TYPE_CHECKING:
    from ..model import Model

M = TypeVar("M", bound="Model")


# Tables of pairs.


def forward_link(model: type[Model], declared: Declared, target: type[Model]) -> Through:
    """A relation by pairs, as the side that declares it has it."""
    through = declared.options.through
    link: type[Model] | None
    if isinstance(through, type):
        link = cast("type[Model]", through)
    else:
        link = registry.find(through, model) if through else None
    if link is None:
        link = _made(model, declared, target)
    near, far = _sides(model, declared, target, link)
    return Through(model, declared, target, link, near, far)


def _sides(
    model: type[Model], declared: Declared, target: type[Model], link: type[Model]
) -> tuple[Pairs, Pairs]:
    """By which columns the link leads here, and by which to the target."""
    where = f"{model.__name__}.{declared.name}"
    ones = list(to_ones(link))
    here = [one for one in ones if issubclass(model, one.target)]
    there = [one for one in ones if issubclass(target, one.target)]
    if model is target and len(here) == 2:
        near, far = here
    elif len(here) == 1 and len(there) == 1 and here != there:
        (near,), (far,) = here, there
    else:
        raise TypeError(
            f"{where}: {link.__name__} is to have one relation to {model.__name__} and one to "
            f"{target.__name__}, and has {len(here)} and {len(there)}"
        )
    return tuple((theirs, own) for own, theirs in near.pairs), far.pairs


def _made(model: type[Model], declared: Declared, target: type[Model]) -> type[Model]:
    """The model of a table that is nothing but pairs."""
    from ..model import Model, ModelMeta
    from ..tables.fields import Field

    table = declared.options.through or f"{table_of(model).name}_{declared.name}"
    near, far = model.__name__.lower(), target.__name__.lower()
    if near == far:
        near, far = f"from_{near}", f"to_{far}"
    body: dict[str, Any] = {
        "__module__": model.__module__,
        "__qualname__": f"{model.__qualname__}.{declared.name}",
        "__annotations__": {near: _ref(model), far: _ref(target)},
        near: Field(primary_key=True, on_delete="CASCADE"),
        far: Field(primary_key=True, on_delete="CASCADE", index=declared.options.reverse_index),
    }
    name = f"{model.__name__}{declared.name.title().replace('_', '')}"
    made: Any = ModelMeta(name, (Model,), body, table=table)
    return cast("type[Model]", made)


def _ref(model: type[Model]) -> Any:
    from ..tables import relations

    return relations.Ref.__class_getitem__(model)  # type: ignore[attr-defined]


# One related row.


def load_one(instance: Any, to: ToOne) -> Op[Any]:
    """The row that a relation leads to, asked for by its key."""
    values = [instance.__dict__.get(own) for own, _ in to.pairs]
    if None in values:

        def nothing() -> Body[Any]:
            return None
            yield

        return Steps(nothing)
    query: Query[Any] = Query(to.target)
    columns = table_of(to.target).columns
    for (_, theirs), value in zip(to.pairs, values, strict=True):
        query = query.where(columns[theirs] == value)
    return query.first()


# Many related rows.


class RelatedQuery(Query[M]):
    """The rows that one instance is related to: a query, and how to add and remove some."""

    __slots__ = ("_instance", "_loaded", "_relation")

    def __init__(self, instance: Any, to: AnyRelation, loaded: list[M] | None) -> None:
        super().__init__(cast("type[M]", to.target))
        self._instance = instance
        self._relation = to
        self._loaded = loaded
        if isinstance(to, Through):
            link = table_of(to.link)
            pairs = select(*(link.columns[own] for own, _ in to.far))
            for value, (_, theirs) in zip(self._own_keys(to.near), to.near, strict=True):
                pairs = pairs.where(link.columns[theirs] == value)
            columns = [self._table.columns[theirs] for _, theirs in to.far]
            if len(columns) == 1:
                self._where = columns[0].in_(pairs)
            else:
                from ..language.expressions import row

                self._where = row(*columns).in_(pairs)
            return
        for value, (_, theirs) in zip(self._own_keys(to.pairs), to.pairs, strict=True):
            term = self._table.columns[theirs] == value
            self._where = term if self._where is None else self._where & term

    def _own_keys(self, pairs: Pairs) -> list[Any]:
        return _keys_of(self._instance, (own for own, _ in pairs))

    def __iter__(self) -> Iterator[M]:
        if self._loaded is None:
            to = self._relation
            raise NotLoaded(
                f"{to.owner.__name__}.{to.name} is not loaded",
                hint="await its .all(), or add .load(…) to the query of the instance",
            )
        return iter(self._loaded)

    # Changing.

    def add(self, *rows: M) -> Op[None]:
        """Relate these rows, too; new ones are inserted first. Those that are already stay so."""
        return Steps(lambda: self._atomic(self._add(rows)))

    def remove(self, *rows: M) -> Op[None]:
        """Relate these rows no longer. They themselves stay."""
        return Steps(lambda: self._atomic(self._remove(rows)))

    def clear(self) -> Op[None]:
        """Relate no row."""
        return Steps(lambda: self._atomic(self._remove(None)))

    def set(self, rows: Iterable[M]) -> Op[None]:
        """Relate these rows, and no others."""
        wanted = tuple(rows)

        def body(database: Database) -> Body[None]:
            yield from self._store(database, wanted)
            keys = {self._key_of(one) for one in wanted}
            found = yield from steps(self.using(database).all())
            gone = tuple(one for one in found if self._key_of(one) not in keys)
            if gone:
                yield from self._remove(gone)(database)
            yield from self._add(wanted)(database)

        return Steps(lambda: self._atomic(body))

    def _atomic(self, body: Any) -> Body[None]:
        database = resolve(self._using)
        yield from atomic(database, body(database))
        forget(self._instance, self._relation.name)

    def _key_of(self, one: Any) -> tuple[Any, ...]:
        return tuple(_keys_of(one, self._table.key))

    def _store(self, database: Database, rows: tuple[Any, ...]) -> Body[None]:
        from ..writing import writes

        to = self._relation
        for one in rows:
            if not isinstance(one, to.target):
                raise TypeError(
                    f"{to.owner.__name__}.{to.name} takes {to.target.__name__}, "
                    f"not {type(one).__name__}"
                )
        new = [one for one in rows if table_of(type(one)).key_of(one.__dict__) is None]
        if new and isinstance(to, Through):
            write = partial(writes.bulk_insert, to.target, new, database)
            yield from steps(bulk_inserting(to.target, new, database, write))

    def _add(self, rows: tuple[Any, ...]) -> Any:
        to = self._relation

        def pairs(database: Database) -> Body[None]:
            assert isinstance(to, Through)
            from ..writing import writes

            yield from self._store(database, rows)
            near = self._own_keys(to.near)
            there = yield from self._linked(database, to, near)
            made = []
            for far in dict.fromkeys(tuple(_keys_of(one, _theirs(to.far))) for one in rows):
                if far in there:
                    continue
                values = dict(zip((own for _, own in to.near), near, strict=True))
                values |= dict(zip((own for own, _ in to.far), far, strict=True))
                made.append(to.link(**values))
            if made:
                yield from steps(writes.bulk_insert(to.link, made, database))

        def keys(database: Database) -> Body[None]:
            yield from self._store(database, rows)
            if isinstance(to, ToMany):
                for one in rows:
                    _lead(one, to, self._instance)
            for one in rows:
                yield from steps(one.save(using=database))

        return pairs if isinstance(to, Through) else keys

    def _linked(self, database: Database, to: Through, near: list[Any]) -> Body[frozenset[Any]]:
        """The keys that pairs of this instance lead to."""
        link = table_of(to.link)
        query = select(*(link.columns[own] for own, _ in to.far)).using(database)
        for value, (_, theirs) in zip(near, to.near, strict=True):
            query = query.where(link.columns[theirs] == value)
        found = yield from steps(query.all())
        return frozenset(one if isinstance(one, tuple) else (one,) for one in found)

    def _remove(self, rows: tuple[Any, ...] | None) -> Any:
        to = self._relation

        def pairs(database: Database) -> Body[None]:
            assert isinstance(to, Through)
            query: Query[Any] = Query(to.link, database)
            link = table_of(to.link)
            for value, (_, theirs) in zip(self._own_keys(to.near), to.near, strict=True):
                query = query.where(link.columns[theirs] == value)
            yield from self._each(query, link, to.far, rows, lambda query: query.delete())

        def keys(database: Database) -> Body[None]:
            assert isinstance(to, ToMany)
            if not to.back.nullable:
                raise TypeError(
                    f"{to.target.__name__}.{to.back.name} always leads to a row\n"
                    "delete the rows themselves, or give them another one"
                )
            empty = dict.fromkeys((own for own, _ in to.back.pairs), None)
            assert self._where is not None
            query: Query[Any] = Query(to.target, database).where(self._where)
            pairs = tuple((name, name) for name in self._table.key)
            yield from self._each(
                query, self._table, pairs, rows, lambda query: query.update(**empty)
            )
            for one in rows or ():
                _lead(one, to, None)

        return pairs if isinstance(to, Through) else keys

    def _each(
        self, query: Query[Any], table: Any, pairs: Pairs, rows: Any, change: Any
    ) -> Body[None]:
        if rows is None:
            yield from steps(change(query))
            return
        if not rows:
            return
        keys = [tuple(_keys_of(one, _theirs(pairs))) for one in rows]
        if len(pairs) == 1:
            column = table.columns[pairs[0][0]]
            yield from steps(change(query.where(column.in_([key[0] for key in keys]))))
            return
        for key in keys:
            narrowed = query
            for (own, _), value in zip(pairs, key, strict=True):
                narrowed = narrowed.where(table.columns[own] == value)
            yield from steps(change(narrowed))


def _theirs(pairs: Pairs) -> list[str]:
    return [theirs for _, theirs in pairs]


def _keys_of(instance: Any, names: Iterable[str]) -> list[Any]:
    values = [instance.__dict__.get(name) for name in names]
    if None in values:
        raise NotPersisted(f"{type(instance).__name__} has no key yet", hint="save() it first")
    return values


def _lead(one: Any, to: ToMany, instance: Any) -> None:
    """Let `one` lead to this instance."""
    for own, theirs in to.back.pairs:
        setattr(one, own, None if instance is None else instance.__dict__.get(theirs))
    remember(one, to.back.name, instance)
