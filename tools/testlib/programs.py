"""Runs the test programs Meson knows of and counts the cases inside GoogleTest programs.

`meson test` counts programs; the total line counts cases. So Meson is asked only for the list.
Tests of suite `python` are left to `pytests`, which would run them a second time.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .tally import Tally

SKIPPED = 77  # the exit status by which a plain program says that it could not test anything
SLACK = 4  # Meson's time limits are for a free machine; this is for a busy one
SHOWN_LINES = 60


@dataclass(frozen=True)
class Program:
    name: str
    suites: frozenset[str]
    command: tuple[str, ...]
    environment: dict[str, str]
    folder: str | None
    seconds: float
    is_gtest: bool
    alone: bool


def registered(build: Path, meson: Path) -> list[Program]:
    """The tests of a build folder, in Meson's order."""
    listing = subprocess.run(
        [meson, "introspect", "--tests", str(build)], capture_output=True, text=True, check=True
    )
    programs = []
    for test in json.loads(listing.stdout):
        # Meson writes "project:suite".
        suites = frozenset(suite.rpartition(":")[2] for suite in test["suite"])
        if "python" in suites:
            continue
        programs.append(
            Program(
                name=test["name"],
                suites=suites,
                command=tuple(test["cmd"]),
                environment=test["env"],
                folder=test["workdir"],
                seconds=max(float(test["timeout"]), 1.0) * SLACK,
                is_gtest=test["protocol"] == "gtest",
                alone="server" in suites or not test["is_parallel"],
            )
        )
    return programs


def run_all(
    programs: list[Program], environment: Mapping[str, str], results: Path, *, jobs: int
) -> Tally:
    """Run what may share the machine side by side, then the rest; print a line for each."""
    total = Tally()

    def one(program: Program) -> tuple[Program, Tally, str]:
        return (program, *_run(program, environment, results))

    def report(done: tuple[Program, Tally, str]) -> None:
        program, tally, output = done
        total.add(tally)
        print(f"{'FAIL' if tally.failures else 'ok':4} {program.name}: {tally.brief()}", flush=True)
        if tally.failures:
            print("\n".join("    " + line for line in output.splitlines()[-SHOWN_LINES:]))

    with ThreadPoolExecutor(jobs) as pool:
        for done in pool.map(one, (p for p in programs if not p.alone)):
            report(done)
    for program in programs:
        if program.alone:
            report(one(program))
    return total


def _run(program: Program, environment: Mapping[str, str], results: Path) -> tuple[Tally, str]:
    report = results / f"{program.name.replace('/', '_').replace(' ', '_')}.json"
    report.unlink(missing_ok=True)
    command = list(program.command)
    if program.is_gtest:
        command.append(f"--gtest_output=json:{report}")
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment, **program.environment},
            cwd=program.folder,
            start_new_session=True,
        )
    except OSError as error:
        return Tally(failures=[f"{program.name}: cannot be run: {error.strerror}"]), ""
    try:
        output, _ = process.communicate(timeout=program.seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # with what it started
        output, _ = process.communicate()
        failure = f"{program.name}: not done after {program.seconds:.0f} s"
        return Tally(failures=[failure]), output.decode(errors="replace")
    status = process.returncode
    tally = _count_cases(program, report, status) if program.is_gtest else _count(program, status)
    return tally, output.decode(errors="replace")


def _count(program: Program, status: int) -> Tally:
    tally = Tally()
    if status == 0:
        tally.passed = 1
    elif status == SKIPPED:
        tally.skip(f"{program.name} skipped itself")
    else:
        tally.fail(f"{program.name}: {_ending(status)}")
    return tally


def _count_cases(program: Program, report: Path, status: int) -> Tally:
    tally = Tally()
    try:
        suites = json.loads(report.read_text())["testsuites"]
    except (OSError, ValueError, KeyError):
        tally.fail(f"{program.name}: wrote no results; {_ending(status)}")
        return tally
    for suite in suites:
        for case in suite["testsuite"]:
            name = f"{suite['name']}.{case['name']}"
            if case.get("failures"):
                tally.fail(f"{program.name}: {name}")
            elif case.get("result") == "SKIPPED":
                tally.skip(f"skipped by itself: {program.name} ({suite['name']})")
            elif case.get("status") == "NOTRUN":
                tally.skip(f"disabled: {name}")
            else:
                tally.passed += 1
    if status != 0 and not tally.failures:
        # A failure outside the cases: a global set-up, a leak found at exit.
        tally.fail(f"{program.name}: all cases passed, but it {_ending(status)}")
    if tally.ran_nothing and not tally.skips:
        tally.fail(f"{program.name}: has no test case")
    return tally


def _ending(status: int) -> str:
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with {status}"
