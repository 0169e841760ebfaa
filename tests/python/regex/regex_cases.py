"""Patterns and texts for comparing regular expressions: corners that were thought of, and random
ones of a fixed seed. A pattern of these is in the engine's language and, with `\\Z` for `$`, in
Python's.
"""

# ruff: noqa: RUF001 (letters that look like others are what is tried here)

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

SEED = 20240217

T = TypeVar("T")


@dataclass(frozen=True)
class Case:
    pattern: str
    fold: bool = False

    def compiled(self) -> re.Pattern[str]:
        flags = re.ASCII | re.DOTALL | (re.IGNORECASE if self.fold else 0)
        return re.compile(python_of(self.pattern), flags)


def python_of(pattern: str) -> str:
    """The pattern with `\\Z` for each `$` that is an anchor; Python's also holds before a last
    line feed."""
    return re.sub(
        r"\\.|\[(?:\\.|[^\]\\])*\]|\$",
        lambda found: r"\Z" if found[0] == "$" else found[0],
        pattern,
        flags=re.DOTALL,
    )


# What has a meaning of its own somewhere: spaces and digits of other scripts, line ends, letters
# whose other case is an ASCII letter or longer, characters beyond the first plane.
CHARACTERS = (
    "\x01\t\n\v\f\r\x1c\x7f\x85\xa0\u2028\u2029\u3000\ufeff\ufffd\ue000\ud7ff\U0010ffff"
    "abkszABKSZ019_- .^$|()[]{}*+?\\/&~#!\"',:;<=>@`%"
    "éÉßẞſ\u212aİıΣσς\u212b٣²½日本語😀e\u0301"
)

TEXTS = list(
    dict.fromkeys(
        [
            "", *CHARACTERS, *("".join(pair) for pair in product("a1\n", repeat=2)), "\r\n",
            "a\r\nb", "a\nb", "a\n", "\na", "a\r", "\n\n", "abc", "ABC", "aBc", "abab", "aab\n",
            "aaaa", "aaaaa", "aaaaaaa", "aaaaaaaa", "a" * 11, "abba", "aabcbc", "foo.bar",
            "foo-bar", "a\\b", "^a$", "(a)", "{2}", "a{2}", "a|b", "***:a", "***=a", "(?i)a",
            "[[:alpha:]]", "[a-z]", "a&&b", "a--b", "äöü", "ÄÖÜ", "日本語", "e\u0301", "\u0301",
            "👩‍👧", "😀a😀", "\u212ak", "Kk", "ſs", "straße", "STRASSE", "ab\x85cd", "ab\u2028cd",
            " \t\n\r\f\v", "\xa0\u3000", "0123", "٣٤", "_-_",
        ]
    )
)  # fmt: skip

# Texts that are too long for backtracking through random patterns, and patterns that do not need
# much of it.
LONG_TEXTS = [
    "a" * 60, "a" * 255, "a" * 300, "a" * 254 + "b", "ab" * 500, "é" * 255, "😀" * 300, "\n" * 300,
    "user@example.org", "a.b-c+d@sub.example.museum", "x = [1, 2]", "foo-bar_baz 17",
    "2024-02-30 12:00", "naïve café", "日本語テキスト", "lorem ipsum\r\ndolor sit\namet\n",
    "{\"key\": \"value\"}",
]  # fmt: skip

LONG = [
    Case(pattern)
    for pattern in (
        "^a{60}$", "^a{255}$", "^.{255}$", "^.{0,255}$", "^(?:.{100}){3}$", "a{255}b?$",
        "^(?:ab)+$", "^(?:ab|c)*$", "(?:a|é|😀){255}", "^\\n+$", "^[^\\n]+$",
        "^[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+$", "^\\w+ = \\[.*\\]$", "\\d{4}-\\d{2}-\\d{2}",
        "^\\S+\\s\\S+$", "^.*\\r\\n.*$", "(?:lorem|ipsum|dolor)\\s", "\"key\": *\"[^\"]*\"",
        "^[\\s\\S]*amet\\n$", "amet$", "[ぁ-ヿ]+", "b\\w{3,5}$",
    )
]  # fmt: skip

