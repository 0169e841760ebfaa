"""MySQL, which the stable distribution does not carry: unpacked from unstable, never installed.

The packages come with the C library they were built against and run through its loader, beside
the machine's own. The unpacked folder is kept, named after its version, because unstable moves;
without a network the newest kept one is used.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from . import apt_root, mariadb, process
from .process import DATABASE, PASSWORD, USER, Server, ServerError, Unavailable

PACKAGE = "mysql-server-core"
SUITE = "sid"
ATTEMPTS = 3


def start(folder: Path, *, leash: bool) -> Server:
    root = _installed() or _fetch()
    command = _command(root)
    data, log = folder / "data", folder / "log"
    # The server must be told where it lies, or it looks where it was not installed and gives up.
    common = [
        *command,
        "--no-defaults",
        f"--basedir={root / 'usr'}",
        f"--lc-messages-dir={root / 'usr/share/mysql'}",
        f"--datadir={data}",
        "--secure-file-priv=",
    ]
    if os.getuid() == 0:
        common.append("--user=root")
    process.run_quietly([*common, "--initialize-insecure"], log=log, cwd=folder)

    init = folder / "init.sql"
    init.write_text(mariadb.grants())
    port = process.free_port()
    running = process.launch(
        [
            *common,
            f"--character-sets-dir={root / 'usr/share/mysql/charsets'}",
            f"--plugin-dir={root / 'usr/lib/mysql/plugin'}",
            f"--port={port}",
            "--bind-address=127.0.0.1",
            f"--socket={folder / 'socket'}",
            f"--pid-file={folder / 'pid'}",
            f"--init-file={init}",
            "--mysqlx=OFF",
            "--skip-name-resolve",
            "--skip-log-bin",
            "--performance-schema=OFF",
            "--max-connections=200",
            "--max-connect-errors=1000000",
            "--innodb-buffer-pool-size=64M",
            *mariadb.CARELESS,
        ],
        log=log,
        stop_signal=signal.SIGTERM,
        leash=leash,
        cwd=folder,
    )
    process.wait_ready(running, lambda: process.mysql_greeting(port) is not None, log=log)
    return Server(
        name="mysql",
        version=process.mysql_greeting(port) or "?",
        url=f"mysql://{USER}:{PASSWORD}@127.0.0.1:{port}/{DATABASE}",
        pid=running.pid,
        stop_signal=signal.SIGTERM,
        folder=str(folder),
    )


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "ferro-tests"


def _version_key(root: Path) -> tuple[int, ...]:
    digits = root.name.removeprefix("mysql-").split(".")
    return tuple(int(part) if part.isdigit() else 0 for part in digits)


def _installed() -> Path | None:
    """The newest kept version that still runs here."""
    for root in sorted(_cache().glob("mysql-*"), key=_version_key, reverse=True):
        try:
            _version(root)
        except (OSError, ServerError, subprocess.SubprocessError):
            process.say(f"ignoring {root}: its mysqld does not run")
            continue
        return root
    return None


def _fetch() -> Path:
    cache = _cache()
    cache.mkdir(parents=True, exist_ok=True)
    problem = ""
    for attempt in range(1, ATTEMPTS + 1):
        process.say(f"fetching MySQL (about 60 MB, once; attempt {attempt} of {ATTEMPTS})")
        # Beside the final place: the last step is a rename, so no half-unpacked folder counts.
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=cache) as work:
            try:
                root = apt_root.unpack(SUITE, PACKAGE, Path(work))
                final = cache / f"mysql-{_version(root)}"
                shutil.rmtree(final, ignore_errors=True)
                root.rename(final)
                return final
            except (OSError, ServerError, subprocess.SubprocessError) as error:
                problem = str(error)
                process.say(f"that did not work: {problem}")
        if attempt < ATTEMPTS:
            time.sleep(2.0 * attempt)
    raise Unavailable(f"MySQL could not be fetched: {problem.splitlines()[0] if problem else '?'}")


def _command(root: Path) -> list[str]:
    loaders = [*root.glob("usr/lib/*-linux-gnu/ld-linux*.so.*"), *root.glob("lib/ld-linux*.so.*")]
    program = root / "usr/sbin/mysqld"
    if not loaders or not program.exists():
        raise ServerError(f"{root} does not hold a mysqld and its loader")
    libraries = ":".join(str(path) for path in root.glob("usr/lib/*-linux-gnu"))
    return [str(loaders[0]), "--library-path", libraries, str(program)]


def _version(root: Path) -> str:
    """Asked of the program itself, which also shows that it runs on this machine."""
    words = subprocess.run(
        [*_command(root), "--no-defaults", "--version"],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout.split()  # fmt: skip
    return words[words.index("Ver") + 1].split("-")[0]
