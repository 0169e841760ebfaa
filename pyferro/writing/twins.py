"""Rows of one call that have the same key, found without a Python frame for each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def keys_of(rows: Sequence[Any], names: Sequence[str]) -> list[Any]:
    """The values of these columns, as tuples where there are several; None without one of them."""
    if len(names) == 1:
        (name,) = names
        return [one.__dict__.get(name) for one in rows]
    found = []
    for one in rows:
        key = tuple(map(one.__dict__.get, names))
        found.append(None if None in key else key)
    return found


def twins(keys: Sequence[Any]) -> tuple[int, int] | None:
    """The places of the first two that are equal. None is no key."""
    distinct = set(keys)
    distinct.discard(None)
    if len(distinct) == len(keys) - keys.count(None):
        return None
    seen: dict[Any, int] = {}
    for place, key in enumerate(keys):
        if key is not None and (first := seen.setdefault(key, place)) != place:
            return first, place
    return None
