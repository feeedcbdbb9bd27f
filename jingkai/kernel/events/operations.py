"""Writes: publish events, enqueue jobs, and what an administrator does to a job.

Everything goes through the caller's own database connection, so a job exists if and only if the caller's
transaction commits: the queue is the outbox.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules, import_string
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

from jingkai.kernel.events.data import AdminAct, Backoff, from_wire, plain, to_wire
from jingkai.kernel.events.models import JobFailure
from jingkai.kernel.hooks.api import Registry, periodic_jobs
from jingkai.kernel.hooks.data import PersonFacingError, Word
from jingkai.kernel.permissions.api import Actor

Run = Callable[..., Any]
F = TypeVar("F", bound=Run)
AdminListener = Callable[[AdminAct, Actor, datetime], None]
LONGEST_TRACE = 8000


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of background work: its name in the queue, and how it is run."""

    name: str
    run: Run = field(compare=False)
    queue: str = "default"
    backoff: Backoff = field(default_factory=Backoff)
    lock: str | None = None
    cron: str | None = None
    priority: int = 0
    label: Word = field(default="", compare=False)


work: Registry[Work] = Registry("work", key=lambda item: item.name)
admin_listeners: Registry[AdminListener] = Registry("admin_listeners")
_subscribers: dict[type, list[Work]] = {}
_watchers: list[list[Any]] = []


class UnknownWork(LookupError):
    """Nothing is registered under the name that a job asks for: a fault of the program."""


class JobIsNotThere(PersonFacingError):
    """The job has moved on since the page was drawn."""

    sentence = _("This job is no longer in a state in which that can be done.")
    advice = _("Open the list again to see where it stands.")


# --- registration, while the product starts -------------------------------------------------------


def subscribe(kind: type, handler: str, *, queue: str = "events") -> None:
    """Have `handler` (a dotted path) called with every event of this kind, in a job of its own.

    The call is one transaction and is repeated after a failure, so a handler must be idempotent.
    """
    item = Work(name=_handler_name(kind, handler), run=_handling(kind, handler), queue=queue)
    known = _subscribers.setdefault(kind, [])
    if work.register(item) not in known:
        known.append(item)


def _handler_name(kind: type, handler: str) -> str:
    parts = handler.split(".")
    app = parts[parts.index("handlers") - 1] if "handlers" in parts[1:] else parts[-2]
    return f"{app}.{parts[-1]}:{kind.__name__}"


def _handling(kind: type, handler: str) -> Run:
    def handle(**wire: Any) -> None:
        with transaction.atomic():
            import_string(handler)(from_wire(kind, wire))

    return handle


def job(
    name: str,
    *,
    queue: str = "default",
    backoff: Backoff | None = None,
    lock: str | None = None,
    label: Word = "",
) -> Callable[[F], F]:
    """Register a function of some `jobs.py` under a name; jobs that share a `lock` run one by one.

    `label` says in the administrator's words what the work is for.
    """

    def register(function: F) -> F:
        item = Work(name, function, queue=queue, backoff=backoff or Backoff(), lock=lock, label=label)
        work.register(item)
        function.job_name = name  # type: ignore[attr-defined]
        return function

    return register


def periodic(
    cron: str, *, name: str | None = None, queue: str = "default", priority: int = 0, label: Word = ""
) -> Callable[[F], F]:
    """Run a function without arguments by the clock (UTC; a sixth field counts seconds), one run at a time.

    A run that comes while the former still waits is skipped, and a failed one is not repeated: the next is
    near. Work of a higher `priority` does not stand behind what others have piled up.
    """

    def register(function: F) -> F:
        parts = function.__module__.split(".")
        own_name: str = name or getattr(function, "job_name", "") or f"{parts[-2]}.{function.__name__}"
        known = work.get(own_name)
        if known is None:
            once = Backoff(attempts=1)
            item = Work(own_name, function, queue=queue, backoff=once, lock=own_name, label=label)
            known = work.register(item)
        if known.cron != cron:
            work.replace(known, replace(known, cron=cron, priority=priority))
        return function

    return register


