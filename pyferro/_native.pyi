"""What the extension offers to pyferro's own modules. Not public: names may change between
releases."""

import builtins
from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from types import GenericAlias
from typing import Any, Generic, NoReturn, Self, final, overload
from uuid import UUID as Uuid

from typing_extensions import TypeVar

from .language.expressions import Labeled
from .language.json_path import JsonPath
from .language.order import Ordered
from .language.windows import Frame, Range
from .proof.model_proof import ModelProof
from .queries.selection import Part

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True, default=Any)
S = TypeVar("S")
P = TypeVar("P", bound="Peculiar")
N = TypeVar("N", bound=float | Decimal | None)
B = TypeVar("B", bound=bool | None)
D = TypeVar("D", bound=date)
Number = float | Decimal | None
Span = date | timedelta | None
Text = str | Expr[str | None]  # noqa: F821  # as stubs may
# What is not None: an expression of it is never NULL.
Value = (
    bool | int | float | Decimal | str | bytes | date | time | timedelta | Uuid | Enum
    | dict[Any, Any] | list[Any]
)  # fmt: skip

__version__: str

# Canonical types (FERRO_TYPE_*), shared by columns, parameters and row plans.
NULL: int
BOOL: int
INT64: int
FLOAT64: int
DECIMAL: int
TEXT: int
BYTES: int
DATE: int
TIME: int
TIMESTAMP: int
TIMESTAMPTZ: int
INTERVAL: int
UUID: int
JSON: int
ARRAY_OF: int  # a bit: ARRAY_OF | INT64 is the type of an array of integers

# What an operation gives when it has ended.
RESULT_ROWS: int  # list of model instances (with a row plan) or tuples
RESULT_FIRST: int  # the first of them, or None
RESULT_SCALARS: int  # list of the first cell of each row
RESULT_SCALAR: int  # the first cell of the first row, or None
RESULT_COUNT: int  # rows affected

class Peculiar:
    """The base of what expressions are compared with in a way of its own: rows and queries. It has
    `_compared(expr, how)` and `_holds(expr, negated)`, which make the condition."""

    def _copy(self) -> Self:
        """Another one with the same attributes; no `__init__` is called."""

    def _copy_as(self, type: type[P], /) -> P:
        """One of another class, with the slots of the bases that both have."""

