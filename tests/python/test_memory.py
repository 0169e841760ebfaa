"""Every allocation of the interpreter fails once, in each of some scenarios.

Each time the caller gets a MemoryError, or its answer; the pool is whole, and the next call works.
What the engine allocates is tested without Python, by tests/capi/memory.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("_testcapi", reason="this interpreter has no _testcapi to make memory fail")

SCENARIOS = ("get", "all", "related", "insert", "bulk", "unique", "transaction", "raw")


def test_memory_that_runs_out(url: str) -> None:
    program = Path(__file__).parent / "support" / "memory.py"
    done = subprocess.run(
        [sys.executable, "-P", "-W", "ignore", str(program), url],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WRONG" not in done.stdout, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == [*SCENARIOS, "all done"], done.stdout
    # Else nothing failed, and nothing was tested.
    assert all(int(line.split()[1]) > 10 for line in lines[:-1]), done.stdout
