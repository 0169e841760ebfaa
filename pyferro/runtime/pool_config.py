"""How a database keeps its connections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..errors import UnsupportedFeature


@dataclass(frozen=True)
class PoolConfig:
    """How many connections a database keeps, and how long a call waits for one."""

    max_connections: int | None = None  # 10
    min_connections: int = 0  # opened by connect(), and kept when idle
    acquire_timeout: float | None = None  # 30 seconds; then PoolTimeout
    settings_delivery: str = "transaction"
    idle: float | None = None  # seconds after which an idle connection is closed; None: never
    lifetime: float | None = None  # the same for its age, less up to a tenth by chance
    # Before a connection that was idle for half a second is used: a look at its socket, a question
    # to the server, or nothing. After a connection was lost the others are asked in any case.
    check: Literal["quiet", "ping", "never"] = "quiet"
    # What lends sessions between us and the server: "transaction" behind pgbouncer in that mode.
    pooler: Literal["none", "transaction"] = "none"

    def options(self) -> dict[str, str]:
        if self.settings_delivery != "transaction":
            raise UnsupportedFeature(
                "a pool delivers no settings", hint="leave settings_delivery as it is"
            )
        found: dict[str, str] = {"pool_check": self.check}
        if self.pooler != "none":
            found["pooler"] = self.pooler
        if self.max_connections is not None:
            found["pool_size"] = str(self.max_connections)
        if self.min_connections:
            found["pool_min"] = str(self.min_connections)
        for name, seconds in (
            ("timeout", self.acquire_timeout),
            ("idle", self.idle),
            ("lifetime", self.lifetime),
        ):
            if seconds is not None:
                found[f"pool_{name}"] = f"{seconds:.3f}"
        return found
