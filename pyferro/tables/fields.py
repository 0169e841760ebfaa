"""How a model says what a column is: `Field`, `FerroField`, `Col` and `PK`.

All of it ends up in the metadata of pydantic's own FieldInfo as one marker, which pydantic passes
over; so a field's schema is the same with and without it. Reading the markers is `table.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar, overload

import pydantic
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

if TYPE_CHECKING:
    from .._native import Column

T = TypeVar("T")

Nullable = bool | Literal["infer"]
FieldCheck = bool | Callable[["Column[Any]"], Any] | None


class FerroField:
    """What a database has to know about a field, for use within `Annotated[...]`."""

    __slots__ = (
        "autoincrement",
        "db_check",
        "db_type",
        "index",
        "nullable",
        "primary_key",
        "server_default",
        "unique",
        "version",
    )

    def __init__(
        self,
        *,
        primary_key: bool = False,
        autoincrement: bool | None = None,
        unique: bool = False,
        index: bool = False,
        nullable: Nullable = "infer",
        db_type: str | None = None,
        db_check: FieldCheck = None,
        server_default: Any = None,
        version: bool = False,
    ) -> None:
        self.version = version
        self.primary_key = primary_key
        self.autoincrement = autoincrement
        self.unique = unique
        self.index = index
        self.nullable = nullable
        self.db_type = db_type
        self.db_check = db_check or None
        self.server_default = server_default

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"FerroField({said})"


class RelationOptions:
    """What `Field` says of a relation; `relations.py` says which annotations are relations."""

    __slots__ = (
        "back_ref",
        "columns",
        "constraint",
        "deferrable",
        "index",
        "initially_deferred",
        "many_to_many",
        "nullable",
        "on_delete",
        "on_update",
        "references",
        "related_name",
        "reverse_index",
        "through",
        "unique",
    )

    def __init__(
        self,
        *,
        on_delete: str | None = None,
        on_update: str | None = None,
        deferrable: bool = False,
        initially_deferred: bool = False,
        references: str | Sequence[str] | None = None,
        columns: str | Sequence[str] | None = None,
        constraint: bool = True,
        related_name: str | None = None,
        back_ref: bool | str = False,
        many_to_many: bool = False,
        through: Any = None,
        reverse_index: bool = True,
        unique: bool = False,
        index: bool = False,
        nullable: Nullable = "infer",
    ) -> None:
        self.on_delete = on_delete
        self.on_update = on_update
        self.deferrable = deferrable
        self.initially_deferred = initially_deferred
        self.references = (references,) if isinstance(references, str) else references
        self.columns = (columns,) if isinstance(columns, str) else columns
        self.constraint = constraint
        self.related_name = related_name
        self.back_ref = back_ref
        self.many_to_many = many_to_many or through is not None
        self.through = through
        self.reverse_index = reverse_index
        self.unique = unique
        self.index = index
        self.nullable = nullable


_RELATION = frozenset(RelationOptions.__slots__) - {"unique", "index", "nullable"}
_PYDANTIC: frozenset[str] = frozenset(pydantic.Field.__kwdefaults__ or ())


def Field(
    default: Any = PydanticUndefined,
    *,
    default_factory: Callable[..., Any] | None = None,
    primary_key: bool = False,
    autoincrement: bool | None = None,
    unique: bool = False,
    index: bool = False,
    nullable: Nullable = "infer",
    db_type: str | None = None,
    db_check: FieldCheck = None,
    server_default: Any = None,
    version: bool = False,
    max_length: int | None = None,
    max_digits: int | None = None,
    decimal_places: int | None = None,
    **pydantic_options: Any,
) -> Any:
    """A field of a model: pydantic's options and the database's.

    Of a relation (`Ref`, `Many`, …) it takes `on_delete`, `on_update`, `deferrable`,
    `initially_deferred`, `references` (fields of the target other than its key), `columns` (own
    fields that hold the key), `constraint` (False: the database does not see to it that there is
    such a row), `related_name`, `back_ref`, `many_to_many`, `through` and `reverse_index`.

    `autoincrement` means that the database numbers the rows; left out, an integer key that may be
    None and is so by default is numbered. `nullable="infer"` follows the annotation. `max_length`,
    `max_digits` and `decimal_places` are checked by pydantic and are part of the column's type.
    `db_check` makes the database check the column, too: by a condition, as in
    `db_check=lambda age: age >= 0`, or with True for the values of an enum or Literal.
    `server_default` is what the database puts where an instance gives nothing: a value, `now`, or an
    expression such as `sql("…")`. Until the row is stored the field is None; then it is read back.
    `version` makes an integer count the changes of a row: `save()` and `bulk_update()` raise
    StaleData where somebody else has changed it since it was read.
    """
    relation = {name: pydantic_options.pop(name) for name in _RELATION & pydantic_options.keys()}
    unknown = sorted(set(pydantic_options) - _PYDANTIC)
    if unknown:
        raise TypeError(f"Field() has no option {unknown[0]!r} in this version of pyferro")
    options = dict(pydantic_options)
    if server_default is not None and default is PydanticUndefined and default_factory is None:
        default = None
    if default_factory is not None:
        options["default_factory"] = default_factory
    for name, value in (
        ("max_length", max_length),
        ("max_digits", max_digits),
        ("decimal_places", decimal_places),
    ):
        if value is not None:
            options[name] = value
    info: FieldInfo = pydantic.Field(default, **options)
    marker = FerroField(
        primary_key=primary_key,
        autoincrement=autoincrement,
        unique=unique,
        index=index,
        nullable=nullable,
        db_type=db_type,
        db_check=db_check,
        server_default=server_default,
        version=version,
    )
    info.metadata.append(marker)
    if relation:
        own = RelationOptions(unique=unique, index=index, nullable=nullable, **relation)
        info.metadata.append(own)
    return info


if TYPE_CHECKING:

    class Col(Generic[T]):
        """A column: on the class a `Column`, on an instance the value.

        Checkers take a default from `Field(default=…)` only, not from a plain `= 0`.
        """

        @overload
        def __get__(self, instance: None, owner: type) -> Column[T]: ...
        @overload
        def __get__(self, instance: object, owner: type) -> T: ...
        def __get__(self, instance: object | None, owner: type) -> Any: ...
        def __set__(self, instance: object, value: T) -> None: ...

    class PK(Generic[T]):
        """The primary key; of an integer type, the database makes it.

        Checkers want it from the constructor then, too, unless `= Field(default=None)` follows.
        """

        @overload
        def __get__(self, instance: None, owner: type) -> Column[T]: ...
        @overload
        def __get__(self, instance: object, owner: type) -> T: ...
        def __get__(self, instance: object | None, owner: type) -> Any: ...
        def __set__(self, instance: object, value: T | None) -> None: ...

else:

    class Col:
        """`Col[T]` is `Annotated[T, a marker]`: the same field as with a plain annotation."""

        def __class_getitem__(cls, item: Any) -> Any:
            return Annotated[item, FerroField()]

    class PK:
        """`PK[int]` is None until the database has numbered the row; others the caller gives."""

        def __class_getitem__(cls, item: Any) -> Any:
            if item is not int:
                return Annotated[item, FerroField(primary_key=True)]
            marker = FerroField(primary_key=True, autoincrement=True)
            return Annotated[int | None, pydantic.Field(default=None), marker]
