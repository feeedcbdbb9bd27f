"""Traces for a collector that speaks OTLP over HTTP: what each request, job, query and call took.

Only when `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector is any of it loaded. Spans hold names of pages and
jobs, purposes of calls and verbs of statements; no values, no addresses with keys, no people.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.db import connections
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode

from jingkai.kernel.exchange.api import session_for
from jingkai.kernel.hooks.api import trace_with

KINDS = {"server": SpanKind.SERVER, "consumer": SpanKind.CONSUMER, "client": SpanKind.CLIENT}
VERBS = {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET", "MERGE"}
WITHOUT_WORDS: Any = {"record_exception": False, "set_status_on_exception": False}
"""What an error says may hold values: a span tells its kind alone."""
_provider: list[TracerProvider] = []


def start_tracing(part: str) -> None:
    """Send what this process does from now on to the collector; nothing where none is named.

    Called once in each process that works, after it was forked: a thread sends the spans in batches.
    """
    if not settings.TRACES_URL or _provider:
        return
    session = session_for("traces")
    exporter = OTLPSpanExporter(endpoint=f"{settings.TRACES_URL}/v1/traces", session=session, timeout=5)
    about = {"service.name": f"jingkai-{part}", "service.version": version("jingkai")}
    if settings.INSTANCE:
        about["service.instance.id"] = settings.INSTANCE
    provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=True)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=2000))
    _provider.append(provider)
    trace_with(followed)


def stop_tracing() -> None:
    """Send what is left and follow nothing any more."""
    trace_with(None)
    while _provider:
        _provider.pop().shutdown()


@contextmanager
def followed(name: str, kind: str, facts: Mapping[str, Any]) -> Iterator[Span]:
    """A span around a block with the queries of this thread in it; an error marks it, by its kind alone."""
    tracer = _provider[0].get_tracer("jingkai")
    outermost = not trace.get_current_span().is_recording()
    told = {f"jingkai.{key}": value for key, value in facts.items()}
    with tracer.start_as_current_span(
        name, kind=KINDS.get(kind, SpanKind.INTERNAL), attributes=told, **WITHOUT_WORDS
    ) as span:
        try:
            if outermost:
                with _queries_counted(tracer, span):
                    yield span
            else:
                yield span
        except Exception as error:
            span.set_status(StatusCode.ERROR, type(error).__name__)
            raise


@contextmanager
def _queries_counted(tracer: trace.Tracer, span: Span) -> Iterator[None]:
    """Follow each statement by its verb and sum up their number and time."""
    number, seconds = 0, 0.0

    def run(execute: Callable[..., Any], sql: Any, *given: Any) -> Any:
        nonlocal number, seconds
        with tracer.start_as_current_span(f"query {verb_of(sql)}", kind=SpanKind.CLIENT, **WITHOUT_WORDS):
            begun = time.perf_counter()
            try:
                return execute(sql, *given)
            finally:
                number, seconds = number + 1, seconds + time.perf_counter() - begun

    try:
        with connections["default"].execute_wrapper(run):
            yield
    finally:
        span.set_attribute("db.queries", number)
        span.set_attribute("db.seconds", round(seconds, 6))


def verb_of(sql: Any) -> str:
    """Give what a statement does in one word; all else of it may hold values."""
    word = sql.lstrip("( \n").split(None, 1)[0].upper() if isinstance(sql, str) and sql.strip("( \n") else ""
    return word if word in VERBS else "OTHER"
