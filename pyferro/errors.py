"""The exceptions of pyferro, and how the engine's errors become them.

One tree for every database: the class says what to do, the attributes say what the database said.
Values never stand in a message; what may quote them is in `detail` alone, which is left out where
it could quote a secret. Errors of validation are pydantic's own and not here.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "AuthenticationError",
    "BadStoredValue",
    "CheckViolationError",
    "CommitUnknown",
    "ConnectionFailed",
    "DataError",
    "DatabaseError",
    "DeadlockError",
    "DiskFull",
    "DuplicateObject",
    "ExclusionViolationError",
    "FailedTransaction",
    "FerroError",
    "ForeignKeyViolationError",
    "ForkedConnectionError",
    "InsufficientPrivilege",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "InvalidText",
    "LockNotAvailable",
    "ModelDoesNotExist",
    "MultipleResults",
    "NoResult",
    "NotLoaded",
    "NotNullViolationError",
    "NotPersisted",
    "NotSupportedError",
    "OperationalError",
    "OutOfRange",
    "PlanError",
    "PoolClosed",
    "PoolTimeout",
    "ProgrammingError",
    "PyferroError",
    "QueryCancelled",
    "QueryTimeout",
    "ReadOnly",
    "SerializationError",
    "SqlSyntaxError",
    "StaleData",
    "StringTooLong",
    "TooManyConnections",
    "UndefinedObject",
    "UniqueViolationError",
    "UnsupportedFeature",
]


class PyferroError(Exception):
    """Anything that pyferro raises itself. What is not known is None, `columns` is then empty."""

    message: str
    hint: str | None = None
    sqlstate: str | None = None
    native_code: int | None = None
    constraint: str | None = None
    table: str | None = None
    columns: tuple[str, ...] = ()
    detail: str | None = None
    sql: str | None = None
    row: int | None = None

    def __init__(self, message: str = "", *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if hint:
            self.hint = hint

    def __str__(self) -> str:
        said = self.message if self.row is None else f"{self.message} (row {self.row})"
        return f"{said}\n{self.hint}" if self.hint else said

    @property
    def column(self) -> str | None:
        """The column, or the first of several."""
        return self.columns[0] if self.columns else None

    @property
    def driver_message(self) -> str:
        """The message without the hint."""
        return self.message

    @property
    def retryable(self) -> bool:
        """Whether nothing was kept, and the whole transaction (or the statement on its own) may be
        run again and could then succeed.
        """
        return isinstance(
            self, (SerializationError, DeadlockError, LockNotAvailable, ConnectionFailed)
        )

    @property
    def connection_ok(self) -> bool:
        """Whether the connection has survived: a transaction on it may go on, or be rolled back."""
        if isinstance(self, (QueryTimeout, QueryCancelled)):
            # The server's own words say that it has stopped by itself, and waits.
            return self.sqlstate is not None
        return not isinstance(
            self,
            (
                ConnectionFailed,
                AuthenticationError,
                TooManyConnections,
                CommitUnknown,
                ForkedConnectionError,
                PoolClosed,
                PoolTimeout,
            ),
        )


FerroError = PyferroError

# What DB-API 2.0 calls it.
Error = PyferroError


class Warning(PyferroError):
    """Of DB-API 2.0; nothing here raises it."""


class InterfaceError(PyferroError):
    """pyferro was used wrongly, or for something it does not do."""


class PoolClosed(InterfaceError):
    """The database was closed."""


class PoolTimeout(InterfaceError, TimeoutError):
    """No connection came free in time."""


class ForkedConnectionError(InterfaceError):
    """It was begun before `os.fork()` and belongs to the parent: begin it anew in the child."""


class UnsupportedFeature(InterfaceError):
    """The database cannot do this; the hint says what to do instead."""


class DatabaseError(PyferroError):
    """What the database, or the way to it, reported."""


class OperationalError(DatabaseError):
    """Not the program's doing: the connection, the server, locks, time."""


class ConnectionFailed(OperationalError):
    """No connection could be made, or it broke before anything could be kept."""


class AuthenticationError(OperationalError):
    """The server refused the user or the password."""


class QueryTimeout(OperationalError):
    """A statement took longer than allowed."""


class QueryCancelled(OperationalError):
    """A statement was cancelled."""


class SerializationError(OperationalError):
    """A concurrent transaction was in the way: run the whole transaction again."""


class DeadlockError(OperationalError):
    """Two transactions waited for each other: run the whole transaction again."""


class LockNotAvailable(OperationalError):
    """A lock was not had in time."""


class ReadOnly(OperationalError):
    """The database or transaction takes no changes."""


class DiskFull(OperationalError):
    """The database has no room left."""


class TooManyConnections(OperationalError):
    """The server takes no more connections."""


class CommitUnknown(OperationalError):
    """COMMIT, or a change on its own, was sent and its answer never came: look what is there."""


