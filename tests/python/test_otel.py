"""Spans of statements, as OpenTelemetry's own SDK collects them."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Create, Waiting

import pyferro
from pyferro import PK, Database, Model

pytest.importorskip("opentelemetry.sdk", reason="opentelemetry-sdk is not installed")

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import (
    InMemorySpanExporter,
)
from opentelemetry.trace import SpanKind, StatusCode

from pyferro import otel

SECRET = "hunter2-correct-horse"


class Traced(Model):
    id: PK[int]
    name: str


@pytest.fixture
def spans(db: Database, create: Create) -> tuple[Any, InMemorySpanExporter]:
    create(Traced)
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    otel.instrument(db, provider)
    return provider, exporter


def test_a_statement_is_a_span_within_the_current_one(
    kind: str, db: Database, spans: tuple[Any, InMemorySpanExporter], wait: Waiting
) -> None:
    provider, exporter = spans
    with provider.get_tracer("test").start_as_current_span("request") as request:
        wait(Traced.create(id=1, name=SECRET))
        assert wait(Traced.where(Traced.name == SECRET).count()) == 1
    insert, query, _ = exporter.get_finished_spans()
    for span in (insert, query):
        assert span.parent is not None
        assert span.parent.span_id == request.get_span_context().span_id
        assert span.kind is SpanKind.CLIENT
        assert span.attributes is not None
        assert span.attributes["db.system.name"] == kind
        assert span.status.status_code is StatusCode.UNSET
        assert span.start_time <= span.end_time
        assert span.instrumentation_scope.name == "pyferro"
        assert SECRET not in span.to_json()
    assert insert.name.startswith("INSERT ")
    assert query.name.split(" ", 1) == ["SELECT", db.location[2]]
    assert query.attributes["db.query.text"].startswith("SELECT")
    assert query.attributes["db.operation.name"] == "SELECT"
    assert query.attributes["db.namespace"] == db.location[2]
    assert query.attributes["db.response.returned_rows"] == 1
    assert query.attributes.get("server.address") == (None if kind == "sqlite" else "127.0.0.1")


def test_an_error_is_in_its_span(
    db: Database, spans: tuple[Any, InMemorySpanExporter], wait: Waiting
) -> None:
    wait(Traced.create(id=1, name="x"))
    with pytest.raises(pyferro.UniqueViolationError) as caught:
        wait(Traced.create(id=1, name="x"))
    *_, failed = spans[1].get_finished_spans()
    assert failed.status.status_code is StatusCode.ERROR
    assert failed.attributes["error.type"] == "UniqueViolationError"
    assert failed.attributes.get("db.response.status_code") == caught.value.sqlstate


def test_it_stops(db: Database, create: Create) -> None:
    create(Traced)
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    stop = otel.instrument(db, provider)
    Traced.where().count().run()
    stop()
    Traced.where().count().run()
    assert len(exporter.get_finished_spans()) == 1
