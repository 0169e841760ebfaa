"""What is known of an instance's row, in slots of its own beside pydantic's.

`LOADED`: the instance is as the database has it. A set of names: these fields were assigned since.
No mark: nobody knows where it came from (the constructor, `model_validate`, a copy).

The other slot has the related instances that were loaded or given, by the name of the relation.
They are no part of the instance's value: it is compared, dumped, copied and pickled without them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from itertools import repeat
from typing import Any

from .. import _native

SLOT = "__ferro_state__"
RELATED = "__ferro_related__"
LOADED = True

_slot: Any = None
_related: Any = None


def bind(model: type) -> None:
    """Told once by `model.py`: where the slots are."""
    global _slot, _related
    _slot = model.__dict__[SLOT]
    _related = model.__dict__[RELATED]


def mark(instance: Any, state: Any) -> None:
    _slot.__set__(instance, state)


def mark_all(instances: Sequence[Any]) -> None:
    """Mark many as loaded, without a Python frame for each."""
    deque(map(_slot.__set__, instances, repeat(LOADED)), maxlen=0)


def mark_written(instances: Sequence[Any], names: Collection[str]) -> None:
    """These fields of the instances are as the database has them."""
    written = set(names)
    put = _slot.__set__
    for one in instances:
        state = state_of(one)
        if type(state) is set:
            state -= written
            if not state:
                put(one, LOADED)


# Of an instance: LOADED, a set of names, or None.
state_of: Callable[[Any], Any] = _native.row_state


def assigned(instance: Any, name: str) -> None:
    """A field of an instance was assigned."""
    state = state_of(instance)
    if state is LOADED:
        _slot.__set__(instance, {name})
    elif state is not None:
        state.add(name)


def related(instance: Any) -> dict[str, Any]:
    """The related instances that are at hand, by the name of the relation; not to be changed."""
    return _native.related(instance) or {}


def remember(instance: Any, name: str, value: Any) -> None:
    """Keep what a relation leads to."""
    try:
        _related.__get__(instance)[name] = value
    except AttributeError:
        # Whoever reads the dict makes the instance known to the collector (native/shortcuts): it
        # may be part of a cycle now.
        _ = instance.__dict__
        _related.__set__(instance, {name: value})


def forget(instance: Any, name: str) -> None:
    """Drop what a relation led to."""
    related(instance).pop(name, None)
