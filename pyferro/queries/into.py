"""`query.into(target)`: rows as pydantic models, dataclasses or TypedDicts, always validated.

A model is filled as table rows are: natively where its proof allows, else by pydantic-core.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from .. import _native
from ..types.kinds import NAMES
from .selection import Chosen, Projection

if TYPE_CHECKING:
    from .select_query import Select


class Target(Projection):
    """Rows as instances of a pydantic model."""

    __slots__ = ("_model", "_names", "_plan", "_schema")

    def __init__(self, model: Any, names: list[str], chosen: list[Chosen]) -> None:
        super().__init__(chosen)
        self._model = model
        self._names = names
        self._plan: _native.RowPlan | None = None
        self._schema: object = None

    def shape(self, one: bool) -> tuple[int, Any]:
        schema = self._model.__pydantic_core_schema__
        if self._plan is None or schema is not self._schema:
            from ..proof.prover import prove

            types = [_type(chosen) for chosen in self.chosen]
            kinds = {name: NAMES[type] for name, type in zip(self._names, types, strict=True)}
            proof = prove(self._model, kinds, {})
            self._plan = _native.RowPlan(proof, self._names, types, self._model.__name__, -1)
            self._schema = proof.schema
        return _native.RESULT_FIRST if one else _native.RESULT_ROWS, self._plan

    def ending(self, one: bool, finish: Any) -> Any:
        return finish


def into(query: Select[Any], target: Any) -> Any:
    """The query with rows of that kind; its columns are found by name."""
    names = fields_of(target)
    chosen = _columns(query, names, target)
    if hasattr(target, "__pydantic_core_schema__") and isinstance(target, type):
        from pydantic import BaseModel

        if issubclass(target, BaseModel):
            return query._with(Target(target, [one.name for one in chosen], chosen))
    from pydantic import TypeAdapter

    adapter: TypeAdapter[Any] = TypeAdapter(target)
    made = Projection(chosen)
    keys = [one.name for one in chosen]
    made.make = lambda row: adapter.validate_python(dict(zip(keys, row, strict=True)))
    return query._with(made)


def _type(chosen: Chosen) -> int:
    assert chosen.expr is not None
    return chosen.expr.type


def fields_of(target: Any) -> dict[str, bool]:
    """The names of its fields, and whether a row has to have them."""
    fields = getattr(target, "__pydantic_fields__", None)
    if fields is not None:
        return {name: info.is_required() for name, info in fields.items()}
    if dataclasses.is_dataclass(target):
        missing = dataclasses.MISSING
        return {
            one.name: one.default is missing and one.default_factory is missing
            for one in dataclasses.fields(target)
            if one.init
        }
    annotations = getattr(target, "__annotations__", None)
    required = getattr(target, "__required_keys__", None)
    if annotations is None or required is None:
        raise TypeError(
            f"into() takes a pydantic model, a dataclass or a TypedDict, not {target!r}"
        )
    return {name: name in required for name in annotations}


def _columns(query: Select[Any], fields: dict[str, bool], target: Any) -> list[Chosen]:
    """Of what is selected the columns that the target has a field for."""
    found: dict[str, Chosen] = {}
    for chosen in query._chosen.chosen:
        if chosen.source is not None:
            for name, column in chosen.source.columns.items():
                found.setdefault(name, Chosen(column))
        elif chosen.name:
            found[chosen.name] = chosen
    lacking = [name for name, needed in fields.items() if needed and name not in found]
    if lacking:
        import difflib

        close = difflib.get_close_matches(lacking[0], list(found), n=1)
        meant = f"; did you mean {close[0]!r}?" if close else ""
        raise TypeError(
            f"{target.__name__}.{lacking[0]} is required and the query selects no column of that "
            f"name{meant}\nname an expression by .as_({lacking[0]!r})"
        )
    explicit = [one.name for one in query._chosen.chosen if one.source is None]
    unknown = [name for name in explicit if name not in fields]
    if unknown:
        said = f"the query selects {unknown[0]!r}" if unknown[0] else "a column has no name"
        raise TypeError(f"{target.__name__} has no such field: {said}")
    return [found[name] for name in fields if name in found]
