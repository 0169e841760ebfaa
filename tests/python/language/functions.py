"""What the functions of texts and numbers give for values that are not NULL."""

from __future__ import annotations

import decimal
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .values import EXACT, EvaluationError, float64, int64
from .words import Function

_LONGEST = 1 << 20


def _substr(text: str, start: int, count: int | None = None) -> str | None:
    if start < 1 or (count is not None and count < 0):
        return None
    return text[start - 1 :] if count is None else text[start - 1 : start - 1 + count]


def _repeat(text: str, count: int) -> str:
    if count > 0 and len(text) * count > _LONGEST:
        raise EvaluationError("a text is too long")
    return text * count


def _replace(text: str, old: str, new: str) -> str:
    return text.replace(old, new) if old else text


def _octets(value: str | bytes) -> int:
    return len(value.encode()) if isinstance(value, str) else len(value)


TEXT: dict[Function, Callable[..., Any]] = {
    Function.concat: lambda *texts: "".join(texts),
    Function.lower: str.lower,
    Function.upper: str.upper,
    Function.length: len,
    Function.octet_length: _octets,
    Function.substr: _substr,
    Function.trim: lambda text: text.strip(" "),
    Function.trim_left: lambda text: text.lstrip(" "),
    Function.trim_right: lambda text: text.rstrip(" "),
    Function.replace: _replace,
    Function.position: lambda text, part: text.find(part) + 1,
    Function.starts_with: str.startswith,
    Function.ends_with: str.endswith,
    Function.contains: lambda text, part: part in text,
    Function.reverse: lambda text: text[::-1],
    Function.repeat: _repeat,
}


def _abs(value: Any) -> Any:
    return int64(-value) if isinstance(value, int) and value < 0 else abs(value)


def _sign(value: Any) -> Any:
    return type(value)((value > 0) - (value < 0))


def _rounded(rounding: str, of_float: Callable[[float], float]) -> Callable[[Any], Any]:
    def rounded(value: Any) -> Any:
        if isinstance(value, Decimal):
            return value.to_integral_value(rounding)
        return value if isinstance(value, int) else of_float(value)

    return rounded


def _round_to(value: Decimal, digits: int) -> Decimal | None:
    if digits < 0:
        return None
    unit = Decimal(1).scaleb(-digits)
    return value.quantize(unit, decimal.ROUND_HALF_UP, decimal.Context(prec=EXACT.prec))


NUMBER: dict[Function, Callable[..., Any]] = {
    Function.abs: _abs,
    Function.sign: _sign,
    Function.ceil: _rounded(decimal.ROUND_CEILING, lambda x: float(math.ceil(x))),
    Function.floor: _rounded(decimal.ROUND_FLOOR, lambda x: float(math.floor(x))),
    Function.trunc: _rounded(decimal.ROUND_DOWN, lambda x: float(math.trunc(x))),
    Function.round: _rounded(decimal.ROUND_HALF_UP, lambda x: float(round(x))),
    Function.round_to: _round_to,
}


def _exp(value: float) -> float:
    try:
        return math.exp(value)
    except OverflowError:
        raise EvaluationError("a float64 is out of range") from None


def _power(base: float, exponent: float) -> float | None:
    if (base == 0 and exponent < 0) or (base < 0 and exponent != math.trunc(exponent)):
        return None
    try:
        return float64(math.pow(base, exponent))
    except OverflowError:
        raise EvaluationError("a float64 is out of range") from None


# They take any number as a float64.
FLOAT: dict[Function, Callable[..., Any]] = {
    Function.sqrt: lambda x: math.sqrt(x) if x >= 0 else None,
    Function.exp: _exp,
    Function.ln: lambda x: math.log(x) if x > 0 else None,
    Function.log10: lambda x: math.log10(x) if x > 0 else None,
    Function.power: _power,
}
