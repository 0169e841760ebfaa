"""A TCP proxy between pyferro and a server, which does to the line what networks do.

It passes everything on until it is armed, and counts the bytes of either side. What is armed holds
for all connections together: it happens at one byte, and from then on until `disarm()` the line is
cut for whoever comes.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
import time
from typing import Literal, NamedTuple
from urllib.parse import urlsplit, urlunsplit

Side = Literal["client", "server"]
# How a line ends: by a reset, by a polite end, or not at all (nothing passes, nothing is closed).
How = Literal["reset", "close", "blackhole"]
# At the first packet of the client with a word: "lost" before the server has seen it, "answered"
# after the server has answered it, "silent" as a blackhole; "late" only holds it back, LATE seconds.
Fault = Literal["lost", "answered", "silent", "late"]
LATE = 0.3

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: unsent data is dropped, the peer gets a reset


class Cut(NamedTuple):
    """The line ends when so many bytes of one side have passed."""

    how: How
    side: Side
    after: int


class _Over(Exception):
    """The link is to end now."""


class Proxy:
    """Between a URL and its server; `url` is the one to connect to. Close it at the end."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "127.0.0.1", parts.port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._fault: Fault | None = None
        self._word = b""
        self._cut: Cut | None = None
        self._down: How | None = None
        self._piece = 0  # bytes sent at a time; 0: as they come
        self._pause = 0.0  # seconds after each piece
        self._stop = threading.Event()
        self._healed = 0  # how often; links that were swallowed before end then
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self.met = 0  # how many connections have met the fault
        self.passed: dict[Side, int] = {"client": 0, "server": 0}  # bytes since it was armed
        self.trace: list[tuple[Side, int]] = []  # and in which portions
        user = parts.netloc.rpartition("@")[0]
        place = f"{user}@127.0.0.1:{self._listener.getsockname()[1]}"
        query = f"{parts.query}&tls=disable" if parts.query else "tls=disable"
        self.url = urlunsplit((parts.scheme, place, parts.path, query, ""))
        self._start(self._accept)

    def arm(self, word: bytes, fault: Fault) -> None:
        """From now on the first packet of the client with this word meets the fault."""
        self._word, self._fault = word, fault

    def cut(self, cut: Cut | None) -> None:
        """Count anew from here; the line ends when so many bytes have passed."""
        with self._lock:
            self.met, self.trace = 0, []
            self.passed = {"client": 0, "server": 0}
            self._cut = cut
            self._down = cut.how if cut is not None and cut.after == 0 else None

    def slice(self, piece: int, pause: float = 0.0) -> None:
        """Pass on so many bytes at a time, with so many seconds in between."""
        self._piece, self._pause = piece, pause

    def disarm(self) -> None:
        """Everything passes again. What was swallowed stays so: those links are reset."""
        with self._lock:
            self._fault = self._cut = self._down = None
            self._piece, self._pause = 0, 0.0
            self._healed += 1

    def close(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads = [one for one in self._threads if one.is_alive()]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stop.is_set():
            if select.select([self._listener], [], [], 0.05)[0]:
                client, _ = self._listener.accept()
                self._start(self._link, client)

    def _link(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError, _Over):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._down is not None:
                self._end(client, client)
            with socket.create_connection(self._server) as server:
                server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._carry(client, server)

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        while not self._stop.is_set():
            if self._down is not None:
                self._end(client, server)
            for ready in select.select([client, server], [], [], 0.05)[0]:
                data = ready.recv(65536)
                if not data:
                    return
                if ready is client:
                    self._check_word(data, client, server)
                    self._pass_on(data, "client", client, server)
                else:
                    self._pass_on(data, "server", client, server)

    def _pass_on(
        self, data: bytes, side: Side, client: socket.socket, server: socket.socket
    ) -> None:
        """Sends what the cut lets through, in pieces."""
        with self._lock:
            cut = self._cut
            if cut is not None and cut.side == side:
                data = data[: cut.after - self.passed[side]]
            self.passed[side] += len(data)
            self.trace.append((side, len(data)))
            reached = cut is not None and self.passed[cut.side] >= cut.after
        target = server if side == "client" else client
        for at in range(0, len(data), self._piece or len(data) or 1):
            target.sendall(data[at : at + self._piece] if self._piece else data)
            if self._pause:
                time.sleep(self._pause)
        if cut is not None and reached:
            with self._lock:
                if self._cut is cut:
                    self._down = cut.how
            self.met += 1

    def _end(self, client: socket.socket, server: socket.socket) -> None:
        """The line is cut for this link."""
        how, healed = self._down, self._healed
        if how == "blackhole":
            while not self._stop.is_set() and self._healed == healed:
                # Who hangs up is not kept: the other side has to hear of it some day.
                if select.select([client], [], [], 0.02)[0] and not client.recv(65536):
                    raise _Over
        if how != "close":
            for one in (client, server):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        raise _Over

    def _check_word(self, data: bytes, client: socket.socket, server: socket.socket) -> None:
        fault = self._fault
        if fault is None or self._word not in data:
            return
        self.met += 1
        if fault == "late":
            self._stop.wait(LATE)
            return
        if fault == "silent":
            self._stop.wait(60)
        elif fault == "answered":
            server.sendall(data)
            server.recv(65536)
        raise _Over
