"""A campaign: random statements on all databases at once, each evaluated once.

    python -m tests.python.language.long_run --seed g-1 --minutes 30 [--coverage FILE] [URL ...]

Statements come in runs of 1,000, of seeds `g-1.0`, `g-1.1` and so on, each with other rows in the
tables. Differences are printed as they are found; `--case g-1.7/42` shrinks one of them. The
differential test repeats a run with `FERRO_LANGUAGE_SEED=g-1.7 FERRO_LANGUAGE_CASES=1000`.
URLs are of empty databases of their own; an SQLite one in memory is always among them. Known
differences (known.py) are counted and not printed. The exit status is 1 if any other was found.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

import pyferro
from pyferro import Database
from pyferro.errors import ConnectionFailed

from . import coverage, tree
from .compare import Given, Verdict, check, expect, judge
from .databases import Failed, Refused, fetch, filled, types_of
from .encode import Request
from .generate import statement
from .known import known
from .report import report
from .rows import Relation
from .schema import fill

RUN = 1_000
_AT_ONCE = 4
_EACH = 60.0  # seconds between two lines of progress


class Campaign:
    def __init__(self, seed: str, databases: list[Database]) -> None:
        self.seed = seed
        self.seen = [coverage.Coverage(database.server, seed) for database in databases]
        self.databases = databases
        self.different = 0
        self.began = self.told = time.monotonic()

    @property
    def compared(self) -> int:
        verdicts = (Verdict.SAME.value, Verdict.BOTH_FAIL.value)
        return sum(seen.outcomes[each] for seen in self.seen for each in verdicts)

    def run(self, number: int) -> None:
        seed = f"{self.seed}.{number}"
        tables = fill(random.Random(seed))
        with ExitStack() as stack:
            for database, seen in zip(self.databases, self.seen, strict=True):
                if not seen.outcomes["lost"]:
                    stack.enter_context(_forgiving(filled(database, tables)))
            asyncio.run(self._statements(seed, tables))

    async def _statements(self, seed: str, tables: dict[str, Relation]) -> None:
        numbers = iter(range(RUN))

        async def some() -> None:
            for number in numbers:
                await self._one(f"{seed}/{number}", tables)
                if time.monotonic() - self.told > _EACH:
                    self.tell(f"{seed}/{number}")

        # While the servers answer one, others are evaluated.
        await asyncio.gather(*(some() for _ in range(_AT_ONCE)))

    async def _one(self, seed: str, tables: dict[str, Relation]) -> None:
        made = statement(seed)
        names = coverage.names(made)
        expected = expect(made, tables)
        if expected.unclear is not None:
            for seen in self.seen:
                seen.outcomes[Verdict.OPEN.value] += 1
            return
        request, types = Request(made), types_of(made)
        answers = await asyncio.gather(*(_answer(one, request, types) for one in self.databases))
        for seen, answer in zip(self.seen, answers, strict=True):
            outcome = judge(made, tables, expected, answer)
            seen.count(names, outcome.verdict)
            if outcome.verdict is not Verdict.DIFFERENT:
                seen.outcomes[outcome.verdict.value] += 1
            elif row := known(seen.server, made, outcome):
                seen.outcomes[f"known: {row.what}"] += 1
            elif outcome.kind == "fails: ConnectionFailed" and seen.outcomes["lost"] > 0:
                seen.outcomes["lost"] += 1  # a server that goes down is reported once
            else:
                lost = outcome.kind == "fails: ConnectionFailed"
                seen.outcomes["lost" if lost else "different"] += 1
                self._report(seed, seen.server, made, outcome.kind, answer)

    def _report(self, seed: str, server: str, made: tree.Query, kind: str, answer: Given) -> None:
        self.different += 1
        size = sum(1 for _ in tree.walk(made))
        said = f": {str(answer).split(chr(10))[0]}" if isinstance(answer, Failed) else ""
        print(f"DIFFERENT {seed} on {server}, {size} nodes: {kind}{said}", flush=True)

    def tell(self, where: str) -> None:
        self.told = time.monotonic()
        spent = self.told - self.began
        pace = self.compared / spent
        print(
            f"{where}: {self.compared:,} compared in {spent:.0f} s ({pace:.0f}/s), "
            f"{self.different} differ",
            flush=True,
        )

    def add(self, path: Path, runs: range) -> None:
        for seen in self.seen:
            seen.seed = f"{self.seed}.{runs[0]}…{runs[-1]}"
            coverage.write(path, seen)


async def _answer(database: Database, request: Request, types: tuple[int, ...]) -> Given:
    try:
        return await fetch(database, request, types)
    except (Refused, Failed) as error:
        return error


@contextmanager
def _forgiving(filled: AbstractContextManager[None]) -> Iterator[None]:
    """The tables of a server that went down stay."""
    with suppress(ConnectionFailed), filled:
        yield


def main() -> int:
    options = _options()
    urls = ["sqlite::memory:", *options.urls]
    databases = [pyferro.connect(url, name=f"on{i}").run() for i, url in enumerate(urls)]
    if options.case is not None:
        return _explain(options.case, databases)
    campaign = Campaign(options.seed, databases)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    number = options.start
    try:
        while time.monotonic() - campaign.began < options.minutes * 60:
            number += 1
            campaign.run(number - 1)
    except KeyboardInterrupt:
        print("stopped within a run, of which the first statements count", file=sys.stderr)
    finally:
        campaign.tell(f"{options.seed}.{number - 1}")
        for seen in campaign.seen:
            print(seen.server, dict(seen.outcomes))
        if options.coverage is not None:
            campaign.add(options.coverage, range(options.start, number))
    return int(campaign.different > 0)


def _explain(case: str, databases: list[Database]) -> int:
    made, tables, different = statement(case), fill(random.Random(case.split("/")[0])), 0
    for database in databases:
        with filled(database, tables):
            outcome = check(database, made, tables)
            print(f"{database.server}: {outcome.verdict.value}")
            if outcome.verdict is Verdict.DIFFERENT:
                different += 1
                print(report(database, made, tables, case))
    return int(different > 0)


def _options() -> argparse.Namespace:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("urls", nargs="*", metavar="URL", help="postgresql://… or mysql://…")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--seed", help="the campaign's name")
    what.add_argument("--case", help="only this statement, as it was printed")
    parser.add_argument("--start", type=int, default=0, metavar="N", help="the first run")
    parser.add_argument("--minutes", type=float, default=10, help="begin no run after these")
    parser.add_argument("--coverage", type=Path, metavar="FILE", help="add what was compared")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
