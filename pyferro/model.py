"""`Model`: a pydantic model whose instances are rows.

Fields live where pydantic puts them, in the instance's `__dict__`, with no descriptor before them.
On the class the same names give columns, by the metaclass. Statements are made in `query.py` and
`writes.py`.
"""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import AsyncIterable, Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, dataclass_transform

from pydantic import BaseModel, ConfigDict
from pydantic import Field as PydanticField
from pydantic._internal._model_construction import ModelMetaclass, build_lenient_weakvaluedict
from pydantic._internal._typing_extra import parent_frame_namespace
from pydantic.fields import FieldInfo

from . import _native, registry
from .instances import state
from .instances.attributes import RelationAttribute, set_related, take_given
from .instances.hooks import Hooks, deleting, hooks_of, saving
from .language import operators
from .queries import get as getting
from .tables.class_body import annotated_names, take_relations
from .tables.fields import Field
from .tables.related import arrived
from .tables.table import Table, table_of
from .writing import writes

if TYPE_CHECKING:
    from typing import Self

    from .connection import ModelConnection
    from .language.conditions import Condition
    from .op import Op
    from .queries.choosing import ChooseOfModel
    from .queries.query import Query
    from .queries.rows import Rows
    from .runtime.connections import Using
    from .tables.class_body import Declared
    from .writing.bulk import InsertFrom
    from .writing.insertion import Insertion

M = TypeVar("M", bound="Model")


# While a class is being built pydantic asks its bases for the attributes of its fields: it must not
# find columns there, and take them for default values.
class _Building(threading.local):
    depth = 0


_building = _Building()


def building() -> bool:
    """Whether this thread is within the making of a class."""
    return _building.depth > 0


