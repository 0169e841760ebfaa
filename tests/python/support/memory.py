"""Memory of the interpreter that runs out: the n-th allocation fails, for every n.

`python -P memory.py URL` prints a line for each scenario, and what went wrong; run by
test_memory.py in a process of its own, since it is the process that is at stake.

One allocation fails, and not all that follow: CPython does not survive that for long. Instances are
made before, because pydantic-core ends the process when it gets no memory for an object.
"""

from __future__ import annotations

import sys
import time
import traceback
from _testcapi import remove_mem_hooks, set_nomemory
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime

import pyferro
from pyferro import PK, BackRef, Field, Many, Model, Ref, errors

# So many calls in a row without a failed allocation, and the scenario has no more of them. One is
# not enough: a failure may be overcome, as when a cache could not grow.
QUIET = 40

# What CPython 3.11 raises itself, once, where it gets no memory to note a frame in a traceback.
UNNOTED = "SystemError('error return without exception set')"


class Shelf(Model, table="memory_shelf"):
    id: PK[int]
    name: str = Field(max_length=40, unique=True)
    books: Many[Book] = BackRef()


class Book(Model, table="memory_book"):
    id: PK[int]
    title: str = Field(max_length=80)
    price: Decimal = Field(max_digits=10, decimal_places=2)
    code: UUID
    bought: AwareDatetime
    pages: int | None = None
    shelf: Ref[Shelf]


def book(number: int, shelf: Shelf) -> Book:
    return Book(
        title=f"a title that is not short, number {number}",
        price=Decimal("12.50"),
        code=UUID(int=number),
        bought=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
        pages=number,
        shelf=shelf,
    )


def prepare(url: str) -> pyferro.Database:
    db = pyferro.connect(url).run()
    db.drop_tables(Shelf, Book).run()
    db.create_tables(Shelf, Book).run()
    shelves = [Shelf(name=f"shelf {number}") for number in range(3)]
    for shelf in shelves:
        shelf.save().run()
        Book.bulk_create([book(number, shelf) for number in range(4)]).run()
    return db


def scenarios(db: pyferro.Database) -> dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]]:
    shelf = Shelf.get(1).run()

    def bulk(books: list[Book]) -> None:
        Book.bulk_create(books).run()

    def unique(same: Shelf) -> None:
        try:
            same.save().run()
        except errors.UniqueViolationError:
            return
        raise AssertionError("no error")

    def transaction(_: None) -> None:
        with db.transaction():
            Shelf.where(Shelf.id == 1).update(name="another").run()
            Shelf.where(Shelf.id == 1).update(name="shelf 0").run()

    return {
        "get": (nothing, lambda _: Shelf.get(2).run()),
        "all": (nothing, lambda _: Book.where().order_by(Book.id).limit(20).all().run()),
        "related": (nothing, lambda _: Shelf.where().load(Shelf.books).all().run()),
        "insert": (lambda: book(1, shelf), lambda new: new.save().run()),
        "bulk": (lambda: [book(number, shelf) for number in range(6)], bulk),
        "unique": (lambda: Shelf(name="shelf 1"), unique),
        "transaction": (nothing, transaction),
        "raw": (nothing, lambda _: db.sql(SQL).all().run()),
    }


def at_rest(db: pyferro.Database) -> bool:
    """Whether all connections are back; what was left half-way is mended on another thread."""
    end = time.monotonic() + 5
    while db.native.pool[1] and time.monotonic() < end:
        time.sleep(0.001)
    return db.native.pool[1] == 0


SQL = "select id, title from memory_book where id < 9"


def nothing() -> None:
    """For what a scenario needs no instances, which pydantic makes while there is memory."""


def exhaust(
    name: str, make: Callable[[], Any], call: Callable[[Any], Any], db: pyferro.Database
) -> None:
    call(make())
    call(make())  # what is made once is made
    number = failed = quiet = unnoted = 0
    while quiet < QUIET:
        number += 1
        outcome: BaseException | None = None
        made = make()
        set_nomemory(number, number + 1)
        try:
            call(made)
        except BaseException as error:
            remove_mem_hooks()
            outcome = error
        else:
            remove_mem_hooks()
        if outcome is None:
            quiet += 1
        else:
            quiet = 0
            failed += 1
            unnoted += repr(outcome) == UNNOTED
            if not isinstance(outcome, MemoryError) and (repr(outcome) != UNNOTED or unnoted > 1):
                traceback.print_exception(outcome)
                print(f"WRONG {name}, allocation {number}: {outcome!r}", flush=True)
        outcome = None
        if not at_rest(db):
            print(f"WRONG {name}, allocation {number}: a connection did not come back", flush=True)
        try:
            if Shelf.where().count().run() != 3:
                print(f"WRONG {name}, allocation {number}: the tables changed", flush=True)
        except Exception as error:
            print(f"WRONG {name}, allocation {number}: then {error!r}", flush=True)
            raise
    call(make())
    print(f"{name}: {failed} of {number} calls failed", flush=True)


def main() -> None:
    db = prepare(sys.argv[1])
    wanted = sys.argv[2:]
    for name, (make, call) in scenarios(db).items():
        if wanted and name not in wanted:
            continue
        exhaust(name, make, call, db)
    db.drop_tables(Book, Shelf).run()
    print("all done", flush=True)


if __name__ == "__main__":
    main()
