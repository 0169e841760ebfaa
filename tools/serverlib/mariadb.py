"""MariaDB from the distribution, without its service and without its packaged data directory.

The system tables are made with `--bootstrap` from the SQL files of the server package, so that
neither the client package nor its installation script is needed.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

from . import process
from .process import DATABASE, PASSWORD, USER, Server, ServerError

PROGRAM = Path("/usr/sbin/mariadbd")
SHARE = Path("/usr/share/mysql")
TABLES = ("mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql")

# For both MySQL-like servers. Nothing here survives the tests, so nothing has to survive a power
# cut. One file for all tables: a new table's own would grow by one page at a time up to 1 MB, and
# InnoDB waits for the disk at each, whatever the flush method. On busy cores that takes many times
# longer than the rows.
CARELESS = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--innodb-file-per-table=OFF",
    "--innodb-autoextend-increment=64",
)


def grants() -> str:
    """The init file of both MySQL-like servers: one statement a line, run at each start."""
    return (
        f"CREATE DATABASE IF NOT EXISTS {DATABASE} CHARACTER SET utf8mb4;\n"
        f"CREATE USER IF NOT EXISTS '{USER}'@'%' IDENTIFIED BY '{PASSWORD}';\n"
        f"GRANT ALL PRIVILEGES ON *.* TO '{USER}'@'%' WITH GRANT OPTION;\n"
    )


def start(folder: Path, *, leash: bool) -> Server:
    if not PROGRAM.exists():
        raise ServerError(f"no {PROGRAM}: run tools/bootstrap --servers")
    data, log = folder / "data", folder / "log"
    (data / "mysql").mkdir(parents=True)
    as_user = ["--user=root"] if os.getuid() == 0 else []
    common = [str(PROGRAM), "--no-defaults", *as_user, f"--datadir={data}"]

    script = "USE mysql;\nSET @auth_root_socket=NULL;\nSET @skip_auth_anonymous=1;\n"
    script += "".join((SHARE / name).read_text() for name in TABLES)
    process.run_quietly(
        [*common, "--bootstrap", "--innodb-log-file-size=16M"],
        log=log,
        input=script.encode(),
        cwd=folder,
    )

    init = folder / "init.sql"
    init.write_text(grants())
    port = process.free_port()
    running = process.launch(
        [
            *common,
            f"--port={port}",
            "--bind-address=127.0.0.1",
            f"--socket={folder / 'socket'}",
            f"--pid-file={folder / 'pid'}",
            f"--init-file={init}",
            "--skip-name-resolve",
            "--skip-log-bin",
            "--character-set-server=utf8mb4",
            "--max-connections=200",
            "--max-connect-errors=1000000",
            "--innodb-buffer-pool-size=64M",
            "--innodb-log-file-size=16M",
            *CARELESS,
        ],
        log=log,
        stop_signal=signal.SIGTERM,
        leash=leash,
        cwd=folder,
    )
    process.wait_ready(running, lambda: process.mysql_greeting(port) is not None, log=log)
    return Server(
        name="mariadb",
        version=(process.mysql_greeting(port) or "?").removeprefix("5.5.5-"),
        url=f"mysql://{USER}:{PASSWORD}@127.0.0.1:{port}/{DATABASE}",
        pid=running.pid,
        stop_signal=signal.SIGTERM,
        folder=str(folder),
    )
