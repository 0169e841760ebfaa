"""Texts that break out of quotes where quoting is wrong, a table that would show it, and a reading
of SQL text by rules of its own, for tests that a name stays one name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pyferro import (
    PK,
    Database,
    InterfaceError,
    Model,
    PlanError,
    select,
    sql,
)

PLAIN = "plain"

# Each can be a name: it has to arrive as that name, whatever is in it.
NAMES = (
    'x"; DROP TABLE canary; --',
    "x'; DROP TABLE canary; --",
    "x`; DROP TABLE canary; --",
    'x"); DELETE FROM canary; --',
    'x" FROM canary; DELETE FROM canary; --',
    "x]; DELETE FROM canary; --",
    "1; DROP TABLE canary",
    "id) OR 1=1 OR (id",
    "x' || (SELECT song FROM canary) || '",
    '"',
    '""',
    "'",
    "''",
    "`",
    "``",
    "\\",
    '\\"',
    "\\'",
    "\\`",
    '\\"; DELETE FROM canary; --',
    "x -- y",
    "x /* y",
    "x */ y",
    "/*! DROP TABLE canary */",
    "# x",
    ";",
    "%s",
    "%(x)s",
    "?",
    "?1",
    "$1",
    "$tag$",
    ":name",
    "@x",
    "@@version",
    "{x}",
    "{{",
    "*",
    "a.b",
    'a"."b',
    "a`.`b",
    "NULL",
    "select",
    "SELECT 1",
    "line\nline",
    "tab\ty",
    "\u00a0x",
    "\u02bax\u02bc",
    "\u2018x\u2019\u201cx\u201d",
    "\uff02; DROP TABLE canary; --",
    "\uff07; DROP TABLE canary; --",
    "\u2028x",
    "\u202ex",
    "\u00bf\u5c5c\u0101",  # bytes that were quotes or backslashes in old encodings
    "n" * 63,
    "\u00e9" * 31 + "x",
)

# What MySQL and MariaDB refuse or read otherwise, by their own rules for names: characters beyond
# 16 bits, spaces at the end, spaces and control characters at the start.
UNUSUAL = (
    "\U0001f600",
    "x ",
    " x",
    "\n",
    "\r\n; DROP TABLE canary; --",
    "\x08x",
    "\x1ax",
    "\x7fx",
)

# No name on any database, so nothing is sent: a NUL, too many bytes, half a character.
IMPOSSIBLE = (
    'x\0"; DROP TABLE canary; --',
    "\0",
    "n" * 64,
    "\u00e9" * 32,
    'x"; DROP TABLE canary; --' * 4000,
    "\ud800",
    "x\udc22; DROP TABLE canary; --",
)

# As values all of them are data; a text is only refused as a whole.
VALUES = (*NAMES, *UNUSUAL, "", "n" * 64, 'x"; DROP TABLE canary; --' * 100)

# What a call that is wrong ends in, before anything is sent.
REFUSALS = (TypeError, ValueError, AttributeError, InterfaceError, PlanError)


def tokens(text: str) -> list[tuple[str, str]]:
    """SQL as (kind, text): names without their quotes, and nothing that is hidden by a comment."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match is not None, f"no SQL at {text[at:]!r}"
        at = match.end()
        kind = str(match.lastgroup)
        word = match.group()
        if kind == "space":
            continue
        if kind in ("name", "text"):
            quote = word[0]
            word = word[1:-1].replace(quote * 2, quote)
        found.append((kind, word))
    return found


# No comment, and no backslash in a text that would mean more than itself: neither is ever written.
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`)
    |(?P<text>'(?:[^']|'')*')
    |(?P<word>[A-Za-z_][A-Za-z_0-9]*)
    |(?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<place>\?[0-9]*|\$[0-9]+)
    |(?P<sign>::|<>|<=|>=|\|\||(?!--|/\*)[-+*/%<>=(),.\[\]~!^&|@:])""",
    re.VERBOSE,
)


def assert_one_name(db: Database, made: Callable[[str], str], text: str) -> None:
    """The SQL for `text` is that for a plain name, token by token, with another name in it."""
    plain = tokens(made(PLAIN))
    assert ("name", PLAIN) in plain
    wanted = [("name", text) if token == ("name", PLAIN) else token for token in plain]
    assert tokens(made(text)) == wanted


def refused(call: Callable[[], Any], *kinds: type[Exception]) -> Exception:
    """The error that `call` ends in: one of these, or of REFUSALS when none is named."""
    expected = kinds or REFUSALS
    try:
        found = call()
    except expected as error:
        return error
    raise AssertionError(f"it was not refused: {found!r}")


class Canary(Model, table="canary"):
    """Falls silent when something else than the statement that was meant is run."""

    id: PK[int]
    song: str


_TABLES = {
    "sqlite": "(SELECT COUNT(*) FROM sqlite_master WHERE type = 'table')",
    "postgresql": (
        "(SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema())"
    ),
    "mysql": "(SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE())",
}
_SONGS = [(1, "la"), (2, 'la"la'), (3, "la'la")]


class Guard:
    """A canary with known rows, and how many tables there are."""

    def __init__(self, db: Database) -> None:
        self._db = db
        Canary.bulk_create([Canary(id=id, song=song) for id, song in _SONGS]).run()
        self.tables = self._count()

    def _count(self) -> int:
        counted = select(sql(_TABLES[self._db.dialect], type=int)).using(self._db)
        found: int = counted.one().run()
        return found

    def check(self, added: int = 0) -> None:
        """All as it was, but for so many tables that the test has made."""
        rows = Canary.order_by("id").select("id", "song").using(self._db).all().run()
        assert rows == _SONGS
        assert self._count() == self.tables + added
