"""What test_cancel.py cancels at each point where it waits.

The table has rows 1 to 3, and n is 7 in one row at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import pyferro
from pyferro import PK, Field, Model, UniqueViolationError, transaction
from pyferro.runtime.connections import resolve


class Entry(Model, table="cancel_entry"):
    id: PK[int]
    name: str = Field(default="", max_length=40)
    n: int = 0


async def awaiting(op: Awaitable[Any]) -> Any:
    return await op


async def read() -> None:
    assert len(await Entry.where(n__gte=0).all()) == 3


async def get() -> None:
    assert (await Entry.get(2)).name == "n2"


async def write() -> None:
    await Entry.create(name="new")


async def bulk() -> None:
    await Entry.bulk_create([Entry(name=f"b{i}") for i in range(3000)])


async def change() -> None:
    await Entry.where(id=1).update(n=7)


async def block() -> None:
    async with transaction():
        await Entry.create(name="new")
        await Entry.where(id=1).update(n=7)


async def nested() -> None:
    async with transaction() as tx:
        await Entry.create(name="a")
        async with tx.savepoint():
            await Entry.create(name="b")
        try:
            async with tx.savepoint():
                await Entry.create(id=1)
        except UniqueViolationError:
            pass
        await Entry.create(name="c")


async def fails() -> None:
    try:
        async with transaction():
            await Entry.create(name="a")
            raise KeyError
    except KeyError:
        pass


async def isolated() -> None:
    database = resolve()
    async with database.transaction(isolation="serializable", timeout=20):
        await Entry.where(id=2).update(n=7)


async def read_only() -> None:
    database = resolve()
    async with database.transaction(read_only=True):
        await Entry.count()
    await Entry.where(id=1).update(n=7)


async def together() -> None:
    async with asyncio.TaskGroup() as group:
        for i in range(1, 4):
            group.create_task(awaiting(Entry.get(i)))


async def connects() -> None:
    """Opens connections, and a database that is closed again whatever happens."""
    database = resolve()
    async with await pyferro.connect(URL[0], name="cut") as another:
        await Entry.using(another).count()
    assert database.native.pool[1] == 0


async def queued() -> None:
    """Waits for a connection behind others."""
    await asyncio.gather(*(awaiting(Entry.where(id=i).count()) for i in range(12)))


async def streamed() -> None:
    assert [one.id async for one in Entry.where().order_by("id").stream(2)] == [1, 2, 3]


async def batched() -> None:
    sizes = [len(batch) async for batch in Entry.where().order_by("id").batches(2)]
    assert sizes == [2, 1]


async def left_early() -> None:
    async for one in Entry.where().order_by("id").stream(1):
        assert one.id == 1
        break
    assert await Entry.count() == 3


async def streamed_in_a_block() -> None:
    async with transaction():
        await Entry.where(id=1).update(n=7)
        async for _ in Entry.where().stream(1):
            pass


async def first() -> None:
    found = await Entry.where(n__gte=0).order_by("id").first()
    assert found is not None and found.id == 1


async def asked() -> None:
    assert await Entry.where(id=3).exists() and await Entry.where(id=3).count() == 1


async def selected() -> None:
    assert len(await Entry.where(n__gte=0).select("id", "name").all()) == 3


async def put_together() -> None:
    both = Entry.where(id=1).select("id").union_all(Entry.where(id=2).select("id"))
    assert sorted(await both.all()) == [1, 2]


async def own_words() -> None:
    assert len(await resolve().fetch_all("SELECT id FROM cancel_entry WHERE id < 4")) == 3


async def own_words_that_change() -> None:
    await resolve().execute("UPDATE cancel_entry SET n = 7 WHERE id = 1")


async def returned() -> None:
    assert await Entry.where(id=2).update(n=7).returning(Entry.n) == [7]


async def removed() -> None:
    async with transaction():
        await Entry.create(name="new")
        await Entry.where(name="new").delete()


async def saved() -> None:
    one = await Entry.get(2)
    one.n = 7
    await one.save()


async def updated_in_bulk() -> None:
    entries = await Entry.where().order_by("id").limit(1).all()
    entries[0].n = 7
    await Entry.bulk_update(entries, "n")


async def upserted() -> None:
    rows = [Entry(id=1, name="n1", n=7)]
    await Entry.insert(rows).on_conflict(Entry.id).update(Entry.n)


async def exported() -> None:
    chunks = [chunk async for chunk in Entry.where().order_by("id").csv()]
    assert b"n3" in b"".join(chunks)


async def explained() -> None:
    assert (await Entry.where(id=1).explain()).text


async def in_time() -> None:
    assert await Entry.where(n__gte=0).count().timeout(20) == 3


async def unit_of_work() -> None:
    async with pyferro.engines.session() as session:
        one = await Entry.get(1)
        one.n = 7
        session.add(Entry(name="new"))


async def again() -> None:
    """In a transaction that would be run again."""

    @resolve().retrying(attempts=2)
    async def work() -> None:
        await Entry.where(id=1).update(n=7)

    await work()


URL = [""]
SCENARIOS = [
    read, get, write, bulk, change, block, nested, fails, isolated, read_only, together, queued,
    connects, streamed, batched, left_early, streamed_in_a_block, first, asked, selected,
    put_together, own_words, own_words_that_change, returned, removed, saved, updated_in_bulk,
    upserted, exported, explained, in_time, unit_of_work, again,
]  # fmt: skip

# What may be there afterwards, of rows: all of a scenario's work or nothing of it.
WHOLE = {
    "bulk": {3, 3003}, "write": {3, 4}, "block": {3, 4}, "nested": {3, 6}, "unit_of_work": {3, 4},
}  # fmt: skip
