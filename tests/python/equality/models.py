"""From a description of a random model to its class, and the features that models may have.

The description also gives the variants that the oracle needs: one field alone, or some read from
JSON text.
Classes are put into this module under their names, so that their instances can be pickled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    PrivateAttr,
    WrapValidator,
    computed_field,
    field_serializer,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from pyferro import Model

from .annotations import Entry
from .functions import _digest

T = TypeVar("T")


@dataclass(frozen=True)
class FieldSpec:
    name: str
    entry: Entry
    kind: str  # canonical type of the column; not always the one that fits
    options: dict[str, Any] = field(default_factory=dict)  # of Field()


@dataclass(frozen=True)
class ModelSpec:
    fields: tuple[FieldSpec, ...]
    config: dict[str, Any]
    features: frozenset[str]
    # What decorators add: fields, mode, function.
    validators: tuple[tuple[tuple[str, ...], str, Callable[..., Any]], ...] = ()
    inherited: int = 0  # so many fields are a parent's
    overridden: bool = False  # the first of them only in name
    base: type[BaseModel] = Model
    name: str = "Random"


def _scalars(values: Any) -> list[Any]:
    return [v for v in values if type(v) in (int, str, bool)]


def _before(cls: type, data: Any) -> Any:
    if isinstance(data, dict) and _digest(_scalars(data.values())) < 3:
        raise ValueError("refused before")
    return dict(data) if isinstance(data, dict) else data


def _after(self: Any) -> Any:
    if _digest(_scalars(self.__dict__.values())) < 3:
        raise PydanticCustomError("late", "refused after")
    return self


def _changing(self: Any) -> Any:
    for name, value in self.__dict__.items():
        if type(value) is int:
            self.__dict__[name] = value // 2
    return self


def _wrapping(cls: type, data: Any, handler: Callable[[Any], Any]) -> Any:
    made = handler(data)
    return {"replaced": True} if _digest(_scalars(made.__dict__.values())) < 2 else made


def _own_init(self: Any, **data: Any) -> None:
    Model.__init__(self, **data)
    self.__dict__["by_init"] = True


def _own_new(cls: type, *args: Any, **data: Any) -> Any:
    return object.__new__(cls)


def _post_init(self: Any, context: Any) -> None:
    BaseModel.model_post_init(self, context)
    self.__dict__["by_post_init"] = len(self.__dict__)


def _post_init_private(self: Any, context: Any) -> None:
    self._seen = sorted(self.__pydantic_fields_set__)


def _computed(self: Any) -> str:
    return f"{len(self.__dict__)} values"


def _cached(self: Any) -> list[str]:
    return list(self.__dict__)


class Mixin:
    """A base that is no model."""

    def extra(self) -> int:
        return 1


# Name -> what it adds to the namespace. "generic" and "mixin" concern bases; see build().
FEATURES: dict[str, Callable[[], dict[str, Any]]] = {
    "before": lambda: {"_before": model_validator(mode="before")(classmethod(_before))},
    "after": lambda: {"_after": model_validator(mode="after")(_after)},
    "changing": lambda: {"_changing": model_validator(mode="after")(_changing)},
    "wrapping": lambda: {"_wrapping": model_validator(mode="wrap")(classmethod(_wrapping))},
    "init": lambda: {"__init__": _own_init},
    "new": lambda: {"__new__": _own_new},
    "post_init": lambda: {"model_post_init": _post_init},
    "post_init_private": lambda: {
        "model_post_init": _post_init_private,
        "_seen": PrivateAttr(default=None),
    },
    "private": lambda: {
        "_list": PrivateAttr(default_factory=list),
        "_dict": PrivateAttr(default={"a": 1}),
        "__annotations__": {"_unset": int},
    },
    "computed": lambda: {"about": computed_field(return_type=str)(property(_computed))},
    "cached": lambda: {"kept": _named(cached_property(_cached), "kept")},
    "slots": lambda: {"__slots__": ("place",)},
    "serializer": lambda: {"_serializer": field_serializer("f0", when_used="json")(repr)},
    "generic": dict,
    "mixin": dict,
}
# Those whose presence means that pydantic must see the whole row.
WHOLE_ROW = {"before", "after", "changing", "wrapping", "init", "new", "post_init"}
WHOLE_ROW |= {"post_init_private"}


def _named(one: Any, name: str) -> Any:
    one.__set_name__(None, name)
    return one


def build(
    spec: ModelSpec,
    *,
    only: str | None = None,
    texts: Mapping[str, Any] | None = None,
    installed: bool = False,
    name: str | None = None,
) -> Any:
    """The class; or a variant: `only` one field with what belongs to it, or all under `name`.

    `texts`: what is to stand around the annotation and the validators of these fields.
    """
    fields = [f for f in spec.fields if only in (None, f.name)]
    if texts:
        fields = [_around(f, spec.validators, texts.get(f.name)) for f in fields]
    kept = {f.name for f in fields}
    decorated = kept - set(texts or ())
    features = spec.features if only is None else frozenset[str]()
    namespace: dict[str, Any] = {"__annotations__": {}}
    for feature in sorted(features - {"serializer"} if "f0" not in kept else features):
        added = FEATURES[feature]()
        namespace["__annotations__"].update(added.pop("__annotations__", {}))
        namespace |= added
    for i, (names, mode, function) in enumerate(spec.validators):
        if here := [n for n in names if n in decorated]:
            namespace[f"_validator{i}"] = field_validator(*here, mode=mode)(function)  # type: ignore[call-overload]
    base: type[BaseModel] = spec.base
    inherited = fields[: spec.inherited] if only is None else []
    if inherited:
        space: dict[str, Any] = {"__annotations__": {}}
        for one in inherited:
            _add(space, one, overridden=spec.overridden and one is inherited[0])
        base = _make(spec, f"{spec.name}Parent", (base,), space, installed)
    own = [f for f in fields if f not in inherited or (spec.overridden and f is inherited[0])]
    # The name of G[T] is its table's, too, and not every annotation's name is short enough.
    generic = "generic" in features and bool(own) and len(repr(own[0].entry.annotation)) < 40
    generic = generic and name is None
    for one in own:
        _add(namespace, one, generic=generic and one is own[0])
    bases: tuple[Any, ...] = (base,)
    if generic:
        bases = (*bases, Generic[T])
    if "mixin" in features:
        bases = (Mixin, *bases)
    made = _make(spec, name or spec.name, bases, namespace, installed)
    if generic:
        made = made[own[0].entry.annotation]
        if installed:
            globals()[made.__name__] = made
    return made


def _around(
    one: FieldSpec, validators: Sequence[tuple[Sequence[str], str, Any]], marker: Any
) -> FieldSpec:
    """The field with `marker` outermost: what decorators add has to stand in the annotation."""
    if marker is None:
        return one
    annotation = one.entry.annotation
    for names, mode, function in validators:
        if one.name in names:
            annotation = Annotated[annotation, _MODES[mode](function)]
    return replace(one, entry=replace(one.entry, annotation=Annotated[annotation, marker]))


_MODES: dict[str, Any] = {
    "after": AfterValidator,
    "before": BeforeValidator,
    "wrap": WrapValidator,
    "plain": PlainValidator,
}


def _add(
    namespace: dict[str, Any],
    one: FieldSpec,
    *,
    generic: bool = False,
    overridden: bool = False,
) -> None:
    annotation: Any = one.entry.annotation
    if generic:
        annotation = T
    elif overridden:
        annotation = Any
    namespace["__annotations__"][one.name] = annotation
    options = {"deprecated": None, **one.options} if overridden else one.options
    if options:
        namespace[one.name] = Field(**options)


def _make(
    spec: ModelSpec, name: str, bases: tuple[Any, ...], namespace: dict[str, Any], installed: bool
) -> Any:
    from types import new_class

    namespace = {
        **namespace,
        "__module__": __name__,
        "__qualname__": name,
        "model_config": ConfigDict(**spec.config),  # type: ignore[typeddict-item]
    }
    table = {"abstract": True} if issubclass(spec.base, Model) else {}
    made = new_class(name, bases, table, lambda space: space.update(namespace))
    if installed:
        globals()[name] = made
    return made
