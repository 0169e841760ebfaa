"""The second half of tools/test: start servers, run what is built, stop them, count.

Run by .venv's Python. The last line it prints is the total, and nothing else looks like it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from serverlib.fleet import KNOWN, Fleet
from testlib import linting, programs, pytests
from testlib.tally import Tally

ROOT = Path(__file__).resolve().parent.parent
MESON = Path(sys.executable).parent / "meson"

# A sanitizer that only prints is a test that cannot fail.
SANITIZERS = {
    "address": {
        "ASAN_OPTIONS": "detect_leaks=1:halt_on_error=1:abort_on_error=0",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    },
    "thread": {"TSAN_OPTIONS": pytests.THREAD_OPTIONS},
}
# libmariadb reads all certificates of the system for each connection with TLS, also where it checks
# none: 40 ms, in thousands of tests. Those that check the server's name their authority.
NO_AUTHORITIES = {"SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": os.devnull}
FOLDERS = {None: "build", "address": "build-asan", "thread": "build-tsan"}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--sanitize", nargs="?", const="address", choices=[*SANITIZERS])
    parser.add_argument("-k", dest="pattern")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)

    fleet, total = Fleet(), Tally()
    try:
        if not options.fast:
            fleet.start(KNOWN, leash=True)
            for name, problem in fleet.failed.items():
                total.fail(f"server {name}: {problem.splitlines()[0]}")
        _run(options, fleet, total)
    except KeyboardInterrupt:
        total.fail("interrupted")
    finally:
        fleet.stop()
    return _summary(total, fleet, fast=options.fast)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _run(options: argparse.Namespace, fleet: Fleet, total: Tally) -> None:
    build = ROOT / FOLDERS[options.sanitize]
    results = build / "test-results"
    results.mkdir(exist_ok=True)
    environment = fleet.environment() | NO_AUTHORITIES | SANITIZERS.get(options.sanitize, {})
    if options.pattern is None:
        found = programs.registered(build, MESON)
        if options.fast:
            found = [program for program in found if "server" not in program.suites]
        if options.sanitize == "thread":
            # An allocation that fails within a library goes past its count of ignored calls.
            found = [program for program in found if program.name != "capi/memory"]
            total.skip("capi/memory: exceptions through libraries confuse ThreadSanitizer")
        if not found:
            total.fail(f"no test programs in {build.name}/")
        _timed(
            "C and C++",
            total,
            lambda: programs.run_all(found, environment, results, jobs=os.cpu_count() or 1),
        )
        total.add(linting.run(ROOT))
    environment |= {"FERRO_TEST_BUILD": str(build)}  # for tests that run a program of it
    if options.sanitize:
        environment |= pytests.sanitized(build / "site", options.sanitize)
    tests = [ROOT / "tests" / "python", ROOT / "tests" / "typing"]
    if options.sanitize == "thread":
        tests = [ROOT / "tests" / "python" / name for name in pytests.THREADED]
    _timed(
        "Python",
        total,
        lambda: pytests.run(
            tests, environment, results, pattern=options.pattern, servers=not options.fast
        ),
    )
    if options.fast:
        total.forget_missing_servers()


def _timed(title: str, total: Tally, part: object) -> None:
    print(f"--- {title} tests", flush=True)
    began = time.monotonic()
    assert callable(part)
    tally: Tally = part()
    total.add(tally)
    print(f"--- {title}: {tally.brief()} ({time.monotonic() - began:.1f} s)", flush=True)


def _summary(total: Tally, fleet: Fleet, *, fast: bool) -> int:
    if total.ran_nothing:
        total.fail("no test ran")
    for reason, count in sorted(total.skips.items()):
        print(f"skipped {count}: {reason}")
    for failure in total.failures:
        print(f"FAILED {failure}")
    for name, reason in fleet.skipped.items():
        print(f"SKIPPED: every test on {name}: {reason}")
    if fast:
        print("without servers: what needs one was left out and is not counted")
    sys.stdout.flush()
    print(total.brief(), flush=True)
    return 1 if total.failures else 0


if __name__ == "__main__":
    sys.exit(main())
