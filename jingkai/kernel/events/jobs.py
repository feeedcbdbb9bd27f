"""Running the work: the worker process, the in-process run, and the queue's own housekeeping."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from procrastinate import JobContext, RetryDecision
from procrastinate.contrib.django import DjangoApp
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy

from jingkai.kernel.events import operations
from jingkai.kernel.events.data import Backoff
from jingkai.kernel.events.operations import Work, job, periodic
from jingkai.kernel.hooks.api import traced

logger = logging.getLogger(__name__)

GRACE = 30
"""Seconds that a stopping worker gives its running jobs."""
JUMP = 30
"""Seconds by which a clock may leave the time that has passed before the worker plans anew."""


# --- housekeeping ---------------------------------------------------------------------------------


@periodic(
    "*/1 * * * *",
    name="events.rescue_stalled",
    priority=10,
    label=_("Take up the work of a worker that died"),
)
def rescue_stalled() -> None:
    """Put back the jobs whose worker died."""
    operations.rescue_stalled_jobs()


@periodic("27 * * * *", name="events.delete_finished", label=_("Remove old finished jobs from the list"))
def delete_finished() -> None:
    """Remove jobs that ended long ago."""
    operations.delete_finished_jobs()


# --- one job --------------------------------------------------------------------------------------


def _perform(item: Work, arguments: dict[str, Any], *, job_id: int, attempts: int) -> None:
    try:
        followed = traced(f"job {item.name}", kind="consumer", job=job_id, attempt=attempts + 1)
        with followed, translation.override(settings.LANGUAGE_CODE):
            item.run(**arguments)
    except Exception as error:
        _note_failure(job_id, attempts + 1, error)
        raise


def _note_failure(job_id: int, attempt: int, error: Exception) -> None:
    try:
        operations.record_failure(job_id=job_id, attempt=attempt, error=error, at=operations.now())
    except DatabaseError:
        logger.exception("the failure of job %s could not be stored", job_id)


# --- in this process ------------------------------------------------------------------------------

_TAKE = """
UPDATE procrastinate_jobs SET status = 'doing', worker_id = %(worker)s
WHERE id = (
    SELECT job.id FROM procrastinate_jobs AS job
    WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= %(now)s)
      AND (%(queues)s::text[] IS NULL OR job.queue_name = ANY(%(queues)s))
      AND (job.lock IS NULL OR NOT EXISTS (
            SELECT 1 FROM procrastinate_jobs AS other
            WHERE other.lock = job.lock AND (other.status = 'doing'
              OR (other.status = 'todo' AND other.id < job.id AND other.priority >= job.priority))))
    ORDER BY job.priority DESC, job.id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, task_name, args::text, attempts
"""


def run_jobs(*, queues: Sequence[str] | None = None, limit: int = 10_000, raise_errors: bool = True) -> int:
    """Run every due job in this process, also those that they enqueue, and give their number.

    For tests and for filling a demo. Failures are stored and repeated later as a worker would do it; the
    first one is then raised, unless `raise_errors` is off. Due is what the process' clock says, frozen or
    not.
    """
    done, first_error = 0, None
    worker = _one("SELECT worker_id FROM procrastinate_register_worker_v1()")[0]
    try:
        while done < limit and (taken := _take(worker, queues)) is not None:
            done += 1
            first_error = _run_here(*taken) or first_error
    finally:
        _one("SELECT procrastinate_unregister_worker_v1(%s)", [worker])
    if first_error is not None and raise_errors:
        raise first_error
    return done


def _one(statement: str, values: Any = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def _take(worker: int, queues: Sequence[str] | None) -> tuple[int, str, dict[str, Any], int] | None:
    import json

    _one("SELECT procrastinate_update_heartbeat_v1(%s)", [worker])
    wanted = list(queues) if queues is not None else None
    row = _one(_TAKE, {"worker": worker, "now": operations.now(), "queues": wanted})
    return None if row is None else (row[0], row[1], json.loads(row[2]), row[3])


def _run_here(job_id: int, name: str, arguments: dict[str, Any], attempts: int) -> Exception | None:
    backoff = Backoff(attempts=1)
    try:
        item = operations.find_work(name)
        backoff = item.backoff
        arguments.pop("timestamp", None) if item.cron else None
        with transaction.atomic() if connection.in_atomic_block else contextlib.nullcontext():
            item.run(**arguments)
    except Exception as error:
        _note_failure(job_id, attempts + 1, error)
        wait = backoff.wait_after(attempts)
        if wait is None:
            _one("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [job_id])
        else:
            again = operations.now() + timedelta(seconds=wait)
            _one("SELECT procrastinate_retry_job_v2(%s, %s, NULL, NULL, NULL)", [job_id, again])
        return error
    _one("SELECT procrastinate_finish_job_v1(%s, 'succeeded', false)", [job_id])
    return None


# --- the worker process ---------------------------------------------------------------------------


class _Strategy(BaseRetryStrategy):
    """Our backoff in the queue's words."""

    def __init__(self, backoff: Backoff) -> None:
        self.backoff = backoff

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if not isinstance(exception, Exception) or isinstance(exception, operations.UnknownWork):
            return None
        wait = self.backoff.wait_after(job.attempts)
        return None if wait is None else RetryDecision(retry_in={"seconds": wait})


