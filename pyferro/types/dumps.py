"""What makes of a field's value what its column holds, where the two differ: JSON and text.

The errors name the column and never the value. What a column holds is decided in `kinds.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import _native
from ..errors import make
from .held import Held, Unspellable

if TYPE_CHECKING:
    from ..model import Model
    from .kinds import Kind


def dumper(model: type[Model], field: str, kind: Kind) -> Callable[[Any], Any] | None:
    """What makes of a field's value what its column holds; None where that is the same."""
    if kind.type == _native.JSON:
        return _json_dumper(model, field, kind)
    if kind.held is None or kind.held.dump is None:
        return None
    return _held_dumper(field, kind.held, kind.held.dump)


def _held_dumper(field: str, held: Held, dump: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def checked(value: Any) -> Any:
        refused: Exception
        try:
            return dump(value)
        except TypeError:
            given = type(value).__name__
            refused = TypeError(
                f"column {field!r} holds {held.name}, and a value of type {given} was given"
            )
        except ValueError as error:
            said = str(error) if isinstance(error, Unspellable) else f"text is no {held.name}"
            refused = make(14, said, column=field)
        # Out here, so that it does not drag along an error that quotes the value.
        raise refused

    return checked


def _json_dumper(model: type[Model], field: str, kind: Kind) -> Callable[[Any], bytes]:
    """Values of a JSON field as text, by the field's own serializer, made when first needed."""
    made: list[Callable[[Any], bytes]] = []

    def dump(value: Any) -> bytes:
        if not made:
            from .json_text import dumper

            annotation: Any = model.__pydantic_fields__[field].annotation
            made.append(dumper(annotation if kind.content is None else kind.content, field))
        return made[0](value)

    return dump
