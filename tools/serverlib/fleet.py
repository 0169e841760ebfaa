"""All servers together: started one after another, written to a state file, stopped as one.

How a single server starts is in its own module, how it ends in `process`.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from . import mariadb, mysql, pgbouncer, postgresql, process
from .process import Server, ServerError, Unavailable, say

STARTERS: dict[str, Callable[..., Server]] = {
    "postgresql": postgresql.start,
    "postgresql_newer": postgresql.start_newer,
    "mariadb": mariadb.start,
    "mysql": mysql.start,
}
# What stands in front of another server, which must have been started before.
POOLERS: dict[str, Callable[..., Server]] = {
    "pgbouncer": pgbouncer.start,
    "pgbouncer_newer": pgbouncer.start_newer,
}
BEHIND = "postgresql"
KNOWN = (*STARTERS, *POOLERS)


@dataclass
class Fleet:
    """What runs, what could not be had, and what is there but did not work, each by name."""

    running: list[Server] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        return {server.variable: server.url for server in self.running}

    def start(self, names: Iterable[str], *, leash: bool) -> None:
        """Start each; with `leash` they do not outlive this process, however it ends."""
        for name in names:
            began = time.monotonic()
            # Readable by the account PostgreSQL runs as, listable by nobody else.
            folder = Path(tempfile.mkdtemp(prefix=f"ferro-{name}-"))
            folder.chmod(0o711)
            try:
                server = self._start(name, folder, leash=leash)
            except Unavailable as reason:
                self.skipped[name] = str(reason)
                say(f"SKIPPED: {name}: {reason}")
            except (ServerError, OSError) as error:
                self.failed[name] = str(error)
                say(f"FAILED: {name}: {error}")
            else:
                self.running.append(server)
                say(f"{name} {server.version} is up ({time.monotonic() - began:.1f} s)")
                continue
            process.remove(folder)

    def _start(self, name: str, folder: Path, *, leash: bool) -> Server:
        if name in STARTERS:
            return STARTERS[name](folder, leash=leash)
        behind = [server for server in self.running if server.name == BEHIND]
        if not behind:
            raise ServerError(f"{name} stands in front of {BEHIND}, which does not run")
        return POOLERS[name](folder, behind[0], leash=leash)

    def stop(self) -> None:
        while self.running:
            server = self.running.pop()
            process.stop(server)
            say(f"{server.name} is down")


def default_state() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "ferro-tests" / "servers.json"


def save(fleet: Fleet, state: Path) -> None:
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text(json.dumps([asdict(server) for server in fleet.running], indent=2) + "\n")


def load(state: Path) -> Fleet:
    """What an earlier run started; nothing when there is no such file."""
    if not state.exists():
        return Fleet()
    return Fleet(running=[Server(**row) for row in json.loads(state.read_text())])
