"""Traces reach a collector that reads OTLP: names, numbers and times, and nothing that a person wrote."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.db import connection
from django.test import RequestFactory
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from jingkai.kernel.exchange.api import Call, call, serving
from jingkai.kernel.exchange.data import CallRefused
from jingkai.kernel.health.connectors import start_tracing, stop_tracing, verb_of
from jingkai.kernel.health.web.tracing import TraceMiddleware
from jingkai.kernel.hooks.api import traced

pytestmark = pytest.mark.django_db
SECRET = "张三13800138000"


class Collector:
    """Takes spans in as a collector does."""

    def __init__(self) -> None:
        self.fault, self.spans, self.raw, self.names = "", [], b"", set()

    def answer(self, call: Call) -> tuple[int, Any]:
        """Read one batch."""
        assert call.path == "/v1/traces"
        body = gzip.decompress(call.body) if call.headers.get("content-encoding") == "gzip" else call.body
        self.raw += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.names |= {one.value.string_value for one in resource.resource.attributes}
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)
        return 200, b""

    def named(self, name: str) -> Any:
        """The one span of this name."""
        (found,) = [span for span in self.spans if span.name == name]
        return found


@pytest.fixture
def collector(settings: Any) -> Iterator[Collector]:
    """A collector that the environment names."""
    standin = Collector()
    with serving(standin) as address:
        settings.TRACES_URL = address
        start_tracing("web")
        try:
            yield standin
        finally:
            stop_tracing()


def facts(span: Any) -> dict[str, Any]:
    """What a span says."""
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}


def test_a_request_with_its_queries_is_one_trace(collector: Collector) -> None:
    bound: dict[str, Any] = {}

    def page(request: Any) -> Any:
        from django.http import HttpResponse

        bound.update(structlog.contextvars.get_contextvars())
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::text", [SECRET])
        return HttpResponse("ok")

    request = RequestFactory().get("/cases/?q=" + SECRET)
    request.resolver_match = None  # type: ignore[assignment]
    request.request_id = "request-12345678"  # type: ignore[attr-defined]
    assert TraceMiddleware(page)(request).status_code == 200
    stop_tracing()
    span, query = collector.named("GET none"), collector.named("query SELECT")
    assert span.trace_id.hex() == query.trace_id.hex() == bound["trace_id"]
    assert query.parent_span_id == span.span_id
    told = facts(span)
    assert (told["db.queries"], told["http.response.status_code"]) == (1, 200)
    assert told["jingkai.request_id"] == "request-12345678"
    assert "jingkai-web" in collector.names
    assert SECRET.encode() not in collector.raw
    assert b"13800138000" not in collector.raw


def test_a_job_a_call_and_an_error_are_followed(collector: Collector) -> None:
    with pytest.raises(CallRefused), traced("job files.collect", kind="consumer", job=7):
        call("https://nowhere.example/?phone=13800138000", purpose="hall")
    stop_tracing()
    job, out = collector.named("job files.collect"), collector.named("call hall")
    assert out.parent_span_id == job.span_id
    assert facts(out)["jingkai.host"] == "nowhere.example"
    assert (job.status.code, job.status.message) == (2, "CallRefused")
    assert b"13800138000" not in collector.raw
    assert not [span for span in collector.spans if "traces" in span.name]


def test_a_collector_that_is_away_holds_nobody_up(collector: Collector) -> None:
    collector.fault = "down"
    with traced("job one", kind="consumer"):
        pass


def test_without_a_collector_nothing_is_loaded() -> None:
    told = {key: value for key, value in os.environ.items() if key != "OTEL_EXPORTER_OTLP_ENDPOINT"}
    code = (
        "import os, sys, json, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'jingkai.config.settings';"
        "django.setup(); from django.conf import settings; import jingkai.config.wsgi;"
        "print(json.dumps([sorted(name for name in sys.modules if 'opentelemetry' in name),"
        " [name for name in settings.MIDDLEWARE if 'Trace' in name]]))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], env=told, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [[], []]


@pytest.mark.parametrize(
    ("sql", "verb"),
    [
        ("SELECT 1", "SELECT"),
        ("\n  (select 2)", "SELECT"),
        ("WITH x AS (…)", "WITH"),
        ("'张三'", "OTHER"),
        ("", "OTHER"),
    ],
)
def test_of_a_statement_only_the_verb_is_told(sql: str, verb: str) -> None:
    assert verb_of(sql) == verb
