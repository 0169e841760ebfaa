"""Everything that values.toml asks of one database, done in a few calls of its client.

Only what happened is kept here, values and exceptions; what should have happened is for the tests.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, Optional

from boundary_data import WAYS, Case, Column, Table, for_kind
from clients import Client

import pyferro
from pyferro import PK, Database, Model

TABLE = "boundary_values"

# Rows of one case are told apart by what is added to its number.
STEP = 100_000
KEYS = {way: STEP * (place + 1) for place, way in enumerate((*WAYS, "client"))}


def model_of(table: Table) -> type[Model]:
    """A model with one nullable column for each section of the file."""
    names: dict[str, Any] = {"__module__": __name__, "__annotations__": {"id": PK[int]}}
    for column in table.columns:
        names["__annotations__"][column.name] = Optional[column.annotation]  # noqa: UP045
        names[column.name] = None
    return types.new_class(
        "Boundary", (Model,), {"table": TABLE}, lambda space: space.update(names)
    )


class Trial:
    """What became of the cases of one database. Made once; then no connection is open."""

    def __init__(self, table: Table, url: str) -> None:
        self.table = table
        self.client = Client(table.kind, url)
        self.failures: dict[int, BaseException] = {}  # of writing, by the key of the row
        self.loaded: dict[int, Any] = {}  # value or exception of reading the instance, by key
        self.selected: dict[int, Any] = {}  # the same, of selecting the column alone
        self.found: dict[int, Any] = {}  # how many rows, of comparing the column with the value
        self.shown: dict[int, tuple[str, str]] = {}  # what the client shows: storage, value
        self.complaints = ""
        self._model = model_of(table)
        drop = f"DROP TABLE IF EXISTS {self.client.name(TABLE)}"
        self.client.run([drop])
        try:
            with pyferro.connect(url, name="boundary").run() as database:
                database.create_tables(self._model).run()
                self._write(database)
            self._write_by_client()
            self._read_by_client()
            with pyferro.connect(url, name="boundary").run() as database:
                self._read(database)
        finally:
            self.client.run([drop])

    # Writing.

    def _write(self, database: Database) -> None:
        model = self._model
        cases = [*self.table.values, *self.table.refused]
        for case in cases:
            self._try(case, "create", model.using(database).create, case.value)
        for column in self.table.columns:
            # One call for a column's rows: they are what a server sees as an array or a batch.
            accepted = [case for case in self.table.values if case.column is column]
            rows = [_unchecked(model, case) for case in accepted]
            try:
                model.using(database).bulk_create(rows).run()
            except Exception as error:
                for case in accepted:
                    self.failures[KEYS["bulk"] + case.number] = error
        for case in self.table.refused:
            key = KEYS["bulk"] + case.number
            good = model.model_construct(id=key + STEP * 10, **_nothing(model))
            try:
                model.using(database).bulk_create([good, _unchecked(model, case)]).run()
            except Exception as error:
                self.failures[key] = error
        empty = [
            model.model_construct(id=KEYS["update"] + case.number, **_nothing(model))
            for case in cases
        ]
        model.using(database).bulk_create(empty).run()
        for case in cases:
            found = model.using(database).where(id=KEYS["update"] + case.number)
            self._try(case, "update", lambda id, q=found, **v: q.update(**v), case.value)

    def _try(self, case: Case, way: str, call: Callable[..., Any], value: Any) -> None:
        key = KEYS[way] + case.number
        try:
            call(id=key, **{case.column.name: value}).run()
        except Exception as error:
            self.failures[key] = error

    def _write_by_client(self) -> None:
        name = self.client.name
        self.complaints = self.client.run(
            [
                f"INSERT INTO {name(TABLE)} ({name('id')}, {name(case.column.name)}) "
                f"VALUES ({KEYS['client'] + case.number}, {case.sql})"
                for case in (*self.table.values, *self.table.foreign, *self.table.unreadable)
            ]
        ).complaints

    # Reading.

    def _read_by_client(self) -> None:
        """Storage class and value of the column that a row is about."""
        answer = self.client.run([self._select(column) for column in self.table.columns])
        assert not answer.complaints, answer.complaints
        for key, storage, value in answer.rows:
            self.shown[int(key)] = (storage, value)

    def _select(self, column: Column) -> str:
        cell = self.client.name(column.name)
        expression = for_kind(column.read, self.table.kind).replace("{}", cell)
        storage = f"typeof({cell})" if self.table.kind == "sqlite" else "'-'"
        # Keys are constants: every row has one case, and a case one column.
        numbers = [
            case.number
            for part in ("values", "foreign", "refused", "unreadable")
            for case in getattr(self.table, part)
            if case.column is column
        ]
        key = self.client.name("id")
        return (
            f"SELECT {key}, {storage}, CASE WHEN {cell} IS NULL THEN 'NULL' ELSE {expression} END "
            f"FROM {self.client.name(TABLE)} "
            f"WHERE {key} % {STEP} IN ({', '.join(map(str, numbers))})"
        )

    def _read(self, database: Database) -> None:
        model = self._model.using(database)

        def load(key: int, column: str) -> Any:
            return getattr(model.get(key).run(), column)

        def select(key: int, column: str) -> Any:
            return model.where(id=key).select(column).one().run()

        def count(key: int, column: str, value: Any) -> int:
            return model.where(id=key, **{column: value}).count().run()

        written = [(case, way) for case in self.table.values for way in WAYS]
        given = (*self.table.values, *self.table.foreign, *self.table.unreadable)
        for case, way in [*written, *((case, "client") for case in given)]:
            key = KEYS[way] + case.number
            self.loaded[key] = _outcome(load, key, case.column.name)
            self.selected[key] = _outcome(select, key, case.column.name)
        for case in self.table.values:
            key = KEYS["client"] + case.number
            self.found[key] = _outcome(count, key, case.column.name, case.value)


def _unchecked(model: type[Model], case: Case) -> Model:
    """An instance that pydantic has not seen, as another part of a program may have made it."""
    key = KEYS["bulk"] + case.number
    return model.model_construct(**{**_nothing(model), "id": key, case.column.name: case.value})


def _nothing(model: type[Model]) -> dict[str, Any]:
    return {name: None for name in model.model_fields if name != "id"}


def _outcome(call: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return call(*arguments)
    except Exception as error:
        return error
