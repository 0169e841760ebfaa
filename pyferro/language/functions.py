"""`fn`: the functions of the query language. Each means the same on every database.

NULL as an argument gives NULL unless a function says otherwise. Arguments are expressions or values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from .. import _native
from .._native import Expr
from .aggregates import Aggregates, WindowFunctions
from .call import argument, call, integer, moment, number_of, part, real, same, text

if TYPE_CHECKING:
    from datetime import date, datetime, time
    from decimal import Decimal

    from .._native import Number, Text, Value
    from .json_path import JsonPath

    # What is never NULL, and gives no NULL.
    Str = str | Expr[str]
    Int = int | Expr[int]
    Moment = date | time | Expr[date] | Expr[time]
    MaybeMoment = date | time | Expr[date | time | None]

    # Functions of these give the same type; of several that fit it is the first.
    S = TypeVar("S", str, str | None)
    N = TypeVar("N", int, int | None, float, float | None, Decimal, Decimal | None)
    # Unlike a variable without a bound it is never an expression itself.
    V = TypeVar("V", bound=Value | None)
    D = TypeVar("D", datetime, datetime | None, date, date | None)


class Choices:
    """Of values of any type."""

    @overload
    @staticmethod
    def coalesce(first: Expr[V | None], default: V | Expr[V], /) -> Expr[V]: ...
    @overload
    @staticmethod
    def coalesce(
        first: Expr[V | None], second: Expr[V | None], default: V | Expr[V], /
    ) -> Expr[V]: ...
    @overload
    @staticmethod
    def coalesce(*values: V | Expr[V]) -> Expr[V]: ...
    @overload
    @staticmethod
    def coalesce(*values: Any) -> Expr[Any]: ...
    @staticmethod
    def coalesce(*values: Any) -> Expr:
        """The first value that is not NULL."""
        return same(0, values)

    @overload
    @staticmethod
    def nullif(value: V | Expr[V], other: Any) -> Expr[V | None]: ...
    @overload
    @staticmethod
    def nullif(value: Any, other: Any) -> Expr[Any]: ...
    @staticmethod
    def nullif(value: Any, other: Any) -> Expr:
        """The value, but NULL where it equals the other."""
        return same(1, (value, other))

    @overload
    @staticmethod
    def greatest(*values: V | Expr[V]) -> Expr[V]: ...
    @overload
    @staticmethod
    def greatest(*values: Any) -> Expr[Any]: ...
    @staticmethod
    def greatest(*values: Any) -> Expr:
        """The greatest value; NULL when any is NULL."""
        return same(2, values)

    @overload
    @staticmethod
    def least(*values: V | Expr[V]) -> Expr[V]: ...
    @overload
    @staticmethod
    def least(*values: Any) -> Expr[Any]: ...
    @staticmethod
    def least(*values: Any) -> Expr:
        """The least value; NULL when any is NULL."""
        return same(3, values)

    @staticmethod
    def grouping(expr: Expr) -> Expr[int]:
        """1 where a row of ROLLUP, CUBE or GROUPING SETS stands for all values of `expr`, else 0."""
        return call(160, _native.INT64, expr)


class Texts:
    """Of text, in characters, from 1; exact, whatever the collation."""

    @staticmethod
    def concat(*values: S | Expr[S]) -> Expr[S]:
        """One text after the other."""
        return text(10, *values)

    @staticmethod
    def lower(value: S | Expr[S]) -> Expr[S]:
        """Small letters; beyond ASCII as the database's locale has it."""
        return text(11, value)

    @staticmethod
    def upper(value: S | Expr[S]) -> Expr[S]:
        """Capital letters; beyond ASCII as the database's locale has it."""
        return text(12, value)

    @overload
    @staticmethod
    def length(value: Str) -> Expr[int]: ...
    @overload
    @staticmethod
    def length(value: Text) -> Expr[int | None]: ...
    @staticmethod
    def length(value: Any) -> Expr:
        """Characters (code points)."""
        return text(13, value, gives=_native.INT64)

    @overload
    @staticmethod
    def octet_length(value: Str | bytes | Expr[bytes]) -> Expr[int]: ...
    @overload
    @staticmethod
    def octet_length(value: Text | Expr[bytes | None]) -> Expr[int | None]: ...
    @staticmethod
    def octet_length(value: Any) -> Expr:
        """Bytes, of text in UTF-8."""
        made = value if isinstance(value, Expr) else _native.operand(value)
        return call(14, _native.INT64, made)

    @staticmethod
    def substr(value: S | Expr[S], start: Int, count: Int | None = None) -> Expr[S]:
        """`count` characters from `start`, which is at least 1; NULL before that."""
        made = argument(value, _native.TEXT)
        if count is None:
            return call(15, _native.TEXT, made, integer(start))
        return call(15, _native.TEXT, made, integer(start), integer(count))

    @staticmethod
    def trim(value: S | Expr[S]) -> Expr[S]:
        """Without spaces at both ends."""
        return text(16, value)

    @staticmethod
    def ltrim(value: S | Expr[S]) -> Expr[S]:
        """Without spaces at the beginning."""
        return text(17, value)

    @staticmethod
    def rtrim(value: S | Expr[S]) -> Expr[S]:
        """Without spaces at the end."""
        return text(18, value)

    @staticmethod
    def replace(value: S | Expr[S], old: S | Expr[S], new: S | Expr[S]) -> Expr[S]:
        """Every `old` replaced; an empty `old` changes nothing."""
        return text(19, value, old, new)

    @overload
    @staticmethod
    def position(value: Str, part: Str) -> Expr[int]: ...
    @overload
    @staticmethod
    def position(value: Text, part: Text) -> Expr[int | None]: ...
    @staticmethod
    def position(value: Any, part: Any) -> Expr:
        """Where the part begins, 0 when it is not there."""
        return text(20, value, part, gives=_native.INT64)

    @overload
    @staticmethod
    def starts_with(value: Str, part: Str) -> Expr[bool]: ...
    @overload
    @staticmethod
    def starts_with(value: Text, part: Text) -> Expr[bool | None]: ...
    @staticmethod
    def starts_with(value: Any, part: Any) -> Expr:
        """Whether it begins with the part, which may be an expression."""
        return text(21, value, part, gives=_native.BOOL)

    @overload
    @staticmethod
    def ends_with(value: Str, part: Str) -> Expr[bool]: ...
    @overload
    @staticmethod
    def ends_with(value: Text, part: Text) -> Expr[bool | None]: ...
    @staticmethod
    def ends_with(value: Any, part: Any) -> Expr:
        """Whether it ends in the part."""
        return text(22, value, part, gives=_native.BOOL)

    @overload
    @staticmethod
    def contains(value: Str, part: Str) -> Expr[bool]: ...
    @overload
    @staticmethod
    def contains(value: Text, part: Text) -> Expr[bool | None]: ...
    @staticmethod
    def contains(value: Any, part: Any) -> Expr:
        """Whether it has the part in it."""
        return text(23, value, part, gives=_native.BOOL)

    @staticmethod
    def reverse(value: S | Expr[S]) -> Expr[S]:
        """The characters from the last to the first."""
        return text(24, value)

    @staticmethod
    def repeat(value: S | Expr[S], count: Int) -> Expr[S]:
        """So many times; nothing for a count below 1."""
        return call(25, _native.TEXT, argument(value, _native.TEXT), integer(count))


