"""What ruff finds in the Python sources, as one test case."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .tally import Tally

FOLDERS = ("pyferro", "tests", "tools", "bench")


def run(root: Path) -> Tally:
    tally = Tally()
    ruff = Path(sys.executable).parent / "ruff"
    checked = subprocess.run(
        [ruff, "check", "--output-format", "concise", *FOLDERS],
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if checked.returncode == 0:
        tally.passed = 1
    else:
        print(checked.stdout)
        tally.fail("ruff: see what it found above; ruff check --fix mends some of it")
    return tally
