"""LIKE: % and _ are wild, backslash escapes, everything else is itself."""

from __future__ import annotations

import re
from functools import cache

from .values import Invalid


@cache
def _compiled(pattern: str, fold_case: bool) -> re.Pattern[str]:
    out: list[str] = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        if character == "\\":
            at += 1
            if at == len(pattern):
                raise Invalid("a pattern ends with an escape")
            out.append(re.escape(pattern[at]))
        elif character == "%":
            out.append(".*")
        elif character == "_":
            out.append(".")
        else:
            out.append(re.escape(character))
        at += 1
    return re.compile("".join(out), re.DOTALL | (re.IGNORECASE if fold_case else 0))


def like(text: str, pattern: str, fold_case: bool) -> bool:
    return _compiled(pattern, fold_case).fullmatch(text) is not None
