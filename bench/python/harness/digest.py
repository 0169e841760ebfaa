"""One text for a set of rows, whichever contestant read them: equal texts mean equal values of
equal types. Used before any timing, so that nobody wins by leaving something out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


def canonical(value: Any) -> str:
    """The value with its type. Subclasses count as their base: drivers have UUIDs of their own."""
    match value:
        case None:
            return "null"
        case bool():
            return f"bool {value}"
        case int():
            return f"int {value}"
        case float():
            return f"float {value!r}"
        case str():
            return f"str {value}"
        case Decimal():
            # The scale is left out: SQLite cannot keep it for who stores numbers there.
            return f"decimal {value.normalize():f}"
        case UUID():
            return f"uuid {value}"
        case datetime():
            return f"datetime {value.isoformat()}"
        case date():
            return f"date {value.isoformat()}"
        case dict() | list():
            return f"json {json.dumps(value, sort_keys=True)}"
    return f"{type(value).__name__} {value!r}"


def lines(rows: Iterable[Sequence[Any]]) -> list[str]:
    """Each row as a line, sorted: a query without an order may answer in any."""
    return sorted("\x1f".join(canonical(value) for value in row) for row in rows)


def digest(text: Sequence[str]) -> str:
    return hashlib.sha256("\x1e".join(text).encode()).hexdigest()[:16]
