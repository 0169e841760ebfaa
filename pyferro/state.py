"""What is known of an instance's row, in a slot of its own beside pydantic's.

`LOADED`: the instance is as the database has it. A set of names: these fields were assigned since.
No mark: nobody knows where it came from (the constructor, `model_validate`, a copy).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import repeat
from typing import Any

SLOT = "__ferro_state__"
LOADED = True

_slot: Any = None


def bind(model: type) -> None:
    """Told once by `model.py`: where the slot is."""
    global _slot
    _slot = model.__dict__[SLOT]


def mark(instance: Any, state: Any) -> None:
    _slot.__set__(instance, state)


def mark_all(instances: Sequence[Any]) -> None:
    """Mark many as loaded, without a Python frame for each."""
    deque(map(_slot.__set__, instances, repeat(LOADED)), maxlen=0)


def state_of(instance: Any) -> Any:
    """LOADED, a set of names, or None."""
    try:
        return _slot.__get__(instance)
    except AttributeError:
        return None


def assigned(instance: Any, name: str) -> None:
    """A field of an instance was assigned."""
    state = state_of(instance)
    if state is LOADED:
        _slot.__set__(instance, {name})
    elif state is not None:
        state.add(name)
