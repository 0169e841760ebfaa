"""Programs of another suite of the distribution, unpacked once and kept, never installed.

The packages come with the C library they were built against and run through its loader, beside
the machine's own. The unpacked folder is named after its version, because suites move; without a
network the newest kept one is used.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import apt_root, process
from .process import ServerError, Unavailable

ATTEMPTS = 3


@dataclass(frozen=True)
class Kept:
    """What is fetched: `package` of `suite`, of which `program` (a path in it) is to be run."""

    title: str  # for messages
    name: str  # of the folder that is kept, with the version after it
    suite: str
    package: str
    program: str
    version_option: tuple[str, ...]
    # The version in what the program prints for it.
    version_in: Callable[[str], str]

    def root(self) -> Path:
        """Where it is unpacked; Unavailable when it cannot be had."""
        return self._installed() or self._fetch()

    def command(self, root: Path) -> list[str]:
        """How it is called."""
        libraries = [*root.glob("usr/lib/*-linux-gnu"), *root.glob("lib/*-linux-gnu")]
        loaders = [found for path in libraries for found in path.glob("ld-linux*.so.*")]
        program = root / self.program
        if not loaders or not program.exists():
            raise ServerError(f"{root} does not hold {self.program} and its loader")
        return [str(loaders[0]), "--library-path", ":".join(map(str, libraries)), str(program)]

    def copied(self, root: Path, folder: Path) -> list[str]:
        """The same from a copy of what it needs, for an account that may not read the kept one."""
        loader, option, libraries, program = self.command(root)
        listed = subprocess.run(
            [loader, "--list", option, libraries, program],
            capture_output=True, text=True, check=True, timeout=60,
        ).stdout  # fmt: skip
        folder.mkdir()
        for path in {loader, program, *re.findall(r"=> (/\S+)", listed)}:
            shutil.copy(path, folder)
        names = [str(folder / Path(path).name) for path in (loader, program)]
        return [names[0], option, str(folder), names[1]]

    def version(self, root: Path) -> str:
        """Asked of the program itself, which also shows that it runs on this machine."""
        said = subprocess.run(
            [*self.command(root), *self.version_option],
            capture_output=True, text=True, check=True, timeout=60,
        ).stdout  # fmt: skip
        return self.version_in(said)

    def _installed(self) -> Path | None:
        """The newest kept version that still runs here."""
        found = _cache().glob(f"{self.name}-[0-9]*")
        for root in sorted(found, key=lambda root: _version_key(root, self.name), reverse=True):
            try:
                self.version(root)
            except (OSError, ServerError, subprocess.SubprocessError):
                process.say(f"ignoring {root}: it does not run")
                continue
            return root
        return None

    def _fetch(self) -> Path:
        cache = _cache()
        cache.mkdir(parents=True, exist_ok=True)
        problem = ""
        for attempt in range(1, ATTEMPTS + 1):
            process.say(f"fetching {self.title} (once; attempt {attempt} of {ATTEMPTS})")
            # Beside the final place: the last step is a rename, so no half-unpacked folder counts.
            with tempfile.TemporaryDirectory(prefix=".fetch-", dir=cache) as work:
                try:
                    root = apt_root.unpack(self.suite, self.package, Path(work))
                    final = cache / f"{self.name}-{self.version(root)}"
                    shutil.rmtree(final, ignore_errors=True)
                    root.rename(final)
                    return final
                except (OSError, ServerError, subprocess.SubprocessError) as error:
                    problem = str(error)
                    process.say(f"that did not work: {problem}")
            if attempt < ATTEMPTS:
                time.sleep(2.0 * attempt)
        reason = problem.splitlines()[0] if problem else "?"
        raise Unavailable(f"{self.title} could not be fetched: {reason}")


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "ferro-tests"


def _version_key(root: Path, name: str) -> tuple[int, ...]:
    digits = root.name.removeprefix(f"{name}-").split(".")
    return tuple(int(part) if part.isdigit() else 0 for part in digits)
