"""What a run of tests came to: three numbers, a name for each failure, a reason for each skip.

It neither runs nor prints anything.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

# A test that skips itself for want of a server names the variable that would hold its URL.
SERVER_VARIABLE = "FERRO_TEST_"


@dataclass
class Tally:
    passed: int = 0
    failures: list[str] = field(default_factory=list)
    skips: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> int:
        return len(self.failures)

    @property
    def skipped(self) -> int:
        return sum(self.skips.values())

    @property
    def ran_nothing(self) -> bool:
        return self.passed == 0 and not self.failures

    def fail(self, what: str) -> None:
        self.failures.append(what)

    def skip(self, reason: str) -> None:
        self.skips[" ".join(reason.split()) or "no reason given"] += 1

    def add(self, other: Tally) -> None:
        self.passed += other.passed
        self.failures += other.failures
        self.skips += other.skips

    def forget_missing_servers(self) -> None:
        """For a run that was asked to do without servers: what needs one is not part of it."""
        self.skips = Counter({r: n for r, n in self.skips.items() if SERVER_VARIABLE not in r})

    def brief(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
