"""Names of tables, columns, constraints and connections, and the parts of a URL: in quotes, or
refused."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest
from conftest import Create
from pydantic import create_model
from pydantic_core import SchemaError

import pyferro
from language.hostile import (
    IMPOSSIBLE,
    NAMES,
    PLAIN,
    UNUSUAL,
    Canary,
    Guard,
    refused,
    tokens,
)
from pyferro import (
    PK,
    Database,
    DatabaseError,
    Field,
    InterfaceError,
    Model,
    engines,
    fn,
    select,
    transaction,
)
from pyferro._native import HEADER
from pyferro.tables import definitions

_number = itertools.count()


@pytest.fixture
def guard(create: Create, db: Database) -> Iterator[Guard]:
    create(Canary)
    found = Guard(db)
    yield found
    found.check()


def _model(table: str, field: str = "plays") -> Any:
    fields: dict[str, Any] = {"id": (PK[int], None), field: (int, Field(0, index=True))}
    name = f"Model{next(_number)}"
    return create_model(name, __base__=Model, __cls_kwargs__={"table": table}, **fields)


def _statements(db: Database, model: Any, field: str) -> dict[str, str]:
    table = model.__ferro_info__
    [index] = table.indexes
    plans = {
        "create": HEADER + definitions.create_table(table, ()).fragment,
        "index": HEADER + definitions.create_index(table, index, False).fragment,
        "get": table.get_plan,
        "insert": table.insert_all.plan,
        "update": table.update_of((field,)).plan,
        "delete": table.delete_plan,
    }
    return {what: db.statement(plan).sql for what, plan in plans.items()}


def _used(model: Any, field: str) -> None:
    """Rows of the model, written and read in every way."""
    one = model.create(**{field: 1}).run()
    model.bulk_create([model(**{field: 2}), model(**{field: 3})]).run()
    column = model.__ferro_info__.columns[field]
    assert model.where(column > 1).count().run() == 2
    assert model.where(**{field: 2}).count().run() == 1
    assert model.where(**{f"{field}__lt": 3}).count().run() == 2
    assert model.order_by(f"-{field}").select(field).all().run() == [3, 2, 1]
    assert model.where().select(field).group_by(field).order_by(field).all().run() == [1, 2, 3]
    assert model.where(**{field: 3}).update(**{field: 4}).run() == 1
    setattr(one, field, 5)
    one.save().run()
    assert getattr(model.get(one.id).run(), field) == 5
    assert select(fn.sum(column)).one().run() == 11
    assert one.delete().run() == 1
    assert model.where(**{field: 4}).delete().run() == 1


@pytest.mark.filterwarnings("ignore:Field name:UserWarning")
@pytest.mark.parametrize("where", ["table", "column"])
def test_tables_and_columns(guard: Guard, create: Create, db: Database, where: str) -> None:
    def parts(text: str) -> tuple[str, str]:
        return (text, "plays") if where == "table" else ("injected_column", text)

    # Whatever is in the name, each statement is the one for a plain name.
    for text in (*NAMES, *UNUSUAL):
        model = _model(*parts(text))
        plain = _statements(db, _model(*parts(PLAIN)), parts(PLAIN)[1])
        made = _statements(db, model, parts(text)[1])
        index = _model(*parts(PLAIN)).__ferro_info__.indexes[0].name
        names = {PLAIN: text, index: model.__ferro_info__.indexes[0].name}
        for what, said in plain.items():
            wanted = [("name", names.get(t, t)) if k == "name" else (k, t) for k, t in tokens(said)]
            assert tokens(made[what]) == wanted, (text, what)
    for text in (*IMPOSSIBLE, ""):
        refused(
            lambda t=text: _model(*parts(t)).where().count().run(),
            TypeError,
            UnicodeEncodeError,
            SchemaError,
        )


@pytest.mark.filterwarnings("ignore:Field name:UserWarning")
@pytest.mark.parametrize("where", ["table", "column"])
def test_tables_and_columns_in_use(guard: Guard, create: Create, db: Database, where: str) -> None:
    for text in NAMES[::3] if db.dialect == "mysql" else NAMES:  # their tables take time
        field = "plays" if where == "table" else text
        model = _model(text if where == "table" else "injected_column", field)
        create(model)
        guard.check(added=1)
        _used(model, field)
        guard.check(added=1)
        _drop(db, model)
    for text in UNUSUAL:
        field = "plays" if where == "table" else text
        model = _model(text if where == "table" else "injected_column", field)
        with suppress(DatabaseError):
            create(model)
            _used(model, field)
        _drop(db, model)


def _drop(db: Database, model: Any) -> None:
    from conftest import drop

    with suppress(DatabaseError):
        drop(db, model)


def test_types_of_columns(guard: Guard) -> None:
    """db_type is one of a list, never text for the database."""
    words = ("text; DROP TABLE canary", "varchar(10); DROP TABLE canary; --", "varchar(10", "int ")
    more = ("numeric(10,2) DEFAULT 1", "varchar(-1)", "varchar(9999999999999999999)", "TEXT\0")
    for text in (*NAMES, *UNUSUAL, *IMPOSSIBLE, *words, *more):
        for annotation in (str, int, bytes, dict[str, Any]):
            with pytest.raises((TypeError, ValueError)):
                create_model(
                    f"Typed{next(_number)}",
                    __base__=Model,
                    id=(PK[int], None),
                    it=(annotation, Field(db_type=text)),
                )


def test_names_of_connections(guard: Guard, url: str) -> None:
    for text in (*NAMES, *UNUSUAL, *IMPOSSIBLE, "", "a\n"):
        if not text.isidentifier():
            refused(lambda t=text: pyferro.connect(url, name=t).run(), ValueError)
            refused(lambda t=text: Canary.using(t).all().run(), InterfaceError)
            refused(lambda t=text: Canary.where().using(t).all().run(), InterfaceError)
            refused(lambda t=text: pyferro.set_default_connection(t), InterfaceError)
            refused(lambda t=text: transaction(using=t).__enter__(), InterfaceError)
        with suppress(InterfaceError), engines.session(text):
            refused(lambda: Canary.where().all().run(), InterfaceError)
    # Savepoints have names of the engine's own, and a level of isolation is one of a few words.
    assert not inspect.signature(pyferro.Database.transaction).parameters.keys() - {
        "self",
        "isolation",
        "read_only",
        "deferrable",
        "timeout",
        "immediate",
    }
    for text in (*UNUSUAL, *IMPOSSIBLE):
        refused(lambda t=text: transaction(isolation=t).__enter__(), TypeError, ValueError)
    with transaction() as outer:
        assert not inspect.signature(outer.savepoint).parameters


def _fails(url: str) -> None:
    """It is no connection, or not one to the database with the canary."""
    try:
        database = pyferro.connect(url, name="hostile").run()
    except (InterfaceError, DatabaseError, ValueError) as error:
        said = str(error)
    else:
        said = ""
    if said:
        assert "secret" not in said
        return
    with database, pytest.raises(DatabaseError):
        Canary.using("hostile").all().run()


def test_parts_of_a_url(guard: Guard, url: str, kind: str) -> None:
    base, _, database = url.rpartition("/")
    separated = url + ("&" if "?" in url else "?")
    texts = (
        *NAMES[:24],
        "dbname=ferro",
        "dbname=ferro user=ferro options=-crow_security=off",
        "postgresql://ferro@localhost/ferro",
        "ferro' options='-c search_path=x",
        "file:x?mode=memory",
    )
    for text in texts:
        escaped = quote(text, safe="")
        for option in ("tls", "journal_mode", "synchronous", "pool_size", "busy_timeout"):
            _fails(f"{separated}{option}={escaped}")
        _fails(f"{separated}{escaped}=1")
        if kind == "sqlite":
            _fails(f"{base}/{escaped}")
            continue
        _fails(f"{base}/{escaped}")
        _fails(url.replace("ferro:secret@", f"{escaped}:secret@"))
        _fails(url.replace("ferro:secret@", f"ferro:{escaped}@"))
    for text in ("%00", "%", "%zz", "ferro%00x"):
        _fails(f"{base}/{text}")
    if kind.startswith("postgresql"):
        for text in NAMES[:24]:
            named = f"{separated}application_name={quote(text, safe='')}"
            with pyferro.connect(named, name="named").run():
                assert Canary.using("named").count().run() == 3
    assert database
