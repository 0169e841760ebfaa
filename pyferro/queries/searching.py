"""Text search: rows that have words in the columns of a `FullText` of their model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._native import BOOL, FLOAT64, INT64, TEXT, Expr, build, operand
from ..language import plan
from ..tables.table import Table
from .sources import Alias, source_of

if TYPE_CHECKING:
    from ..tables.table_args import TextIndex


def search(target: Any, words: str, *, any: bool = False, index: str | None = None) -> Expr[bool]:
    """Whether a row has all these words, or `any` of them, in a text index of the model.

    `target` is a model or an alias of one. Any text is a search: words are runs of letters and
    digits, whatever their case; `wor*` is the beginning of one, `-word` must not be there, and
    "words in quotes", or written together, stand one after the other. A search without a word
    finds nothing. More than 500 words, or 100 together, are refused, and words of more than 80
    characters. `index` names the text index where the model has several.
    """
    return _made(BOOL, target, words, any, index)


def search_rank(
    target: Any, words: str, *, any: bool = False, index: str | None = None
) -> Expr[float]:
    """How well a row fits that `search()` finds, for ordering: larger is better.

    Each database has a measure of its own. It is said of rows that are found only.
    """
    return _made(FLOAT64, target, words, any, index)


def _made(type: int, target: Any, words: str, any: bool, index: str | None) -> Expr:
    if not isinstance(words, str):
        raise TypeError(f"a text search takes words as a str, not {words.__class__.__name__}")
    source = source_of(target)
    if not isinstance(source, (Table, Alias)):
        raise TypeError("a text search takes a model or an alias of one: others have no text index")
    table = source if isinstance(source, Table) else source.table
    found = _index_of(table, index)
    key = source.columns[table.plan_key] if table.plan_key_type == INT64 else None
    columns = [source.columns[name] for name in found.columns]
    bound = operand(words, None, TEXT)
    return build(
        type,
        plan.TEXT_SEARCH,
        found.name,
        key,
        columns,
        found.language,
        bound,
        int(any),
        int(type == FLOAT64),
    )


def _index_of(table: Table, name: str | None) -> TextIndex:
    of = table.model.__name__
    for one in table.texts:
        if name == one.name or (name is None and len(table.texts) == 1):
            return one
    if not table.texts:
        raise TypeError(
            f"{of} has no text index to search in\n"
            f'declare one: __table_args__ = (FullText("{next(iter(table.columns))}"),)'
        )
    known = ", ".join(one.name for one in table.texts)
    asked = "several text indexes" if name is None else f"no text index {name!r}"
    raise TypeError(f"{of} has {asked}: say index= one of {known}")
