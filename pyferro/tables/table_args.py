"""Reading what a model says about its table: `__table_args__`, and ferro's names for parts of it.

What classes of the model's line say is taken together, bases first, so that an abstract base gives
its indexes and constraints to each table; names are made for each table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from .._native import TEXT, Column, Expr
from ..types.kinds import is_array
from .constraints import Check, ForeignKeyConstraint, FullText, Index, Unique, named

if TYPE_CHECKING:
    from ..model import Model
    from .table import Table


class TableIndex:
    """An index of a table: of columns alone, or of expressions and directions."""

    __slots__ = ("columns", "keys", "name", "read", "unique", "where")

    def __init__(
        self,
        name: str,
        columns: tuple[str, ...],
        keys: tuple[tuple[Expr, bool], ...],
        where: Expr | None,
        unique: bool,
        read: frozenset[str],
    ) -> None:
        self.name = name
        self.columns = columns  # empty where a key is no column
        self.keys = keys  # each with whether it is descending; empty where columns say it all
        self.where = where
        self.unique = unique
        self.read = read  # the columns that keys are made of


class TableCheck:
    """A condition that each row meets, or is NULL of."""

    __slots__ = ("columns", "condition", "name")

    def __init__(self, name: str, condition: Expr, columns: tuple[str, ...]) -> None:
        self.name = name
        self.condition = condition
        self.columns = columns


class TextIndex:
    """Columns that are read as one text, in which words are looked for."""

    __slots__ = ("columns", "language", "name")

    def __init__(self, name: str, columns: tuple[str, ...], language: str) -> None:
        self.name = name
        self.columns = columns
        self.language = language


class TableArgs:
    """All of it, with names."""

    def __init__(self, table: Table) -> None:
        self.uniques: list[tuple[str, tuple[str, ...]]] = []
        self.indexes: list[TableIndex] = []
        self.checks: list[TableCheck] = []
        self.texts: list[TextIndex] = []
        self.foreign_keys: list[ForeignKeyConstraint] = []
        self._table = table
        self._where = table.model.__name__
        for one in table.all:
            if one.unique and (one.name,) != table.key:
                self._unique(Unique(one.name))
            elif one.index and not one.unique:
                self._index(Index(one.name))
            if one.check is not None:
                self._field_check(one.name, one.check)
        for argument in _arguments(table.model):
            self._take(argument)
        names = [name for name, _ in self.uniques]
        names += [one.name for one in self.indexes]
        names += [one.name for one in self.texts]
        names += [one.name for one in self.checks]
        names += [key.name or "" for key in self.foreign_keys]
        for name in names:
            if names.count(name) > 1:
                self._refuse(f"two constraints or indexes are named {name!r}: give one name=…")

    def _refuse(self, what: str) -> NoReturn:
        raise TypeError(f"{self._where}.__table_args__: {what}")

    def _take(self, argument: Any) -> None:
        if isinstance(argument, Index):
            self._index(argument)
        elif isinstance(argument, Unique):
            self._unique(argument)
        elif isinstance(argument, Check):
            self._check(argument)
        elif isinstance(argument, FullText):
            self._text(argument)
        elif isinstance(argument, ForeignKeyConstraint):
            self.foreign_keys.append(named(self._table, argument))
        else:
            self._refuse(
                "it takes Index, FullText, Unique, Check and ForeignKeyConstraint, "
                f"not {type(argument).__name__}"
            )

    def _names(self, given: Sequence[str]) -> tuple[str, ...]:
        """Columns by name; a relation stands for the columns that hold its key."""
        found: list[str] = []
        for name in given:
            declared = self._table.model.__ferro_declared__.get(name)
            for column in declared.columns if declared is not None else (name,):
                if column not in self._table.columns:
                    self._refuse(f"{column!r} is no column")
                found.append(column)
        return tuple(found)

    def _unique(self, given: Unique) -> None:
        columns = self._names(given.columns)
        self.uniques.append((given.name or self._table.constraint_name(columns, "key"), columns))

    def _text(self, given: FullText) -> None:
        columns = self._names(given.columns)
        for column in columns:
            if self._table.columns[column].type != TEXT:
                self._refuse(f"words are looked for in text, and {column!r} is none")
        self._no_secrets(columns)
        name = given.name or self._table.name_of(columns, "search")
        if name in self._table.columns:
            self._refuse(f"{name!r} is a column: give the text index another name=…")
        self.texts.append(TextIndex(name, columns, given.language))

    def _check(self, given: Check) -> None:
        condition, columns = self._condition(given.condition, f"the check {given.suffix!r}")
        name = self._table.name_of([given.suffix], "check")
        self.checks.append(TableCheck(name, condition, columns))

    def _field_check(self, column: str, given: Any) -> None:
        where = f"{self._where}.{column}"
        own = self._table.columns[column]
        if given is True:
            members = self._table.infos[column].kind.members
            if not members:
                raise TypeError(
                    f"{where}: db_check=True holds a column to the values of an enum or Literal\n"
                    "give a condition: db_check=lambda column: column > 0"
                )
            condition = own.in_(sorted(members))
        else:
            condition = given(own) if callable(given) else given
        if not isinstance(condition, Expr):
            raise TypeError(f"{where}: db_check gives a condition, not {condition!r}")
        self._no_secrets([column])
        name = self._table.name_of([column], "check")
        self.checks.append(TableCheck(name, condition, (column,)))

    def _index(self, given: Index) -> None:
        keys: list[tuple[Expr, bool]] = []
        read: dict[str, None] = {}
        for key in given.keys:
            for one in self._keys(key, read):
                keys.append(one)
        if not keys:
            self._refuse("an index needs a column")
        parts = [key.name if isinstance(key, Column) else "expr" for key, _ in keys]
        plain = all(isinstance(key, Column) for key, _ in keys)
        for key, _ in keys:
            if is_array(key.type):
                from .names import NO_ARRAY_INDEX

                self._refuse(NO_ARRAY_INDEX)
        where = None
        if given.where is not None:
            where, _ = self._condition(given.where, "the condition of an index")
        simple = plain and not any(descending for _, descending in keys)
        self.indexes.append(
            TableIndex(
                given.name or self._table.name_of(parts, "idx"),
                tuple(parts) if plain else (),
                () if simple else tuple(keys),
                where,
                given.unique,
                frozenset(parts if plain else read),
            )
        )

    def _keys(self, key: Any, read: dict[str, None]) -> Iterator[tuple[Expr, bool]]:
        from ..language.order import Ordered

        if isinstance(key, str):
            for name in self._names([key.removeprefix("-")]):
                yield self._table.columns[name], key.startswith("-")
                read[name] = None
        elif isinstance(key, Ordered):
            if key.nulls is not None:
                self._refuse("an index does not say where NULLs stand")
            for expr, _ in self._keys(key.expr, read):
                yield expr, key.descending
        elif isinstance(key, Expr):
            if isinstance(key, Column):
                read[key.name] = None
            yield key, False
        elif callable(key):
            made = key(_Reading(self._table, read))
            for one in made if isinstance(made, (tuple, list)) else (made,):
                yield from self._keys(one, read)
        else:
            self._refuse(f"an index has columns and expressions, not {type(key).__name__}")

    def _condition(self, given: Any, what: str) -> tuple[Expr, tuple[str, ...]]:
        read: dict[str, None] = {}
        made = given(_Reading(self._table, read)) if callable(given) else given
        if not isinstance(made, Expr):
            self._refuse(
                f"{what} is an expression, not {type(made).__name__}: "
                "a comparison of a column uses == and !=, not `is`, `in` or `and`"
            )
        self._no_secrets(read)
        return made, tuple(read)

    def _no_secrets(self, columns: Any) -> None:
        for name in columns:
            held = self._table.infos[name].kind.held
            if held is not None and held.secret:
                self._refuse(f"{name!r} is a secret, and definitions can be read by others")


class _Reading:
    """What a lambda gets as its row; keeps which columns it asked for."""

    def __init__(self, table: Table, read: dict[str, None]) -> None:
        self.__dict__["_of"] = table, read

    def __getattr__(self, name: str) -> Column:
        table, read = self.__dict__["_of"]
        column: Column = table.column(name)
        read[name] = None
        return column


def _arguments(model: type[Model]) -> Iterator[Any]:
    """What all classes of the model's line say, those of bases first."""
    seen: set[int] = set()
    spellings: tuple[tuple[str, Callable[[Any], Any]], ...] = (
        ("__ferro_composite_uniques__", lambda columns: Unique(*columns)),
        ("__ferro_composite_indexes__", lambda columns: Index(*columns)),
        ("__ferro_checks__", lambda check: check),
        ("__table_args__", lambda argument: argument),
    )
    for cls in reversed(model.__mro__):
        for spelling, made in spellings:
            given = cls.__dict__.get(spelling, ())
            if not isinstance(given, (tuple, list)):
                given = (given,)
            for one in given:
                if id(one) not in seen:  # (*Base.__table_args__, …) says them once more
                    seen.add(id(one))
                    yield made(one)
