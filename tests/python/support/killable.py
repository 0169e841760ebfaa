"""A throw-away server of a test's own, which can be killed outright and started again as it was."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))

import pyferro

# With this a committed change is the operating system's, and outlives the process. What the
# servers of the tests have is quicker and does not promise it.
_DURABLE = {
    "postgresql": "ALTER DATABASE ferro SET synchronous_commit = on",
    "mariadb": "SET GLOBAL innodb_flush_log_at_trx_commit = 2",
    "mysql": "SET GLOBAL innodb_flush_log_at_trx_commit = 2",
}


class Killable:
    """`url` is the same for all lives of the server. Use it as a context manager."""

    def __init__(self, kind: str) -> None:
        from serverlib import process
        from serverlib.fleet import STARTERS

        self._kind = kind
        self._folder = Path(tempfile.mkdtemp(prefix=f"ferro-kill-{kind}-"))
        self._folder.chmod(0o711)
        try:
            server = STARTERS[kind](self._folder, leash=True)
        except process.Unavailable as reason:
            shutil.rmtree(self._folder, ignore_errors=True)
            pytest.skip(f"{kind}: {reason}")
        self.url = server.url
        self._pid = server.pid
        proc = Path(f"/proc/{server.pid}")
        self._command = proc.joinpath("cmdline").read_bytes().split(b"\0")[:-1]
        pairs = proc.joinpath("environ").read_bytes().split(b"\0")
        self._environment = dict(pair.split(b"=", 1) for pair in pairs if b"=" in pair)
        self._account = proc.stat().st_uid, proc.stat().st_gid
        self._settle()

    @property
    def alive(self) -> bool:
        return Path(f"/proc/{self._pid}").exists()

    def kill(self) -> None:
        """The server and its processes are gone, without a word to anybody."""
        children = _children(self._pid)
        for pid in (self._pid, *children):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        os.waitpid(self._pid, 0)
        end = time.monotonic() + 10
        while any(Path(f"/proc/{pid}").exists() for pid in children) and time.monotonic() < end:
            time.sleep(0.005)

    def start(self) -> None:
        """Starts it again, on the same data, and waits until it has recovered."""
        uid, gid = self._account
        with (self._folder / "log").open("ab") as log:
            self._pid = subprocess.Popen(
                self._command, env=self._environment, cwd=self._folder, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True, user=uid, group=gid,
                extra_groups=[] if os.getuid() == 0 else None,
            ).pid  # fmt: skip
        self._settle()

    def _settle(self) -> None:
        end = time.monotonic() + 60
        while True:
            try:
                db = pyferro.connect(self.url, name="settling").run()
                break
            except pyferro.OperationalError:
                assert time.monotonic() < end, f"{self._kind} does not come back"
                time.sleep(0.05)
        db.execute(_DURABLE[self._kind]).run()
        db.close()

    def __enter__(self) -> Killable:
        return self

    def __exit__(self, *_: object) -> None:
        if self.alive:
            self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


def _children(parent: int) -> list[int]:
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent:
                found.append(int(entry))
    return found
