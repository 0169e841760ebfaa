"""`lifespan()`: a database that lives as long as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from .runtime.connections import connect


def lifespan(
    url: str, *, close_timeout: float = 10, **options: Any
) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """For `FastAPI(lifespan=…)`, `Starlette(lifespan=…)` and the like.

    Connects when the application starts, with the options of `connect()`; when it stops, waits for
    requests under way, `close_timeout` seconds at most, and closes.
    """

    @asynccontextmanager
    async def span(_application: Any) -> AsyncIterator[None]:
        database = await connect(url, **options)
        try:
            yield
        finally:
            await database.close(timeout=close_timeout)

    return span
