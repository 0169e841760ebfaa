"""`Model.insert(rows)`: rows as data, with what is done about those that are there already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from .. import _native
from .._native import Column, Expr
from ..errors import PyferroError
from ..language import plan
from ..op import Body, Steps
from ..queries.selection import Chosen, Projection
from ..queries.sources import ChangeCte
from ..queries.values import union_all
from ..runtime.connections import Using, resolve
from ..runtime.database import Database
from ..runtime.transaction import atomic
from ..tables.inserts import Insert
from ..tables.table import Table, table_of
from .changes import Written, change_cte, returned
from .twins import keys_of

if TYPE_CHECKING:
    from ..language.expressions import Selectable
    from ..model import Model
    from .changes import Common
    from .upsert import Conflict, Upsertion

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
M = TypeVar("M", bound="Model")

Rows = Any  # an instance or mapping, or an iterable of these


def objects_of(model: type[M], rows: Rows) -> list[M]:
    """Instances of the model, made of mappings where they are none."""
    if isinstance(rows, (model, Mapping)):
        rows = (rows,)
    if isinstance(rows, (str, bytes)) or not isinstance(rows, Iterable):
        raise TypeError(
            f"{model.__name__}.insert() takes instances and mappings, not {type(rows).__name__}"
        )
    given = list(rows)
    if all(kind is model for kind in set(map(type, given))):
        return given
    made: list[M] = []
    for one in given:
        if type(one) is model:
            made.append(one)
        elif isinstance(one, Mapping):
            made.append(model(**one))
        else:
            raise TypeError(
                f"{model.__name__}.insert() takes instances of {model.__name__} and mappings, "
                f"not {type(one).__name__}"
            )
    return made


class Group:
    """Rows for which the same is left to the database."""

    __slots__ = ("how", "objects", "places")

    def __init__(self, how: Insert, objects: Sequence[Any], places: Sequence[int]) -> None:
        self.how = how
        self.objects = objects
        self.places = places  # among all rows


def groups_of(table: Table, objects: Sequence[Any]) -> list[Group]:
    """The rows by what is inserted of them, those first that have their key."""
    if (how := _insert_of_all(table, objects)) is not None:
        return [Group(how, objects, range(len(objects)))]
    found: dict[tuple[str, ...], tuple[Insert, list[Any], list[int]]] = {}
    for place, one in enumerate(objects):
        how = table.insert_for(one)
        _, group, places = found.setdefault(how.left, (how, [], []))
        group.append(one)
        places.append(place)
        if how.key:
            how.check_key(one.__dict__, place)
    return [Group(*found[left]) for left in sorted(found, key=lambda left: table.generated in left)]


def _insert_of_all(table: Table, objects: Sequence[Any]) -> Insert | None:
    """What all rows have in common; None where each has to be looked at."""
    if table.defaulted or len(table.key) > 1:
        return None
    if table.generated is None:
        return table.insert_all
    numbers = keys_of(objects, (table.generated,))
    missing = numbers.count(None)
    if missing == 0:
        return table.insert_all
    return table.insert_numbered if missing == len(numbers) else None


class Insertion(Steps[None], Generic[M]):
    """An insert that has not run. It gives None; `returning()` makes it give rows."""

    __slots__ = ("_model", "_objects", "_table", "_using")

    def __init__(self, model: type[M], objects: list[M], using: Using) -> None:
        self._model = model
        self._table = table_of(model)
        self._objects = objects
        self._using = using
        super().__init__(lambda: self._run(None))

    def on_conflict(self, *columns: Any) -> Conflict[M]:
        """For rows that are there already, equal in this unique key: update() them or ignore()."""
        from .upsert import Conflict

        self._take()
        return Conflict(self, columns)

    def on_conflict_ignore(self) -> Upsertion[M]:
        """Leave out rows that are there already, equal in any unique key."""
        from .upsert import Upsertion

        self._take()
        return Upsertion(self, (), {})

    def _shares(self) -> Written:
        """What is bound after the values of each row, the same for all."""
        return Written()

    def _ordered(self) -> bool:
        """Whether each row comes back, in its place."""
        return True

    def _whole(self, how: Insert, items: Sequence[bytes]) -> bytes:
        table = self._table
        row = [plan.assignment(c.name, _native.param(c.type)) for c in how.columns]
        return plan.insert(table.name, row, items, table.plan_key, table.plan_key_type)

    @overload
    def returning(self, a: type[A], /) -> ReturningInsertion[A]: ...
    @overload
    def returning(self, a: Expr[A] | Selectable[A], /) -> ReturningInsertion[A]: ...
    @overload
    def returning(
        self, a: Expr[A] | Selectable[A], b: Expr[B] | Selectable[B], /
    ) -> ReturningInsertion[tuple[A, B]]: ...
    @overload
    def returning(
        self,
        a: Expr[A] | Selectable[A],
        b: Expr[B] | Selectable[B],
        c: Expr[C] | Selectable[C],
        /,
    ) -> ReturningInsertion[tuple[A, B, C]]: ...
    @overload
    def returning(self, *columns: Any) -> ReturningInsertion[Any]: ...
    def returning(self, *columns: Any) -> ReturningInsertion[Any]:
        """The new rows in the order in which they were given: instances or columns."""
        self._take()
        chosen = returned(self._table, columns)
        return ReturningInsertion(lambda: self._run(chosen), chosen, self._statement)

    def cte(self, name: str) -> ChangeCte:
        """The insert as a part of another statement, which names it by `with_()`."""
        self._take()
        return change_cte(name, Projection(()), self._statement)

    def _statement(self, items: Sequence[Expr]) -> tuple[Expr, Common]:
        """One insert of all rows, within another statement."""
        groups = groups_of(self._table, self._objects) if self._objects else []
        if len(groups) != 1:
            raise TypeError(
                "an insert within another statement is of rows, and leaves the same columns of each "
                "to the database"
            )
        (group,) = groups
        how, rows = group.how, [group.how.values(one.__dict__) for one in group.objects]
        if len(rows) == 1:
            written = Written()
            written.types, written.values = how.types, tuple(rows[0])
            whole = self._whole(how, [written.add(item) for item in items])
            shared = self._shares()
            types, values = written.types + shared.types, written.values + shared.values
            return _native.assembled(whole[len(_native.HEADER) :], types, values), ()
        if not self._ordered():
            raise TypeError("an upsert within another statement is of one row")
        names = [column.name for column in how.columns]
        query = union_all([_row(how, row) for row in rows])
        return plan.insert_select(self._table.name, names, query, items), ()

    def _run(self, chosen: Projection | None) -> Body[Any]:
        if not self._objects:
            return [] if chosen is not None else None
        database = resolve(self._using)
        groups = groups_of(self._table, self._objects)
        steps = self._insert(database, groups, chosen)
        result = yield from (atomic(database, steps) if len(groups) > 1 else steps)
        return result

    def _insert(
        self, database: Database, groups: list[Group], chosen: Projection | None
    ) -> Body[Any]:
        found: list[Any] = [None] * len(self._objects) if self._ordered() else []
        for group in groups:
            try:
                rows = yield from self._group(database, group, chosen)
            except PyferroError as error:
                if error.row is not None:
                    error.row = group.places[error.row]
                raise
            if chosen is None:
                continue
            if not self._ordered():
                found += rows
                continue
            for place, row in zip(group.places, rows, strict=True):
                found[place] = row
        return None if chosen is None else found

    def _group(self, database: Database, group: Group, chosen: Projection | None) -> Body[Any]:
        how = group.how
        shared = self._shares()
        if chosen is None:
            yield database.start_many(
                self._whole(how, ()),
                how.columns,
                group.objects,
                _native.RESULT_COUNT,
                None,
                None,
                shared.types,
                shared.values,
            )
            return None
        items = chosen.chosen_items()
        if any(item.values for item in items):
            rows = yield from atomic(database, self._one_by_one(database, group, chosen))
            return rows
        if len(group.objects) > 1 and self._ordered():
            chosen = with_key(self._table, chosen)
        result, shape = chosen.shape(False)
        rows = yield database.start_many(
            self._whole(how, [item.fragment for item in chosen.chosen_items()]),
            how.columns,
            group.objects,
            result,
            shape,
            chosen.ending(False, None),
            shared.types,
            shared.values,
        )
        return rows

    def _one_by_one(self, database: Database, group: Group, chosen: Projection) -> Body[list[Any]]:
        """For expressions with values of the caller's, which many rows cannot share."""
        found = []
        result, shape = chosen.shape(False)
        for one in group.objects:
            written = Written()
            written.types, written.values = group.how.types, tuple(group.how.values(one.__dict__))
            whole = self._whole(group.how, [written.add(item) for item in chosen.chosen_items()])
            shared = self._shares()
            written.types += shared.types
            written.values += shared.values
            found += yield database.start(
                whole, written.types, written.values, result, shape, chosen.ending(False, None)
            )
        return found


