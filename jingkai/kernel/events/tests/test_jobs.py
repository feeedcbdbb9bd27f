"""A real worker on a real queue: notified, not polled; failures stored; a clean stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob

from jingkai.kernel.events import jobs, operations
from jingkai.kernel.events.api import enqueue, publish
from jingkai.kernel.events.data import Backoff
from jingkai.kernel.events.models import JobFailure
from jingkai.kernel.events.operations import Work
from jingkai.kernel.events.testing import subscribed
from jingkai.kernel.events.tests import reactions
from jingkai.kernel.events.tests.reactions import ThingMade

pytestmark = pytest.mark.django_db(transaction=True)


def _run(wait: bool = False) -> None:
    thread = threading.Thread(target=lambda: jobs.run_worker(wait=wait, concurrency=2))
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


def _states() -> dict[str, str]:
    """The states of our own jobs; a starting worker also makes those that are due by the clock."""
    by_clock = [item.name for item in operations.all_work() if item.cron]
    rows = ProcrastinateJob.objects.exclude(task_name__in=by_clock)
    return dict(rows.values_list("task_name", "status"))


def _make_group(*, name: str) -> None:
    Group.objects.create(name=name)
    publish(ThingMade(len(name)))


def _fail_after_publishing() -> None:
    from django.db import transaction

    with transaction.atomic():
        publish(ThingMade(1))
        raise ValueError("rolled back")


def test_worker_runs_jobs_and_the_jobs_they_publish() -> None:
    with (
        operations.work.including(Work("tests.group", _make_group)),
        subscribed(ThingMade, f"{reactions.__name__}.on_thing_made_too"),
    ):
        enqueue("tests.group", name="four")
        _run()
        _run()
    assert sorted(Group.objects.values_list("name", flat=True)) == ["four", "thing 4"]
    assert set(_states().values()) == {"succeeded"}


def test_event_published_in_a_job_that_rolls_back_leaves_no_job() -> None:
    with (
        operations.work.including(Work("tests.half", _fail_after_publishing, backoff=Backoff(attempts=1))),
        subscribed(ThingMade, f"{reactions.__name__}.on_thing_made_too"),
    ):
        enqueue("tests.half")
        _run()
    assert _states() == {"tests.half": "failed"}
    failure = JobFailure.objects.get()
    assert failure.error == "ValueError: rolled back"
    assert "_fail_after_publishing" in failure.trace


def test_worker_repeats_failed_work_after_its_backoff() -> None:
    tries: list[int] = []

    def second_time_lucky() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("not yet")

    with operations.work.including(Work("tests.lucky", second_time_lucky, backoff=Backoff(first=1))):
        enqueue("tests.lucky")
        _run()
        time.sleep(1.2)
        _run()
    assert len(tries) == 2
    job = ProcrastinateJob.objects.get(task_name="tests.lucky")
    assert (job.status, job.attempts) == ("succeeded", 2)


def _wait_for(what: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


PROGRAM = """
import sys; sys.argv = ['pytest', 'jingkai/kernel/events']
import jingkai.config.settings as settings
settings.DATABASES['default']['NAME'] = sys.stdin.readline().strip()
import os, signal, time, django; django.setup()
from django.db import transaction
from jingkai.kernel.events import operations
from jingkai.kernel.events.api import enqueue, run_worker
from jingkai.kernel.events.operations import Work
def die(): os.kill(os.getpid(), signal.SIGKILL)
operations.work.register(Work('tests.slow', lambda: time.sleep(60)))
"""


@contextmanager
def _program(code: str) -> Iterator[subprocess.Popen[str]]:
    """Run code beside the tests, on their database."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "jingkai.config.settings"}
    command = [sys.executable, "-c", PROGRAM + code]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, text=True)
    assert process.stdin is not None
    try:
        process.stdin.write(connections["default"].settings_dict["NAME"] + "\n")
        process.stdin.flush()
        yield process
    finally:
        process.kill()
        process.wait()


def test_worker_process_is_notified_at_once_and_stops_cleanly() -> None:
    done = ProcrastinateJob.objects.filter(task_name="submissions.clean", status="succeeded")
    with _program("run_worker()") as process:
        _wait_for(_worker_listens)
        enqueue("submissions.clean")
        begun = time.monotonic()
        _wait_for(done.exists)
        assert time.monotonic() - begun < 3, "polling alone takes up to five seconds"
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    assert not _workers()


def test_program_killed_before_its_commit_leaves_no_job() -> None:
    with _program("with transaction.atomic(): enqueue('tests.slow'); die()") as process:
        assert process.wait(20) == -signal.SIGKILL
    assert _states() == {}


def test_program_killed_after_its_commit_leaves_the_job() -> None:
    with _program("with transaction.atomic(): enqueue('tests.slow')\ndie()") as process:
        assert process.wait(20) == -signal.SIGKILL
    assert _states() == {"tests.slow": "todo"}


def test_job_of_a_killed_worker_is_run_again() -> None:
    runs: list[int] = []
    with operations.work.including(Work("tests.slow", lambda: runs.append(1))):
        enqueue("tests.slow")
        with _program("run_worker()") as process:
            _wait_for(lambda: _states() == {"tests.slow": "doing"})
            process.kill()
        assert operations.rescue_stalled_jobs(silent_for=0) >= 1
        jobs.run_jobs()
    assert runs == [1]
    assert _states() == {"tests.slow": "succeeded"}


def _workers() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_workers")
        return cursor.fetchone()[0]


def _worker_listens() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%%'"
        )
        return bool(cursor.fetchone()[0])