CORNERS = [
    Case(pattern)
    for pattern in (
        "", "|", "a|", "|a", "()", "(?:)", "()*", "(|a)+", "(?:a|)b", "^", "$", "^$", "$^", "^a",
        "a$", "^a$", "(^|a)b", "a(b|$)", "(^)*a", "(?:$)?a", "(^a|b$)", "a^b", "a$b", "^^a", "a$$",
        "($|a)+b", "(?:^|,)a", ".", "^.$", "^..$", "a.b", "^a..b$", ".*", "^.*$", "^.{3}$", ".+b",
        "\\.", "[.]", "[^.]", "^.{255}", "\n", "\\n", "\\r\\n", "a\\n$", "^\\n", "[\\n]", "[^\\n]",
        "^[^\\n]*$", "\\t", "[\t]", "[^\x01]", "\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "^\\d+$",
        "^\\w+$", "^\\W+$", "^\\s+$", "^\\S+$", "^\\D+$", "[\\d]", "[^\\d]", "[\\D]", "[^\\D]",
        "[\\w-]", "[^\\w]", "[\\s\\S]", "[\\d\\D]", "^[\\W_]$", "[^\\W]", "[^\\W\\d]", "[\\D0]",
        "[-a]", "[a-]", "[^-a]", "[a\\-z]", "[-]", "[--]", "[^-]", "[+-\\-]", "[a-z0-9_-]", "[a^]",
        "[\\^a]", "[$]", "[(]", "[)*+?{}|]", "[\\]]", "[\\[]", "[\\[\\]]", "[\\\\]", "[&&]",
        "[a&&b]", "[~~]", "[||]", "[!-~]", "[ -/]", "[:-@]", "[\\[-`]", "[{-~]", "[#]", "a #b",
        "[:alpha:]", "[=a=]", "[.a.]", "[a:]", "[é-ü]", "[^é]", "[^é-ü]", "[\u0080-\U0010ffff]",
        "[\x01-\x7f]", "[^\x01-\x7f]", "[^\x01-\ud7ff]", "[\ud7ff-\ue000]", "[^\ud7ff-\ue000]",
        "[\ue000-\U0010ffff]", "[^\u2028\u2029\x85]", "[日本]", "^[日-語]+", "é", "É", "😀",
        "^.😀?.$", "(?:😀|a){2}", "[😀-😂]", "[^😀]", "e\u0301", "^e.$", "\u0301", "\\\\",
        "\\^a\\$", "\\(a\\)", "a\\|b", "a\\{2\\}", "\\[\\[:alpha:\\]\\]", "\\*\\*\\*:a",
        "\\*\\*\\*=a", "\\(\\?i\\)a", "\\/\\-\\_\\ \\@", "\\#", "\\!\\\"", "'", "\"", "`", "%", "_",
        "a\\\nb", ":a", "a:b", "=a", "#", " ", "  ", "a*", "a+", "a?", "a{0}", "a{0}b", "a{1}",
        "a{2}", "a{2,}", "a{2,4}", "^a{2,4}$", "a{0,1}b", "a{255}", "^a{0,255}$", "^a{60}$",
        "a{01}", "a*?b", "a+?$", "a??b", "^a{2,3}?$", "^(?:a{2}){2}$", "^(a{2,3}){2}$", "(?:ab)*",
        "^(?:ab)+$", "^(ab?)*$", "(a*)*", "(a+)+", "^(a*)*$", "^(a+)?b", "^(a?)+$", "^((a*)*)*$",
        "^(a?){3}$", "^(a*){3}b", "((a|b)*|c)+", "^(?:a|ab)(?:c|bcd)$", "^(a|ab)(bc|c)?$",
        "(a|b|c|d|e){3}", "^(?:(?:a|b){1,3}|c){2,5}$", "^(?:|a){3}$", "^(?:a|$){3}", "(?:a?b??)*c",
        "^((a)|(b))*$", "(((((((((((a)))))))))))", "(a)(b)", "(?:a)b", "a(?:)b", "(a|)(b|)c",
        "^(?:.|\\n){2}$", "^(.?)(.?)$", "foo|bar", "foo|ba(r|z)", "^(foo|bar)", "(foo|bar)$",
        "a|b|\\d", "[a-c]|é|\\n", "\\d{4}-\\d{2}-\\d{2}", "^[\\w.+-]+@[\\w-]+\\.[a-z]{2,}$",
        "^\\s*\\w+\\s*=", "K", "\u212a", "s", "ſ", "ss", "ß", "I", "İ", "i̇", "Σ", "^(?:a{2})*$",
        "^(a{2,3})*$", "^(a{3,4})+$", "^(?:a{4,5}){2,}$", "^(?:a{2}){1,2}$", "^(a+b?)*$",
        "^(b?a+)+$", "^(a*b?)*$", "^(a*|bc)+$", "^(a+|bc?)+$", "^(a+b+)*$", "x*", "^x*$",
        "(?:x*)*y?", "[^a]$", "[^\\s]$", "\\S$", "\\w$", "^[^^]", "[^$]$",
    )
] + [
    Case(pattern, fold=True)
    for pattern in (
        "", "a", "A", "abc", "^ABC$", "[a-c]", "^[A-C]+$", "[^a]", "^[^a-z]$", "[^A-Z]", "[A-z]",
        "[Z-a]", "[_-b]", "k", "K", "s", "S", "^[a-z]$", "^\\w$", "^\\W$", "\\d", ".", "i", "ss",
        "(a|B)c?", "(?:aB)+", "日", "[日k]", "😀A", "e\u0301", "x\\n|A", "a{2,3}", "[^k]$",
        "[^\\W]", "^[\\Wk]$", "[^\\d]", "^STRASSE$", "[@-`]", "^[\x01]$",
    )
]  # fmt: skip


