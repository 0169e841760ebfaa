"""Relations on instances: reading what was loaded, assigning, and what a constructor is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import NotLoaded
from .state import related, remember

if TYPE_CHECKING:
    from ..tables.class_body import Declared
    from ..tables.related import AnyRelation


class RelationAttribute:
    """The attribute of a relation: a path on the class, on an instance what was loaded."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            return self._path(owner)
        declared: Declared = owner.__ferro_declared__[self.name]
        if declared.awaitable:
            return _awaitable(instance, self.name)
        at_hand = related(instance)
        if self.name in at_hand:
            return at_hand[self.name]
        if declared.nullable and declared.columns:
            fields = instance.__dict__
            if any(fields.get(column) is None for column in declared.columns):
                return None
        raise _not_loaded(owner, self.name)

    def _path(self, owner: type[Any]) -> Any:
        from ..model import building

        if building():
            raise AttributeError(self.name)
        from ..queries.paths import path
        from ..tables.table import table_of

        return path(table_of(owner), self.name)


def _not_loaded(model: type[Any], name: str) -> NotLoaded:
    said = f"{model.__name__}.{name}"
    return NotLoaded(
        f"{said} is not loaded",
        hint=f"add .load({said}) to the query, or await pyferro.fetch([instance], {said})",
    )


def _awaitable(instance: Any, name: str) -> Any:
    """ferro's way: what was included as it is, else a request; of many always a query."""
    from ..relations.linking import RelatedQuery, load_one
    from ..tables.related import ToOne, relation

    to = relation(type(instance), name)
    if not isinstance(to, ToOne):
        return RelatedQuery(instance, to, related(instance).get(name))
    at_hand = related(instance)
    if name in at_hand:
        return at_hand[name]
    from ..runtime.guards import lazy_is_refused

    if lazy_is_refused.get():
        raise _not_loaded(type(instance), name)
    return load_one(instance, to)


def set_related(instance: Any, name: str, value: Any) -> None:
    """Assign a relation: the key follows, now or when the related row is stored."""
    from ..tables.related import ToOne, relation

    to = relation(type(instance), name)
    if isinstance(to, ToOne):
        if value is not None or not to.forward:
            _check(to, value)
        if to.forward:
            for own, theirs in to.pairs:
                setattr(instance, own, None if value is None else value.__dict__.get(theirs))
        remember(instance, name, value)
        return
    from ..writing.storing import is_new

    if not is_new(instance):
        said = f"{to.owner.__name__}.{to.name}"
        raise TypeError(
            f"{said} of a stored row is not assigned\nuse await {said}.of(instance).set([…])"
        )
    rows = list(value)
    for row in rows:
        _check(to, row)
    remember(instance, name, rows)


def _check(to: AnyRelation, value: Any) -> None:
    if value is not None and not isinstance(value, to.target):
        raise TypeError(
            f"{to.owner.__name__}.{to.name} takes {to.target.__name__}, not {type(value).__name__}"
        )


def take_given(cls: Any, data: dict[str, Any]) -> dict[str, Any]:
    """The related instances among a constructor's arguments, taken out of them.

    A key that is known already takes their place, so that it is validated with the other fields.
    """
    declared = cls.__ferro_declared__
    given = {name: data.pop(name) for name in declared.keys() & data.keys()}
    if not given:
        return given
    from ..tables.related import ToOne, relation

    for name, value in given.items():
        to = relation(cls, name)
        if isinstance(to, ToOne) and to.forward:
            if value is not None:
                _check(to, value)
            for own, theirs in to.pairs:
                if own in data:
                    raise TypeError(f"{cls.__name__}() takes {name} or {own}, not both")
                key = None if value is None else value.__dict__.get(theirs)
                if key is not None:
                    data[own] = key
    return given
