"""The types of `select`, the function and the methods. At run time there is no such module.

One class says it for the function and for the methods of models and queries. They differ in two
calls: the function makes a `Query` of a model alone, and without an argument the methods make one.
A row is a tuple; of a single thing it is that thing.
"""

from collections.abc import Callable
from typing import Any, Generic, LiteralString, TypeAlias, TypeVar, overload

from .._native import Expr, Value
from ..language.expressions import Selectable
from ..model import Model
from .query import Query
from .select_query import Selection

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")
G = TypeVar("G")
H = TypeVar("H")
M = TypeVar("M", bound=Model)
Of = TypeVar("Of")
# What a column is to a checker that is annotated without Col[]: its value.
P = TypeVar("P", bound=Value | None)
Q = TypeVar("Q", bound=Value | None)
R = TypeVar("R", bound=Value | None)
S = TypeVar("S", bound=Value | None)

Item: TypeAlias = Expr[A] | Selectable[A] | type[A]

class Choose(Generic[Of]):
    """`select`: `Choose[None]` is the function, `Choose[User]` the method of users."""

    @overload
    def __call__(self: Choose[M]) -> Query[M]: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self: Choose[None], model: type[M], /) -> Query[M]: ...
    @overload
    def __call__(self, model: type[M], /) -> Selection[M]: ...
    @overload
    def __call__(self, columns: Callable[[Any], Any], /) -> Selection[Any]: ...
    @overload
    def __call__(self: Choose[M], /, *names: LiteralString) -> Selection[Any]: ...
    @overload
    def __call__(self, a: Item[A], /) -> Selection[A]: ...
    @overload
    def __call__(self, a: Item[A], b: Item[B], /) -> Selection[tuple[A, B]]: ...
    @overload
    def __call__(self, a: Item[A], b: Item[B], c: Item[C], /) -> Selection[tuple[A, B, C]]: ...
    @overload
    def __call__(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], /
    ) -> Selection[tuple[A, B, C, D]]: ...
    @overload
    def __call__(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], /
    ) -> Selection[tuple[A, B, C, D, E]]: ...
    @overload
    def __call__(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], /
    ) -> Selection[tuple[A, B, C, D, E, F]]: ...
    @overload
    def __call__(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], /
    ) -> Selection[tuple[A, B, C, D, E, F, G]]: ...
    @overload
    def __call__(
        self,
        a: Item[A],
        b: Item[B],
        c: Item[C],
        d: Item[D],
        e: Item[E],
        f: Item[F],
        g: Item[G],
        h: Item[H],
        /,
    ) -> Selection[tuple[A, B, C, D, E, F, G, H]]: ...
    @overload
    def __call__(self, a: P, /) -> Selection[P]: ...
    @overload
    def __call__(self, a: P, b: Q, /) -> Selection[tuple[P, Q]]: ...
    @overload
    def __call__(self, a: P, b: Q, c: R, /) -> Selection[tuple[P, Q, R]]: ...
    @overload
    def __call__(self, a: P, b: Q, c: R, d: S, /) -> Selection[tuple[P, Q, R, S]]: ...
    @overload
    def __call__(self, item: Any, /) -> Selection[Any]: ...
    @overload
    def __call__(self, first: Any, second: Any, /, *more: Any) -> Selection[tuple[Any, ...]]: ...

select: Choose[None]

class ChooseOfModel:
    """`select` on a class: the method for that model."""

    def __get__(self, instance: object, owner: type[M]) -> Choose[M]: ...
