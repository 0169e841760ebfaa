"""One contestant in a process of its own: takes commands as JSON lines on standard input and
answers each with one line. The clock runs in here, around the workload and nothing else."""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import os
import sys
import time
import traceback
from importlib import metadata
from typing import Any, TextIO

from contestants import ENTRANTS
from harness.dataset import Dataset, Sizes
from harness.digest import digest
from harness.workloads import Stage, lag

_TARGET_NS = 20_000_000  # a sample shorter than this is repeated within one reading of the clock


class Worker:
    def __init__(self, name: str) -> None:
        entrant = ENTRANTS[name]
        module = importlib.import_module(f"contestants.{entrant.module}")
        self._contestant = module.CONTESTANT()
        self._versions = {package: metadata.version(package) for package in entrant.packages}
        self._stage: Stage

    async def setup(self, url: str, sizes: dict[str, int]) -> dict[str, Any]:
        data = Dataset(Sizes.read(sizes))
        self._stage = Stage(self._contestant, data)
        start = time.perf_counter()
        await self._contestant.setup(url, data)
        return {
            "seconds": time.perf_counter() - start,
            "versions": self._versions,
            "notes": self._contestant.notes,
            "returns_keys": self._contestant.returns_keys,
            "lacks": dict(self._contestant.lacks),
        }

    async def check(self, workload: str) -> dict[str, Any]:
        """Compares the answer with the one computed from the dataset."""
        await self._contestant.before_writing()
        answer, expected = await self._stage.answer(workload), self._stage.expected(workload)
        if answer != expected:
            return {"wrong": _difference(answer, expected)}
        return {"digest": digest(answer), "rows": len(answer)}

    async def measure(self, workload: str, repeat: int) -> dict[str, Any]:
        """One sample. The result is freed within it: a caller pays for that too."""
        await self._contestant.before_writing()
        run = await self._stage.prepare(workload)
        gc.collect()
        cpu = time.process_time_ns()
        start = time.perf_counter_ns()
        for _ in range(repeat):
            await run()
        took = time.perf_counter_ns() - start
        cpu = time.process_time_ns() - cpu
        units = self._stage.units(workload) * repeat
        return {
            "us": took / 1000 / units,
            "cpu_us": cpu / 1000 / units,
            "repeat": max(1, min(50, _TARGET_NS // max(1, took // repeat))),
        }

    async def lag(self, idle: float | None) -> dict[str, Any]:
        gc.collect()
        worst, took = await lag(self._stage, idle=idle)
        return {"worst_ms": worst * 1000, "took_ms": took * 1000}

    async def close(self) -> dict[str, Any]:
        await self._contestant.close()
        return {}


def _difference(answer: list[str], expected: list[str]) -> str:
    """The first line that differs. The rows are made up, so they may be shown."""
    if len(answer) != len(expected):
        return f"{len(answer)} rows, expected {len(expected)}"
    for got, wanted in zip(answer, expected, strict=True):
        if got != wanted:
            pairs = zip(got.split("\x1f"), wanted.split("\x1f"), strict=False)
            return next(f"got {g!r}, expected {w!r}" for g, w in pairs if g != w)
    return "no difference"


async def _serve(name: str, replies: TextIO) -> None:
    worker = Worker(name)
    # Blocking reads on purpose: between commands the loop stands still and takes no processor
    # time from the contestant whose turn it is.
    for line in sys.stdin:
        command = json.loads(line)
        action = command.pop("do")
        try:
            reply = {"ok": True, **await getattr(worker, action)(**command)}
        except Exception as error:  # any failure of a contestant is a result of the run
            traceback.print_exc()
            reply = {"ok": False, "error": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(reply), file=replies, flush=True)
        if action == "close":
            return


def main() -> None:
    # Libraries may print: what they print goes to standard error, and only we write replies.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        asyncio.run(_serve(sys.argv[1], replies))
    except BaseException as error:
        traceback.print_exc()
        reply = {"ok": False, "error": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(reply), file=replies, flush=True)
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
