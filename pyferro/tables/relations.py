"""How a model says what it is related to: `Ref`, `OptRef`, `Many`, and ferro's spellings.

A relation is no field: pydantic sees the columns that hold the key, the class gives paths for
queries, and an instance gives what was loaded. What the declarations mean is found out by
`related.py`, when the models they name are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, overload

from .fields import Field, Nullable, RelationOptions

if TYPE_CHECKING:
    from collections.abc import Iterable


M = TypeVar("M")

ONE, MANY = "one", "many"


class RelationMark:
    """In the metadata of an annotation: it is a relation, to one or to many."""

    __slots__ = ("awaitable", "kind", "nullable", "options")

    def __init__(
        self,
        kind: str,
        *,
        nullable: bool = False,
        awaitable: bool = False,
        options: RelationOptions | None = None,
    ) -> None:
        self.kind = kind
        self.nullable = nullable
        self.awaitable = awaitable  # ferro's way: reading one that is not loaded asks for it
        self.options = options


class ForeignKey(RelationMark):
    """`owner: Annotated[Author, ForeignKey(related_name="posts")]`, as in ferro.

    The table gets the column `owner_id`. Unlike a `Ref`, one that is not loaded can be awaited:
    `await post.owner`; and `on_delete` is CASCADE unless said otherwise. `unique=True` makes it one
    to one. `references` names a unique field of the target other than its key.
    """

    __slots__ = ()

    def __init__(
        self,
        related_name: str | None = None,
        on_delete: str = "CASCADE",
        unique: bool = False,
        index: bool = False,
        nullable: Nullable = "infer",
        *,
        on_update: str | None = None,
        references: str | None = None,
        deferrable: bool = False,
        initially_deferred: bool = False,
    ) -> None:
        super().__init__(
            ONE,
            awaitable=True,
            options=RelationOptions(
                related_name=related_name,
                on_delete=on_delete,
                on_update=on_update,
                unique=unique,
                index=index,
                nullable=nullable,
                references=references,
                deferrable=deferrable,
                initially_deferred=initially_deferred,
            ),
        )


def BackRef(forward: str | None = None) -> Any:
    """The other side of a relation: `posts: Many["Post"] = BackRef()`.

    It is found by `related_name`, or as the only relation that leads here; where there are more,
    `forward` names it.
    """
    return Field(back_ref=forward or True)


def ManyToMany(
    *,
    related_name: str | None = None,
    through: Any = None,
    reverse_index: bool = True,
    **options: Any,
) -> Any:
    """`tags: Many["Tag"] = ManyToMany()`: rows of a table of pairs lead to the others.

    `through` is a model of your own, by class or name, which may have further columns, or the name
    of the table that is made. `reverse_index` indexes the pairs from their other end, too.
    """
    return Field(
        many_to_many=True,
        related_name=related_name,
        through=through,
        reverse_index=reverse_index,
        **options,
    )


if TYPE_CHECKING:

    class Ref(Generic[M]):
        """One related row: on the class the model, with its columns as paths; on an instance it."""

        @overload
        def __get__(self, instance: None, owner: type) -> type[M]: ...
        @overload
        def __get__(self, instance: object, owner: type) -> M: ...
        def __get__(self, instance: object | None, owner: type) -> Any: ...
        def __set__(self, instance: object, value: M) -> None: ...

    class OptRef(Generic[M]):
        """The same where there may be none. Its columns may be NULL, whatever their types say."""

        @overload
        def __get__(self, instance: None, owner: type) -> type[M]: ...
        @overload
        def __get__(self, instance: object, owner: type) -> M | None: ...
        def __get__(self, instance: object | None, owner: type) -> Any: ...
        def __set__(self, instance: object, value: M | None) -> None: ...

    class Many(Generic[M]):
        """Any number of related rows: on the class a path, on an instance the loaded list."""

        @overload
        def __get__(self, instance: None, owner: type) -> ManyPath[M]: ...
        @overload
        def __get__(self, instance: object, owner: type) -> list[M]: ...
        def __get__(self, instance: object | None, owner: type) -> Any: ...
        def __set__(self, instance: object, value: Iterable[M]) -> None: ...

    class Relation(Generic[M]):
        """ferro's `Relation[list["Post"]]`: on an instance a query for the related rows."""

        @overload
        def __get__(self, instance: None, owner: type) -> Any: ...
        @overload
        def __get__(self, instance: object, owner: type) -> Any: ...
        def __get__(self, instance: object | None, owner: type) -> Any: ...
        def __set__(self, instance: object, value: Any) -> None: ...

    from ..queries.paths import ManyPath

else:

    class Ref:
        def __class_getitem__(cls, target: Any) -> Any:
            return _annotated(target, RelationMark(ONE))

    class OptRef:
        def __class_getitem__(cls, target: Any) -> Any:
            return _annotated(target, RelationMark(ONE, nullable=True))

    class Many:
        def __class_getitem__(cls, target: Any) -> Any:
            return _annotated(target, RelationMark(MANY))

    class Relation:
        def __class_getitem__(cls, target: Any) -> Any:
            return _annotated(target, RelationMark(MANY, awaitable=True))


def _annotated(target: Any, mark: RelationMark) -> Any:
    return Annotated[target, mark]
