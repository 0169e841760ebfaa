"""Getting one row by its key: the shortest way through, as it is the most frequent one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from .._native import RESULT_FIRST, Operation
from ..errors import ModelDoesNotExist
from ..op import Op
from ..runtime.connections import Using, resolve
from ..tables.table import table_of

if TYPE_CHECKING:
    from typing import Any

    from ..model import Model

M = TypeVar("M", bound="Model")


def get(model: type[M], pk: Any, using: Using) -> Op[M]:
    """The row, or ModelDoesNotExist."""
    if model.__ferro_scope__ is not None:
        from .query import Query

        return Query(model, using).get(pk)
    table = table_of(model)
    values = table.key_values(pk)

    def finish(found: M | None) -> M:
        if found is None:
            raise ModelDoesNotExist(model, pk)
        return found

    def start() -> Operation[Any]:
        return resolve(using).start(
            table.get_plan, table.key_types, values, RESULT_FIRST, table.row_plan(), finish
        )

    return Op(start)


def get_or_none(model: type[M], pk: Any, using: Using) -> Op[M | None]:
    """The row, or None."""
    if model.__ferro_scope__ is not None:
        from .query import Query

        return Query(model, using)._of_key(pk).first()
    table = table_of(model)
    values = table.key_values(pk)

    def start() -> Operation[Any]:
        return resolve(using).start(
            table.get_plan, table.key_types, values, RESULT_FIRST, table.row_plan(), None
        )

    return Op(start)
