"""What is called after a commit.

The transaction is committed whatever they do, so each of them is called. What they raise comes out
of the block: one exception as it is, several as a group.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import isawaitable
from typing import Any

from ..errors import InterfaceError

_NOTE = "raised by a function given to on_commit(): the transaction is committed"


def call_all(callbacks: Sequence[Callable[[], Any]]) -> None:
    """After `with`."""
    failures: list[Exception] = []
    for callback in callbacks:
        try:
            made = callback()
            if isawaitable(made):
                if close := getattr(made, "close", None):
                    close()
                raise InterfaceError(
                    "a function given to on_commit() is asynchronous, and nobody can await it",
                    hint="open the transaction by `async with`",
                )
        except Exception as error:
            failures.append(error)
    _raise(failures)


async def await_all(callbacks: Sequence[Callable[[], Any]]) -> None:
    """After `async with`: one after the other."""
    failures: list[Exception] = []
    for callback in callbacks:
        try:
            made = callback()
            if isawaitable(made):
                await made
        except Exception as error:
            failures.append(error)
    _raise(failures)


def _raise(failures: list[Exception]) -> None:
    if not failures:
        return
    for error in failures:
        error.add_note(_NOTE)
    if len(failures) == 1:
        raise failures[0]
    raise ExceptionGroup("functions given to on_commit() have failed", failures)