class Expr(Generic[T_co]):
    """A fragment of a plan and the values of its parameters. Immutable; operators make new ones.

    `T_co` is what Python gets of its value, None included where it may be NULL. Methods that are
    not native are put on the class by `operators.install()`."""

    @classmethod
    def __class_getitem__(cls, item: Any, /) -> GenericAlias: ...
    @property
    def fragment(self) -> bytes: ...
    @property
    def whole(self) -> bytes: ...  # of a statement: the fragment with a header
    @property
    def values(
        self,
    ) -> tuple[Any, ...]: ...  # adapted; a tuple within stands for a list parameter or an array
    @property
    def types(self) -> bytes: ...  # canonical type of each value; list parameters have 128 added
    @property
    def type(self) -> int: ...  # canonical type of the expression, NULL when unknown
    @property
    def owner(self) -> Any: ...  # what its first column belongs to: a Table, a Source or None
    @property
    def paths(self) -> tuple[Any, ...]: ...  # related sources that a query has to join for it
    def __eq__(self, other: object) -> Expr[bool]: ...  # type: ignore[override]
    def __ne__(self, other: object) -> Expr[bool]: ...  # type: ignore[override]
    def __lt__(self, other: Any) -> Expr[bool]: ...
    def __le__(self, other: Any) -> Expr[bool]: ...
    def __gt__(self, other: Any) -> Expr[bool]: ...
    def __ge__(self, other: Any) -> Expr[bool]: ...
    # Integers become what they stand beside. Division by zero gives NULL, and // cuts off toward
    # zero, unlike int's.
    # A moment that leaves the years 1 to 9999 is NULL.
    @overload
    def __add__(self: Expr[Number], other: int | Expr[int]) -> Expr[T_co]: ...
    @overload
    def __add__(self: Expr[int], other: N | Expr[N]) -> Expr[N]: ...
    @overload
    def __add__(self: Expr[Number], other: N | Expr[N]) -> Expr[T_co | N]: ...
    @overload
    def __add__(self: Expr[timedelta], other: timedelta | Expr[timedelta]) -> Expr[timedelta]: ...
    @overload
    def __add__(
        self: Expr[Span], other: timedelta | Expr[timedelta | None]
    ) -> Expr[T_co | None]: ...
    @overload
    def __add__(self: Expr[timedelta | None], other: D | Expr[D]) -> Expr[D | None]: ...

    __radd__ = __add__

    @overload
    def __sub__(self: Expr[Number], other: int | Expr[int]) -> Expr[T_co]: ...
    @overload
    def __sub__(self: Expr[int], other: N | Expr[N]) -> Expr[N]: ...
    @overload
    def __sub__(self: Expr[Number], other: N | Expr[N]) -> Expr[T_co | N]: ...  # type: ignore[overload-overlap]
    @overload
    def __sub__(self: Expr[timedelta], other: timedelta | Expr[timedelta]) -> Expr[timedelta]: ...
    @overload
    def __sub__(  # type: ignore[overload-overlap]
        self: Expr[Span], other: timedelta | Expr[timedelta | None]
    ) -> Expr[T_co | None]: ...
    @overload
    def __sub__(self: Expr[date], other: date | Expr[date]) -> Expr[timedelta]: ...
    @overload
    def __sub__(
        self: Expr[date | None], other: date | Expr[date | None]
    ) -> Expr[timedelta | None]: ...
    @overload
    def __rsub__(self: Expr[Number], other: int) -> Expr[T_co]: ...
    @overload
    def __rsub__(self: Expr[int], other: N) -> Expr[N]: ...
    @overload
    def __rsub__(self: Expr[Number], other: N) -> Expr[T_co | N]: ...
    @overload
    def __rsub__(self: Expr[timedelta | None], other: timedelta) -> Expr[T_co]: ...
    @overload
    def __rsub__(self: Expr[timedelta | None], other: D) -> Expr[D | None]: ...  # type: ignore[overload-overlap]
    @overload
    def __rsub__(self: Expr[date], other: date) -> Expr[timedelta]: ...
    @overload
    def __rsub__(self: Expr[date | None], other: date) -> Expr[timedelta | None]: ...
    @overload
    def __mul__(self: Expr[Number], other: int | Expr[int]) -> Expr[T_co]: ...
    @overload
    def __mul__(self: Expr[int], other: N | Expr[N]) -> Expr[N]: ...
    @overload
    def __mul__(self: Expr[Number], other: N | Expr[N]) -> Expr[T_co | N]: ...

    __rmul__ = __mul__

    @overload
    def __mod__(self: Expr[Number], other: int | Expr[int]) -> Expr[T_co | None]: ...
    @overload
    def __mod__(self: Expr[int], other: N | Expr[N]) -> Expr[N | None]: ...
    @overload
    def __mod__(self: Expr[Number], other: N | Expr[N]) -> Expr[T_co | N | None]: ...

    __rmod__ = __floordiv__ = __rfloordiv__ = __mod__

    def __truediv__(self: Expr[Number], other: Number | Expr[Number]) -> Expr[float | None]: ...
    def __rtruediv__(self: Expr[Number], other: Number) -> Expr[float | None]: ...
    def __neg__(self: Expr[Number]) -> Expr[T_co]: ...
    # NULL is neither true nor false, and so may be what is made of it.
    def __and__(self: Expr[bool | None], other: Expr[B]) -> Expr[T_co | B]: ...
    def __or__(self: Expr[bool | None], other: Expr[B]) -> Expr[T_co | B]: ...
    def __invert__(self: Expr[bool | None]) -> Expr[T_co]: ...
    def __lshift__(self, other: Iterable[Any] | Peculiar) -> Expr[bool]: ...  # ferro's in_
    def __hash__(self) -> int: ...
    def __bool__(self) -> NoReturn: ...  # raises TypeError: use & | ~
    def in_(self, values: Iterable[Any] | Peculiar, /) -> Expr[bool]: ...  # any iterable but str
    def not_in(self, values: Iterable[Any] | Peculiar, /) -> Expr[bool]: ...
    def between(self, low: Any, high: Any, /) -> Expr[bool]: ...
    def like(self, pattern: Text, /) -> Expr[bool]: ...
    def not_like(self, pattern: Text, /) -> Expr[bool]: ...
    def ilike(self, pattern: Text, /) -> Expr[bool]: ...
    def not_ilike(self, pattern: Text, /) -> Expr[bool]: ...
    def is_null(self) -> Expr[bool]: ...
    def is_not_null(self) -> Expr[bool]: ...
    # From here on: operators.py.
    def as_(self, name: str) -> Labeled[T_co]: ...
    def asc(self) -> Ordered: ...
    def desc(self) -> Ordered: ...
    @overload
    def cast(self: Expr[Value], python: builtins.type[S]) -> Expr[S]: ...
    @overload
    def cast(self, python: builtins.type[S]) -> Expr[S | None]: ...
    def is_distinct_from(self, other: Any) -> Expr[bool]: ...
    def is_not_distinct_from(self, other: Any) -> Expr[bool]: ...
    def startswith(self, part: Text, *, ignore_case: bool = False) -> Expr[bool]: ...
    def endswith(self, part: Text, *, ignore_case: bool = False) -> Expr[bool]: ...
    def contains(self, part: Any, *, ignore_case: bool = False) -> Expr[bool]: ...
    def overlaps(self, values: Iterable[Any], /) -> Expr[bool]: ...  # of an array
    def matches(self, pattern: str, *, ignore_case: bool = False) -> Expr[bool]: ...
    def not_matches(self, pattern: str, *, ignore_case: bool = False) -> Expr[bool]: ...
    def count(
        self, *, distinct: bool = False, where: Expr[bool | None] | None = None
    ) -> Expr[int]: ...
    def sum(
        self: Expr[Number], *, distinct: bool = False, where: Expr[bool | None] | None = None
    ) -> Expr[T_co | None]: ...
    def avg(
        self: Expr[Number], *, distinct: bool = False, where: Expr[bool | None] | None = None
    ) -> Expr[float | None]: ...
    def min(
        self, *, distinct: bool = False, where: Expr[bool | None] | None = None
    ) -> Expr[T_co | None]: ...
    def max(
        self, *, distinct: bool = False, where: Expr[bool | None] | None = None
    ) -> Expr[T_co | None]: ...
    def over(
        self,
        *,
        partition_by: Any = None,
        order_by: Any = None,
        rows: Frame | None = None,
        range_: Range | None = None,
        groups: Frame | None = None,
        exclude: str = "nothing",
    ) -> Expr[T_co]: ...
    def __getitem__(self, key: str | int) -> JsonPath: ...  # of JSON

