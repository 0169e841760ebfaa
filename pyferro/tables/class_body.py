"""Takes the relations out of a class body before pydantic reads it.

In their place pydantic finds the fields that hold the keys: for `author: Ref[Author]` the field
`author_id`, unless the body declares one. It may be None until the row it leads to has a key, as a
key that the database makes may. What the key's type is may not be known yet; then pydantic is told
a name that `related.py` explains to it once the other model is there.
"""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Iterable, Mapping
from types import FrameType, UnionType
from typing import Annotated, Any, ForwardRef, NamedTuple, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from .fields import FerroField, Field, RelationOptions
from .relations import MANY, ONE, RelationMark

# An annotation in words is evaluated only if it may be a relation; others are pydantic's business.
_WORDS = re.compile(r"\b(Ref|OptRef|Many|Relation|ForeignKey|ManyToMany)\b")
UNKNOWN_KEY = "_pyferro_key_of_"


class Declared(NamedTuple):
    """A relation as a class body says it; `related.py` makes of it what a query needs."""

    name: str
    kind: str
    target: Any  # a model, or what names one
    nullable: bool
    awaitable: bool
    single: bool | None  # of the other side: whether it is one row; None: as its forward side says
    columns: tuple[str, ...]  # own fields that hold the key; empty for the other side
    shadow: FerroField | None  # of a field that was put in place
    options: RelationOptions


def take_relations(
    cls_name: str, namespace: dict[str, Any], frame: FrameType | None
) -> dict[str, Declared]:
    """Take them out of `namespace`, and put the fields of their keys in."""
    annotations = _annotations(namespace)
    if not any(
        _may_be(annotation, namespace.get(name)) for name, annotation in annotations.items()
    ):
        return {}
    scope = _Scope(cls_name, namespace, frame)
    found: dict[str, Declared] = {}
    fields: dict[str, Any] = {}
    for name, annotation in annotations.items():
        given = namespace.get(name)
        declared = (
            _declared(f"{cls_name}.{name}", name, _evaluated(annotation, scope), given)
            if _may_be(annotation, given)
            else None
        )
        if declared is None:
            fields[name] = annotation
            continue
        namespace.pop(name, None)
        found[name] = declared
        for column in declared.columns:
            if declared.shadow is not None and column not in annotations:
                fields[column] = _key_of(declared)
                namespace[column] = _shadow(declared)
    if found:
        for key in ("__annotate__", "__annotate_func__"):  # Python 3.14 would ask them
            namespace.pop(key, None)
        namespace["__annotations__"] = fields
    return found


def annotated_names(namespace: dict[str, Any]) -> Iterable[str]:
    """The names that a class body annotates."""
    return _annotations(namespace)


def _annotations(namespace: dict[str, Any]) -> Mapping[str, Any]:
    if sys.version_info >= (3, 14):
        # There the body leaves a function in place of the dict, unless annotations are text. In
        # this format a name that is defined only later does no harm.
        from annotationlib import Format, call_annotate_function, get_annotate_from_class_namespace

        annotate = get_annotate_from_class_namespace(namespace)
        if annotate is not None:
            return call_annotate_function(annotate, Format.FORWARDREF)
    found: Mapping[str, Any] = namespace.get("__annotations__", {})
    return found


def _options(given: Any) -> RelationOptions | None:
    if not isinstance(given, FieldInfo):
        return None
    return next((one for one in given.metadata if isinstance(one, RelationOptions)), None)


def _may_be(annotation: Any, given: Any) -> bool:
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        return _WORDS.search(annotation) is not None or _options(given) is not None
    return get_origin(annotation) is Annotated or _options(given) is not None


