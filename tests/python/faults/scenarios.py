"""What programs do with a database while its line breaks, and what may have become of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pyferro
from pyferro import PK, Database, Field, Model

ROWS = 40  # stored before each scenario
BULK = 700
TOGETHER = 130


class Line(Model, table="fault_line"):
    id: PK[int]
    name: str = Field(default="", max_length=40)
    n: int = 0


def stored() -> list[Line]:
    """They get the keys from 1 on."""
    return [Line(name=f"n{i}") for i in range(1, ROWS + 1)]


async def get(db: Database) -> None:
    assert (await Line.using(db).get(7)).name == "n7"
    assert (await Line.using(db).get(8)).name == "n8"


async def insert(db: Database) -> None:
    await Line.using(db).create(name="new")


async def block(db: Database) -> None:
    async with db.transaction():
        await Line.using(db).create(name="new")
        await Line.using(db).where(id=1).update(n=7)
        async with db.transaction():
            await Line.using(db).create(name="inner")


async def stream(db: Database) -> None:
    taken = []
    async for one in Line.using(db).order_by("id").stream(batch=15):
        taken.append(one.id)
    assert taken == [*range(1, ROWS + 1)]


async def bulk(db: Database) -> None:
    made = [Line(name=f"b{i}") for i in range(BULK)]
    await Line.using(db).bulk_create(made)
    assert len({one.id for one in made}) == BULK


async def together(db: Database) -> None:
    """More than a segment of statements that are sent together, twice."""
    lines = Line.using(db)
    changes = [lines.where(Line.id == i).update(n=7) for i in range(1, ROWS + 1)]
    creating = [lines.create(name=f"t{i}") for i in range(TOGETHER)]
    found = await db.pipeline([*changes, lines.where(Line.n == 7).count(), *creating])
    assert found[: ROWS + 1] == [*([1] * ROWS), ROWS]


async def listen(db: Database) -> None:
    async with db.listen("faults") as messages:
        await db.notify("faults", "7")
        async for message in messages:
            assert message.payload == "7"
            break
        else:
            raise AssertionError("the messages came to an end without an error")


async def connect(db: Database) -> None:
    """Another database at the same place; `db` is only told from it."""
    async with await pyferro.connect(PLACE[0], name="another") as another:
        await another.ping()


PLACE = [""]


@dataclass(frozen=True)
class Scenario:
    run: Callable[[Database], Awaitable[None]]
    # What it leaves when it has come to its end: rows in all, and those with n = 7.
    rows: int = ROWS
    changed: int = 0
    # Whether it writes, so that an answer that never came leaves a question.
    writes: bool = False

    @property
    def name(self) -> str:
        return self.run.__name__  # type: ignore[attr-defined]


SCENARIOS = [
    Scenario(connect),
    Scenario(get),
    Scenario(insert, rows=ROWS + 1, writes=True),
    Scenario(block, rows=ROWS + 2, changed=1, writes=True),
    Scenario(stream),
    Scenario(bulk, rows=ROWS + BULK, writes=True),
    Scenario(together, rows=ROWS + TOGETHER, changed=ROWS, writes=True),
    Scenario(listen),
]


async def patiently(scenario: Scenario, db: Database, seconds: float) -> Exception | None:
    """What the scenario raised. One that waits for ever is told to stop by its own user."""
    try:
        await asyncio.wait_for(scenario.run(db), seconds)
    except AssertionError:
        raise
    except Exception as error:
        return error
    return None
