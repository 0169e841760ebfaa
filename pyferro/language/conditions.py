"""Conditions as users write them: expressions, lambdas and keywords like `age__gte=3`.

All become one native `Expr`. Nothing here builds plans.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .._native import Expr, all_of
from . import operators

if TYPE_CHECKING:
    from typing import TypeAlias

    from ..queries.rows import Names

if TYPE_CHECKING:
    Condition: TypeAlias = Expr[bool | None] | bool | Callable[[Any], Any]


def _is_null(expr: Expr, wanted: Any) -> Expr:
    if not isinstance(wanted, bool):
        raise TypeError("isnull takes True or False")
    return expr.is_null() if wanted else expr.is_not_null()


def _exact(expr: Expr, value: Any) -> Expr:
    return expr.is_null() if value is None else expr == value


def _not(expr: Expr, value: Any) -> Expr:
    return expr.is_not_null() if value is None else expr != value


def _between(expr: Expr, pair: Any) -> Expr:
    low, high = pair
    return expr.between(low, high)


LOOKUPS: dict[str, Callable[[Expr, Any], Expr]] = {
    "exact": _exact,
    "ne": _not,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "in": Expr.in_,
    "not_in": Expr.not_in,
    "between": _between,
    "range": _between,
    "like": Expr.like,
    "ilike": Expr.ilike,
    "iexact": lambda expr, value: expr.ilike(str(value).translate(operators.LIKE)),
    "startswith": operators.startswith,
    "istartswith": lambda expr, part: operators.startswith(expr, part, ignore_case=True),
    "endswith": operators.endswith,
    "iendswith": lambda expr, part: operators.endswith(expr, part, ignore_case=True),
    "contains": operators.contains,
    "icontains": lambda expr, part: operators.contains(expr, part, ignore_case=True),
    "regex": operators.matches,
    "iregex": lambda expr, pattern: operators.matches(expr, pattern, ignore_case=True),
    "isnull": _is_null,
}


def combine(
    names: Callable[[], Names],
    so_far: Expr | None,
    conditions: tuple[Condition, ...],
    lookups: dict[str, Any],
) -> Expr | None:
    """All of it, joined with AND; None for no condition at all."""
    if not lookups:
        joined: Expr | None = all_of(so_far, conditions)
        if joined is not NotImplemented:
            return joined
    terms = [one if isinstance(one, Expr) else _resolve(names(), one) for one in conditions]
    terms += [_lookup(names(), key, value) for key, value in lookups.items()]
    whole: Expr | None = all_of(so_far, tuple(terms))
    return whole


def _resolve(names: Names, condition: Condition) -> Expr:
    if callable(condition):
        made = condition(names.proxy)
        if isinstance(made, Expr):
            return made
        condition = made
    advice = ""
    if isinstance(condition, bool):
        advice = ": a comparison of a column uses == and !=, not `is`, `in` or `and`"
    raise TypeError(f"a condition is an expression, not {type(condition).__name__}{advice}")


def _lookup(names: Names, key: str, value: Any) -> Expr:
    exact = names.columns.get(key)
    if exact is not None:
        return _exact(exact, value)
    relation, _, rest = key.partition("__")
    path = names.path(relation)
    if path is not None:
        return _related(path, rest, value)
    name, separator, lookup = key.rpartition("__")
    if not separator:
        return _exact(names.named(key), value)
    test = LOOKUPS.get(lookup)
    column = names.named(name if test is not None or name in names.columns else key)
    if test is None:
        known = ", ".join(LOOKUPS)
        raise TypeError(f"unknown lookup {lookup!r} on {name!r}; known: {known}")
    return test(column, value)


def _related(path: Any, key: str, value: Any) -> Expr:
    """A lookup beyond a relation: `author__name="Ada"`, `tags__label__in=[…]`, `author=ada`."""
    from ..queries.paths import ManyPath

    if isinstance(path, ManyPath):
        if key == "isnull":
            return path.none() if value else path.any()
        if not key:
            raise TypeError("a relation to many is asked for a column: tags__label=…")
        return path.any(**{key: value})
    if key in ("", "exact"):
        made: Expr = path == value
        return made
    if key == "isnull":
        return _is_null(path, value)
    if key == "in":
        return path.in_(value)  # type: ignore[no-any-return]
    from ..queries.rows import Names
    from ..queries.selection import Projection

    return _lookup(Names(path._source, Projection(())), key, value)
