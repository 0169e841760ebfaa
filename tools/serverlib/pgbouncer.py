"""pgbouncer in transaction mode, in front of a throw-away PostgreSQL: an older and a newer one.

Few sessions for all clients, so that theirs are really shared. From 1.21 on it keeps prepared
statements for its clients; the one of Debian 12 (1.18) knows nothing of them.
"""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path
from urllib.parse import urlsplit

from . import apt_root, postgresql, process
from .kept import Kept
from .process import DATABASE, PASSWORD, USER, Server

SESSIONS = 4

SETTINGS = """\
[databases]
{database} = host=127.0.0.1 port={behind} dbname={database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 300
server_lifetime = 3600
logfile =
pidfile =
{more}
"""


def _version_in(said: str) -> str:
    return said.split()[1]


def _kept(suite: str) -> Kept:
    return Kept(
        title=f"pgbouncer of {suite} (about 40 MB)",
        name=f"pgbouncer-{suite}",
        suite=suite,
        package="pgbouncer",
        program="usr/sbin/pgbouncer",
        version_option=("--version",),
        version_in=_version_in,
    )


def start(folder: Path, behind: Server, *, leash: bool) -> Server:
    return _start("pgbouncer", _kept(apt_root.codename()), "", folder, behind, leash=leash)


def start_newer(folder: Path, behind: Server, *, leash: bool) -> Server:
    more = "max_prepared_statements = 100"
    return _start("pgbouncer_newer", _kept("sid"), more, folder, behind, leash=leash)


def _start(
    name: str, kept: Kept, more: str, folder: Path, behind: Server, *, leash: bool
) -> Server:
    root = kept.root()
    as_user = postgresql.unprivileged()  # it refuses root, too
    command = kept.copied(root, folder / "programs") if as_user else kept.command(root)
    port = process.free_port()
    settings, users, log = folder / "settings", folder / "users", folder / "log"
    settings.write_text(
        SETTINGS.format(
            database=DATABASE, behind=urlsplit(behind.url).port, port=port, folder=folder,
            sessions=SESSIONS, more=more,
        )
    )  # fmt: skip
    users.write_text(f'"{USER}" "{PASSWORD}"\n')
    log.touch()
    if as_user:
        for path in (folder, settings, users, log):
            os.chown(path, as_user["user"], as_user["group"])
    running = process.launch(
        [*command, str(settings)], log=log, stop_signal=signal.SIGINT, leash=leash, cwd=folder,
        **as_user,
    )  # fmt: skip
    process.wait_ready(running, lambda: _answers(port), log=log)
    return Server(
        name=name,
        version=kept.version(root),
        url=f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}/{DATABASE}",
        pid=running.pid,
        stop_signal=signal.SIGINT,
        folder=str(folder),
    )


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
