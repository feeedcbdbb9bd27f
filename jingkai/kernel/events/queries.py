"""Reads: what is in the queue, for the administrator's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from jingkai.kernel.events.data import Attempt, JobFilter, JobPage, JobRow
from jingkai.kernel.events.models import JobFailure

PAGE = 50
MOST_COUNTED = 1000

_COLUMNS = """
SELECT job.id, job.task_name, job.queue_name, job.status::text, job.attempts, job.scheduled_at,
       job.args::text,
       (SELECT max(event.at) FROM procrastinate_events AS event
        WHERE event.job_id = job.id AND event.type <> 'scheduled') AS changed_at,
       (SELECT failure.error FROM events_jobfailure AS failure
        WHERE failure.job_id = job.id ORDER BY failure.id DESC LIMIT 1) AS error
FROM procrastinate_jobs AS job
"""

_MATCHES = """
WHERE (%(state)s = '' OR job.status::text = %(state)s)
  AND (%(queue)s = '' OR job.queue_name = %(queue)s)
  AND (%(task)s = '' OR job.task_name = %(task)s)
  AND (%(every)s OR job.status <> 'succeeded' OR job.task_name <> ALL(%(by_clock)s))
"""

_COUNT = f"SELECT count(*) FROM (SELECT FROM procrastinate_jobs AS job {_MATCHES} LIMIT %(most)s) AS found"  # noqa: S608


@dataclass(frozen=True, slots=True)
class _Step:
    """Which way a page lies from its neighbour."""

    condition: str
    order: str


_OLDER = _Step("AND (%(edge)s::bigint IS NULL OR job.id < %(edge)s)", "DESC")
_NEWER = _Step("AND job.id > %(edge)s", "ASC")


def list_jobs(*, wanted: JobFilter, older_than: int | None = None, newer_than: int | None = None) -> JobPage:
    """Give one page of jobs, newest first, and whether there are newer and older ones."""
    step, edge = (_NEWER, newer_than) if newer_than is not None else (_OLDER, older_than)
    statement = f"{_COLUMNS} {_MATCHES} {step.condition} ORDER BY job.id {step.order} LIMIT {PAGE + 1}"
    found = _rows(statement, {**_values(wanted), "edge": edge})
    rows, more = found[:PAGE], len(found) > PAGE
    if newer_than is not None:
        return JobPage(tuple(reversed(rows)), has_newer=more, has_older=True)
    return JobPage(tuple(rows), has_newer=older_than is not None, has_older=more)


def get_job(job_id: int) -> JobRow | None:
    """Give one job, or None when it is not in the queue any more."""
    rows = _rows(f"{_COLUMNS} WHERE job.id = %(id)s", {"id": job_id})
    return rows[0] if rows else None


def count_failed(*, wanted: JobFilter) -> int:
    """Count the failed jobs of a filter, up to a thousand."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {**_values(wanted), "state": "failed", "most": MOST_COUNTED})
        return int(cursor.fetchone()[0])


def list_attempts(job_id: int) -> tuple[Attempt, ...]:
    """Give what went wrong in each failed try of a job, newest first."""
    failures = JobFailure.objects.filter(job_id=job_id).order_by("-id")[:50]
    return tuple(Attempt(failure.attempt, failure.at, failure.error, failure.trace) for failure in failures)


def list_history(job_id: int) -> tuple[tuple[str, datetime], ...]:
    """Give what happened to a job, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT type::text, at FROM procrastinate_events WHERE job_id = %s ORDER BY id LIMIT 200",
            [job_id],
        )
        return tuple((kind, at) for kind, at in cursor.fetchall())


def _values(wanted: JobFilter) -> dict[str, Any]:
    return {
        "state": wanted.state,
        "queue": wanted.queue,
        "task": wanted.task,
        "every": wanted.routine or bool(wanted.task),
        "by_clock": list(wanted.by_clock),
    }


def _rows(statement: str, values: dict[str, Any]) -> list[JobRow]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [JobRow(*row) for row in cursor.fetchall()]
