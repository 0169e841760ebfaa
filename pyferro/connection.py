"""`Model.using(name)`: a model's class methods, on one database."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from .queries.get import get, get_or_none
from .queries.query import Query
from .writing import writes

if TYPE_CHECKING:
    from .language.conditions import Condition
    from .model import Model
    from .op import Op
    from .queries.choosing import Choose
    from .queries.rows import Rows
    from .runtime.connections import Using
    from .writing.bulk import InsertFrom
    from .writing.insertion import Insertion

M = TypeVar("M", bound="Model")


class ModelConnection(Generic[M]):
    """A model and the database its statements go to."""

    __slots__ = ("_model", "_using")

    def __init__(self, model: type[M], using: Using) -> None:
        self._model = model
        self._using = using

    def where(self, *conditions: Condition, **lookups: Any) -> Query[M]:
        return self._query().where(*conditions, **lookups)

    if TYPE_CHECKING:

        @property
        def select(self) -> Choose[M]: ...

    else:

        def select(self, *columns: Any) -> Any:
            return self._query().select(*columns)

    def order_by(self, *items: Any, nulls: Any = None) -> Query[M]:
        return self._query().order_by(*items, nulls=nulls)

    def load(self, *paths: Any, strategy: Literal["batch", "json"] = "batch") -> Query[M]:
        return self._query().load(*paths, strategy=strategy)

    def all(self) -> Op[list[M]]:
        return self._query().all()

    def first(self) -> Op[M | None]:
        return self._query().first()

    def count(self) -> Op[int]:
        return self._query().count()

    def exists(self) -> Op[bool]:
        return self._query().exists()

    def get(self, pk: Any) -> Op[M]:
        return get(self._model, pk, self._using)

    def get_or_none(self, pk: Any) -> Op[M | None]:
        return get_or_none(self._model, pk, self._using)

    def create(self, **fields: Any) -> Op[M]:
        return writes.create(self._model(**fields), self._using)

    def upsert(self, **fields: Any) -> Op[M]:
        return self._model(**fields).save(using=self._using, on_conflict="update")

    def insert(self, rows: Any) -> Insertion[M]:
        from .writing.insertion import insert

        return insert(self._model, rows, self._using)

    def bulk_update(self, instances: Iterable[M], /, *columns: Any) -> Op[int]:
        return self._model.bulk_update(instances, *columns, using=self._using)

    def insert_from(self, query: Rows[Any], /, *columns: Any) -> InsertFrom:
        return self._model.insert_from(query, *columns, using=self._using)

    def copy_in(
        self,
        rows: Iterable[Any] | AsyncIterable[Any],
        *,
        columns: Sequence[Any] | None = None,
    ) -> Op[int]:
        return self._model.copy_in(rows, columns=columns, using=self._using)

    def get_or_create(
        self, defaults: dict[str, Any] | None = None, **lookup: Any
    ) -> Op[tuple[M, bool]]:
        return self._model.get_or_create(defaults, using=self._using, **lookup)

    def update_or_create(
        self, defaults: dict[str, Any] | None = None, **lookup: Any
    ) -> Op[tuple[M, bool]]:
        return self._model.update_or_create(defaults, using=self._using, **lookup)

    def bulk_create(self, instances: Sequence[M]) -> Op[list[M]]:
        return writes.bulk_create(self._model, instances, self._using)

    def _query(self) -> Query[M]:
        return Query(self._model, self._using)