@cache
def _discover() -> None:
    autodiscover_modules("jobs")
    for item in periodic_jobs.all():
        periodic(item.cron, name=item.name, label=item.label)(import_string(item.path))


def all_work() -> tuple[Work, ...]:
    """Give every kind of background work, by name."""
    _discover()
    return tuple(sorted(work.all(), key=lambda item: item.name))


def find_work(name: str) -> Work:
    """Find what a job's name stands for."""
    _discover()
    found = work.get(name)
    if found is None:
        raise UnknownWork(name)
    return found


def on_admin_action(listener: AdminListener) -> AdminListener:
    """Tell `listener(act, by, at)` what administrators do to jobs, in their transaction (for the trail)."""
    return admin_listeners.register(listener)


# --- enqueueing, inside the caller's transaction --------------------------------------------------


def publish(event: Any) -> None:
    """Tell every subscriber of a fact: one job per handler, stored with the caller's transaction."""
    publish_many([event])


def publish_many(events: Sequence[Any]) -> None:
    """Tell several facts of one act, in this order, with at most one statement."""
    jobs: list[Job] = []
    for event in events:
        for watcher in _watchers:
            watcher.append(event)
        wire = to_wire(event)
        jobs += [_as_job(item, wire) for item in _subscribers.get(type(event), ())]
    _store(jobs)


def enqueue(
    name: str, /, *, at: datetime | None = None, unless_waiting: str | None = None, **arguments: Any
) -> int | None:
    """Store one job with the caller's transaction, to run now or `at` a moment, and give its number.

    With `unless_waiting`, a job is stored only when none with the same key is waiting; else None comes back.
    """
    item = _as_job(find_work(name), _plain_arguments(arguments), at=at, key=unless_waiting)
    if unless_waiting is None:
        return _store([item])[0]
    try:
        with transaction.atomic():
            return _store([item])[0]
    except AlreadyEnqueued:
        return None


def enqueue_many(name: str, arguments: Iterable[Mapping[str, Any]], /, *, at: datetime | None = None) -> int:
    """Store one job per set of arguments in a single statement, and give their number."""
    found = find_work(name)
    return len(_store([_as_job(found, _plain_arguments(each), at=at) for each in arguments]))


def _plain_arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {key: plain(value) for key, value in arguments.items()}


def _as_job(
    item: Work, arguments: dict[str, Any], *, at: datetime | None = None, key: str | None = None
) -> Job:
    return Job(
        queue=item.queue,
        priority=item.priority,
        task_name=item.name,
        task_kwargs=arguments,
        lock=item.lock,
        queueing_lock=key,
        scheduled_at=at,
    )


def _store(jobs: list[Job]) -> list[int]:
    """Store jobs; a database that is away raises what it raises everywhere else."""
    if not jobs:
        return []
    try:
        stored = JobManager(DjangoConnector()).batch_defer_jobs(jobs=jobs)
    except ConnectorException as error:
        with connection.wrap_database_errors:
            raise error.__cause__ or error from None
    return [item.id for item in stored if item.id is not None]


@contextmanager
def watching() -> Iterator[list[Any]]:
    """Collect the events published inside a block (for tests)."""
    seen: list[Any] = []
    _watchers.append(seen)
    try:
        yield seen
    finally:
        _watchers.remove(seen)


# --- failures and administration ------------------------------------------------------------------


def record_failure(*, job_id: int, attempt: int, error: BaseException, at: datetime) -> None:
    """Keep what went wrong in one try of a job, shortened from the front."""
    trace = "".join(traceback.format_exception(error))
    JobFailure.objects.create(
        job_id=job_id,
        attempt=attempt,
        at=at,
        error=f"{type(error).__name__}: {error}"[:1000].replace("\x00", ""),
        trace=trace[-LONGEST_TRACE:].replace("\x00", ""),
    )


@transaction.atomic
def retry_job(*, job_id: int, by: Actor, at: datetime) -> None:
    """Put a failed, aborted or cancelled job back into the queue with all its tries."""
    names = _requeue("id = %s AND status IN ('failed', 'aborted', 'cancelled')", [job_id])
    if not names:
        raise JobIsNotThere
    _tell(AdminAct("job.retried", job_id, {"task": names[0]}), by, at)


