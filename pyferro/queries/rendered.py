"""What would be sent: a statement's text with its values, and the server's plan for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .. import _native
from .._native import NULL, Expr, build
from ..language import plan
from ..op import Op
from ..types.held import HiddenBytes, HiddenStr

if TYPE_CHECKING:
    from ..runtime.database import Database

REDACTED = "REDACTED"
_HIDDEN = (_native.TEXT, _native.BYTES)


@dataclass(frozen=True, slots=True)
class RenderedSql:
    """A statement as it is sent; `str()` gives the text.

    `params` stand in the order of the placeholders, `$2` for the second. A list is one of them, and
    its placeholder stands for as many as it has values where the database takes no arrays. Secrets
    are shown as REDACTED, keys that the statement finds first as `...`.
    """

    sql: str
    params: tuple[Any, ...]
    dialect: str

    def __str__(self) -> str:
        return self.sql

    def __contains__(self, text: str) -> bool:
        return text in self.sql


def rendered(database: Database, body: Expr, hidden: bool = False) -> RenderedSql:
    """`body` for a database. `hidden`: a condition reads a secret, so no text is shown."""
    statement = database.statement(body.whole)
    shown = [
        _shown(type, value, hidden) for type, value in zip(body.types, body.values, strict=True)
    ]
    params = tuple(... if place < 0 else shown[place] for place in statement.placeholders)
    return RenderedSql(statement.sql, params, database.dialect)


def _shown(type: int, value: Any, hidden: bool) -> Any:
    """A parameter as the program gave it, more or less."""
    if isinstance(value, tuple):
        element = type & ~(_native.ARRAY_OF | 128)
        return [_shown(element, one, hidden) for one in value]
    if isinstance(value, (HiddenStr, HiddenBytes)) or (hidden and type in _HIDDEN):
        return REDACTED
    if type == _native.DECIMAL and isinstance(value, str):
        return Decimal(value)
    if type == _native.JSON and isinstance(value, bytes):
        return _native.parse_json(value)
    return value


@dataclass(frozen=True, slots=True)
class Explanation:
    """A server's plan for a statement, in its own words; `str()` gives the text."""

    text: str
    rows: tuple[tuple[Any, ...], ...]
    dialect: str

    def __str__(self) -> str:
        return self.text


def explain(
    resolve: Callable[[], Database], body: Expr, analyze: bool, tag: str | None
) -> Op[Explanation]:
    """How the server would run `body`."""
    made = plan.tagged(build(NULL, plan.EXPLAIN, body, int(analyze)), tag)

    def start() -> _native.Operation[Explanation]:
        database = resolve()

        def finish(rows: Iterable[tuple[Any, ...]]) -> Explanation:
            found = tuple(rows)
            text = plan_text(found, database.dialect)
            return Explanation(text, found, database.dialect)

        return database.start(
            made.whole,
            made.types,
            made.values,
            _native.RESULT_ROWS,
            None,
            finish,
        )

    return Op(start)


def plan_text(rows: Sequence[tuple[Any, ...]], dialect: str) -> str:
    """A server's plan as one text."""
    return _tree(rows) if dialect == "sqlite" else "\n".join(str(row[0]) for row in rows)


def _tree(rows: Sequence[tuple[Any, ...]]) -> str:
    """SQLite's rows of id, parent, something and text, as an indented tree."""
    depth = {0: -1}
    lines: list[str] = []
    for node, parent, _, text in rows:
        depth[node] = depth.get(parent, -1) + 1
        lines.append("  " * depth[node] + text)
    return "\n".join(lines)
