"""Rows that are marked as deleted and stay: `class Post(SoftDelete): …`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from pydantic import AwareDatetime

from .model import Model
from .op import Body, Op, Steps, steps
from .tables.fields import Field
from .writing.writes import saved

if TYPE_CHECKING:
    from .runtime.connections import Using


def now() -> datetime:
    """When a row is marked."""
    return datetime.now(UTC)


class SoftDelete(Model, abstract=True, scope=lambda row: row.deleted_at.is_null()):
    """A base for models whose `delete()` sets `deleted_at`, the time in UTC.

    Queries, joins, to-many relations and `get()` pass over such rows; a relation that leads to one
    still finds it. `unscoped()` starts a query of all rows, and `delete(for_good=True)` deletes.
    """

    __ferro_soft_delete__: ClassVar[bool] = True

    deleted_at: AwareDatetime | None = Field(default=None, index=True)

    def delete(self, *, using: Using = None, for_good: bool = False) -> Op[int]:
        """Mark the row as deleted, or delete it for good; how many there were, 1 or 0."""
        if for_good:
            return super().delete(using=using)
        from .instances.hooks import deleting

        self.deleted_at = now()
        return deleting(self, using, lambda: self._mark(using))

    def restore(self, *, using: Using = None) -> Op[int]:
        """Take the mark away; how many rows there were, 1 or 0."""
        self.deleted_at = None
        return self._mark(using)

    def _mark(self, using: Using) -> Op[int]:
        from .queries.query import Query
        from .tables.table import table_of

        key = table_of(type(self)).key_of(self.__dict__)
        query = Query(type(self), using, scoped=False)._of_key(key)

        def body() -> Body[int]:
            found = yield from steps(query.update(deleted_at=self.deleted_at))
            saved(self, ("deleted_at",))
            return found

        return Steps(body)
