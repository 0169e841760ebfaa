"""What relations mean: which model each leads to, and by which columns.

A model's relations are resolved when they are first asked for, as the models they name may come
later; what pydantic has to know of them, the types of keys, as soon as it can be known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ForwardRef, NoReturn, cast

from .. import registry
from .class_body import UNKNOWN_KEY, Declared
from .fields import FerroField
from .relations import ONE
from .table import table_of

if TYPE_CHECKING:
    from ..model import Model
    from .constraints import Action, ForeignKeyConstraint
    from .table import Table

Pairs = tuple[tuple[str, str], ...]


class ToOne:
    """A relation to at most one row: by a key in its own table, or by one in the other."""

    __slots__ = ("awaitable", "forward", "name", "nullable", "options", "owner", "pairs", "target")
    many = False

    def __init__(
        self,
        owner: type[Model],
        declared: Declared,
        target: type[Model],
        pairs: Pairs,
        forward: bool,
    ) -> None:
        self.owner = owner
        self.name = declared.name
        self.target = target
        self.pairs = pairs  # of an own column and one of the target
        self.forward = forward  # whether the key is in its own table
        # Whether there may be no such row, whatever the key says.
        self.nullable = declared.nullable or not forward or not declared.options.constraint
        self.awaitable = declared.awaitable
        self.options = declared.options

    @property
    def unique(self) -> bool:
        """Whether no two rows lead to the same one."""
        table = table_of(self.owner)
        columns = {own for own, _ in self.pairs}
        return any(columns == set(key) for key in (table.key, *(u[1] for u in table.uniques)))


class ToMany:
    """The other side of a `ToOne`: the rows whose key leads here."""

    __slots__ = ("awaitable", "back", "name", "owner", "pairs", "target")
    many = True

    def __init__(self, owner: type[Model], declared: Declared, back: ToOne) -> None:
        self.owner = owner
        self.name = declared.name
        self.target = back.owner
        self.pairs: Pairs = tuple((theirs, own) for own, theirs in back.pairs)
        self.back = back
        self.awaitable = declared.awaitable


class Through:
    """A relation by a table of pairs: its rows lead here and to the others."""

    __slots__ = ("awaitable", "far", "link", "name", "near", "owner", "target")
    many = True

    def __init__(
        self,
        owner: type[Model],
        declared: Declared,
        target: type[Model],
        link: type[Model],
        near: Pairs,
        far: Pairs,
    ) -> None:
        self.owner = owner
        self.name = declared.name
        self.target = target
        self.link = link
        self.near = near  # of an own column and one of the link
        self.far = far  # of a column of the link and one of the target
        self.awaitable = declared.awaitable


AnyRelation = ToOne | ToMany | Through


# Finding what a relation means.


def relation(model: type[Model], name: str) -> AnyRelation:
    """A relation of a model."""
    known: dict[str, AnyRelation] = model.__dict__.get("__ferro_relations__") or {}
    found = known.get(name)
    if found is None:
        found = _resolve(model, model.__ferro_declared__[name])
        type.__setattr__(model, "__ferro_relations__", {**known, name: found})
    return found


def relations(model: type[Model]) -> Iterator[AnyRelation]:
    """All of them, inherited ones too."""
    for name in model.__ferro_declared__:
        yield relation(model, name)


def to_ones(model: type[Model]) -> Iterator[ToOne]:
    """Those whose key is in the model's own table."""
    for name, declared in model.__ferro_declared__.items():
        if declared.kind == ONE:
            found = relation(model, name)
            assert isinstance(found, ToOne)
            yield found


def foreign_keys(table: Table) -> Iterator[ForeignKeyConstraint]:
    """The foreign keys that the relations of a table's model mean, but for those without one."""
    from .constraints import ForeignKeyConstraint, named

    for to in to_ones(table.model):
        options = to.options
        if options.constraint:
            yield named(
                table,
                ForeignKeyConstraint(
                    tuple(own for own, _ in to.pairs),
                    to.target,
                    tuple(theirs for _, theirs in to.pairs),
                    on_delete=cast("Action | None", options.on_delete),
                    on_update=cast("Action | None", options.on_update),
                    deferrable=options.deferrable,
                    initially_deferred=options.initially_deferred,
                ),
            )


def _resolve(model: type[Model], declared: Declared) -> AnyRelation:
    target = _target(model, declared)
    if declared.kind == ONE:
        return ToOne(model, declared, target, _pairs(model, declared, target), True)
    if declared.options.many_to_many:
        from ..relations.linking import forward_link

        return forward_link(model, declared, target)
    return _other_side(model, declared, target)


def _pairs(model: type[Model], declared: Declared, target: type[Model]) -> Pairs:
    theirs = tuple(declared.options.references or _key_fields(target))
    where = f"{model.__name__}.{declared.name}"
    if not theirs:
        raise TypeError(f"{where}: {target.__name__} has no primary key to refer to")
    if len(theirs) != len(declared.columns):
        raise TypeError(
            f"{where}: {target.__name__} is found by {', '.join(theirs)}, "
            f"and the relation has {len(declared.columns)} column(s)\n"
            "declare fields for them, and name these in Field(columns=…)"
        )
    for own in declared.columns:
        if own not in model.__pydantic_fields__:
            raise TypeError(f"{where}: its columns name {own!r}, which is no field")
    for name in theirs:
        if name not in target.__pydantic_fields__:
            raise TypeError(f"{where}: {target.__name__} has no field {name!r} to refer to")
    return tuple(zip(declared.columns, theirs, strict=True))