class ReturningInsertion(Steps[list[A]]):
    """An insert that gives rows back, and has not run."""

    __slots__ = ("_chosen", "_statement")

    def __init__(
        self,
        body: Callable[[], Body[list[A]]],
        chosen: Projection,
        statement: Callable[[Sequence[Expr]], tuple[Expr, Common]],
    ) -> None:
        super().__init__(body)
        self._chosen = chosen
        self._statement = statement

    def cte(self, name: str) -> ChangeCte:
        """The insert as a part of another statement, which reads the new rows at `.c`."""
        self._take()
        return change_cte(name, self._chosen, self._statement)


def _row(how: Insert, values: Sequence[Any]) -> Expr:
    """A SELECT of the values of a row."""
    cells = zip(how.columns, values, strict=True)
    return plan.select(
        [
            plan.item(_native.assembled(_native.param(c.type), bytes([c.type]), (value,)), c.name)
            for c, value in cells
        ],
        None,
    )


def with_key(table: Table, chosen: Projection) -> Projection:
    """The same with the key in sight, by which rows are put into the order they were given in."""
    key = table.columns.get(table.plan_key)
    named = any(_is_key(part, key) for part in chosen.chosen)
    if key is None or named:
        return chosen
    made = Projection((*chosen.chosen, Chosen(key)))
    made.make = _first if chosen.alone else _without_last
    return made


def _is_key(part: Chosen, key: Column | None) -> bool:
    return part.table is not None or part.expr is key


def _first(row: tuple[Any, ...]) -> Any:
    return row[0]


def _without_last(row: tuple[Any, ...]) -> Any:
    return row[:-1]


def insert(model: type[M], rows: Rows, using: Using) -> Insertion[M]:
    """See Model.insert."""
    return Insertion(model, objects_of(model, rows), using)
