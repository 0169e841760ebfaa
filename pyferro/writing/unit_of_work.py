"""What a session has been told to store: new rows, changed ones, deleted ones, written as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..instances.state import LOADED, state_of
from ..op import Body, steps
from ..tables.table import table_of
from . import storing

if TYPE_CHECKING:
    from ..instances.identity import IdentityMap
    from ..runtime.database import Database


class Unit:
    """Objects that wait to be written. They are kept alive until then."""

    __slots__ = ("_added", "_deleted")

    def __init__(self) -> None:
        self._added: dict[int, Any] = {}
        self._deleted: dict[int, Any] = {}

    def add(self, instance: Any) -> None:
        table_of(type(instance))
        self._deleted.pop(id(instance), None)
        self._added[id(instance)] = instance

    def delete(self, instance: Any) -> None:
        table_of(type(instance))
        if self._added.pop(id(instance), None) is None or not storing.is_new(instance):
            self._deleted[id(instance)] = instance

    def forget(self) -> None:
        """Write none of it."""
        self._added.clear()
        self._deleted.clear()

    @property
    def waiting(self) -> int:
        """How many objects are to be written."""
        added = [one for one in self._added.values() if state_of(one) is not LOADED]
        return len(added) + len(self._deleted)

    @property
    def new(self) -> list[Any]:
        """Added, and not stored yet."""
        return [one for one in self._added.values() if storing.is_new(one)]

    def dirty(self, identity: IdentityMap | None) -> list[Any]:
        """Stored rows with fields that were assigned since: added ones, and those that are held."""
        changed = [] if identity is None else identity.held()
        changed = [one for one in changed if isinstance(state_of(one), set)]
        added = [one for one in self._added.values() if state_of(one) is not LOADED]
        known = {id(one): one for one in (*added, *changed)}
        return [
            one
            for one in known.values()
            if id(one) not in self._deleted and not storing.is_new(one)
        ]

    def write(self, database: Database, identity: IdentityMap | None) -> Body[None]:
        """Insert what is new, with what it leads to first; save what changed; delete the rest."""
        new = self.new
        if new:
            yield from storing.store_body(database, new)
        for one in self.dirty(identity):
            yield from steps(one.save(using=database))
        for one in _leaves_first(list(self._deleted.values())):
            yield from steps(one.delete(using=database))
            if identity is not None:
                table = table_of(type(one))
                identity.evict(type(one), tuple(one.__dict__.get(name) for name in table.key))
        if identity is not None:
            for one in new:
                identity.adopt(one)
        self.forget()


def _leaves_first(instances: list[Any]) -> list[Any]:
    """Rows that lead to others before those that they lead to, as far as that goes in circles."""
    from ..tables.related import to_ones

    found: dict[tuple[Any, ...], Any] = {}  # by class, names of columns and their values
    leads: dict[int, list[tuple[Any, ...]]] = {}
    for one in instances:
        for to in to_ones(type(one)):
            own, theirs = zip(*to.pairs, strict=True)
            values = tuple(one.__dict__.get(name) for name in own)
            leads.setdefault(id(one), []).append((to.target, theirs, values))
    for target, theirs in {(key[0], key[1]) for keys in leads.values() for key in keys}:
        for one in instances:
            if isinstance(one, target):
                values = tuple(one.__dict__.get(name) for name in theirs)
                found[target, theirs, values] = one
    order: list[Any] = []
    seen: set[int] = set()
    for start in instances:
        if id(start) in seen:
            continue
        stack = [(start, iter(leads.get(id(start), ())))]
        while stack:
            one, keys = stack[-1]
            seen.add(id(one))
            following = next(
                (found[k] for k in keys if k in found and id(found[k]) not in seen), None
            )
            if following is not None:
                stack.append((following, iter(leads.get(id(following), ()))))
                continue
            stack.pop()
            order.append(one)
    return order[::-1]
