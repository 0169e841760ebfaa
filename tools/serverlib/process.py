"""Server processes: starting them, waiting until they answer, ending them for certain.

A `Server` is plain data that survives in a JSON file, because `start` and `stop` may be two runs
of the tool. What distinguishes one database from another is in the module of that database.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

USER = "ferro"
PASSWORD = "secret"
DATABASE = "ferro"

START_SECONDS = 60.0
STOP_SECONDS = 20.0
_PR_SET_PDEATHSIG = 1


class ServerError(Exception):
    """The server is there but does not work; the tests that need it must count as failed."""


class Unavailable(Exception):
    """The server cannot be had on this machine; what needs it is skipped, loudly."""


@dataclass
class Server:
    """A running server: how to reach it, how to end it, what to remove afterwards."""

    name: str
    version: str
    url: str
    pid: int
    stop_signal: int
    folder: str

    @property
    def variable(self) -> str:
        return f"FERRO_TEST_{self.name.upper()}"


def say(text: str) -> None:
    print(f"servers: {text}", file=sys.stderr, flush=True)


def free_port() -> int:
    """A loopback port nobody listens on now; if someone is quicker, starting the server fails."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment() -> dict[str, str]:
    """Ours without the sanitizers that tests run under: servers are not built for them."""
    return {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}


def run_quietly(command: Sequence[str], *, log: Path, **options: object) -> None:
    """Run to the end with all output in `log`; what failed is shown from there."""
    options.setdefault("env", environment())
    with log.open("ab") as out:
        done = subprocess.run(  # type: ignore[call-overload]
            command, stdout=out, stderr=subprocess.STDOUT, check=False, **options
        )
    if done.returncode != 0:
        raise ServerError(f"{Path(command[0]).name} ended with {done.returncode}\n{tail(log)}")


def tail(log: Path, lines: int = 25) -> str:
    try:
        text = log.read_text(errors="replace")
    except OSError:
        return "(no log)"
    return "\n".join("    " + line for line in text.splitlines()[-lines:])


def launch(
    command: Sequence[str], *, log: Path, stop_signal: int, leash: bool, **options: object
) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that Ctrl-C reaches us and not it.

    With `leash` the kernel ends the server when we die without a chance to clean up.
    """
    libc = ctypes.CDLL(None)

    def put_on_leash() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)

    options.setdefault("env", environment())
    with log.open("ab") as out:
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Runs after the change of user, which would have taken the leash off again.
            preexec_fn=put_on_leash if leash else None,
            **options,
        )


def wait_ready(process: subprocess.Popen[bytes], ready: Callable[[], bool], *, log: Path) -> None:
    """Return when `ready()`; a server that ends or stays silent is an error with its last words."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServerError(f"the server ended with {process.returncode}\n{tail(log)}")
        if ready():
            return
        time.sleep(0.05)
    kill(process.pid)
    raise ServerError(f"the server did not answer within {START_SECONDS:.0f} s\n{tail(log)}")


def mysql_greeting(port: int) -> str | None:
    """The version in the first packet of a MySQL-like server, or None while there is none.

    It comes only after the init file has been executed, so it also says that the user exists.
    """
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0) as connection:
            data = connection.recv(256)
    except OSError:
        return None
    # Three bytes of length, a sequence number, protocol version 10, then the version up to a NUL.
    if len(data) < 6 or data[4] != 10:
        return None
    return data[5:].split(b"\0", 1)[0].decode("ascii", "replace")


def stop(server: Server) -> None:
    """Ask, wait, insist; then remove the folder. Safe to call for a server that is gone."""
    if _is_ours(server):
        os.kill(server.pid, server.stop_signal)
        if not _gone(server.pid, STOP_SECONDS):
            say(f"{server.name} does not stop, killing it")
            kill(server.pid)
    remove(Path(server.folder))


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    _gone(pid, STOP_SECONDS)


def _is_ours(server: Server) -> bool:
    """Whether the process is still this server: numbers are reused, folder names are not."""
    try:
        command = Path(f"/proc/{server.pid}/cmdline").read_bytes()
    except OSError:
        return False
    return os.fsencode(server.folder) in command


def _gone(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if os.waitpid(pid, os.WNOHANG)[0] == pid:
                return True
        except ChildProcessError:  # started by another run of the tool
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return True
        time.sleep(0.02)
    return False
