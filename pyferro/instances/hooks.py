"""Methods of a model that run around the writing of its instances.

`@before_save`, `@after_save`, `@before_delete` and `@after_delete` mark methods of a class body, by
the instance; `bulk=True` marks a class method that gets all instances of one call as a list, in
place of the methods for each. Hooks are plain functions. One that has to ask the database returns
an Op, or a list of them: it runs in the same transaction, in a loop as without one.

What is written by queries, `update()` and `delete()`, has no instances and runs no hooks; so does
`insert()`. For what happens when a row is loaded there is pydantic's `model_post_init`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

from ..op import Body, Op, Steps, steps
from ..runtime.connections import Using, resolve
from ..runtime.transaction import atomic

if TYPE_CHECKING:
    from ..model import Model

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

_MARK = "__ferro_hook__"

Hooks = dict[str, list[tuple[str, bool]]]  # by event: names of methods, and whether of all at once


class _Event:
    """A decorator for the methods that run at an event."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    @overload
    def __call__(self, method: F, /) -> F: ...
    @overload
    def __call__(self, *, bulk: bool = False) -> Callable[[F], F]: ...
    def __call__(self, *method: Any, bulk: bool = False) -> Any:
        def mark(function: Any) -> Any:
            inner = function.__func__ if isinstance(function, classmethod) else function
            if inspect.iscoroutinefunction(inner):
                raise TypeError(
                    f"{inner.__name__} is a coroutine function, and hooks also run without a loop\n"
                    "make it a plain function that returns what it would await: an Op"
                )
            if bulk != isinstance(function, classmethod):
                raise TypeError(
                    f"{inner.__name__}: a hook of bulk=True is a classmethod, others are none"
                )
            setattr(inner, _MARK, (*getattr(inner, _MARK, ()), (self.name, bulk)))
            return function

        return mark(*method) if method else mark


# Methods take `(self, created: bool)`, whether the row is inserted and not updated.
before_save = _Event("before_save")
after_save = _Event("after_save")
# Methods take `(self)`.
before_delete = _Event("before_delete")
after_delete = _Event("after_delete")


def hooks_of(cls: type[Any]) -> Hooks:
    """The hooks of a class, those of its bases first; one that is overridden is not among them."""
    found: Hooks = {}
    seen: set[str] = set()
    for base in reversed(cls.__mro__):
        for name in base.__dict__:
            if name in seen or name.startswith("__"):
                continue
            method = inspect.getattr_static(cls, name, None)
            inner = method.__func__ if isinstance(method, classmethod) else method
            for event, bulk in getattr(inner, _MARK, ()):
                seen.add(name)
                found.setdefault(event, []).append((name, bulk))
    return found


def inserting(instance: Model, using: Using, write: Callable[[], Op[T]]) -> Op[T]:
    """`write` inserts the instance; with the hooks around it, where there are some."""
    cls = type(instance)
    if not cls.__ferro_hooks__:
        return write()
    return _around(cls, "save", [instance], using, write, [True])


def bulk_inserting(
    cls: type[Model], instances: Sequence[Any], using: Using, write: Callable[[], Op[T]]
) -> Op[T]:
    """The same for many of one model."""
    if not cls.__ferro_hooks__:
        return write()
    return _around(cls, "save", instances, using, write, [True] * len(instances))


def saving(instance: Model, using: Using, write: Callable[[], Op[T]]) -> Op[T]:
    """The same where `write` inserts or updates."""
    cls = type(instance)
    if not cls.__ferro_hooks__:
        return write()
    from ..writing.storing import is_new

    return _around(cls, "save", [instance], using, write, [is_new(instance)])


def deleting(instance: Model, using: Using, write: Callable[[], Op[T]]) -> Op[T]:
    """The same where `write` deletes."""
    cls = type(instance)
    if not cls.__ferro_hooks__:
        return write()
    return _around(cls, "delete", [instance], using, write, None)


def _around(
    cls: type[Model],
    event: str,
    instances: Sequence[Any],
    using: Using,
    write: Callable[[], Op[T]],
    created: Sequence[bool] | None,
) -> Op[T]:
    """`write`, made when the hooks before it have run, and the hooks after it."""
    hooks = cls.__ferro_hooks__
    before, after = hooks.get(f"before_{event}", ()), hooks.get(f"after_{event}", ())

    def body() -> Body[T]:
        yield from _run(before, cls, instances, created)
        result = yield from steps(write())
        yield from _run(after, cls, instances, created)
        return result

    return Steps(lambda: atomic(resolve(using), body()))


def _run(
    hooks: Iterable[tuple[str, bool]],
    cls: type[Model],
    instances: Sequence[Any],
    created: Sequence[bool] | None,
) -> Body[None]:
    for name, bulk in hooks:
        if bulk:
            yield from _asked(getattr(cls, name)(list(instances)))
            continue
        for place, one in enumerate(instances):
            arguments = () if created is None else (created[place],)
            yield from _asked(getattr(one, name)(*arguments))


def _asked(answer: Any) -> Body[None]:
    """What a hook returned: nothing, or requests to run."""
    if answer is None:
        return
    for one in answer if isinstance(answer, (list, tuple)) else (answer,):
        if inspect.iscoroutine(one):
            one.close()
        if not isinstance(one, Op):
            raise TypeError(f"a hook returns None or an Op to run, not {type(one).__name__}")
        yield from steps(one)
