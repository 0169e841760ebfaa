"""`db.sql(…).into(target)`: rows of a statement in words of the user's, by the target's fields."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NotRequired, Required, get_args, get_origin, get_type_hints

from pydantic import BaseModel, TypeAdapter

from .. import _native
from ..types.held import Held
from ..types.kinds import NAMES, Kind, Unsupported, kind_of
from .into import fields_of
from .raw import RawTarget, distinct


def target_of(target: Any) -> Callable[[], RawTarget]:
    """What makes the target of one run."""
    if isinstance(target, type) and issubclass(target, BaseModel):
        return partial(ModelRows, _model(target))
    return partial(AdapterRows, _adapter(target))


class _Fields:
    """What a target says of its fields."""

    def __init__(self, target: Any, kinds: Mapping[str, Kind]) -> None:
        self.target = target
        self.fields = fields_of(target)
        self.types = {name: kind.type for name, kind in kinds.items()}

    def check(self, names: Sequence[str]) -> None:
        """TypeError unless the columns are those that the target wants."""
        distinct(names)
        called = self.target.__name__
        lacking = [name for name, needed in self.fields.items() if needed and name not in names]
        if lacking:
            import difflib

            close = difflib.get_close_matches(lacking[0], names, n=1)
            meant = f"; did you mean {close[0]!r}?" if close else ""
            raise TypeError(
                f"{called}.{lacking[0]} is required and the statement gives no column of that "
                f"name{meant}\nname a column by AS {lacking[0]}"
            )
        unknown = [name for name in names if name not in self.fields]
        if unknown:
            raise TypeError(
                f"the statement gives a column {unknown[0]!r} and {called} has no such field"
            )


class _Model(_Fields):
    """A pydantic model, perhaps one with a table."""

    def __init__(self, model: type[BaseModel]) -> None:
        kinds: dict[str, Kind] = {}
        table = _table(model)
        if table is not None:
            kinds = {one.name: one.kind for one in table.all}
        else:
            for name, info in model.__pydantic_fields__.items():
                with contextlib.suppress(Unsupported, TypeError):
                    kinds[name] = kind_of(info.annotation, info.metadata, None, model.model_config)
        super().__init__(model, kinds)
        self.table = table
        self.held: dict[str, Held] = {
            name: kind.held for name, kind in kinds.items() if kind.held is not None
        }
        self.plans: dict[tuple[str, ...], _native.RowPlan] = {}
        self.schema: object = None

    def plan(self, names: tuple[str, ...]) -> _native.RowPlan | None:
        """How rows of these columns become instances; None: by pydantic alone."""
        if any(name not in self.types for name in names):
            return None
        schema = self.target.__pydantic_core_schema__
        if schema is not self.schema:
            self.plans.clear()
            self.schema = schema
        made = self.plans.get(names)
        if made is None:
            from ..proof.prover import prove

            types = [self.types[name] for name in names]
            kinds = {name: NAMES[type] for name, type in zip(names, types, strict=True)}
            proof = prove(self.target, kinds, self.held)
            key = -1
            if self.table is not None and len(self.table.key) == 1 and self.table.key[0] in names:
                key = names.index(self.table.key[0])
            called = self.target.__name__ if self.table is None else self.table.name
            made = _native.RowPlan(proof, names, types, called, key)
            self.plans[names] = made
        return made


def _table(model: type[BaseModel]) -> Any:
    if not model.__dict__.get("__ferro_table_name__"):
        return None
    from ..tables.table import table_of

    return table_of(model)  # type: ignore[arg-type]


@lru_cache(256)
def _model(model: type[BaseModel]) -> _Model:
    if not model.__pydantic_complete__:
        model.model_rebuild()
    return _Model(model)


class ModelRows(RawTarget):
    """Instances of a pydantic model: filled natively where its proof allows, else by pydantic."""

    def __init__(self, model: _Model) -> None:
        self._model = model
        self.types = model.types
        self._names: tuple[str, ...] | None = None

    def shape(self, names: tuple[str, ...]) -> Any:
        self._model.check(names)
        plan = self._model.plan(names)
        if plan is None:
            self._names = names
        return plan

    def finish(self, rows: list[Any]) -> list[Any]:
        names = self._names
        if names is None:
            return rows
        validate = self._model.target.__pydantic_validator__.validate_python
        return [validate(dict(zip(names, row, strict=True)), by_name=True) for row in rows]


class _Adapter(_Fields):
    """A dataclass or a TypedDict."""

    def __init__(self, target: Any) -> None:
        kinds: dict[str, Kind] = {}
        for name, annotation in get_type_hints(target, include_extras=True).items():
            if get_origin(annotation) in (Required, NotRequired):
                (annotation,) = get_args(annotation)
            with contextlib.suppress(Unsupported, TypeError):
                kinds[name] = kind_of(annotation, [])
        super().__init__(target, kinds)
        self.adapter: TypeAdapter[Any] = TypeAdapter(target)


@lru_cache(256)
def _adapter(target: Any) -> _Adapter:
    return _Adapter(target)


class AdapterRows(RawTarget):
    """Instances of a dataclass, or dicts that a TypedDict describes, by pydantic."""

    def __init__(self, adapter: _Adapter) -> None:
        self._adapter = adapter
        self.types = adapter.types
        self._names: tuple[str, ...] = ()

    def shape(self, names: tuple[str, ...]) -> Any:
        self._adapter.check(names)
        self._names = names
        return None

    def finish(self, rows: list[Any]) -> list[Any]:
        validate = self._adapter.adapter.validate_python
        return [validate(dict(zip(self._names, row, strict=True))) for row in rows]
