"""What Prometheus reads: requests by page and status, their duration, and the queue's length."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from jingkai.kernel.health.queries.database import count_jobs

REQUESTS = Counter("jingkai_requests", "Requests answered", ["method", "page", "status"])
SECONDS = Histogram(
    "jingkai_request_seconds",
    "Duration of requests",
    ["page"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)


class JobCollector:
    """Count the jobs at the moment they are asked for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give one gauge with a value per state; none when the database does not answer."""
        gauge = GaugeMetricFamily("jingkai_jobs", "Jobs by state", labels=["state"])
        try:
            for state, count in count_jobs().items():
                gauge.add_metric([state], count)
        except DatabaseError:
            return
        yield gauge


def as_text() -> bytes:
    """Everything measured, in Prometheus' text format; over all web processes where there are several."""
    registry = CollectorRegistry()
    registry.register(JobCollector())
    if settings.METRICS_FOLDER:
        MultiProcessCollector(registry, path=str(settings.METRICS_FOLDER))  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(REGISTRY)
