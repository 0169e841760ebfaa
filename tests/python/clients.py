"""The databases' own command-line clients: sqlite3, psql and mariadb (for MySQL, too).

A script goes in, lines come out; a statement that fails does not stop those after it, and what the
client said of it is kept. Nothing of pyferro takes part.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import pytest

PROGRAMS = {"sqlite": "sqlite3", "postgresql": "psql", "mysql": "mariadb", "mariadb": "mariadb"}
QUOTES = {"sqlite": '"', "postgresql": '"', "mysql": "`", "mariadb": "`"}

# A session in which literals mean what the file says: a time without a zone is one in UTC, and for
# MySQL and MariaDB a backslash in a text is a backslash. SQLite's need not survive a power cut.
PREPARE = {
    "sqlite": "PRAGMA synchronous = off;\n",
    "postgresql": "SET timezone = 'UTC';\n",
    "mysql": "SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES');\n",
    "mariadb": "SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES');\n",
}


@dataclass(frozen=True)
class Answer:
    rows: list[list[str]]
    complaints: str


class Client:
    """One database's client. Skips the test, and says so, when the program is not there."""

    def __init__(self, kind: str, url: str) -> None:
        program = shutil.which(PROGRAMS[kind])
        if program is None:
            pytest.skip(f"{PROGRAMS[kind]} is not installed: run tools/bootstrap --tests --servers")
        self.kind = kind
        parts = urlsplit(url)
        # Sanitizers are for this process: under them psql needs minutes.
        self._environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("PG") and name != "LD_PRELOAD"
        } | {"LC_ALL": "C.UTF-8", "PGCLIENTENCODING": "UTF8", "HOME": "/nonexistent"}
        if kind == "sqlite":
            path = url.removeprefix("sqlite:///").partition("?")[0]
            self._command = [program, "-batch", "-noheader", "-list", "-separator", "\t", path]
            return
        user = "username" if kind == "postgresql" else "user"
        place = {"host": parts.hostname, "port": parts.port, user: parts.username}
        database = parts.path.removeprefix("/")
        password = unquote(parts.password or "")
        if kind == "postgresql":
            self._command = [program, "-XAtq", "-F", "\t", "-f", "-", "-d", database]
            self._environment["PGPASSWORD"] = password
        else:
            self._command = [
                program, "--no-defaults", "--batch", "--raw", "--skip-column-names", "--force",
                "--default-character-set=utf8mb4", "--protocol=tcp", f"--database={database}",
            ]  # fmt: skip
            self._environment["MYSQL_PWD"] = password
        self._command += [f"--{name}={value}" for name, value in place.items() if value]

    def run(self, statements: list[str]) -> Answer:
        script = PREPARE[self.kind] + "".join(f"{statement};\n" for statement in statements)
        done = subprocess.run(
            self._command,
            input=script.encode(),
            capture_output=True,
            env=self._environment,
            timeout=60,
            check=False,
        )
        lines = done.stdout.decode("utf-8").split("\n")
        return Answer(
            [line.split("\t") for line in lines if line], done.stderr.decode("utf-8", "replace")
        )

    def name(self, identifier: str) -> str:
        mark = QUOTES[self.kind]
        return f"{mark}{identifier}{mark}"
