"""Pools: how many connections there are, what becomes of them, and how a database is closed."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import os
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clients import Client
from conftest import Create, Waiting, url_of
from sessions import terminate
from support.pool import settled

import pyferro
from pyferro import (
    PK,
    AuthenticationError,
    ConnectionFailed,
    Database,
    Model,
    PoolClosed,
    PoolConfig,
    PoolTimeout,
    UnsupportedFeature,
    select,
)

SECRET = "hunter2-correct-horse"


class Pooled(Model):
    id: PK[int]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    pyferro.reset_engine()
    yield
    pyferro.reset_engine()


@pytest.fixture
def ten(create: Create) -> None:
    create(Pooled)
    Pooled.bulk_create([Pooled(id=i) for i in range(1, 11)]).run()
    pyferro.reset_engine()


async def at_once(count: int) -> None:
    """So many connections in use at the same time."""

    async def one(barrier: asyncio.Barrier) -> None:
        async with pyferro.transaction():
            await barrier.wait()

    barrier = asyncio.Barrier(count)
    await asyncio.gather(*(one(barrier) for _ in range(count)))


def test_what_is_to_be_kept_is_opened_at_once(url: str, wait: Waiting) -> None:
    db = wait(pyferro.connect(url, pool=PoolConfig(min_connections=3, max_connections=5)))
    assert (db.stats().pool.idle, db.stats().pool.opened) == (3, 3)


def test_more_to_be_kept_than_there_may_be_is_refused(url: str) -> None:
    with pytest.raises(pyferro.InterfaceError, match="pool_min"):
        pyferro.connect(url, pool=PoolConfig(min_connections=3, max_connections=2)).run()


def test_idle_connections_are_closed_down_to_those_to_be_kept(url: str) -> None:
    config = PoolConfig(min_connections=1, max_connections=5, idle=0.05)
    db = pyferro.connect(url, pool=config).run()

    async def use() -> None:
        await at_once(1)
        if db.dialect != "sqlite":  # where one transaction at a time may write
            await at_once(4)

    asyncio.run(use())
    time.sleep(0.1)
    db.ping().run()
    assert db.stats().pool.idle == 1


def test_old_connections_are_replaced(url: str, wait: Waiting) -> None:
    db = wait(pyferro.connect(url, pool=PoolConfig(lifetime=0.05)))
    time.sleep(0.1)
    wait(db.ping())
    pool = db.stats().pool
    assert (pool.opened, pool.closed, pool.idle) == (2, 1, 1)


def test_a_server_is_asked_before_use_when_that_is_wanted(url: str, wait: Waiting) -> None:
    db = wait(pyferro.connect(url, pool=PoolConfig(check="ping")))
    time.sleep(0.6)
    wait(db.ping())
    assert db.stats().pool.opened == 1


def test_waiting_is_fair_and_ends_in_time(url: str) -> None:
    db = pyferro.connect(url, pool=PoolConfig(max_connections=1, acquire_timeout=0.3)).run()

    async def body() -> list[int]:
        order: list[int] = []

        async def waiter(number: int) -> None:
            await db.ping()
            order.append(number)

        async with pyferro.transaction():
            began = time.monotonic()
            tasks = [asyncio.create_task(waiter(i)) for i in range(5)]
            await asyncio.sleep(0.05)
            assert db.stats().pool.waiting == 5
            tasks[1].cancel()
            await asyncio.sleep(0)
        await asyncio.gather(*tasks, return_exceptions=True)
        async with pyferro.transaction():
            began = time.monotonic()
            with pytest.raises(
                PoolTimeout, match=r"all 1 are in use, one of them for \d"
            ) as caught:
                await asyncio.create_task(waiter(9))
            assert 0.25 < time.monotonic() - began < 2
            assert isinstance(caught.value, TimeoutError)
        return order

    # A task made within the transaction would inherit it; ping() is about the pool alone.
    assert asyncio.run(body()) == [0, 2, 3, 4]
    pool = db.stats().pool
    assert (pool.waits, pool.timeouts, pool.busy, pool.waiting) == (6, 1, 0, 0)
    assert pool.waited > 0.25


@pytest.mark.server
@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql"])
def test_one_lost_session_makes_the_others_be_asked(
    kind: str, url: str, create: Create, db: Database
) -> None:
    create(Pooled)
    asyncio.run(at_once(4))
    assert db.stats().pool.idle == 4
    terminate(kind, url)
    # The first to notice fails; nobody after it does.
    failed = 0
    for _ in range(6):
        try:
            Pooled.where().count().run()
        except ConnectionFailed:
            failed += 1
    assert failed <= 1
    asyncio.run(at_once(4))


@pytest.mark.server
@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql"])
def test_sessions_that_ended_while_idle_are_found_before_they_are_used(
    kind: str, url: str, ten: None
) -> None:
    """By a look at their sockets: nobody fails."""
    db = pyferro.connect(url).run()
    asyncio.run(at_once(4))
    terminate(kind, url)
    time.sleep(0.6)
    asyncio.run(at_once(4))
    assert Pooled.where().count().run() == 10
    pool = db.stats().pool
    assert (pool.opened, pool.closed) == (8, 4)


def test_a_password_is_asked_for_with_each_connection(url: str, wait: Waiting) -> None:
    calls: list[int] = []
    if url.startswith("sqlite"):
        with pytest.raises(UnsupportedFeature, match="no passwords"):
            wait(pyferro.connect(url, password=str))
        return
    without = url.replace(":secret@", "@")
    assert without != url

    def password() -> str:
        calls.append(threading.get_ident())
        return "secret"

    db = wait(pyferro.connect(without, password=password))
    wait(db.ping())
    assert len(calls) == db.stats().pool.opened == 1


@pytest.mark.server
@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql"])
def test_a_password_function_that_fails_is_an_error(url: str, wait: Waiting) -> None:
    def password() -> str:
        raise RuntimeError(SECRET)

    with pytest.raises(AuthenticationError, match="RuntimeError") as caught:
        wait(pyferro.connect(url, password=password))
    assert SECRET not in str(caught.value)
    with pytest.raises(AuthenticationError, match="TypeError"):
        wait(pyferro.connect(url, password=lambda: 5))  # type: ignore[arg-type, return-value]


def test_a_database_answers_until_it_is_closed(url: str, wait: Waiting) -> None:
    db = wait(pyferro.connect(url))
    assert wait(db.ping()) is None
    db.close()
    with pytest.raises(PoolClosed):
        wait(db.ping())


def test_closing_waits_for_what_is_under_way(url: str, ten: None, caplog: Any) -> None:
    db = pyferro.connect(url).run()

    async def body() -> None:
        Pooled_count = Pooled.where()
        inside = asyncio.Event()

        async def work() -> None:
            async with pyferro.transaction(db):
                inside.set()
                await asyncio.sleep(0.1)
                await Pooled_count.using(db).count()

        task = asyncio.create_task(work())
        await inside.wait()
        closing = asyncio.create_task(_awaited(db.close(timeout=30)))
        await asyncio.sleep(0.01)
        with pytest.raises(PoolClosed):
            await db.ping()
        await closing
        await task

    asyncio.run(body())
    assert db.stats().pool.busy == 0
    assert not caplog.records


async def _awaited(op: Any) -> Any:
    return await op


def test_what_is_forgotten_is_reported(
    url: str, ten: None, caplog: pytest.LogCaptureFixture
) -> None:
    db = pyferro.connect(url, name="leaky").run()
    with pyferro.transaction(db):
        Pooled.where().using(db).count().run()
        assert db.stats().pool.longest_busy > 0
        db.close(timeout=0.02).run()
        [record] = [record for record in caplog.records if record.name == "pyferro.pool"]
        assert record.levelno == logging.WARNING
        assert "leaky was closed with 1 connections in use" in record.getMessage()
        Pooled.where().using(db).count().run()  # the transaction goes on
    assert db.stats().pool.busy == 0


def test_what_is_held_for_too_long_is_reported_with_its_place(
    url: str, ten: None, caplog: pytest.LogCaptureFixture
) -> None:
    db = pyferro.connect(url, name="slow", leak_report=0.05).run()
    rows = Pooled.where().using(db)

    def said() -> list[str]:
        found = [one.getMessage() for one in caplog.records if one.name == "pyferro.pool"]
        caplog.clear()
        return found

    def forgetful(read_only: bool = False) -> pyferro.Transaction:
        block = db.transaction(read_only=read_only)
        block.__enter__()
        return block

    with db.transaction():
        pass  # over in time
    contextvars.Context().run(rows.count().run)
    block = contextvars.Context().run(forgetful)
    time.sleep(0.1)
    assert said() == []
    stream = iter(rows.batches(2))
    next(stream) if db.dialect != "sqlite" else None
    [first] = said()
    assert first.startswith("slow: a transaction has held a connection for 0.")
    assert "test_pool.py" in first
    assert "in forgetful, called from" in first
    time.sleep(0.1)
    last = contextvars.Context().run(forgetful, True)
    [second] = said()  # the transaction is not told of twice
    assert second.startswith("slow: a stream has held")
    del stream
    del block
    db.close()
    third, in_use = said()  # and none of what is over
    assert third.startswith("slow: a transaction has held")
    assert in_use.startswith("slow was closed with")
    del last


async def test_an_application_has_a_database_while_it_runs(url: str, ten: None) -> None:
    applications = pytest.importorskip("starlette.applications")
    app = applications.Starlette(lifespan=pyferro.lifespan(url, pool=PoolConfig(max_connections=2)))
    async with app.router.lifespan_context(app):
        assert await select(Pooled).count() == 10
    with pytest.raises(pyferro.InterfaceError, match="no database is connected"):
        await select(Pooled).count()


async def test_a_crowd_that_comes_and_goes_loses_nothing(url: str, ten: None) -> None:
    """1,000 tasks on 2 connections, a third of them cancelled at some moment."""
    db = await pyferro.connect(url, pool=PoolConfig(max_connections=2))
    chance = random.Random(4)
    wrong: list[Any] = []

    async def task(number: int) -> None:
        key = number % 10 + 1
        if (found := (await Pooled.get(key)).id) != key:
            wrong.append((key, found))

    tasks = [asyncio.create_task(task(number)) for number in range(1000)]
    for victim in chance.sample(tasks, 333):
        await asyncio.sleep(0)
        victim.cancel()
    ended = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 120)
    failures = [one for one in ended if isinstance(one, Exception)]
    assert not failures
    assert not wrong
    settled(db)
    pool = db.stats().pool
    assert (pool.busy, pool.waiting) == (0, 0)
    assert pool.idle <= 2


# TLS.


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """PostgreSQL's URL with TLS switched on, and where the certificates are."""
    url = url_of("postgresql", tmp_path)
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: there are no certificates to test with")
    make_certificates(tmp_path)
    client = Client("postgresql", url)
    for name in ("server.pem", "server.key", "ca.pem"):
        text = (tmp_path / name).read_text().strip().replace("\n", "|")
        copied = client.run(
            [
                f"COPY (SELECT unnest(string_to_array('{text}', '|')))"
                f" TO PROGRAM 'umask 077; cat > ferro-{name}'"
            ]
        )
        assert not copied.complaints, copied.complaints
    names = {"ssl_cert_file": "server.pem", "ssl_key_file": "server.key", "ssl_ca_file": "ca.pem"}
    settings = [f"ALTER SYSTEM SET {name} = 'ferro-{file}'" for name, file in names.items()]
    client.run([*settings, "ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()"])
    try:
        await_setting(client, "on")
        yield url, tmp_path
    finally:
        client.run(
            [f"ALTER SYSTEM RESET {name}" for name in ("ssl", *names)] + ["SELECT pg_reload_conf()"]
        )
        await_setting(client, "off")


