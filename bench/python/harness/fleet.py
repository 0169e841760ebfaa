"""The parent's side of the workers: starts them, talks to one at a time, and ends them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

# Far beyond any sample: the slowest setup of all takes a few seconds.
_PATIENCE_S = 180.0

_HOME = Path(__file__).resolve().parent.parent


class ContestantFailed(Exception):
    """The contestant, not the benchmark, failed; the message is for the report."""


class Crew:
    """One worker process. Only one command is under way in all crews together."""

    def __init__(self, name: str, log: IO[str], libraries: str | None = None) -> None:
        """`libraries`: a folder of shared libraries that go before the system's."""
        self.name = name
        environment = dict(os.environ)
        if libraries is not None:
            environment["LD_LIBRARY_PATH"] = libraries
        self._process = subprocess.Popen(
            [sys.executable, "-m", "harness.worker", name],
            cwd=_HOME,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
        )

    def ask(self, action: str, **arguments: Any) -> dict[str, Any]:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps({"do": action, **arguments}) + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # it died earlier; its last words are still to be read
        # A contestant that hangs is ended, which ends the reading too.
        alarm = threading.Timer(_PATIENCE_S, process.kill)
        alarm.start()
        try:
            line = process.stdout.readline()
        finally:
            alarm.cancel()
        if not line:
            raise ContestantFailed(
                f"its process ended with code {process.wait()} during {action} "
                f"(it is killed after {_PATIENCE_S:.0f} s without an answer)"
            )
        reply: dict[str, Any] = json.loads(line)
        if not reply.pop("ok"):
            raise ContestantFailed(reply["error"])
        return reply

    def dismiss(self) -> None:
        """Lets it close its connections, and ends it if it does not."""
        try:
            if self._process.poll() is None:
                self.ask("close")
        except ContestantFailed:
            pass  # the figures are in; a library that cannot close is not this program's subject
        finally:
            if self._process.stdin is not None:
                self._process.stdin.close()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
