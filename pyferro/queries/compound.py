"""Several queries as one: unions, intersections and differences."""

from __future__ import annotations

from typing import Any, TypeVar

from .._native import NULL, Expr, build
from ..language import plan
from .rows import Names, Rows, page

R = TypeVar("R")


class Compound(Rows[R]):
    """Rows of several queries; the first one says what they are called and become."""

    __slots__ = ("_all", "_members", "_op")

    def __init__(self, op: int, all: bool, members: tuple[Rows[Any], ...]) -> None:
        if len(members) < 2:
            raise TypeError("a union takes another query")
        first = members[0]
        self._say_nothing()
        self._op = op
        self._all = all
        self._members = members
        self._chosen = first._chosen
        self._using = first._using
        self._tag = first._tag

    def common(self) -> tuple[Any, ...]:
        return tuple(cte for member in self._members for cte in member.common())

    def _reads_secrets(self) -> bool:
        return any(member._reads_secrets() for member in self._members)

    def _names(self) -> Any:
        return _Results(self)

    def _body(
        self,
        items: Any = None,
        *,
        limit: Expr | None = None,
        ordered: bool = True,
        ctes: Expr | None = None,
    ) -> Expr:
        if self._ties:
            raise TypeError("a union has no limit with ties: make it a subquery and limit that")
        return build(
            NULL,
            plan.COMPOUND,
            ctes,
            self._op,
            int(self._all),
            [member.inner() for member in self._members],
            [key.part for key in self._order] if ordered else (),
            page(self._limit) if limit is None else limit,
            page(self._offset),
        )


class _Results(Names):
    """In a union only the names of its result mean anything."""

    __slots__ = ("columns",)

    def __init__(self, query: Compound[Any]) -> None:
        from ..language.expressions import named

        self.columns: dict[str, Any] = {
            name: named(name, type) for name, type, _ in query.named_columns()
        }

    @property
    def proxy(self) -> Any:
        raise TypeError("a union is ordered by names of its columns")

    def named(self, name: str) -> Expr:
        found: Expr | None = self.columns.get(name)
        if found is None:
            raise AttributeError(f"the result has no column {name!r}: {', '.join(self.columns)}")
        return found
