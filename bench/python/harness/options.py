"""The command line that the programs of this folder share, and the crews it asks for."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import IO, Any

from contestants import ENTRANTS
from harness.databases import Databases, open_databases
from harness.dataset import Sizes
from harness.fleet import ContestantFailed, Crew


def parser(description: str) -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(description=description)
    result.add_argument("--db", choices=("sqlite", "postgresql"), default="sqlite")
    result.add_argument(
        "--url",
        help="postgresql: a URL whose user may create databases; sqlite: a folder for files",
    )
    result.add_argument("--rounds", type=int, default=7, help="samples of each figure")
    result.add_argument(
        "--contestants",
        "--peers",
        dest="peers",
        metavar="A,B",
        help="comma-separated contestants; all that fit by default",
    )
    result.add_argument(
        "--workloads", metavar="A,B", help="comma-separated workloads of run.py; all by default"
    )
    result.add_argument("--json", metavar="FILE", help="write the figures and their circumstances")
    result.add_argument(
        "--libpq",
        metavar="FOLDER",
        help="let pyferro use the libpq in this folder, as wheels bring their own (SQLAlchemy's "
        "driver has 18); the system's by default",
    )
    result.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    result.add_argument("--log", metavar="FILE", help="where the workers' own output goes")
    return result


def chosen(peers: str | None, database: str) -> list[str]:
    names = [name for name, entrant in ENTRANTS.items() if database in entrant.databases]
    return named(peers, names, f"contestant for {database}")


def named(given: str | None, names: list[str], what: str) -> list[str]:
    """The names in a list with commas; all where none is given."""
    if given is None:
        return names
    wanted = [name.strip() for name in given.split(",") if name.strip()]
    for name in wanted:
        if name not in names:
            raise SystemExit(f"no {what} of the name {name!r}; there are: {', '.join(names)}")
    return wanted


def circumstances(libpq: str | None = None) -> dict[str, Any]:
    return {
        "libpq": "the system's" if libpq is None else "one that was given",
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "compiler": platform.python_compiler(),
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "processor": _processor(),
        "cpus": os.cpu_count(),
        "gc": "on",
        "event_loop": "asyncio default",
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            return next(line.split(":", 1)[1].strip() for line in info if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor()


class Meeting:
    """The crews that are ready, the databases, and why anyone is missing."""

    def __init__(self, databases: Databases) -> None:
        self.databases = databases
        self.crews: dict[str, Crew] = {}
        self.entries: dict[str, dict[str, Any]] = {}
        self.absent: dict[str, str] = {}


@contextmanager
def meeting(args: argparse.Namespace, names: list[str], sizes: Sizes) -> Iterator[Meeting]:
    """Starts and fills; whoever cannot start is reported as absent. Ends and drops everything."""
    databases = open_databases(args.db, args.url)
    result = Meeting(databases)
    log: IO[str] = open(args.log, "w") if args.log else tempfile.TemporaryFile("w+")  # noqa: SIM115
    try:
        for name in names:
            crew = Crew(name, log, args.libpq if name == "pyferro" else None)
            try:
                say(f"setting up {name}")
                result.entries[name] = crew.ask(
                    "setup", url=databases.create(name), sizes=asdict(sizes)
                )
                databases.settle(name)
                result.crews[name] = crew
            except ContestantFailed as failure:
                result.absent[name] = str(failure)
                say(f"{name} does not take part: {failure}")
                crew.dismiss()
        yield result
    finally:
        for crew in result.crews.values():
            crew.dismiss()
        databases.close()
        log.close()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
