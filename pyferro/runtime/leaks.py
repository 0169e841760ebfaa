"""Who has had a connection for too long, and where in the program it was taken.

For `connect(…, leak_report=seconds)`. Looked at whenever a transaction or stream begins and when the
database is closed: there is no thread. It only reports; what is in use stays so.
"""

from __future__ import annotations

import logging
import os
import sys
from time import monotonic
from typing import Any
from weakref import WeakSet

logger = logging.getLogger("pyferro.pool")

_HERE = os.path.dirname(os.path.dirname(__file__))  # all of pyferro
_ELSEWHERE = os.path.dirname(os.__file__)  # asyncio, contextlib


class Holding:
    """A transaction or stream; it is over when nobody refers to this any more."""

    __slots__ = ("__weakref__", "since", "told", "what", "where")

    def __init__(self, what: str) -> None:
        self.what = what
        self.where = _where()
        self.since = monotonic()
        self.told = False


class Passing:
    """What is done with a stream's rows, and the holding that lives as long as the stream."""

    __slots__ = ("_finish", "_holding")

    def __init__(self, holding: Holding, finish: Any) -> None:
        self._holding = holding
        self._finish = finish

    def __call__(self, found: Any) -> Any:
        return found if self._finish is None else self._finish(found)


class Ledger:
    """What is held of one database. `seconds` is how long is too long."""

    __slots__ = ("_held", "_name", "_seconds")

    def __init__(self, name: str, seconds: float) -> None:
        if not seconds > 0:
            raise ValueError("leak_report is a positive number of seconds")
        self._name = name
        self._seconds = seconds
        self._held: WeakSet[Holding] = WeakSet()

    def begin(self, what: str) -> Holding:
        self.report(self._seconds)
        holding = Holding(what)
        self._held.add(holding)
        return holding

    def report(self, seconds: float) -> None:
        """A warning for each that has been held for so long, once."""
        now = monotonic()
        for holding in list(self._held):
            if now - holding.since >= seconds and not holding.told:
                holding.told = True
                logger.warning(
                    "%s: a %s has held a connection for %.1f s; it was begun at %s",
                    self._name,
                    holding.what,
                    now - holding.since,
                    holding.where,
                )


def _where() -> str:
    """The lines of the program that led here, the innermost first."""
    lines: list[str] = []
    frame = sys._getframe(1)
    at: Any = frame
    while at is not None and len(lines) < 3:
        name = at.f_code.co_filename
        if not name.startswith((_HERE, _ELSEWHERE, "<")):
            lines.append(f"{name}:{at.f_lineno} in {at.f_code.co_name}")
        at = at.f_back
    return ", called from ".join(lines) or "a place that is not known"
