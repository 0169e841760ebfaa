"""Spans of OpenTelemetry for statements: `pyferro.otel.instrument(db)`, with `pyferro[otel]`.

Names and attributes are those of the semantic conventions for database clients. A span is made
when its statement has ended, with the times it had, as a child of what was current then. Statements
are in it with placeholders, values never.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode

if TYPE_CHECKING:
    from .runtime.database import Database
    from .runtime.observe import StatementEvent


def instrument(db: Database, tracer_provider: Any = None) -> Callable[[], None]:
    """Make a span of each statement from now on; call what it returns to stop."""
    from . import version

    tracer = trace.get_tracer("pyferro", version(), tracer_provider)
    common = attributes_of(db)

    def span_of(event: StatementEvent) -> None:
        attributes = {
            **common,
            "db.query.text": event.sql,
            "db.operation.name": event.operation,
        }
        if event.rows is not None and event.operation == "SELECT":
            attributes["db.response.returned_rows"] = event.rows
        if event.error is not None:
            attributes["error.type"] = event.error
        if event.sqlstate is not None:
            attributes["db.response.status_code"] = event.sqlstate
        target = common.get("db.namespace", "")
        span = tracer.start_span(
            f"{event.operation} {target}".rstrip(),
            kind=SpanKind.CLIENT,
            attributes=attributes,
            start_time=event.started_ns,
        )
        if event.error is not None:
            span.set_status(Status(StatusCode.ERROR, event.error))
        span.end(event.started_ns + int(event.duration_ms * 1e6))

    return db.on_statement(span_of)


def attributes_of(db: Database) -> dict[str, Any]:
    """What is the same for all statements of a database."""
    system = "mariadb" if db.server.startswith("MariaDB") else db.dialect
    found: dict[str, Any] = {"db.system.name": system}
    host, port, name = db.location
    if name:
        found["db.namespace"] = name
    if host:
        found["server.address"] = host
    if port:
        found["server.port"] = port
    return found
