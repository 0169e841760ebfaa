"""The identity map of a session: one object for each row that the program still holds.

Held weakly, so that it keeps nothing alive. A row that is read again refreshes the object that is
held, but for fields that were assigned since and are not saved yet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from .._native import RESULT_FIRST, CsvLines, RowPlan
from ..tables.table import table_of
from .state import related, remember, state_of

if TYPE_CHECKING:
    from ..model import Model


class IdentityMap:
    """Belongs to one session, and like it to one task at a time."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: WeakValueDictionary[tuple[Any, ...], Any] = WeakValueDictionary()

    def adopt(self, instance: Any) -> Any:
        """The object for the row that `instance` was read from: it, or the one that is held."""
        model = type(instance)
        if not hasattr(model, "__ferro_info__"):
            return instance  # what into() fills
        table = table_of(model)
        if not table.key:
            return instance
        key = (model, *(instance.__dict__.get(name) for name in table.key))
        held = self._held.get(key)
        if held is None:
            self._held[key] = instance
            return instance
        if held is not instance:
            _refresh(held, instance)
        return held

    def held(self) -> list[Any]:
        """All objects that are held now."""
        return list(self._held.values())

    def get(self, model: type[Model], key: tuple[Any, ...]) -> Any:
        """The object that is held for a key, or None."""
        return self._held.get((model, *key))

    def evict(self, model: type[Model], key: tuple[Any, ...]) -> None:
        """Hold the object for a key no longer; the next query makes another one."""
        self._held.pop((model, *key), None)

    def clear(self) -> None:
        """Hold nothing."""
        self._held.clear()

    def adopting(
        self, result: int, shape: Any, finish: Callable[[Any], Any] | None
    ) -> Callable[[Any], Any] | None:
        """What is done with a result: its instances replaced by those that are held."""
        if isinstance(shape, RowPlan):
            replaced: Callable[[Any], Any] = self.adopt
        else:
            parts = () if shape is None or isinstance(shape, CsvLines) or callable(shape) else shape
            places = [i for i, part in enumerate(parts) if not isinstance(part, int)]
            if not places:
                return finish

            def replaced(row: Any) -> Any:
                cells = list(row)
                for place in places:
                    if cells[place] is not None:
                        cells[place] = self.adopt(cells[place])
                return tuple(cells)

        def ending(found: Any) -> Any:
            if result == RESULT_FIRST:
                found = None if found is None else replaced(found)
            else:
                found = [replaced(row) for row in found]
            return found if finish is None else finish(found)

        return ending


def _refresh(held: Any, fresh: Any) -> None:
    state = state_of(held)
    assigned = state if isinstance(state, set) else ()
    keys = type(held).__ferro_key_columns__
    fields = held.__dict__
    for name, value in fresh.__dict__.items():
        if name in assigned or fields.get(name) == value:
            continue
        fields[name] = value
        if name in keys:
            related(held).pop(keys[name], None)
    for name, value in related(fresh).items():
        remember(held, name, value)
