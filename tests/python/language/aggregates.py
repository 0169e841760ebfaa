"""Aggregates of the values of some rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from .types import NUMBERS
from .values import EXACT, INT64_MAX, INT64_MIN, Ambiguous, float64, int64
from .words import AggregateFunction, Type


def distinct(values: Sequence[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


def sum_is_fragile(values: Sequence[Any]) -> bool:
    """Whether a sum of int64 may pass out of range on the way to its result."""
    greatest, least = (sum(v for v in values if (v > 0) == up) for up in (True, False))
    return bool(greatest > INT64_MAX or least < INT64_MIN)


def exact_sum(values: Sequence[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = EXACT.add(total, value)
    return total


def aggregate(function: AggregateFunction, type: Type, values: list[Any]) -> Any:
    """`values` has no NULL, and each once if the aggregate is distinct; `type` is theirs."""
    if function == AggregateFunction.count:
        return len(values)
    if not values:
        return None
    match function:
        case AggregateFunction.sum:
            if type == Type.int64:
                return int64(sum(values))
            return exact_sum(values) if type == Type.decimal else float64(math.fsum(values))
        case AggregateFunction.min:
            return min(values)
        case AggregateFunction.max:
            return max(values)
        case AggregateFunction.bool_and:
            return all(values)
        case AggregateFunction.bool_or:
            return any(values)
    assert type in NUMBERS
    return _of_floats(function, [float(value) for value in values])


def _of_floats(function: AggregateFunction, values: list[float]) -> float | None:
    mean = math.fsum(values) / len(values)
    if function == AggregateFunction.avg:
        return float64(mean)
    population = function in (
        AggregateFunction.stddev_population,
        AggregateFunction.variance_population,
    )
    divisor = len(values) - (not population)
    if divisor == 0:
        return None
    variance = math.fsum((value - mean) ** 2 for value in values) / divisor
    spread = function in (
        AggregateFunction.stddev_sample,
        AggregateFunction.stddev_population,
    )
    return math.sqrt(variance) if spread else variance


def string_agg(texts: list[str], keys: list[tuple[int, ...]], separator: str, once: bool) -> str:
    """`keys` are what the texts are sorted by, empty tuples without an order."""
    order = sorted(range(len(texts)), key=lambda i: keys[i])
    for a, b in pairwise(order):
        if keys[a] == keys[b] and texts[a] != texts[b]:
            raise Ambiguous("texts are put together in no certain order")
    taken = [texts[i] for i in order]
    if once:
        seen: dict[str, tuple[int, ...]] = {}
        for i in order:
            if seen.setdefault(texts[i], keys[i]) != keys[i]:
                raise Ambiguous("equal texts stand at several places in the order")
        taken = distinct(taken)
    return separator.join(taken)