class IntegrityError(DatabaseError):
    """A constraint was violated; see `constraint`, `table` and `columns`."""


class UniqueViolationError(IntegrityError):
    """A row with the same key or unique value exists."""


class ForeignKeyViolationError(IntegrityError):
    """A row that is referred to is missing, or one is still referred to."""


class NotNullViolationError(IntegrityError):
    """NULL for a column that forbids it."""


class CheckViolationError(IntegrityError):
    """A check constraint was violated."""


class ExclusionViolationError(IntegrityError):
    """A row conflicts with another one by an exclusion constraint (PostgreSQL)."""


class DataError(DatabaseError):
    """A value that cannot be stored or read."""


class OutOfRange(DataError):
    """A value beyond what its column holds."""


class StringTooLong(DataError):
    """Text longer than its column."""


class InvalidText(DataError):
    """Text that no database holds: a NUL, a lone surrogate, digits that are none."""


class BadStoredValue(DataError):
    """What is stored is not of the type that the model declares."""


class ProgrammingError(DatabaseError):
    """The statement cannot be right."""


class UndefinedObject(ProgrammingError):
    """No such table, column or function."""


class SqlSyntaxError(ProgrammingError):
    """The server did not understand the SQL text."""


class InsufficientPrivilege(ProgrammingError):
    """The user may not do this."""


class DuplicateObject(ProgrammingError):
    """The table or index exists already."""


class PlanError(ProgrammingError):
    """The engine refused a plan."""


class InternalError(DatabaseError):
    """The database or pyferro is at odds with itself."""


class FailedTransaction(InternalError):
    """The transaction has failed: only its end is left."""


class NotSupportedError(DatabaseError):
    """The server says that it cannot do this."""


class ModelDoesNotExist(PyferroError, LookupError):
    """No row with this key. `model` and `pk` say which; the message leaves the key out."""

    def __init__(self, model: type, pk: Any = None) -> None:
        super().__init__(f"no {model.__name__} with this key is stored")
        self.args = (model, pk)
        self.model = model
        self.pk = pk


class StaleData(PyferroError):
    """The row was changed, or was deleted, since it was read. `model` and `pk` say which."""

    def __init__(self, model: type, pk: Any = None) -> None:
        super().__init__(
            f"this {model.__name__} was changed since it was read",
            hint="refresh() it, or read it again, and repeat the change",
        )
        self.args = (model, pk)
        self.model = model
        self.pk = pk


class NoResult(PyferroError, LookupError):
    """One row was wanted and none was found."""


class MultipleResults(PyferroError, LookupError):
    """One row was wanted and more were found."""


class NotPersisted(PyferroError):
    """The instance has no key yet: save it first."""


class NotLoaded(PyferroError):
    """A relation or field that was not loaded."""


_CLASSES: dict[int, type[PyferroError]] = {
    1: ConnectionFailed,
    2: AuthenticationError,
    3: SqlSyntaxError,
    4: UndefinedObject,
    5: DuplicateObject,
    6: InsufficientPrivilege,
    7: UniqueViolationError,
    8: ForeignKeyViolationError,
    9: NotNullViolationError,
    10: CheckViolationError,
    11: IntegrityError,
    12: OutOfRange,
    13: StringTooLong,
    14: InvalidText,
    15: DataError,
    16: BadStoredValue,
    17: SerializationError,
    18: DeadlockError,
    19: LockNotAvailable,
    20: QueryTimeout,
    21: PoolTimeout,
    22: QueryCancelled,
    23: ReadOnly,
    24: DiskFull,
    25: TooManyConnections,
    26: UnsupportedFeature,
    27: PlanError,
    28: InterfaceError,
    29: PoolClosed,
    30: FailedTransaction,
    31: CommitUnknown,
    34: ForkedConnectionError,
}
_MEMORY = 32
_BY_STATE = {"23P01": ExclusionViolationError}


def make(code: int, message: str, **fields: Any) -> Exception:
    """The exception for an error of the engine. Empty texts, 0 and row -1 mean "not known"."""
    if code == _MEMORY:
        return MemoryError(message)
    chosen = _BY_STATE.get(fields.get("sqlstate") or "") or _CLASSES.get(code, InternalError)
    error = chosen(message, hint=fields.get("hint"))
    for name in ("sqlstate", "constraint", "table", "sql", "detail", "native_code"):
        if value := fields.get(name):
            setattr(error, name, value)
    if error.detail is not None:
        from .registry import may_hold_secrets

        if may_hold_secrets(error.table):
            error.detail = None
    if column := fields.get("column"):
        error.columns = tuple(part.strip() for part in column.split(","))
    elif error.constraint:
        # Some servers name a unique constraint and not its columns; the models know them.
        from .registry import columns_of_constraint

        error.columns = columns_of_constraint(error.table, error.constraint)
    row = fields.get("row")
    if row is not None and row >= 0:
        error.row = row
    return error