class Numbers:
    """Of numbers. Those that give a float are NULL outside their domain."""

    @staticmethod
    def abs(value: N | Expr[N]) -> Expr[N]:
        """Without its sign."""
        return number_of(40, value)

    @staticmethod
    def sign(value: N | Expr[N]) -> Expr[N]:
        """-1, 0 or 1, of the value's type."""
        return number_of(41, value)

    @staticmethod
    def ceil(value: N | Expr[N]) -> Expr[N]:
        """The least whole number that is not below it, of the value's type."""
        return number_of(42, value)

    @staticmethod
    def floor(value: N | Expr[N]) -> Expr[N]:
        """The greatest whole number that is not above it, of the value's type."""
        return number_of(43, value)

    @staticmethod
    def trunc(value: N | Expr[N]) -> Expr[N]:
        """Without its fraction."""
        return number_of(44, value)

    @staticmethod
    def round(value: N | Expr[N], digits: int | None = None) -> Expr[N]:
        """A Decimal half away from zero, a float half to even; `digits` are of a Decimal only."""
        if digits is None:
            return number_of(45, value)
        made = _native.operand(value)
        return call(46, made.type, made, integer(digits))

    @staticmethod
    def sqrt(value: Number | Expr[Number]) -> Expr[float | None]:
        """The square root."""
        return real(47, value)

    @staticmethod
    def exp(value: Number | Expr[Number]) -> Expr[float | None]:
        """e to the power of the value."""
        return real(48, value)

    @staticmethod
    def ln(value: Number | Expr[Number]) -> Expr[float | None]:
        """The natural logarithm."""
        return real(49, value)

    @staticmethod
    def log10(value: Number | Expr[Number]) -> Expr[float | None]:
        """The logarithm to base 10."""
        return real(50, value)

    @staticmethod
    def power(value: Number | Expr[Number], exponent: Number | Expr[Number]) -> Expr[float | None]:
        """The value to the power of the exponent."""
        return real(51, value, exponent)


