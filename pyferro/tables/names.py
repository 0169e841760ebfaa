"""Names that every database takes."""

from __future__ import annotations

from collections.abc import Sequence

MAX_IDENTIFIER = 63  # bytes; PostgreSQL cuts what is longer
NO_ARRAY_INDEX = (
    "an array is no part of a key, unique constraint or index\n"
    "use a model of its own, with a row for each element"
)


def identifier(name: str, where: str) -> str:
    """`name`, if a database can hold it as an identifier."""
    size = len(name.encode())
    if not 0 < size <= MAX_IDENTIFIER or "\0" in name:
        raise TypeError(f"{where}: a name has 1 to {MAX_IDENTIFIER} bytes, this one has {size}")
    return name


def cut_name(parts: Sequence[str], ending: str) -> str:
    """`parts_ending`, cut to fit, with a tail that keeps two long names apart."""
    full = "_".join([*parts, ending])
    if len(full.encode()) <= MAX_IDENTIFIER:
        return full
    import hashlib  # costs more to import than all of this module, and is seldom needed

    tail = f"_{hashlib.sha256(full.encode()).hexdigest()[:8]}_{ending}"
    head = full.encode()[: MAX_IDENTIFIER - len(tail)].decode(errors="ignore")
    return head + tail