def await_setting(client: Client, wanted: str) -> None:
    deadline = time.monotonic() + 20
    while client.run(["SHOW ssl"]).rows != [[wanted]]:
        assert time.monotonic() < deadline, f"ssl does not become {wanted}"
        time.sleep(0.05)


def make_certificates(folder: Path) -> None:
    """An authority, another one, a server's certificate for 127.0.0.1, and a client's."""

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    new = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
    for name in ("ca", "other"):
        openssl(*new, "-subj", f"/CN=ferro {name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    for name in ("server", "client"):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}-of-ferro",
                "-keyout", f"{name}.key", "-out", f"{name}.csr")  # fmt: skip
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-days", "2", "-extfile", "names",
                "-out", f"{name}.pem")  # fmt: skip
    (folder / "client.key").chmod(0o600)


def session(url: str) -> list[str]:
    """Whether the session of a connection is encrypted, and whose certificate it showed."""
    db = pyferro.connect(url).run()
    [row] = db.fetch_all(
        "select ssl, coalesce(client_dn, '') as whose from pg_stat_ssl where pid = pg_backend_pid()"
    ).run()
    db.close()
    return [str(row["ssl"]), row["whose"]]


@pytest.mark.server
def test_certificates_are_checked(tls: tuple[str, Path]) -> None:
    url, folder = tls
    full = f"{url}?sslmode=verify-full&sslrootcert={folder / 'ca.pem'}"
    assert session(full) == ["True", ""]
    assert session(f"{url}?tls=require") == ["True", ""]
    assert session(f"{url}?sslmode=disable") == ["False", ""]
    # An authority that did not sign it, and a name that it does not bear.
    for wrong in (
        f"{url}?sslmode=verify-full&sslrootcert={folder / 'other.pem'}",
        full.replace("127.0.0.1", "localhost"),
    ):
        with pytest.raises(ConnectionFailed):
            pyferro.connect(wrong).run()
    named = full.replace("127.0.0.1", "localhost").replace("verify-full", "verify-ca")
    assert session(named) == ["True", ""]