class Generator:
    """Random patterns: small, so that they match now and then, and of all constructs."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def pattern(self, fold: bool) -> str:
        whole = self._choice(3, fold)
        if self._random.random() < 0.15:
            whole = "^" + whole if "|" not in whole else f"^({whole})"
        return whole + "$" if self._random.random() < 0.15 and "|" not in whole else whole

    def text(self) -> str:
        few = self._random.choice(["ab", "aB_", "a1-\n", "aé😀", CHARACTERS])
        return "".join(self._random.choices(few, k=self._random.randint(0, 9)))

    def _choice(self, depth: int, fold: bool) -> str:
        return "|".join(self._sequence(depth, fold) for _ in range(self._among({1: 6, 2: 3, 3: 1})))

    def _sequence(self, depth: int, fold: bool) -> str:
        parts = range(self._among({0: 1, 1: 8, 2: 6, 3: 3}))
        return "".join(self._repeated(depth, fold) for _ in parts)

    def _repeated(self, depth: int, fold: bool) -> str:
        if self._random.random() < 0.06:
            return self._random.choice("^$")
        atom = self._atom(depth, fold)
        if self._random.random() < 0.6:
            return atom
        least = self._random.randint(0, 3)
        repeat = self._random.choice(
            ["*", "+", "?", f"{{{least}}}", f"{{{least},}}", f"{{{least},{least + 2}}}"]
        )
        return atom + repeat + self._random.choice(["", "", "?"])

    def _atom(self, depth: int, fold: bool) -> str:
        kind = self._among({"plain": 8, "set": 4, "class": 4, "group": 5 if depth else 0})
        if kind == "plain":
            return self._plain(fold)
        if kind == "set":
            return self._random.choice([".", "\\d", "\\D", "\\w", "\\W", "\\s", "\\S"])
        if kind == "class":
            return self._class(fold)
        return self._random.choice(["(", "(?:"]) + self._choice(depth - 1, fold) + ")"

    def _plain(self, fold: bool) -> str:
        letters = "aabbAB1_- \n" + ("日😀" if fold else "éÉ日😀ſ\u212a")
        if self._random.random() < 0.85:
            return self._random.choice(letters)
        return "\\" + self._random.choice("\\.^$|()[]{}*+?-/&~#tnr")

    def _class(self, fold: bool) -> str:
        members = []
        for _ in range(self._among({1: 3, 2: 4, 3: 2})):
            low, high = sorted(self._random.choices("abzAZ09_" + ("" if fold else "éü日😀"), k=2))
            members.append(
                self._random.choice(
                    [low, f"{low}-{high}", "\\d", "\\W", "\\s", "\\n", "\\]", "^", "$"]
                )
            )
        if members[0] == "^":
            members[0] = "\\^"
        hyphen = self._random.choice(["", "", "", "-"])
        return "[" + self._random.choice(["", "", "^"]) + "".join(members) + hyphen + "]"

    def _among(self, weights: dict[T, int]) -> T:
        return self._random.choices([*weights], [*weights.values()])[0]


def generated(count: int, fold: bool) -> list[Case]:
    generator = Generator(SEED + fold)
    return [Case(generator.pattern(fold), fold) for _ in range(count)]


def all_texts() -> list[str]:
    generator = Generator(SEED - 1)
    return list(dict.fromkeys([*TEXTS, *(generator.text() for _ in range(150))]))
