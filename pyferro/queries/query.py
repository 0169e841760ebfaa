"""Queries for the instances of a model, and where all queries start: `select`.

A `Query[T]` knows a model; each method returns a new one. A terminal puts the plan together from
ready-made pieces and returns an `Op`: no database is looked up before that runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from .._native import Expr
from ..errors import ModelDoesNotExist
from ..language.expressions import Labeled
from ..language.json_path import JsonPath
from ..op import Op
from ..runtime.connections import Using
from ..tables.table import Table, table_of
from .rows import Names
from .select_query import Select, Selection
from .selection import Chosen, Projection, projection
from .sources import Source, source_of

if TYPE_CHECKING:
    from typing import Self

    from ..model import Model
    from ..relations.loading import Node
    from ..runtime.streaming import Batches
    from ..writing.changes import Change
    from .choosing import Choose

M = TypeVar("M", bound="Model")
T = TypeVar("T")


class Query(Select[M]):
    """A query for instances of a model."""

    __slots__ = ("_loads", "_model", "_table")

    _loads: Mapping[str, Node]

    def _say_nothing(self) -> None:
        super()._say_nothing()
        self._loads = {}

    def __init__(self, model: type[M], using: Using = None, *, scoped: bool = True) -> None:
        table = table_of(model)
        self._model = model
        self._table: Table = table
        self._begin(table, table.instances, using)
        if not scoped:
            self._where = None

    def _is_aggregate(self) -> bool:
        return False

    if TYPE_CHECKING:

        @property
        def select(self) -> Choose[M]:
            """Only these columns, as tuples; of one column the values themselves."""

    else:

        def select(self, *columns: Any) -> Any:
            """Only these columns, as tuples; of one column the values themselves."""
            return self._select(columns) if columns else self

    def _select(self, columns: tuple[Any, ...]) -> Selection[Any]:
        return self._with(projection(self._names(), columns))

    def load(self, *paths: Any, strategy: Literal["batch", "json"] = "batch") -> Self:
        """Load these relations along: `Post.author`, `Author.posts.order_by(…).limit(3)`.

        To-one relations are joined, for each other one follows one query, whatever the number of
        rows. Of relations below a relation, `Post.author.posts` or `Author.posts.load(Post.tags)`.
        With `strategy="json"` these rows come within the query itself, as JSON.
        """
        from ..relations.loading import tree

        made = self._copy()
        made._loads = tree(self._model, self._loads, paths, strategy)
        return made

    include = load

    def annotate(self, target: type[T], **named: Any) -> Selection[T]:
        """Instances of `target`, a subclass of the model with a field for each of these expressions.

        `class Counted(Author, table=False): posts_count: int`, and then
        `select(Author).annotate(Counted, posts_count=Author.posts.count())`.
        """
        if self._loads:
            raise TypeError("annotate() loads no relations: fetch() those of its result")
        if not named:
            raise TypeError("annotate() takes expressions by the names of their fields")
        chosen = list(self._chosen.chosen)
        for name, expr in named.items():
            if not isinstance(expr, Expr):
                raise TypeError(f"annotate(): {name} is an expression, not {type(expr).__name__}")
            chosen.append(Chosen(expr, name))
        return self._with(Projection(chosen)).into(target)

    def _fetch(
        self, one: bool, limit: Expr | None, finish: Callable[[Any], Any] | None = None
    ) -> Op[Any]:
        if not self._loads:
            return super()._fetch(one, limit, finish)
        from ..relations.loading import load_rows

        return load_rows(self, one, limit, finish)

    def batches(self, size: int) -> Batches[M]:
        if not self._loads:
            return super().batches(size)
        from ..relations.loading import LoadingBatches

        return LoadingBatches(self, size)

    def _unordered(self) -> Self:
        made = self._copy()
        made._order = ()
        return made

    def get(self, pk: Any) -> Op[M]:
        """The row with this key among these; ModelDoesNotExist if there is none."""

        def finish(found: M | None) -> M:
            if found is None:
                raise ModelDoesNotExist(self._model, pk)
            return found

        return self._of_key(pk)._fetch(True, None, finish)

    def _of_key(self, pk: Any) -> Self:
        table = self._table
        narrowed = self._copy()
        for name, value in zip(table.key, table.key_values(pk), strict=True):
            term = table.columns[name] == value
            narrowed._where = term if narrowed._where is None else narrowed._where & term
        return narrowed

    def update(self, changes: Callable[[Any], Any] | None = None, /, **values: Any) -> Change:
        """Set columns to values or expressions; the number of rows that matched.

        Where the query joins or has a limit, these are the rows of the model that it would give.
        Of the rows themselves, `.returning(…)` gives what they are then.
        """
        from ..writing.changes import update

        self._whole_only("update")
        if changes is not None:
            values = {**changes(self._table.proxy), **values}
        return update(self, values)

    def delete(self, *, for_good: bool = False) -> Change:
        """Delete the rows; how many there were, or with `.returning(…)` what they were.

        Of a `SoftDelete` model they are marked, unless they are deleted `for_good`.
        """
        from ..writing.changes import delete

        if self._model.__ferro_soft_delete__ and not for_good:
            from ..soft_delete import now

            return self.update(deleted_at=now())

        self._whole_only("delete")
        return delete(self)

    def _whole_only(self, verb: str) -> None:
        for said, word in (
            (self._group is not None, "group_by"),
            (self._having is not None, "having"),
            (self._distinct is not None, "distinct"),
        ):
            if said:
                raise TypeError(
                    f"{verb}() takes no {word}\n{verb} where the key is in_() a query of its own"
                )


def select(target: Any, *more: Any) -> Any:
    """A query for a model's instances, `select(User)`, or for columns, `select(User.id, …)`.

    It starts from the first model that is named: join the others. Without any it reads no table.
    """
    if isinstance(target, type) and not more:
        return Query(target)
    chosen = (target, *more)
    start = _start(chosen)
    made: Selection[Any] = Selection.__new__(Selection)
    names = Names(start, Projection(()))
    made._begin(start, projection(names, chosen), None)
    return made


def _start(chosen: Sequence[Any]) -> Table | Source | None:
    """What the first expression with a column belongs to."""
    for one in chosen:
        if isinstance(one, (type, Source)):
            return source_of(one)
        expr = one.expr if isinstance(one, Labeled) else one
        if isinstance(expr, JsonPath):
            expr = expr.expr()
        if isinstance(expr, Expr):
            if expr.owner is not None:
                return source_of(getattr(expr.owner, "root", expr.owner))
        else:
            raise TypeError("select() starts with a model or with expressions of its columns")
    return None