@pytest.mark.server
def test_a_client_shows_its_certificate(tls: tuple[str, Path]) -> None:
    url, folder = tls
    keys = f"sslcert={folder / 'client.pem'}&sslkey={folder / 'client.key'}"
    assert session(f"{url}?sslmode=require&{keys}") == ["True", "/CN=client-of-ferro"]
    with pytest.raises(pyferro.InterfaceError, match="go together"):
        pyferro.connect(f"{url}?sslcert={folder / 'client.pem'}").run()


@pytest.mark.server
def test_a_client_shows_its_certificate_to_mysql(tmp_path: Path) -> None:
    """By the certificates that MySQL made for itself; MariaDB 10.11 here has none."""
    url = url_of("mysql", tmp_path)
    client = Client("mysql", url)
    [[folder]] = client.run(["SELECT @@datadir"]).rows
    if not os.access(f"{folder}client-key.pem", os.R_OK):
        pytest.skip("the server is another machine's: its certificates cannot be read")
    guest = url.replace("ferro:secret@", "certified:secret@")
    try:
        made = client.run(
            [
                "CREATE USER certified IDENTIFIED BY 'secret' REQUIRE X509",
                "GRANT ALL ON *.* TO certified",
            ]
        )
        assert not made.complaints, made.complaints
        with pytest.raises(AuthenticationError):
            pyferro.connect(f"{guest}?tls=require").run()
        keys = f"tls_cert={folder}client-cert.pem&tls_key={folder}client-key.pem"
        db = pyferro.connect(f"{guest}?tls=verify-ca&tls_ca={folder}ca.pem&{keys}").run()
        [row] = db.fetch_all("show session status like 'Ssl_cipher'").run()
        assert row["Value"]
        db.close()
    finally:
        client.run(["DROP USER IF EXISTS certified"])
