"""Connections that cannot be made, and connections that break: what is raised, and what goes on."""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from conftest import SERVERS, Waiting, url_of

import pyferro
from pyferro import PK, Database, Model, errors

WRONG = "not-the-secret"

pytestmark = pytest.mark.server


class Guest(Model, table="conn_guest"):
    id: PK[int]
    name: str


class Proxy:
    """A relay before a server whose connections can be cut."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                inner, _ = self._listener.accept()
                outer = socket.create_connection(self._target)
                self._sockets += [inner, outer]
                threading.Thread(target=self._relay, args=(inner, outer), daemon=True).start()

    def _relay(self, inner: socket.socket, outer: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), selectors.DefaultSelector() as selector:
            selector.register(inner, selectors.EVENT_READ, outer)
            selector.register(outer, selectors.EVENT_READ, inner)
            while True:
                for key, _ in selector.select(0.05):
                    data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    if not data:
                        return
                    key.data.sendall(data)

    def cut(self) -> None:
        for end in self._sockets:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._sockets.clear()

    def close(self) -> None:
        # Shut down, too: the thread that waits in accept() would keep a closed one open.
        with contextlib.suppress(OSError):  # the second time
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()


def _with(
    url: str,
    *,
    user: str | None = None,
    password: str | None = None,
    port: int | None = None,
    path: str | None = None,
) -> str:
    parts = urlsplit(url)
    netloc = (
        f"{user or parts.username}:{password or parts.password}"
        f"@{parts.hostname}:{port or parts.port}"
    )
    return urlunsplit(parts._replace(netloc=netloc, path=path or parts.path))


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path: object) -> str:
    return url_of(request.param, tmp_path)  # type: ignore[arg-type]


@pytest.fixture
def proxy(server: str) -> Iterator[Proxy]:
    parts = urlsplit(server)
    made = Proxy(parts.hostname or "127.0.0.1", parts.port or 0)
    yield made
    made.close()


@pytest.fixture
def db(server: str, proxy: Proxy) -> Iterator[Database]:
    pyferro.reset_engine()
    with pyferro.connect(server, name="straight").run() as straight:
        straight.create_tables(Guest).run()
        Guest.using(straight).select().delete().run()
    yield pyferro.connect(_with(server, port=proxy.port)).run()
    pyferro.reset_engine()


def test_a_host_by_its_name(server: str, wait: Waiting) -> None:
    # Two addresses as a rule, of which the servers listen on one.
    named = server.replace("@127.0.0.1:", "@localhost:")
    assert named != server
    wait(pyferro.connect(named, name="named")).close()


def test_a_host_that_nobody_knows(server: str, wait: Waiting) -> None:
    unknown = server.replace("@127.0.0.1:", "@no-such-host.invalid:")
    with pytest.raises(errors.ConnectionFailed, match=r"no-such-host\.invalid"):
        wait(pyferro.connect(unknown, name="unknown"))


def test_a_server_that_says_nothing(server: str, wait: Waiting) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = _with(server, port=silent.getsockname()[1]) + "?connect_timeout=0.3"
        with pytest.raises(errors.ConnectionFailed, match="no answer in time") as caught:
            wait(pyferro.connect(url, name="silent"))
    assert "connect_timeout" in str(caught.value)


@pytest.mark.parametrize("what", [{"password": WRONG}, {"user": "nobody_here"}])
def test_a_refused_login(server: str, wait: Waiting, what: dict[str, str]) -> None:
    with pytest.raises(errors.AuthenticationError) as caught:
        wait(pyferro.connect(_with(server, **what), name="refused"))  # type: ignore[arg-type]
    assert caught.value.sqlstate in ("28P01", "28000")
    for text in (str(caught.value), repr(caught.value)):
        assert WRONG not in text
        assert (urlsplit(server).password or "?") not in text
    pyferro.connect(server, name="refused").run().close()  # the name is free, the server well


def test_a_database_that_is_not_there(server: str, wait: Waiting) -> None:
    with pytest.raises(errors.ConnectionFailed, match="no_such_database") as caught:
        wait(pyferro.connect(_with(server, path="/no_such_database"), name="none"))
    assert "create the database" in str(caught.value)


def test_an_idle_connection_that_was_cut_is_replaced(
    db: Database, proxy: Proxy, wait: Waiting
) -> None:
    wait(Guest.create(name="a"))
    proxy.cut()
    # Within half a second the pool trusts a connection, so at most one statement fails.
    with contextlib.suppress(errors.ConnectionFailed):
        wait(Guest.count())
    assert wait(Guest.count()) == 1
    assert db.native.pool == (1, 0)


def test_a_transaction_that_was_cut_wrote_nothing(
    db: Database, proxy: Proxy, wait: Waiting
) -> None:
    def break_off() -> None:
        with pyferro.transaction():
            Guest.create(name="lost").run()
            proxy.cut()
            Guest.create(name="never").run()

    with pytest.raises(errors.ConnectionFailed):
        break_off()
    assert wait(Guest.count()) == 0
    assert db.native.pool == (1, 0)


def test_a_commit_that_was_cut_is_unknown(db: Database, proxy: Proxy) -> None:
    def break_off() -> None:
        with pyferro.transaction():
            Guest.create(name="perhaps").run()
            proxy.cut()

    with pytest.raises(errors.CommitUnknown, match="look whether"):
        break_off()
    assert Guest.count().run() in (0, 1)


def test_a_broken_connection_leaves_its_neighbours_alone(
    server: str, db: Database, proxy: Proxy
) -> None:
    # On one thread, as OpenSSL's errors are the thread's: MySQL's server speaks TLS by itself.
    async def body() -> None:
        async with await pyferro.connect(server, name="neighbour") as neighbour:
            assert await Guest.using(neighbour).count() == await Guest.count() == 0
            proxy.cut()
            with contextlib.suppress(errors.ConnectionFailed):
                await Guest.count()
            assert await Guest.using(neighbour).count() == 0
            assert await Guest.count() == 0

    asyncio.run(body())


def test_a_server_that_cannot_be_reached_any_more(
    db: Database, proxy: Proxy, wait: Waiting
) -> None:
    wait(Guest.count())
    proxy.close()
    for _ in range(3):
        with pytest.raises(errors.ConnectionFailed):
            wait(Guest.count())
    assert db.native.pool == (0, 0)