class Column(Expr[T_co]):
    """A column of a model. `dump` makes of a value what the column holds: of a JSON column bytes of
    JSON text, of another a value of its canonical type. `bits` (16 or 32) are an integer's."""

    def __init__(
        self,
        table: str,
        name: str,
        type: int,
        nullable: bool = True,
        dump: Callable[[Any], Any] | None = None,
        length: int = 0,
        digits: int = 0,
        places: int = 0,
        members: frozenset[Any] | None = None,
        bits: int = 0,
        owner: Any = None,
        path: Any = None,
    ) -> None: ...
    @property
    def table(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def nullable(self) -> bool: ...
    order_keys: Any  # what order.py keeps of it
    def adapt(self, value: Any) -> Any:
        """The object that is bound for `value`, or DataError/TypeError naming the column."""
    def store(self, value: Any) -> Any:
        """The same for a value to be stored, which has to fit what the column was made with."""

def build(type: int, kind: int, /, *operands: Any) -> Expr[Any]:
    """A node, as an expression of a canonical type. Operands are expressions, None, integers,
    names, plan bytes, and lists of these."""

def operand(value: Any, beside: Expr[Any] | None = None, type: int = ..., /) -> Expr[Any]:
    """An expression as it is; a value as a parameter of that type, or of that of `beside`."""

def all_of(first: Expr[Any] | None, terms: tuple[Any, ...], /) -> Any:  # also NotImplemented
    """The conditions joined with AND; None where there is none."""

def joined(expr: Expr[Any], paths: tuple[Any, ...], /) -> Expr[Any]:
    """The same expression, for which only these sources are still to be joined."""

def assembled(fragment: bytes, types: bytes, values: tuple[Any, ...], /) -> Expr[Any]:
    """An expression of plan bytes and the values of its parameters, in order."""

def parse_json(text: bytes) -> Any:
    """What JSON text becomes in a row; ValueError for what is none."""

def keys_of(instances: list[Any], names: tuple[str, ...]) -> list[Any]:
    """The key of each: the value of one field, or a tuple of those of several."""

def share(instances: list[Any], names: tuple[str, ...], seen: dict[Any, Any]) -> None:
    """Let each be the first one that `seen` has of its key; the others are added. None stays."""

def row_state(instance: Any, /) -> Any:
    """What is known of an instance's row: True, a set of names, or None."""

def related(instance: Any, /) -> dict[str, Any] | None:
    """The related instances that are at hand, by the name of the relation."""

def remember(instances: list[Any], name: str, values: list[Any]) -> None:
    """Keep what a relation of each leads to, but of None: see `state.remember()`."""

def gather(keys: list[Any], rows: list[Any], found: dict[Any, list[Any]]) -> None:
    """Add each row to the list of its key."""

def hand_out(
    parents: list[Any],
    keys: list[Any],
    found: dict[Any, list[Any]],
    name: str,
    many: bool,
    back: str | None,
) -> None:
    """Keep for each, as what the relation leads to, a list of the rows found for its key; unless
    `many`, the first of them or None. By `back`, if it is a name, each row leads to its parent."""

class MetaBase(type):
    """The base of the metaclass whose classes have columns."""

def adopt_metaclass(metaclass: type, /) -> None:
    """Told once, with the metaclass of `pyferro.Model`."""

def making(step: int, /) -> None:
    """One more class is being made (1), or one less (-1): no columns are found meanwhile."""

def adopt_model(model: type, state_slot: str) -> None: ...
def shortcuts(names: Collection[str] = ...) -> frozenset[str]:
    """The names of the shortcuts past CPython's public API in use. With `names`, those of them that
    work here are used from now on; row plans that exist keep theirs. For tests; PYFERRO_SHORTCUTS
    says it from outside."""

@final
class RowPlan:
    """How rows become instances of a model. `proof` is what pyferro.proof.prove() made for it,
    `names` and `types` are the fields and canonical types of the columns in the order of the rows.
    `key` is the index of the key column or -1, `table` the table's name: both for the note on a
    ValidationError. Make a new one when `proof.current()` is no longer true."""

    def __init__(
        self, proof: ModelProof, names: Sequence[str], types: Sequence[int], table: str, key: int
    ) -> None: ...

@final
class Cells:
    """Rows as a driver decodes them, made of Python values of canonical types; JSON as text."""

    def __init__(self, types: bytes, rows: Iterable[Sequence[Any]]) -> None: ...
    def hydrate(self, plan: RowPlan) -> list[Any]: ...
    def dicts(self, plan: RowPlan) -> list[dict[str, Any]]: ...
    def lines(self, lines: CsvLines) -> list[bytes]: ...

@final
class CsvLines:
    """Rows as lines of CSV. `other` gives the text of a value of JSON, a list or an interval, and of a
    decimal that is not stored as Decimal writes it; None for an empty field."""

    def __init__(self, columns: int, other: Callable[[Any], str | None], /) -> None: ...
    def header(self, names: Sequence[str], /) -> bytes: ...

@final
class Statement:
    @property
    def sql(self) -> str: ...
    @property
    def placeholders(self) -> tuple[int, ...]: ...  # which value each shows; -1: a key found before

@final
class Operation(Generic[T]):
    """A request that has started or will with its first step. Await it once, or run() it; one of a
    stream again and again, until there are fewer rows than a page."""

    def begin(self) -> None:
        """Go as far as it can without waiting. It has to be awaited or run all the same."""
    def run(self) -> T: ...
    def set_timeout(self, seconds: float) -> None: ...  # from now
    def __await__(self) -> Generator[Any, None, T]: ...
    def close(self) -> None:
        """Abort, without waiting."""
    @property
    def follows(self) -> bool:
        """Whether it can be one of several()."""
    @property
    def finish(self) -> Callable[[Any], Any] | None:
        """What will be done with the result."""
    @property
    def transaction(self) -> Transaction | None:
        """What it is part of; None also when it has ended."""
    @property
    def position(self) -> int:
        """Of several(), after an error: which of them has failed."""

def several(operations: Sequence[Operation[Any]]) -> Operation[list[Any]]:
    """Operations of single statements in one transaction, which have not begun, as one. They
    run in order, where the database allows it without waiting for each other, and it gives the
    list of what the database gave, with which nothing was done: see Operation.finish."""

class Request:
    """A function that starts an operation, to be called once."""

    def __init__(self, start: Callable[[], Any]) -> None: ...
    def _take(self) -> Callable[[], Any]:
        """The function, once; then InterfaceError."""
    def run(self) -> Any: ...
    def __await__(self) -> Generator[Any, None, Any]: ...

@final
class Database:
    def __init__(self, url: str) -> None: ...
    def connect(self) -> Operation[int]: ...
    def compile(self, plan: bytes) -> Statement: ...
    def close(self) -> None: ...
    @property
    def dialect(self) -> str: ...
    @property
    def server(self) -> str: ...
    @property
    def pool(self) -> tuple[int, int]: ...  # open, busy
    @property
    def statistics(self) -> tuple[int, ...]: ...  # the fields of ferro_statistics
    def ping(self) -> Operation[int]: ...
    def drain(self, milliseconds: int) -> Operation[int]:
        """Close, and wait for so long; how many connections are still in use."""
    def set_password(self, function: Callable[[], str]) -> None: ...
    def supports(
        self, feature: str
    ) -> tuple[int, str]: ...  # 0 native, 1 rewritten, 2 refused; advice
    def transaction(self) -> Transaction: ...
    def listen(
        self, channels: Sequence[str]
    ) -> Operation[list[tuple[str | None, str | None, int | None]]]:
        """Gives one row each time it is awaited or run; the first is all None: it listens."""
    def execute(
        self,
        transaction: Transaction | None,
        statement: Statement,
        types: bytes,
        values: Sequence[Any],
        result: int,
        plan: RowPlan | CsvLines | Sequence[Part] | Callable[[tuple[str, ...]], Any] | None = None,
        finish: Callable[[Any], Any] | None = None,
        page: int = 0,
        /,
    ) -> Operation[Any]:
        """`types` and `values` as Expr has them. `plan`: a RowPlan, CsvLines, or the canonical types of the
        columns for tuples and scalars, with a RowPlan for those of an instance, and `(RowPlan, (i,
        j))` where rows that are equal in these of its columns have the same one; or, of a statement
        in words of the user's, what gives one of these for the names of the columns. `finish` gets
        the result and its return value is the operation's. `page`: a stream, that many rows each
        time."""
    def execute_many(
        self,
        transaction: Transaction | None,
        statement: Statement,
        columns: Sequence[Column],
        objects: Sequence[Any],
        result: int,
        plan: RowPlan | CsvLines | Sequence[Part] | None = None,
        finish: Callable[[Any], Any] | None = None,
        types: bytes = b"",
        values: Sequence[Any] = (),
    ) -> Operation[Any]:
        """Runs a change of a row for each object: the value of a column is the object's
        `__dict__[column.name]`. The values are the same for all rows, and come after those."""

@final
class Transaction:
    def begin(self, isolation: int, flags: int, timeout: float) -> Operation[int]: ...
    def abandon(self) -> None: ...
    def do(self, action: int) -> Operation[int]: ...  # FERRO_TRANSACTION_*: 0 begin … 6 rollback to
    @property
    def active(self) -> bool: ...

# Plan writing for statements: each returns plan bytes without a header; see
# capi/include/ferro/plan.h.
def name(text: str) -> bytes: ...
def text(text: str, /) -> bytes: ...
def integer(value: int) -> bytes: ...
def param(type: int, is_list: bool = False) -> bytes: ...
def node(kind: int, count: int) -> bytes: ...

HEADER: bytes
NONE: bytes
