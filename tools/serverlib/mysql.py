"""MySQL, which the stable distribution does not carry: unpacked from unstable, never installed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from . import mariadb, process
from .kept import Kept
from .process import DATABASE, PASSWORD, USER, Server


def _version_in(said: str) -> str:
    words = said.split()
    return words[words.index("Ver") + 1].split("-")[0]


MYSQL = Kept(
    title="MySQL (about 60 MB)",
    name="mysql",
    suite="sid",
    package="mysql-server-core",
    program="usr/sbin/mysqld",
    version_option=("--no-defaults", "--version"),
    version_in=_version_in,
)


def start(folder: Path, *, leash: bool) -> Server:
    root = MYSQL.root()
    command = MYSQL.command(root)
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
