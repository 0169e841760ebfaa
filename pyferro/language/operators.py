"""Methods of expressions that native code does not have: put on `Expr` when models are imported."""

from __future__ import annotations

from typing import Any

from .._native import ARRAY_OF, BOOL, DECIMAL, FLOAT64, JSON, TEXT, Expr, build, operand
from . import plan
from .order import asc, desc

LIKE = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def as_(self: Expr, name: str) -> Any:
    """The same under a name in the result."""
    from ..tables.names import identifier
    from .expressions import Labeled

    return Labeled(self, identifier(name, "as_()"))


def cast(self: Expr, python: type) -> Expr:
    """The value as another type, such as `Post.score.cast(int)`."""
    from .expressions import cast

    return cast(self, python)


def is_distinct_from(self: Expr, other: Any) -> Expr:
    """Not equal, where NULL equals NULL."""
    return _distinct(12, self, other)


def is_not_distinct_from(self: Expr, other: Any) -> Expr:
    """Equal, where NULL equals NULL."""
    return _distinct(13, self, other)


def _distinct(op: int, left: Expr, right: Any) -> Expr:
    from .expressions import NOTHING

    return build(BOOL, plan.BINARY, op, left, NOTHING if right is None else operand(right, left))


def startswith(self: Expr, part: Any, *, ignore_case: bool = False) -> Expr:
    """Whether the text begins with `part`, taken literally."""
    return _part(self, part, "", "%", ignore_case, "starts_with")


def endswith(self: Expr, part: Any, *, ignore_case: bool = False) -> Expr:
    """Whether the text ends in `part`, taken literally."""
    return _part(self, part, "%", "", ignore_case, "ends_with")


def contains(self: Expr, part: Any, *, ignore_case: bool = False) -> Expr:
    """Whether the text has `part` in it, taken literally; of JSON whether it holds such a part.

    Of an array whether it has the element, or each of a list of them.
    """
    if self.type & ARRAY_OF:
        wanted = part if isinstance(part, (list, tuple, set, frozenset)) else [part]
        return _looks_through(self, wanted, 151)
    if self.type == JSON:
        from .functions import fn

        return fn.json_contains(self, part)
    return _part(self, part, "%", "%", ignore_case, "contains")


def overlaps(self: Expr, values: Any) -> Expr:
    """Whether an array has any of these elements."""
    if not self.type & ARRAY_OF or isinstance(values, (str, bytes)):
        raise TypeError("overlaps() looks through an array for a list of values")
    return _looks_through(self, values, 152)


def _looks_through(array: Expr, values: Any, function: int) -> Expr:
    if isinstance(values, Expr):
        raise TypeError("arrays are looked through for values, not for those of other columns")
    wanted = list(values)
    if None in wanted:
        raise TypeError("None equals nothing, so no array has it: leave it out")
    if array.type & ~ARRAY_OF in (FLOAT64, DECIMAL):
        raise TypeError("equal floats and decimals have several spellings: look in the program")
    return build(BOOL, plan.CALL, function, [array, operand(wanted, array)])


def _part(text: Expr, part: Any, before: str, after: str, ignore_case: bool, function: str) -> Expr:
    if isinstance(part, str):
        pattern = before + part.translate(LIKE) + after
        return text.ilike(pattern) if ignore_case else text.like(pattern)
    if ignore_case:
        raise TypeError("ignore_case takes a str, not an expression: compare fn.lower() of both")
    from .functions import fn

    made: Expr = getattr(fn, function)(text, part)
    return made


def matches(self: Expr, pattern: str, *, ignore_case: bool = False) -> Expr:
    """Whether a regular expression matches somewhere in the text.

    Of the subset that means the same on every database: characters, `.`, classes, `\\d \\w \\s`,
    `^ $`, groups, `|` and repeats. Lookaround and back references are refused.
    """
    return _regex(self, pattern, ignore_case, False)


def not_matches(self: Expr, pattern: str, *, ignore_case: bool = False) -> Expr:
    """Whether a regular expression matches nowhere in the text."""
    return _regex(self, pattern, ignore_case, True)


def _regex(text: Expr, pattern: str, ignore_case: bool, negated: bool) -> Expr:
    if not isinstance(pattern, str):
        raise TypeError("a regular expression is a str")
    made = operand(pattern, None, TEXT)
    return build(BOOL, plan.REGEX, text, made, int(ignore_case), int(negated))


def _aggregate(name: str) -> Any:
    def method(self: Expr, *, distinct: bool = False, where: Expr | None = None) -> Expr:
        from .functions import fn

        made: Expr = getattr(fn, name)(self, distinct=distinct, where=where)
        return made

    method.__name__ = name
    method.__doc__ = f"The same as fn.{name}()."
    return method


def over(self: Expr, **window: Any) -> Expr:
    """The aggregate or window function over the rows around each row.

    `partition_by` and `order_by` take one item or a list; `rows`, `range_` and `groups` a frame:
    (None, 0) is everything up to the current row, (-2, 2) two before to two after.
    """
    from .windows import over

    return over(self, **window)


def getitem(self: Expr, key: str | int) -> Any:
    """A part of a JSON document: `Post.meta["lang"].as_(str)`."""
    from .json_path import JsonPath

    if self.type != JSON:
        raise TypeError("only JSON has parts")
    return JsonPath(self, ())[key]


def install() -> None:
    """Put them on `Expr`."""
    for method in (
        as_,
        asc,
        desc,
        cast,
        is_distinct_from,
        is_not_distinct_from,
        startswith,
        endswith,
        contains,
        overlaps,
        matches,
        not_matches,
        over,
    ):
        setattr(Expr, method.__name__, method)
    for name in ("count", "sum", "avg", "min", "max"):
        setattr(Expr, name, _aggregate(name))
    Expr.__getitem__ = getitem  # type: ignore[method-assign]
