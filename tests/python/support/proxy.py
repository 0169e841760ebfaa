"""A TCP proxy between pyferro and a server, which can lose what either of them says.

It passes everything on until it is armed. Then the first packet of the client that holds a word
ends the connection: before the server has seen it, or after the server has answered it.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

Fault = Literal["lost", "answered", "silent"]


class Proxy:
    """Between a URL and its server; `url` is the one to connect to. Close it at the end."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "127.0.0.1", parts.port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._fault: Fault | None = None
        self._word = b""
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.met = 0  # how many connections have met the fault
        user = parts.netloc.rpartition("@")[0]
        place = f"{user}@127.0.0.1:{self._listener.getsockname()[1]}"
        query = f"{parts.query}&tls=disable" if parts.query else "tls=disable"
        self.url = urlunsplit((parts.scheme, place, parts.path, query, ""))
        self._start(self._accept)

    def arm(self, word: bytes, fault: Fault) -> None:
        """From now on: "lost" before the server sees the word, "answered" after it has answered,
        "silent": passes nothing on any more, and closes nothing."""
        self._word, self._fault = word, fault

    def disarm(self) -> None:
        self._fault = None

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
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stop.is_set():
            if select.select([self._listener], [], [], 0.05)[0]:
                client, _ = self._listener.accept()
                self._start(self._link, client)

    def _link(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError), socket.create_connection(self._server) as server:
            while not self._stop.is_set():
                for ready in select.select([client, server], [], [], 0.05)[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    if ready is server:
                        client.sendall(data)
                    elif not self._pass_on(data, server):
                        return

    def _pass_on(self, data: bytes, server: socket.socket) -> bool:
        """What a client says; false when the connection is to end."""
        fault = self._fault
        if fault is None or self._word not in data:
            server.sendall(data)
            return True
        self.met += 1
        if fault == "silent":
            self._stop.wait(60)
        elif fault == "answered":
            server.sendall(data)
            server.recv(65536)
        return False
