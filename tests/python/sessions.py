"""Ending sessions of the servers from outside, by their own clients."""

from __future__ import annotations

from clients import Client


def terminate(kind: str, url: str) -> None:
    """End all sessions of the test's user but that of the client."""
    client = Client(kind, url)
    if kind == "postgresql":
        client.run(
            [
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = current_user AND pid <> pg_backend_pid()"
            ]
        )
        return
    mine = (
        "SELECT id FROM information_schema.processlist"
        " WHERE user = 'ferro' AND id <> connection_id()"
    )
    for [number] in client.run([mine]).rows:
        client.run([f"KILL {number}"])
