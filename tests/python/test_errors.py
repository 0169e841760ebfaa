"""Bad input and refusals: the right class, the fields filled, no value in a message."""

from __future__ import annotations

import pickle
import socket
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Create, Waiting

import pyferro
from pyferro import (
    PK,
    BadStoredValue,
    ConnectionFailed,
    Database,
    FerroError,
    Field,
    InterfaceError,
    InvalidText,
    Model,
    NotNullViolationError,
    OutOfRange,
    PlanError,
    PoolClosed,
    PyferroError,
    StringTooLong,
    UndefinedObject,
    UniqueViolationError,
    UnsupportedFeature,
    _native,
    errors,
)

SECRET = "a-secret-value"


class Account(Model, table="err_account"):
    id: PK[int]
    email: str = Field(max_length=40, unique=True)
    balance: Decimal = Field(default=Decimal(0), max_digits=8, decimal_places=2)
    seen: datetime | None = None


class Missing(Model, table="err_missing_table"):
    id: PK[int]


@pytest.fixture(autouse=True)
def table(request: pytest.FixtureRequest) -> None:
    # Only for the tests that use a database.
    if "create" in request.fixturenames:
        request.getfixturevalue("create")(Account)


def test_a_unique_violation_names_constraint_table_and_column(
    create: Create, wait: Waiting
) -> None:
    wait(Account.create(email=SECRET))
    with pytest.raises(UniqueViolationError) as caught:
        wait(Account.create(email=SECRET))
    error = caught.value
    assert error.constraint
    assert error.columns == ("email",)
    assert error.column == "email"
    assert not error.retryable
    assert SECRET not in str(error)
    assert SECRET not in repr(error)
    assert isinstance(error, FerroError)
    assert Account.count().run() == 1


def test_null_where_none_is_allowed(create: Create, wait: Waiting) -> None:
    account = Account.model_construct(id=None, email=None, balance=Decimal(0), seen=None)
    with pytest.raises(NotNullViolationError) as caught:
        wait(account.save())
    assert caught.value.columns == ("email",)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_text_that_no_database_holds_is_refused(create: Create, text: str) -> None:
    with pytest.raises(InvalidText) as caught:
        Account.where(email=text)
    assert caught.value.column == "email"
    with pytest.raises(InvalidText):
        Account.bulk_create([Account.model_construct(email=text, balance=Decimal(0))]).run()
    assert Account.count().run() == 0


def test_an_integer_beyond_64_bits_is_refused(create: Create) -> None:
    with pytest.raises(OutOfRange):
        Account.get(1 << 64)
    with pytest.raises(OutOfRange):
        Account.where(Account.id > 1 << 63)


def test_text_longer_than_its_column_is_refused(create: Create, wait: Waiting) -> None:
    Account.create(email="a").run()
    with pytest.raises(StringTooLong) as caught:
        wait(Account.select().update(email="x" * 41))
    assert "xxx" not in str(caught.value)
    assert Account.select("email").all().run() == ["a"]


@pytest.mark.parametrize("kind", ["sqlite"])  # only there anything can be stored anywhere
def test_a_bad_stored_value_is_named_by_its_place(
    create: Create, wait: Waiting, tmp_path: Path
) -> None:
    good, bad = (Account.create(email=email).run() for email in ("a", "b"))
    with closing(sqlite3.connect(tmp_path / "test.db")) as file, file:
        file.execute("UPDATE err_account SET seen = ? WHERE email = 'b'", (SECRET,))
    with pytest.raises(BadStoredValue) as caught:
        wait(Account.select().order_by(Account.id).all())
    error = caught.value
    assert (error.table, error.column, error.row) == ("err_account", "seen", 1)
    assert error.detail == f'the row with "id" = {bad.id}'
    assert "TEXT is stored that is no timestamp" in str(error)
    assert SECRET not in str(error)
    assert SECRET not in repr(error)
    assert Account.get(good.id).run() == good


def test_a_decimal_beyond_its_column_is_refused(create: Create, wait: Waiting) -> None:
    Account.create(email="a").run()
    for value in ("12345678.90", "0.005"):
        with pytest.raises(OutOfRange):
            wait(Account.select().update(balance=Decimal(value)))
    assert Account.select("balance").one().run() == 0


