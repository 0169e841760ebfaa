"""Storing new instances together with the new ones that they are related to.

Rows that others lead to come first, and those of one model go in one bulk insert. New is an instance
without a key where the database makes it, and elsewhere one that was made by the constructor and
not stored since.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ..instances.hooks import bulk_inserting, inserting
from ..instances.state import related, remember, state_of
from ..op import Body, Op, Steps, steps
from ..runtime.connections import Using, resolve
from ..runtime.transaction import atomic
from ..tables.related import Through, ToMany, ToOne, relation
from ..tables.table import table_of
from . import writes

if TYPE_CHECKING:
    from ..model import Model
    from ..runtime.database import Database

M = TypeVar("M", bound="Model")


def is_new(instance: Any) -> bool:
    """Whether no row is known to stand for it."""
    if state_of(instance) is not None:
        return False
    table = table_of(type(instance))
    return table.generated is None or instance.__dict__.get(table.generated) is None


def insert(instance: M, using: Using) -> Op[M]:
    """See Model.create, for an instance with related ones at hand."""
    if _has_new(instance):
        return _store_all([instance], using, instance)
    _take_keys(instance)
    return inserting(instance, using, lambda: writes.insert(instance, using))


def bulk_insert(model: type[M], instances: Sequence[M], using: Using) -> Op[list[M]]:
    """See Model.bulk_create, where some have related ones at hand."""
    objects = list(instances)
    if any(map(_has_new, objects)):
        return _store_all(objects, using, objects)
    for one in objects:
        _take_keys(one)
    write = partial(writes.bulk_insert, model, objects, using)
    return bulk_inserting(model, objects, using, write)


def save(instance: Model, using: Using, write: Callable[[], Op[None]]) -> Op[None]:
    """See Model.save, for an instance with related ones at hand; `write` stores its own row."""
    if is_new(instance) and _has_new(instance):
        return _store_all([instance], using, None)
    new = [value for _, value in _ones(instance) if value is not None and is_new(value)]
    if not new:
        _take_keys(instance)
        return write()

    def body() -> Body[None]:
        yield from store_body(resolve(using), new)
        _take_keys(instance)
        yield from steps(write())

    return Steps(lambda: atomic(resolve(using), body()))


def _has_new(instance: Any) -> bool:
    """Whether storing it means more than its own row."""
    return any(
        is_new(other) or isinstance(relation(type(instance), name), Through)
        for name, value in related(instance).items()
        for other in _each(value)
    )


def _store_all(instances: list[Any], using: Using, result: Any) -> Op[Any]:
    def body() -> Body[Any]:
        database = resolve(using)
        yield from atomic(database, store_body(database, instances))
        return result

    return Steps(body)


class _Graph:
    """The new instances within reach, and which of them have to come before which."""

    def __init__(self, instances: Iterable[Any]) -> None:
        self.nodes: dict[int, Any] = {}
        self.pairs: list[tuple[Through, Any, Any]] = []
        self.later: list[tuple[Any, ToOne]] = []  # keys that are written when all rows are there
        for instance in instances:
            self._reach(instance)

    def _reach(self, start: Any) -> None:
        waiting = deque([start])
        while waiting:
            one = waiting.popleft()
            if id(one) in self.nodes:
                continue
            self.nodes[id(one)] = one
            for name, value in list(related(one).items()):
                to = relation(type(one), name)
                for other in _each(value):
                    if isinstance(to, ToMany):
                        remember(other, to.back.name, one)
                    elif isinstance(to, Through):
                        self.pairs.append((to, one, other))
                    elif not to.forward:
                        remember(other, _forward_of(to), one)
                    if is_new(other):
                        waiting.append(other)

    def levels(self) -> Iterator[list[Any]]:
        """Instances whose related ones were all in levels before."""
        rest = dict(self.nodes)
        while rest:
            ready = [one for one in rest.values() if not any(_blocking(one, rest))]
            if not ready:
                ready = self._break(rest)
            for one in ready:
                del rest[id(one)]
            yield ready

    def _break(self, rest: dict[int, Any]) -> list[Any]:
        """Around a circle: the key of one that may be NULL is written later."""
        for one in rest.values():
            blocking = list(_blocking(one, rest))
            if all(to.nullable for to in blocking):
                self.later += [(one, to) for to in blocking]
                return [one]
        names = sorted(
            {
                f"{type(one).__name__}.{to.name}"
                for one in rest.values()
                for to in _blocking(one, rest)
            }
        )
        raise TypeError(
            f"new instances need each other's keys: {', '.join(names)}\n"
            "store one of them first, or let one of these relations be None"
        )


def _forward_of(to: ToOne) -> str:
    """The relation on the other side of a one-to-one relation."""
    own = {theirs for _, theirs in to.pairs}
    for declared in to.target.__ferro_declared__.values():
        if set(declared.columns) == own:
            return declared.name
    raise AssertionError("the other side was resolved by it")


def _each(value: Any) -> Iterable[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def _ones(instance: Any) -> Iterator[tuple[ToOne, Any]]:
    """The relations by own keys, of those that are at hand."""
    for name, value in list(related(instance).items()):
        to = relation(type(instance), name)
        if isinstance(to, ToOne) and to.forward:
            yield to, value


def _blocking(instance: Any, rest: dict[int, Any]) -> Iterator[ToOne]:
    for to, value in _ones(instance):
        if value is not None and id(value) in rest:
            yield to


def _take_keys(instance: Any) -> None:
    for to, value in _ones(instance):
        if value is not None:
            for own, theirs in to.pairs:
                instance.__dict__[own] = value.__dict__.get(theirs)


def store_body(database: Database, instances: list[Any]) -> Body[None]:
    """Insert all that is new within reach; not a transaction of its own."""
    graph = _Graph(instances)
    for level in graph.levels():
        for one in level:
            _take_keys(one)
        models: dict[type[Model], None] = dict.fromkeys(map(type, level))
        for model in models:
            rows = [one for one in level if type(one) is model]
            write = partial(writes.bulk_insert, model, rows, database)
            yield from steps(bulk_inserting(model, rows, database, write))
    for one, to in graph.later:
        _take_keys(one)
        names = [own for own, _ in to.pairs]
        yield from steps(writes.save(one, database, names, None, False))
    yield from _store_pairs(database, graph.pairs)


def _store_pairs(database: Database, pairs: list[tuple[Through, Any, Any]]) -> Body[None]:
    """The rows that link instances; a pair that both sides have is one."""
    links: dict[type[Any], dict[frozenset[Any], Any]] = {}
    for through, near, far in pairs:
        values = {theirs: near.__dict__[own] for own, theirs in through.near}
        values |= {own: far.__dict__[theirs] for own, theirs in through.far}
        links.setdefault(through.link, {})[frozenset(values.items())] = through.link(**values)
    for link, rows in links.items():
        yield from steps(writes.bulk_insert(link, list(rows.values()), database))
