#!/usr/bin/env python3
"""Throw-away PostgreSQL, MariaDB and MySQL servers on free loopback ports, for tests and trials.

The command line only; how each server is had and started is in `serverlib`.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from serverlib import fleet as fleets
from serverlib.fleet import KNOWN, Fleet
from serverlib.process import say

EPILOG = """\
Each server has a database `ferro` and a user `ferro` with password `secret` and all rights.
Their URLs are in FERRO_TEST_POSTGRESQL, FERRO_TEST_POSTGRESQL_NEWER, FERRO_TEST_MARIADB and
FERRO_TEST_MYSQL; the variable of a server that is not there is not set. MySQL is not in the stable
distribution: it is fetched once and kept. The newer PostgreSQL comes as a wheel, into .venv. What
cannot be had is skipped, loudly.
Examples:
  tools/servers.py run -- .venv/bin/pytest tests/python
  tools/servers.py start mariadb && eval "$(tools/servers.py env)"; ...; tools/servers.py stop"""


def main() -> int:
    options = _options()
    if options.command == "run":
        return _run(options.names, options.program)
    if options.command == "start":
        return _start(options.names, options.state)
    if options.command == "stop":
        return _stop(options.state)
    return _env(options.state)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0] if __doc__ else None,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="start servers, run a program, stop them")
    start = commands.add_parser("start", help="start servers and leave them running")
    stop = commands.add_parser("stop", help="stop what `start` left running")
    env = commands.add_parser("env", help="print the URLs of running servers as shell commands")
    known = ", ".join(KNOWN)
    start.add_argument("names", nargs="*", metavar="NAME", help=f"all of {known} by default")
    run.add_argument("--only", dest="names", action="append", choices=[*KNOWN], default=[])
    run.add_argument("program", nargs="+", metavar="COMMAND", help="after `--`")
    for command in (start, stop, env):
        command.add_argument("--state", type=Path, default=fleets.default_state(), metavar="FILE")
    options = parser.parse_args()
    for name in getattr(options, "names", []):
        if name not in KNOWN:
            parser.error(f"no server {name!r}; there are {known}")
    return options


def _run(names: list[str], program: list[str]) -> int:
    fleet = Fleet()
    child: subprocess.Popen[bytes] | None = None

    def leave(number: int, _frame: FrameType | None) -> None:
        if child is not None and child.poll() is None:
            child.send_signal(number)  # it ends, wait() returns, the servers are stopped below
        else:
            raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, leave)
    try:
        fleet.start(names or KNOWN, leash=True)
        if fleet.failed:
            return 1
        child = subprocess.Popen(program, env=os.environ | fleet.environment())
        status = child.wait()
        return status if status >= 0 else 128 - status
    except FileNotFoundError as error:
        say(f"cannot run {error.filename}")
        return 127
    finally:
        fleet.stop()


def _start(names: list[str], state: Path) -> int:
    already = fleets.load(state)
    fleet = Fleet(running=already.running)
    running = {server.name for server in fleet.running}
    fleet.start([name for name in names or KNOWN if name not in running], leash=False)
    fleets.save(fleet, state)
    _print(fleet)
    return 1 if fleet.failed else 0


def _stop(state: Path) -> int:
    fleets.load(state).stop()
    state.unlink(missing_ok=True)
    return 0


def _env(state: Path) -> int:
    fleet = fleets.load(state)
    _print(fleet)
    return 0 if fleet.running else 1


def _print(fleet: Fleet) -> None:
    for name, url in fleet.environment().items():
        print(f"export {name}={shlex.quote(url)}")


if __name__ == "__main__":
    sys.exit(main())