def test_values_of_another_type_are_refused_and_name_the_column(create: Create) -> None:
    with pytest.raises(TypeError, match="email"):
        Account.where(email=3)
    with pytest.raises(TypeError, match="balance"):
        Account.select().update(balance=0.1)
    with pytest.raises(TypeError, match="AwareDatetime"):
        Account.where(seen=datetime(2024, 1, 1, tzinfo=UTC))


def test_a_missing_table_is_reported(db: Database, wait: Waiting) -> None:
    with pytest.raises(UndefinedObject):
        wait(Missing.all())
    with pytest.raises(UndefinedObject):
        wait(Missing.create())


def test_after_an_error_the_database_goes_on(create: Create, wait: Waiting) -> None:
    for _ in range(20):
        with pytest.raises(UndefinedObject):
            wait(Missing.count())
    assert wait(Account.count()) == 0


def test_broken_plan_bytes_are_refused(db: Database) -> None:
    for plan in (b"", b"FP\2\0", b"no plan", _native.HEADER + b"\x09"):
        with pytest.raises(PlanError, match="byte"):
            db.statement(plan)


def test_too_many_parameters_in_a_query_are_an_error(
    create: Create, db: Database, wait: Waiting
) -> None:
    query = Account.where(Account.id.in_(range(200_000)))
    if db.dialect != "mysql":
        assert wait(query.all()) == []
    else:
        with pytest.raises(PyferroError, match="parameter"):
            wait(query.all())
    assert wait(Account.count()) == 0


def test_a_closed_database_says_so(create: Create, db: Database, wait: Waiting) -> None:
    query = Account.select().using(db)
    db.close()
    with pytest.raises(PoolClosed):
        wait(query.all())
    with pytest.raises(InterfaceError, match="no database is connected"):
        wait(Account.all())


def test_a_name_is_used_once(db: Database, url: str) -> None:
    with pytest.raises(ValueError, match="exists already"):
        pyferro.connect(url).run()
    with pytest.raises(ValueError, match="letters"):
        pyferro.connect(url, name="a b")
    with pytest.raises(InterfaceError, match="no connection is named"):
        Account.using("nowhere").count().run()
    with pytest.raises(InterfaceError):
        pyferro.set_default_connection("nowhere")


@pytest.mark.parametrize(
    "url", ["", "nothing", "oracle://x/y", "sqlite::memory:?colour=red", "postgresql://h:x/d"]
)
def test_a_bad_url_is_refused(url: str) -> None:
    with pytest.raises(InterfaceError):
        pyferro.connect(url, name="bad").run()


def test_a_server_that_is_down_is_a_failed_connection(wait: Waiting) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets the port
        port = taken.getsockname()[1]
        for scheme in ("postgresql", "mysql"):
            with pytest.raises(ConnectionFailed) as caught:
                wait(pyferro.connect(f"{scheme}://u:{SECRET}@127.0.0.1:{port}/d", name="down"))
            assert SECRET not in str(caught.value)


def test_a_failed_connect_leaves_the_name_free(tmp_path: Path) -> None:
    pyferro.reset_engine()
    with pytest.raises(PyferroError):
        pyferro.connect(f"sqlite:///{tmp_path}/no/such/folder/x.db", name="again").run()
    pyferro.connect("sqlite::memory:", name="again").run().close()


def test_what_this_version_cannot_do_is_refused() -> None:
    for option in ("migrate_updates", "migrate_destructive"):
        with pytest.raises(UnsupportedFeature, match=option):
            pyferro.connect("sqlite::memory:", **{option: True})
    with pytest.raises(UnsupportedFeature):
        pyferro.engines.session(settings={"a.b": "c"})


def test_errors_of_the_engine_become_their_classes() -> None:
    error = errors.make(
        7,
        "a row exists",
        hint="change it",
        sqlstate="23505",
        constraint="k",
        table="t",
        column="a, b",
        sql="INSERT",
        detail=f"({SECRET})",
        native_code=0,
        row=-1,
    )
    assert isinstance(error, UniqueViolationError)
    assert str(error) == "a row exists\nchange it"
    assert (error.columns, error.native_code, error.row) == (("a", "b"), None, None)
    assert SECRET not in str(error)
    copied = pickle.loads(pickle.dumps(error))
    assert (type(copied), copied.constraint, copied.hint) == (type(error), "k", "change it")
    assert type(errors.make(12345, "new")) is errors.InternalError
    assert isinstance(errors.make(32, "none left"), MemoryError)
    assert errors.make(18, "deadlock").retryable
    assert isinstance(errors.make(21, "busy"), TimeoutError)
