"""Where values stand in a statement of the user's.

A lexer that knows what is text to each database and what is not: strings, quoted names, comments,
PostgreSQL's dollar quotes and casts. It knows the sessions as the drivers set them up: a backslash
is a character like any other, and double quotes hold names. Of the statement itself it knows the
first words.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import InterfaceError

if sys.version_info >= (3, 14):
    from string.templatelib import Template
else:

    class Template:
        """Stands for `string.templatelib.Template`, which came with Python 3.14."""

        if TYPE_CHECKING:
            strings: tuple[str, ...]
            interpolations: tuple[Any, ...]


UNKNOWN, READS, DEFINITION = range(3)  # FERRO_EFFECT_*

_MARK = "\0"  # where a value of a template stands
_MAX_PIECE = 1 << 16  # bytes of text between two values, see plan.h

_READS = frozenset({"SELECT", "VALUES", "TABLE", "SHOW", "DESC", "DESCRIBE"})
_DEFINES = frozenset({"CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE", "GRANT", "REVOKE"})
_TRANSACTION = frozenset(
    {"BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "END", "ABORT", "XA"}
)

# What is common to all; a name is taken whole, so that nothing within it is looked at.
_ALWAYS = r"""
    (?P<string>'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<open>['"`])
  | (?P<cast>::|:=)
  | :(?P<name>[^\W\d]\w*)
  | (?P<word>[^\W\d][\w$]*)
  | (?P<digits>\d[\w.]*)
  | (?P<escaped>\?\?)
  | (?P<question>\?\d*)
  | (?P<mark>\0)
  | (?P<other>\s+|.)
"""
_BLOCK = r"(?P<block>/\*.*?\*/) | (?P<opened>/\*)"
_BACKQUOTED = r"(?P<backquoted>`(?:[^`]|``)*`)"
_NUMBER = r"\$(?P<number>\d+)"
_TOKENS = {
    "postgresql": rf"""
        (?P<escape>[eE]'(?:[^'\\]|''|\\.)*')
      | (?P<line>--[^\r\n]*)
      | (?P<nested>/\*)
      | (?P<dollar>\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$)
      | {_NUMBER}
      | {_ALWAYS}""",
    "mysql": rf"""
        (?P<line>(?:\#|--(?=[\s\x01-\x1f]|\Z))[^\n]*)
      | {_BLOCK}
      | {_BACKQUOTED}
      | {_NUMBER}
      | {_ALWAYS}""",
    "sqlite": rf"""
        (?P<line>--[^\n]*)
      | {_BLOCK}
      | {_BACKQUOTED}
      | (?P<bracketed>\[[^\]]*\])
      | {_NUMBER}
      | {_ALWAYS}""",
}


@lru_cache(3)
def _token(dialect: str) -> re.Pattern[str]:
    return re.compile(_TOKENS[dialect], re.VERBOSE | re.DOTALL)


class Parsed(NamedTuple):
    """A statement taken apart: text, and what stands between its pieces."""

    pieces: tuple[str, ...]
    places: tuple[str | int, ...]  # the name of a value, or its place from 0
    words: tuple[str, ...]  # the first two, in capital letters
    effect: int


class _Style(NamedTuple):
    names: bool = False  # :name
    questions: bool = False  # ?
    numbers: bool = False  # $1
    marks: bool = False  # values of a template


@lru_cache(512)
def parse(text: str, dialect: str, style: _Style) -> Parsed:
    """`text` with the places of `style` found. InterfaceError for what is no statement for us."""
    found = _Finder(style)
    at = 0
    token = _token(dialect)
    while at < len(text):
        match = token.match(text, at)
        assert match is not None  # `other` is any character
        at = found.take(match)
    return found.result()


class _Finder:
    def __init__(self, style: _Style) -> None:
        self.style = style
        self.pieces: list[list[str]] = [[]]
        self.places: list[str | int] = []
        self.words: list[str] = []
        self.questions = 0

    def take(self, match: re.Match[str]) -> int:
        """One token; where the next one starts."""
        kind = match.lastgroup
        text = match[0]
        if kind == "name" and self.style.names:
            self._place(match["name"])
        elif kind == "number":
            self._number(match)
        elif kind == "question":
            self._question(text)
        elif kind == "escaped" and self.style.questions:
            self.pieces[-1].append("?")
        elif kind == "mark" and self.style.marks:
            self._place(len(self.places))
        elif kind == "mark":
            raise InterfaceError("the statement holds U+0000")
        elif kind in ("open", "opened"):
            what = "comment" if kind == "opened" else "quote"
            raise InterfaceError(f"the statement has a {what} that is never closed")
        elif kind == "nested":
            end = _end_of_comment(match.string, match.start())
            self.pieces[-1].append(match.string[match.start() : end])
            return end
        else:
            if kind == "name":
                self._unbound(f"a value for :{match['name']}")
            if kind == "word" and len(self.words) < 2:
                self.words.append(text.upper())
            self.pieces[-1].append(text)
        return match.end()

    def _place(self, place: str | int) -> None:
        self.places.append(place)
        self.pieces.append([])

    def _number(self, match: re.Match[str]) -> None:
        if not self.style.numbers:
            self._unbound(f"a value for ${match['number']}")
        number = int(match["number"])
        if number == 0:
            raise TypeError("the values of a statement are numbered from $1")
        self._place(number - 1)

    def _question(self, text: str) -> None:
        if not self.style.questions:
            # An operator, perhaps; what is not will be refused by the server.
            self.pieces[-1].append(text)
        elif text != "?":
            raise TypeError(f"write ${text[1:]} for {text}")
        else:
            self._place(self.questions)
            self.questions += 1

    def _unbound(self, what: str) -> None:
        raise TypeError(
            f"the statement lacks {what}\n"
            "values are given by name for :name, or in order for ? and $1, and not both ways"
        )

    def result(self) -> Parsed:
        if not self.words:
            raise InterfaceError("the statement is empty")
        first = self.words[0]
        if first in _TRANSACTION or self.words == ["PREPARE", "TRANSACTION"]:
            raise InterfaceError(
                f"{first} would be sent to whatever connection is free",
                hint="use `with db.transaction():`, and within it savepoints",
            )
        effect = UNKNOWN
        if first in _READS:
            effect = READS
        elif first in _DEFINES and self.words[1:] != ["TEMPORARY"]:
            effect = DEFINITION
        pieces = tuple("".join(piece) for piece in self.pieces)
        if any(len(piece.encode()) > _MAX_PIECE for piece in pieces):
            raise InterfaceError(
                f"more than {_MAX_PIECE} bytes of text between two values of a statement",
                hint="bind long texts as values",
            )
        return Parsed(pieces, tuple(self.places), tuple(self.words), effect)


def _end_of_comment(text: str, start: int) -> int:
    """PostgreSQL's comments hold comments."""
    depth = 0
    for match in re.compile(r"/\*|\*/").finditer(text, start):
        depth += 1 if match[0] == "/*" else -1
        if depth == 0:
            return match.end()
    raise InterfaceError("the statement has a comment that is never closed")


def apart(
    text: str | Template, args: Sequence[Any], values: Mapping[str, Any], dialect: str
) -> tuple[Parsed, list[Any]]:
    """A statement taken apart, and its values by the numbers that its places then have."""
    if isinstance(text, Template):
        if args or values:
            raise TypeError("a template holds its values itself")
        joined, found = template(text)
        return _marked(joined, dialect, found), found
    if not isinstance(text, str):
        raise TypeError(f"a statement is a str, not {type(text).__name__}")
    if args and values:
        raise TypeError("values are given by name or in order, not both ways")
    if values:
        parsed = parse(text, dialect, _Style(names=True))
        return _numbered(parsed, values), list(values.values())
    if args:
        return _positional(text, dialect, len(args)), list(args)
    return parse(text, dialect, _Style()), []


def template(text: Template) -> tuple[str, list[Any]]:
    """The text of a template with marks for its values, and these."""
    if any(_MARK in piece for piece in text.strings):
        raise InterfaceError("the statement holds U+0000")
    for one in text.interpolations:
        if one.conversion or one.format_spec:
            raise TypeError(f"{{{one.expression}}} is bound as a value: leave out ! and :")
    return _MARK.join(text.strings), [one.value for one in text.interpolations]


def _marked(text: str, dialect: str, values: Sequence[Any]) -> Parsed:
    parsed = parse(text, dialect, _Style(marks=True))
    if len(parsed.places) != len(values):
        raise TypeError("a value stands within a string, a quoted name or a comment")
    return parsed


def _numbered(parsed: Parsed, values: Mapping[str, Any]) -> Parsed:
    numbers = {name: i for i, name in enumerate(values)}
    lacking = [place for place in parsed.places if place not in numbers]
    if lacking:
        raise TypeError(f"the statement lacks a value for :{lacking[0]}")
    unused = [name for name in values if name not in parsed.places]
    if unused:
        raise TypeError(f"the statement has no :{unused[0]}")
    return parsed._replace(places=tuple(numbers[str(place)] for place in parsed.places))


def _positional(text: str, dialect: str, count: int) -> Parsed:
    parsed = parse(text, dialect, _Style(numbers=True))
    if not parsed.places:
        parsed = parse(text, dialect, _Style(questions=True))
    used = set(parsed.places)
    if used != set(range(count)):
        wanted = max((int(place) + 1 for place in used), default=0)
        if wanted == count:
            lacking = min(set(range(count)) - used) + 1
            raise TypeError(f"the statement has no ${lacking}")
        raise TypeError(f"the statement has places for {wanted} values, and {count} were given")
    return parsed
