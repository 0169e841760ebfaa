"""Runs pytest against the installed package and counts its cases from the JUnit report.

The report, not the terminal output, is read: its form is agreed, and it has the reason of
each skip.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from pathlib import Path

from .tally import Tally

SECONDS = 1500.0  # twice that under a sanitizer
ALL_PASSED, SOME_FAILED, NOTHING_COLLECTED = 0, 1, 5


# A thread that forked may start threads in the child; races between libraries that are not instrumented, as the
# interpreter's own, are theirs.
THREAD_OPTIONS = "halt_on_error=1:die_after_fork=0:ignore_noninstrumented_modules=1"

# What has several threads or loops at work on one database.
THREADED = (
    "test_loops.py",
    "test_cancel.py",
    "test_pipelining.py",
    "test_pool.py",
    "test_streaming.py",
)


def sanitized(site: Path, sanitizer: str) -> dict[str, str]:
    """The environment for a package in `site` that was built with sanitizers.

    The interpreter is not, so the libraries are loaded before it; objects are allocated one by one,
    for their bounds to be known, and leaks are not looked for, as interpreters leave much behind.
    """
    runtimes = ("libtsan.so",) if sanitizer == "thread" else ("libasan.so", "libubsan.so")
    compiler = os.environ.get("CXX", "g++").split()[-1]
    libraries = [
        subprocess.run(
            [compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True
        ).stdout.strip()
        for name in (*runtimes, "libstdc++.so")
    ]
    environment = {
        "LD_PRELOAD": " ".join(libraries),
        "PYTHONPATH": str(site),
        "PYTHONMALLOC": "malloc",
        "FERRO_SANITIZER": sanitizer,  # tests of memory and time are left out, see conftest.py
    }
    if sanitizer == "address":
        environment["ASAN_OPTIONS"] = "detect_leaks=0:halt_on_error=1"
    return environment


def run(
    tests: Sequence[Path],
    environment: Mapping[str, str],
    results: Path,
    *,
    pattern: str | None,
    servers: bool,
) -> Tally:
    tally = Tally()
    report = results / "pytest.xml"
    report.unlink(missing_ok=True)
    # -P keeps the checkout off the import path: what is tested is the package as installed.
    command = [sys.executable, "-P", "-m", "pytest", *map(str, tests)]
    command += ["-q", f"--junitxml={report}"]
    if not servers:
        command += ["-m", "not server"]
    if pattern is not None:
        command += ["-k", pattern]
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, start_new_session=True
    )
    seconds = 2 * SECONDS if "FERRO_SANITIZER" in environment else SECONDS
    try:
        status = process.wait(seconds)
    except subprocess.TimeoutExpired:
        tally.fail(f"pytest: not done after {seconds:.0f} s")
        return tally
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    try:
        cases = ElementTree.parse(report).getroot().iter("testcase")
    except (OSError, ElementTree.ParseError):
        tally.fail(f"pytest: wrote no results; it ended with {status}")
        return tally
    for case in cases:
        name = f"{case.get('classname')}::{case.get('name')}"
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            tally.fail(f"pytest: {name}")
        elif skipped is not None:
            tally.skip(skipped.get("message", ""))
        else:
            tally.passed += 1
    if status == NOTHING_COLLECTED and pattern is None:
        tally.fail("pytest: found no tests")
    elif status not in (ALL_PASSED, SOME_FAILED, NOTHING_COLLECTED):
        tally.fail(f"pytest: ended with {status}")
    elif status == SOME_FAILED and not tally.failures:
        tally.fail("pytest: reported a failure that is not in its results")
    return tally