def worker_app() -> DjangoApp:
    """Build the queue's app for a worker: an asynchronous connection pool and every kind of work we know."""
    app = DjangoApp(connector=DjangoConnector().get_worker_connector())
    for item in operations.all_work():
        task = app.task(
            name=item.name,
            queue=item.queue,
            priority=item.priority,
            pass_context=True,
            retry=_Strategy(item.backoff),
        )(_task(item))
        if item.cron:
            app.periodic(cron=item.cron, queueing_lock=item.name, lock=item.lock)(task)
    return app


def _task(item: Work) -> Any:
    def run(context: JobContext, timestamp: int | None = None, **arguments: Any) -> None:
        given = arguments if timestamp is None or item.cron else {**arguments, "timestamp": timestamp}
        _perform(item, given, job_id=context.job.id or 0, attempts=context.job.attempts)

    return run


def run_worker(*, concurrency: int = 4, queues: Sequence[str] | None = None, wait: bool = True) -> None:
    """Work off the queue until SIGTERM or SIGINT; with `wait` off, until nothing is due.

    New jobs arrive by LISTEN/NOTIFY, with a look every five seconds as a safety net. On a signal no job is
    begun and the running ones get `GRACE` seconds. A lost database is waited for.
    """
    asyncio.run(_run_worker(concurrency, queues, wait))


async def _run_worker(concurrency: int, queues: Sequence[str] | None, wait: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(ValueError, RuntimeError):  # only the main thread may listen to signals
            loop.add_signal_handler(name, stop.set)
    while not stop.is_set():
        try:
            await _work_until(stop, concurrency, queues, wait)
        except Exception:
            logger.exception("the worker stopped; it starts again")
        if not wait:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=3)


async def _work_until(
    stop: asyncio.Event, concurrency: int, queues: Sequence[str] | None, wait: bool
) -> None:
    app = worker_app()
    chosen: dict[str, Any] = {"queues": list(queues)} if queues is not None else {}
    async with app.open_async():
        running = asyncio.create_task(
            app.run_worker_async(
                **chosen,
                concurrency=concurrency,
                wait=wait,
                install_signal_handlers=False,
                shutdown_graceful_timeout=GRACE,
            )
        )
        others = {asyncio.create_task(stop.wait()), asyncio.create_task(_clock_jumps())}
        await asyncio.wait({running, *others}, return_when=asyncio.FIRST_COMPLETED)
        for other in others:
            other.cancel()
        if not running.done():
            running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def _clock_jumps() -> None:
    """Return when the clock was set by more than drift.

    What is done by the hour is planned from the last hour that was done: a clock that was a day ahead and is
    put back would leave it undone for a day, one that leaps ahead would have it done for every hour between.
    """
    begun = time.time() - time.monotonic()
    while abs(moved := time.time() - time.monotonic() - begun) < JUMP:
        await asyncio.sleep(1)
    logger.warning("the clock moved by %d seconds; the worker plans its periodic work anew", moved)


__all__ = ["job", "periodic", "run_jobs", "run_worker", "worker_app"]
