"""What the extension offers to pyferro's own modules. Not public: names may change between
releases."""

from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from typing import Any, Generic, TypeVar, final

from .proof import ModelProof

T = TypeVar("T")

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

class Expr:
    """A fragment of a plan and the values of its parameters. Immutable; operators make new ones."""

    @property
    def fragment(self) -> bytes: ...
    @property
    def values(
        self,
    ) -> tuple[Any, ...]: ...  # adapted; a tuple within stands for a list parameter or an array
    @property
    def types(self) -> bytes: ...  # canonical type of each value; list parameters have 128 added
    @property
    def type(self) -> int: ...  # canonical type of the expression, NULL when unknown
    def __eq__(self, other: object) -> Expr: ...  # type: ignore[override]
    def __ne__(self, other: object) -> Expr: ...  # type: ignore[override]
    def __lt__(self, other: object) -> Expr: ...
    def __le__(self, other: object) -> Expr: ...
    def __gt__(self, other: object) -> Expr: ...
    def __ge__(self, other: object) -> Expr: ...
    def __add__(self, other: object) -> Expr: ...
    def __sub__(self, other: object) -> Expr: ...
    def __mul__(self, other: object) -> Expr: ...
    def __truediv__(self, other: object) -> Expr: ...
    def __floordiv__(self, other: object) -> Expr: ...  # truncates toward zero, unlike int's //
    def __mod__(self, other: object) -> Expr: ...
    def __radd__(self, other: object) -> Expr: ...
    def __rsub__(self, other: object) -> Expr: ...
    def __rmul__(self, other: object) -> Expr: ...
    def __neg__(self) -> Expr: ...
    def __and__(self, other: Expr) -> Expr: ...
    def __or__(self, other: Expr) -> Expr: ...
    def __invert__(self) -> Expr: ...
    def __lshift__(self, other: Sequence[Any]) -> Expr: ...  # ferro's spelling of in_
    def __hash__(self) -> int: ...
    def __bool__(self) -> bool: ...  # raises TypeError: use & | ~
    def in_(
        self, values: Sequence[Any]
    ) -> Expr: ...  # list, tuple, set, frozenset or any iterable but str
    def not_in(self, values: Sequence[Any]) -> Expr: ...
    def between(self, low: Any, high: Any) -> Expr: ...
    def like(self, pattern: str) -> Expr: ...
    def is_null(self) -> Expr: ...
    def is_not_null(self) -> Expr: ...

class Column(Expr):
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
    ) -> None: ...
    @property
    def table(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def nullable(self) -> bool: ...
    def adapt(self, value: Any) -> Any:
        """The object that is bound for `value`, or DataError/TypeError naming the column."""
    def store(self, value: Any) -> Any:
        """The same for a value to be stored, which has to fit what the column was made with."""

def count_star() -> Expr: ...
def parse_json(text: bytes) -> Any:
    """What JSON text becomes in a row; ValueError for what is none."""

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
    """Rows as a driver decodes them, made of Python values of canonical types; JSON as text. For
    tests only."""

    def __init__(self, types: bytes, rows: Iterable[Sequence[Any]]) -> None: ...
    def hydrate(self, plan: RowPlan) -> list[Any]: ...

@final
class Statement:
    @property
    def sql(self) -> str: ...

@final
class Operation(Generic[T]):
    """A request that has started or will with its first step. Await it once, or run() it."""

    def run(self) -> T: ...
    def __await__(self) -> Generator[Any, None, T]: ...

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
    def supports(
        self, feature: str
    ) -> tuple[int, str]: ...  # 0 native, 1 rewritten, 2 refused; advice
    def transaction(self) -> Transaction: ...
    def execute(
        self,
        transaction: Transaction | None,
        statement: Statement,
        types: bytes,
        values: Sequence[Any],
        result: int,
        plan: RowPlan | Sequence[int] | None = None,
        finish: Callable[[Any], Any] | None = None,
    ) -> Operation[Any]:
        """`types` and `values` as Expr has them. `plan`: a RowPlan, or the canonical types of the
        columns for tuples and scalars. `finish` gets the result and its return value is the
        operation's."""
    def execute_many(
        self,
        transaction: Transaction | None,
        statement: Statement,
        columns: Sequence[Column],
        objects: Sequence[Any],
        result: int,
        plan: Sequence[int] | None = None,
        finish: Callable[[Any], Any] | None = None,
    ) -> Operation[Any]:
        """Runs an insert for each object: the value of a column is the object's
        `__dict__[column.name]`."""

@final
class Transaction:
    def do(self, action: int) -> Operation[int]: ...  # FERRO_TRANSACTION_*: 0 begin … 6 rollback to
    @property
    def active(self) -> bool: ...

# Plan writing for statements: each returns plan bytes without a header; see
# capi/include/ferro/plan.h.
def name(text: str) -> bytes: ...
def integer(value: int) -> bytes: ...
def param(type: int, is_list: bool = False) -> bytes: ...
def node(kind: int, count: int) -> bytes: ...

HEADER: bytes
NONE: bytes