@dataclass_transform(kw_only_default=True, field_specifiers=(Field, PydanticField))
class ModelMeta(ModelMetaclass, _native.MetaBase):
    """Makes the table of a model, and answers for its columns."""

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        table: str | bool = True,
        abstract: bool = False,
        scope: Callable[[Any], Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        frame = sys._getframe(1)
        if "__pydantic_reset_parent_namespace__" not in kwargs:
            # Names of the scope around the class: pydantic would look for them in this function.
            kwargs["__pydantic_reset_parent_namespace__"] = False
            around = parent_frame_namespace(parent_depth=2)
            namespace["__pydantic_parent_namespace__"] = build_lenient_weakvaluedict(around)
        declared = take_relations(name, namespace, frame) if bases else {}
        if declared:
            namespace.setdefault("__init__", _init_with_relations)
        hidden = _unhide(bases, namespace)
        _building.depth += 1
        _native.making(1)
        try:
            cls: Any = super().__new__(mcs, name, bases, namespace, **kwargs)
        finally:
            _native.making(-1)
            _building.depth -= 1
        _hide(cls, hidden)
        if bases:
            _declare(cls, declared)
            type.__setattr__(cls, "__ferro_hooks__", hooks_of(cls) if "Model" in globals() else {})
        if scope is not None:
            type.__setattr__(cls, "__ferro_scope__", staticmethod(scope))
        if abstract or table is False or not bases or bases == (BaseModel,):
            return cls
        own = namespace.get("__ferro_table__") or namespace.get("__tablename__")
        own = table if isinstance(table, str) else own or name.lower()
        type.__setattr__(cls, "__ferro_table_name__", own)
        registry.register(cls)
        arrived(cls)
        return cls

    if not TYPE_CHECKING:
        # Columns are found before this by native/shortcuts/class_columns.h, where that works.
        def __getattr__(cls, name: str) -> Any:
            if _building.depth == 0:
                columns = cls.__dict__.get("__ferro_columns__")
                if columns is not None and name in columns:
                    return columns[name]
                if not name.startswith("_") and cls.__dict__.get("__ferro_table_name__"):
                    # Perhaps a column of a model that was incomplete so far; else this raises.
                    return table_of(cls).column(name)
            return super().__getattr__(name)


def _unhide(bases: tuple[type, ...], namespace: dict[str, Any]) -> list[str]:
    """Lets fields have the names of methods of Model, such as `count`; says which do.

    Without a value of its own pydantic would take the method for the field's default.
    """
    if not bases or "Model" not in globals():
        return []
    hidden = [
        name
        for name in annotated_names(namespace)
        if hasattr(Model, name) and not name.startswith("_")
    ]
    for name in hidden:
        namespace.setdefault(name, Field())
    return hidden


def _hide(cls: Any, names: list[str]) -> None:
    """Afterwards: the methods are found again, but no subclass has them for a default."""
    for name in names:
        if name in cls.__pydantic_fields__:
            type.__setattr__(cls, name, _Method(name))
        elif isinstance(cls.__dict__.get(name), FieldInfo):
            type.__delattr__(cls, name)  # it was a ClassVar without a value


class _Method:
    """The method of Model in a class that has a field of its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        if building():
            raise AttributeError(self.name)
        return inspect.getattr_static(Model, self.name).__get__(instance, owner)


def _declare(cls: Any, own: dict[str, Declared]) -> None:
    """The relations of a class: its own, and those of its bases."""
    declared: dict[str, Declared] = {}
    for base in reversed(cls.__mro__[1:]):
        declared.update(base.__dict__.get("__ferro_declared__", {}))
    for name in declared.keys() & cls.__pydantic_fields__.keys():
        del declared[name]  # a field of that name instead
    declared.update(own)
    type.__setattr__(cls, "__ferro_declared__", declared)
    keys = {column: one.name for one in declared.values() for column in one.columns}
    type.__setattr__(cls, "__ferro_key_columns__", keys)
    for name in own:
        type.__setattr__(cls, name, RelationAttribute(name))


def _init_with_relations(self: Any, /, **data: Any) -> None:
    """Fields, and related instances by the names of their relations."""
    given = take_given(type(self), data)
    BaseModel.__init__(self, **data)
    for name, value in given.items():
        setattr(self, name, value)


_init_with_relations.__pydantic_base_init__ = True  # type: ignore[attr-defined]


class Model(BaseModel, metaclass=ModelMeta):
    """The base of all models. `class User(Model): id: PK[int]; name: str`."""

    __slots__ = (state.SLOT, state.RELATED)

    model_config = ConfigDict(from_attributes=True)

    __ferro_scope__: ClassVar[Callable[[Any], Any] | None] = None
    __ferro_soft_delete__: ClassVar[bool] = False

    if TYPE_CHECKING:
        __ferro_info__: ClassVar[Table]
        __ferro_columns__: ClassVar[dict[str, _native.Column]]
        __ferro_declared__: ClassVar[dict[str, Declared]]
        __ferro_hooks__: ClassVar[Hooks]
        __ferro_key_columns__: ClassVar[dict[str, str]]

    def __setattr__(self, name: str, value: Any) -> None:
        cls = type(self)
        if name in cls.__ferro_declared__:
            set_related(self, name, value)
            return
        super().__setattr__(name, value)
        if not name.startswith("_"):
            state.assigned(self, name)
            if name in cls.__ferro_key_columns__:
                state.forget(self, cls.__ferro_key_columns__[name])

    # Starting queries.

    @classmethod
    def using(cls, database: Using) -> ModelConnection[Self]:
        """The same methods, on another database than the default."""
        from .connection import ModelConnection

        return ModelConnection(cls, database)

    @classmethod
    def where(cls, *conditions: Condition, **lookups: Any) -> Query[Self]:
        """Only rows that meet all of it: `User.where(User.age > 3)`, a lambda, or `age__gt=3`."""
        return _query(cls)._narrowed(conditions, lookups)

    @classmethod
    def unscoped(cls, using: Using = None) -> Query[Self]:
        """All rows, also those beyond the scope that the class was declared with."""
        from .queries.query import Query

        return Query(cls, using, scoped=False)

    if TYPE_CHECKING:
        select = ChooseOfModel()
    else:

        @classmethod
        def select(cls, *columns: Any) -> Any:
            """All columns as instances, or those named as tuples; of one column the values."""
            return _query(cls).select(*columns)

    @classmethod
    def order_by(cls, *items: Any, nulls: Any = None) -> Query[Self]:
        """All rows, sorted."""
        return _query(cls).order_by(*items, nulls=nulls)

    @classmethod
    def load(cls, *paths: Any, strategy: Literal["batch", "json"] = "batch") -> Query[Self]:
        """All rows, with these relations: `Post.load(Post.author, Post.tags)`."""
        return _query(cls).load(*paths, strategy=strategy)

    @classmethod
    def limit(cls, count: int) -> Query[Self]:
        """At most so many rows."""
        return _query(cls).limit(count)

    @classmethod
    def all(cls, using: Using = None) -> Op[list[Self]]:
        """All rows."""
        return _query(cls, using).all()

    @classmethod
    def first(cls, using: Using = None) -> Op[Self | None]:
        """Some row, or None; order a query to know which."""
        return _query(cls, using).first()

    @classmethod
    def count(cls, using: Using = None) -> Op[int]:
        """How many rows there are."""
        return _query(cls, using).count()

    @classmethod
    def exists(cls, using: Using = None) -> Op[bool]:
        """Whether there is a row."""
        return _query(cls, using).exists()

    @classmethod
    def get(cls, pk: Any, *, using: Using = None) -> Op[Self]:
        """The row with this key, or ModelDoesNotExist."""
        return getting.get(cls, pk, using)

    @classmethod
    def get_or_none(cls, pk: Any, *, using: Using = None) -> Op[Self | None]:
        """The row with this key, or None."""
        return getting.get_or_none(cls, pk, using)

    # Writing.

    @classmethod
    def create(cls, **fields: Any) -> Op[Self]:
        """Validate the fields, insert the row, and give the instance with its key.

        Related instances that are new are inserted with it: those it leads to, those of its lists,
        and theirs, in one transaction. So do `save()` and `bulk_create()`.
        """
        return writes.create(cls(**fields), None)

    @classmethod
    def upsert(cls, **fields: Any) -> Op[Self]:
        """Validate the fields, and insert the row or give the one that has its key these values.

        It is one statement. A row whose key the database is to make is inserted.
        """
        return cls(**fields).save(on_conflict="update")

    @classmethod
    def insert(cls, rows: Any, *, using: Using = None) -> Insertion[Self]:
        """Insert rows: an instance or a mapping of its fields, or an iterable of those.

        The rows are data: instances stay as they are, and `.returning(…)` gives what was stored.
        """
        from .writing.insertion import insert

        return insert(cls, rows, using)

    @classmethod
    def bulk_create(cls, instances: Sequence[Self], *, using: Using = None) -> Op[list[Self]]:
        """Insert them all or none; the same objects in the same order, with their keys."""
        return writes.bulk_create(cls, instances, using)

    @classmethod
    def bulk_update(
        cls, instances: Iterable[Self], /, *columns: Any, using: Using = None
    ) -> Op[int]:
        """Write these columns of all instances, each with its own values, or nothing at all.

        `Author.bulk_update(authors, Author.name, Author.born)` takes one statement for many rows.
        A row that is not there is ModelDoesNotExist, one that was changed meanwhile StaleData where
        the model has a version; the error's `row` says which.
        """
        from .writing.bulk import bulk_update

        return bulk_update(cls, instances, columns, using)

    @classmethod
    def insert_from(cls, query: Rows[Any], /, *columns: Any, using: Using = None) -> InsertFrom:
        """Insert the rows of a query; without columns those that its columns are called like."""
        from .writing.bulk import insert_from

        return insert_from(cls, query, columns, using)

    @classmethod
    def copy_in(
        cls,
        rows: Iterable[Any] | AsyncIterable[Any],
        *,
        columns: Sequence[Any] | None = None,
        using: Using = None,
    ) -> Op[int]:
        """Insert rows as they come, all or none; how many there were.

        Rows are instances, mappings, or with `columns` tuples of their values. Memory holds some
        thousand of them. Tuples are not validated: what does not fit their column is refused.
        """
        from .writing.bulk import copy_in

        return copy_in(cls, rows, columns, using)

    @classmethod
    def get_or_create(
        cls, defaults: dict[str, Any] | None = None, *, using: Using = None, **lookup: Any
    ) -> Op[tuple[Self, bool]]:
        """The row with these values, or a new one with the defaults, too; and whether it is new.

        With a unique key among the values only one of many calls at once inserts.
        """
        from .writing.getting import get_or_create

        return get_or_create(cls, lookup, defaults, using)

    @classmethod
    def update_or_create(
        cls, defaults: dict[str, Any] | None = None, *, using: Using = None, **lookup: Any
    ) -> Op[tuple[Self, bool]]:
        """Give the row with these values the defaults, or insert it; and whether it is new."""
        from .writing.getting import update_or_create

        return update_or_create(cls, lookup, defaults, using)

    def save(
        self,
        *,
        using: Using = None,
        only: Collection[str] | None = None,
        exclude: Collection[str] | None = None,
        full: bool = False,
        on_conflict: Literal["update"] | None = None,
    ) -> Op[Any]:
        """Insert the row, or update it.

        An instance whose key the database makes is new while the key is None. One that is known to
        be stored writes the fields assigned since (assigned, not changed in place: name those in
        `only`, or say `full=True`). For one of unknown origin, made by the constructor with a key
        or copied, all columns are updated, and when no row has the key it is inserted.

        `on_conflict="update"` does it in one statement: it inserts, and where a row has the key
        that one takes all values. It gives the instance; else the result is None.
        """
        if on_conflict is not None:
            from .writing.upsert import upsert

            if on_conflict != "update" or only is not None or exclude is not None:
                raise TypeError('on_conflict= is "update", and writes all columns')
            return upsert(self, using)

        related = state.related(self)
        if not related and not type(self).__ferro_hooks__:
            return writes.save(self, using, only, exclude, full)

        def write() -> Op[None]:
            return saving(self, using, lambda: writes.save(self, using, only, exclude, full))

        if related:
            from .writing.storing import save

            return save(self, using, write)
        return write()

    def delete(self, *, using: Using = None) -> Op[int]:
        """Delete the row; how many were deleted, 1 or 0."""
        return deleting(self, using, lambda: writes.delete(self, using))

    def refresh(self, *, using: Using = None) -> Op[None]:
        """Read all fields from the database again."""
        return writes.refresh(self, using)


state.bind(Model)
operators.install()
_native.adopt_model(Model, state.SLOT)
_native.adopt_metaclass(ModelMeta)


def _query(cls: type[M], using: Using = None) -> Query[M]:
    table: Table | None = cls.__dict__.get("__ferro_info__")
    if table is None or using is not None or cls.__ferro_scope__ is not None:
        # Imported late: the query layer is not needed to define models.
        from .queries.query import Query

        return Query(cls, using)
    query: Query[M] = table.query
    return query