@transaction.atomic
def retry_failed_jobs(*, task: str = "", queue: str = "", by: Actor, at: datetime) -> int:
    """Put every failed job (of one task or queue, if given) back into the queue, and give their number."""
    names = _requeue(
        "status = 'failed' AND (%s = '' OR task_name = %s) AND (%s = '' OR queue_name = %s)",
        [task, task, queue, queue],
    )
    if names:
        _tell(AdminAct("jobs.retried", None, {"number": len(names), "task": task, "queue": queue}), by, at)
    return len(names)


def _requeue(condition: str, values: list[Any]) -> list[str]:
    statement = (
        "UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL, worker_id = NULL,"  # noqa: S608
        f" abort_requested = false WHERE {condition} RETURNING task_name"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def cancel_job(*, job_id: int, by: Actor, at: datetime) -> None:
    """Take a waiting job out of the queue; a running one cannot be cancelled."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'cancelled'"
            " WHERE id = %s AND status = 'todo' RETURNING task_name",
            [job_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise JobIsNotThere
    _tell(AdminAct("job.cancelled", job_id, {"task": row[0]}), by, at)


def _tell(act: AdminAct, by: Actor, at: datetime) -> None:
    for listener in admin_listeners.all():
        listener(act, by, at)


_RESCUE = """
WITH dead AS (
    SELECT id, queueing_lock, row_number() OVER (PARTITION BY queueing_lock ORDER BY id) AS place
    FROM procrastinate_jobs AS job WHERE status = 'doing' AND NOT EXISTS (
        SELECT 1 FROM procrastinate_workers AS worker WHERE worker.id = job.worker_id
        AND worker.last_heartbeat > now() - make_interval(secs => %s)
        AND worker.last_heartbeat < now() + interval '1 minute')
)
UPDATE procrastinate_jobs AS job SET worker_id = NULL, attempts = attempts + 1, status = CASE
    WHEN dead.queueing_lock IS NULL OR (dead.place = 1 AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs AS waiting
        WHERE waiting.status = 'todo' AND waiting.queueing_lock = dead.queueing_lock))
    THEN 'todo' ELSE 'aborted' END::procrastinate_job_status
FROM dead WHERE job.id = dead.id
"""


_BRING_FORWARD = """
UPDATE procrastinate_jobs SET scheduled_at = now()
WHERE status = 'todo' AND attempts > 0 AND scheduled_at > now() + make_interval(secs => %s)
"""
"""A repetition is never so far away: it was put off while a clock was ahead."""


def rescue_stalled_jobs(*, silent_for: int = 60) -> int:
    """Put back the jobs whose worker died: delivery is at least once. Gives their number.

    A sign of life from the future (a clock was ahead) is none, and a repetition put off by such a clock is
    due now. Where one of the same kind waits already (periodic work, `unless_waiting`), that one does it: two
    may not wait, and one that cannot be put back must not keep all others from it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RESCUE, [silent_for])
        rescued = int(cursor.rowcount)
        cursor.execute(_BRING_FORWARD, [Backoff().longest + 60])
    return rescued


def delete_finished_jobs(*, keep_hours: int = 48, keep_failed_days: int = 180) -> int:
    """Remove jobs that ended long ago, failed ones later, and the errors of jobs that are gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs AS job WHERE"
            " (status = 'succeeded' OR status IN ('failed', 'cancelled', 'aborted')) AND NOT EXISTS ("
            "  SELECT 1 FROM procrastinate_events AS event WHERE event.job_id = job.id AND event.at >"
            "  now() - CASE status WHEN 'succeeded' THEN make_interval(hours => %s)"
            "  ELSE make_interval(days => %s) END)",
            [keep_hours, keep_failed_days],
        )
        removed = int(cursor.rowcount)
        cursor.execute(
            "DELETE FROM events_jobfailure AS failure WHERE NOT EXISTS ("
            " SELECT 1 FROM procrastinate_jobs AS job WHERE job.id = failure.job_id)"
        )
    return removed


def now() -> datetime:
    """Read the clock: only here, at the entry of background work."""
    return timezone.now()