class _Scope(dict[str, Any]):
    """The names that an annotation sees; one that is not there yet stands for itself."""

    def __init__(self, cls_name: str, namespace: dict[str, Any], frame: FrameType | None) -> None:
        super().__init__()
        module = sys.modules.get(namespace.get("__module__", ""))
        self._scopes: list[Mapping[str, Any]] = [namespace]
        if frame is not None:
            self._scopes += [frame.f_locals, frame.f_globals]
        if module is not None:
            self._scopes.append(vars(module))
        self._scopes.append(vars(builtins))
        self[cls_name] = ForwardRef(cls_name)  # not an older class of that name

    def __missing__(self, name: str) -> Any:
        for scope in self._scopes:
            if name in scope:
                return scope[name]
        return ForwardRef(name)


def _evaluated(annotation: Any, scope: _Scope) -> Any:
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if not isinstance(annotation, str):
        return annotation
    try:
        # What a class body says is code already.
        return eval(annotation, {}, scope)
    except Exception:
        return annotation  # pydantic says what is wrong with it


def _declared(where: str, name: str, annotation: Any, given: Any) -> Declared | None:
    inner, *metadata = (
        get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
    )
    mark = next((one for one in metadata if isinstance(one, RelationMark)), None)
    said = _options(given)
    if said is None:
        said = next((o for o in map(_options, metadata) if o is not None), None)
    if mark is None:
        if said is None:
            return None
        if not said.back_ref and not said.many_to_many:
            raise TypeError(
                f"{where}: Field() has options of a relation, and the annotation is none\n"
                "annotate it as Ref[…], OptRef[…] or Many[…]"
            )
        mark = RelationMark(MANY, awaitable=True)
    marker = _marker(given, metadata)
    options = said or mark.options or RelationOptions()
    target, optional, listed = _unwrapped(inner)
    if not isinstance(target, (type, str, ForwardRef)):
        raise TypeError(f"{where}: a relation leads to a model, not to {target!r}")
    other_side = bool(options.back_ref) or (mark.kind == MANY and not options.many_to_many)
    if mark.kind == MANY or other_side:
        return Declared(
            name,
            MANY,
            target,
            optional or mark.nullable,
            mark.awaitable,
            True if mark.kind == ONE else None if mark.awaitable and not listed else False,
            (),
            None,
            options,
        )
    if options.many_to_many:
        raise TypeError(f"{where}: a relation through pairs leads to many: annotate it as Many[…]")
    nullable = mark.nullable or optional
    if options.nullable != "infer":
        nullable = bool(options.nullable)
    columns = tuple(options.columns or (f"{name}_id",))
    shadow = None if options.columns else marker or FerroField()
    if shadow is not None:
        shadow.unique = shadow.unique or options.unique
        shadow.index = shadow.index or options.index
        shadow.nullable = nullable
    return Declared(name, ONE, target, nullable, mark.awaitable, None, columns, shadow, options)


def _marker(given: Any, metadata: list[Any]) -> FerroField | None:
    for info in (given, *metadata):
        if isinstance(info, FieldInfo):
            found = next((one for one in info.metadata if isinstance(one, FerroField)), None)
            if found is not None:
                return found
    return None


def _unwrapped(annotation: Any) -> tuple[Any, bool, bool]:
    """What it leads to, whether it may be None, and whether it is a list."""
    optional = listed = False
    origin = get_origin(annotation)
    if origin is Union or origin is UnionType:
        rest = [one for one in get_args(annotation) if one is not type(None)]
        if len(rest) == 1:
            optional = True
            annotation = rest[0]
            origin = get_origin(annotation)
    if isinstance(origin, type) and len(get_args(annotation)) == 1:  # list[Post]
        listed = True
        annotation = get_args(annotation)[0]
    return annotation, optional, listed


def _key_of(declared: Declared) -> Any:
    """The annotation of the key's field, or the name that stands for it until it is known."""
    if isinstance(declared.target, type):
        from .related import known_key

        known = known_key(declared.target, declared)
        if known is not None:
            return known
    return UNKNOWN_KEY + declared.name


def _shadow(declared: Declared) -> Any:
    assert declared.shadow is not None
    info: FieldInfo = Field(default=None)
    info.metadata[:] = [declared.shadow]
    return info