_PARTS = {
    "year": 70,
    "quarter": 71,
    "month": 72,
    "day": 73,
    "hour": 74,
    "minute": 75,
    "second": 76,
    "microsecond": 77,
    "isodow": 78,
    "doy": 79,
    "isoweek": 80,
    "isoyear": 81,
    "epoch_us": 82,
}
_UNITS = {
    "year": 90,
    "quarter": 91,
    "month": 92,
    "week": 93,
    "day": 94,
    "hour": 95,
    "minute": 96,
    "second": 97,
}
_COUNTS = {
    "years": 110,
    "months": 111,
    "days": 112,
    "hours": 113,
    "minutes": 114,
    "seconds": 115,
    "microseconds": 116,
}


def _one_of(known: dict[str, int], word: str, what: str) -> int:
    found = known.get(word)
    if found is None:
        raise TypeError(f"{what} is one of {', '.join(map(repr, known))}, not {word!r}")
    return found


class Moments:
    """Of dates and times; those with a zone are in UTC."""

    @overload
    @staticmethod
    def extract(field: str, value: Moment) -> Expr[int]: ...
    @overload
    @staticmethod
    def extract(field: str, value: MaybeMoment) -> Expr[int | None]: ...
    @staticmethod
    def extract(field: str, value: Any) -> Expr:
        """A part as an integer: `fn.extract("isoweek", Post.created)`. Monday is isodow 1.

        year, quarter, month, day, hour, minute, second, microsecond (of the second), isodow, doy,
        isoweek, isoyear, epoch_us (microseconds since 1970).
        """
        return part(_one_of(_PARTS, field, "the field of extract()"), value)

    @overload
    @staticmethod
    def year(value: Moment) -> Expr[int]: ...
    @overload
    @staticmethod
    def year(value: MaybeMoment) -> Expr[int | None]: ...
    @staticmethod
    def year(value: Any) -> Expr:
        """The year, as an integer."""
        return part(70, value)

    @overload
    @staticmethod
    def month(value: Moment) -> Expr[int]: ...
    @overload
    @staticmethod
    def month(value: MaybeMoment) -> Expr[int | None]: ...
    @staticmethod
    def month(value: Any) -> Expr:
        """The month, from 1."""
        return part(72, value)

    @overload
    @staticmethod
    def day(value: Moment) -> Expr[int]: ...
    @overload
    @staticmethod
    def day(value: MaybeMoment) -> Expr[int | None]: ...
    @staticmethod
    def day(value: Any) -> Expr:
        """The day of the month, from 1."""
        return part(73, value)

    @overload
    @staticmethod
    def hour(value: Moment) -> Expr[int]: ...
    @overload
    @staticmethod
    def hour(value: MaybeMoment) -> Expr[int | None]: ...
    @staticmethod
    def hour(value: Any) -> Expr:
        """The hour, from 0."""
        return part(74, value)

    @staticmethod
    def date_trunc(unit: str, value: D | Expr[D]) -> Expr[D]:
        """The beginning of the year, quarter, month, week (Monday), day, hour, minute or second."""
        return moment(_one_of(_UNITS, unit, "the unit of date_trunc()"), value)

    @staticmethod
    def date_add(value: D | Expr[D], **count: int | Expr[int | None]) -> Expr[D | None]:
        """Later by a count of one unit: `fn.date_add(Post.created, months=1)`.

        A day that the month lacks becomes its last day. NULL beyond the years 1 to 9999.
        """
        if len(count) != 1:
            raise TypeError("date_add() takes one unit, such as months=1")
        [(unit, many)] = count.items()
        return moment(_one_of(_COUNTS, unit, "the unit of date_add()"), value, many)

    @overload
    @staticmethod
    def days_between(later: date | Expr[date], earlier: date | Expr[date]) -> Expr[int]: ...
    @overload
    @staticmethod
    def days_between(later: MaybeMoment, earlier: MaybeMoment) -> Expr[int | None]: ...
    @staticmethod
    def days_between(later: Any, earlier: Any) -> Expr:
        """Of two dates."""
        return _between(120, later, earlier)

    @overload
    @staticmethod
    def microseconds_between(
        later: datetime | Expr[datetime], earlier: datetime | Expr[datetime]
    ) -> Expr[int]: ...
    @overload
    @staticmethod
    def microseconds_between(later: MaybeMoment, earlier: MaybeMoment) -> Expr[int | None]: ...
    @staticmethod
    def microseconds_between(later: Any, earlier: Any) -> Expr:
        """Of two datetimes, both with a zone or both without."""
        return _between(121, later, earlier)

    @staticmethod
    def now() -> Expr[datetime]:
        """The moment of the statement, with a zone."""
        return call(122, _native.TIMESTAMPTZ)

    @staticmethod
    def today() -> Expr[date]:
        """The date of it in UTC."""
        return call(123, _native.DATE)