def _other_side(model: type[Model], declared: Declared, target: type[Model]) -> AnyRelation:
    """The relation of the target that leads here."""
    wanted = declared.options.back_ref if isinstance(declared.options.back_ref, str) else None
    where = f"{model.__name__}.{declared.name}"
    leading = [
        one
        for one in target.__ferro_declared__.values()
        if (one.kind == ONE or one.options.many_to_many)
        and issubclass(model, _find(target, one.target) or ())
    ]
    if wanted is None:
        named = [one for one in leading if one.options.related_name == declared.name]
        found = named or [one for one in leading if one.options.related_name is None] or leading
    else:
        found = [one for one in leading if one.name == wanted]
    if not found:
        raise TypeError(
            f"{where}: no relation of {target.__name__} leads to {model.__name__}"
            + (f" by the name {wanted!r}" if wanted else "")
            + f"\ndeclare one there: {model.__name__.lower()}: Ref[{model.__name__}]"
        )
    if len(found) > 1:
        names = ", ".join(one.name for one in found)
        raise TypeError(
            f"{where}: several relations of {target.__name__} lead here: {names}\n"
            f'say which: BackRef("{found[0].name}"), or related_name="{declared.name}" there'
        )
    forward = relation(target, found[0].name)
    if isinstance(forward, Through):
        near = tuple((theirs, link) for link, theirs in forward.far)
        far = tuple((link, own) for own, link in forward.near)
        return Through(model, declared, target, forward.link, near, far)
    assert isinstance(forward, ToOne)
    if declared.single or (declared.single is None and forward.unique):
        if not forward.unique:
            raise TypeError(
                f"{where}: many rows of {target.__name__} may lead here\n"
                f"declare it as Many[{target.__name__}], or {forward.name} there as unique=True"
            )
        pairs = tuple((theirs, own) for own, theirs in forward.pairs)
        return ToOne(model, declared, target, pairs, False)
    return ToMany(model, declared, forward)


def _target(model: type[Model], declared: Declared) -> type[Model]:
    found = _find(model, declared.target)
    if found is None:
        _unknown(model, declared)
    return found


def _find(model: type[Model], target: Any) -> type[Model] | None:
    if isinstance(target, type):
        if not hasattr(target, "__ferro_declared__"):
            raise TypeError(f"a relation of {model.__name__} leads to {target.__name__}: no model")
        return target
    name = target.__forward_arg__ if isinstance(target, ForwardRef) else target
    return registry.find(name, model)


def _unknown(model: type[Model], declared: Declared) -> NoReturn:
    target = declared.target
    name = target.__forward_arg__ if isinstance(target, ForwardRef) else target
    import difflib

    known = sorted({one.__name__ for one in registry.models()})
    close = difflib.get_close_matches(name, known, n=1)
    meant = f"did you mean {close[0]!r}?" if close else "import the module that defines it"
    raise TypeError(f"{model.__name__}.{declared.name}: no model is called {name!r}; {meant}")


# What pydantic has to know.

_waiting: list[type[Model]] = []


def arrived(model: type[Model]) -> None:
    """A model was defined: complete it, and those that waited for it, where that can be done."""
    _waiting.append(model)
    for one in list(_waiting):
        try:
            done = complete(one)
        except TypeError:
            _waiting.remove(one)
            raise
        if done:
            _waiting.remove(one)
            if one.__pydantic_complete__:
                table_of(one)


def complete(model: type[Model]) -> bool:
    """Tell pydantic the types of the keys that it does not know yet; whether it knows them all."""
    if model.__pydantic_complete__:
        return True
    names = {}
    for declared in model.__ferro_declared__.values():
        if declared.shadow is None or declared.kind != ONE:
            continue
        target = _find(model, declared.target)
        known = None if target is None else known_key(target, declared)
        if known is None:
            return False
        names[UNKNOWN_KEY + declared.name] = known
    if not names:
        return True  # it waits for something else, which is not ours to tell
    return bool(model.model_rebuild(raise_errors=False, _types_namespace=names))


def require(model: type[Model]) -> None:
    """The same, or an error that says what is missing."""
    if complete(model):
        return
    for declared in model.__ferro_declared__.values():
        if declared.kind == ONE:
            _pairs(model, declared, _target(model, declared))


def known_key(target: type[Any], declared: Declared) -> Any:
    """The annotation of a field that holds the target's key; None if it is not known yet."""
    assert declared.shadow is not None
    fields = getattr(target, "__pydantic_fields__", {})
    theirs = tuple(declared.options.references or _key_fields(target))
    if len(theirs) != 1 or theirs[0] not in fields:
        return None
    info = fields[theirs[0]]
    if not info._complete or isinstance(info.annotation, (str, ForwardRef)):
        return None
    marker = next((one for one in info.metadata if isinstance(one, FerroField)), None)
    if marker is not None and marker.db_type is not None:
        declared.shadow.db_type = marker.db_type
    rest = [one for one in info.metadata if not isinstance(one, FerroField)]
    made = info.annotation
    for one in rest:
        made = Annotated[made, one]
    return made | None


def _key_fields(target: type[Any]) -> tuple[str, ...]:
    """The names of the fields of a model's key, also while it has no table yet."""
    own = getattr(target, "__primary_key__", ())
    if own:
        return tuple(own)
    return tuple(
        name
        for name, info in getattr(target, "__pydantic_fields__", {}).items()
        if any(isinstance(one, FerroField) and one.primary_key for one in info.metadata)
    )