def _between(number: int, later: Any, earlier: Any) -> Expr:
    first = _native.operand(later, earlier if isinstance(earlier, Expr) else None)
    return call(number, _native.INT64, first, _native.operand(earlier, first))


class Arrays:
    """Of arrays. Columns have `contains()` and `overlaps()` besides."""

    @staticmethod
    def array_length(array: Any) -> Expr[int | None]:
        """Elements of an array, NULLs included."""
        return call(150, _native.INT64, _native.operand(array))


class Documents:
    """Of JSON documents: columns, parts of them, or Python values."""

    @staticmethod
    def json_contains(document: Any, part: Any) -> Expr[bool]:
        """Whether the document holds the part as a subset; numbers are compared by value."""
        return call(140, _native.BOOL, _document(document), _document(part))

    @staticmethod
    def json_has_key(document: Any, key: Str) -> Expr[bool]:
        """Whether the document is an object with that key."""
        return call(141, _native.BOOL, _document(document), argument(key, _native.TEXT))

    @staticmethod
    def json_length(document: Any) -> Expr[int | None]:
        """Elements of an array; NULL for anything else."""
        return call(142, _native.INT64, _document(document))

    @staticmethod
    def json_merge_patch(document: Any, patch: Any) -> Expr[Any]:
        """As RFC 7396 has it: objects are merged, null removes a key."""
        return call(143, _native.JSON, _document(document), _document(patch))

    @staticmethod
    def json_set(place: JsonPath, value: Any) -> Expr[Any]:
        """The document with the value at the place: `json_set(Post.meta["a"]["b"], 1)`."""
        return place.set(value)

    @staticmethod
    def json_remove(place: JsonPath) -> Expr[Any]:
        """The document without the key or element at the place."""
        return place.remove()


def _document(value: Any) -> Expr:
    return argument(value, _native.JSON)


class fn(
    Aggregates, WindowFunctions, Choices, Texts, Numbers, Moments, Arrays, Documents
):  # a namespace, written as other libraries write it
    """All functions: `fn.lower(User.name)`, `fn.count()`, `fn.row_number().over(...)`."""


now = fn.now
