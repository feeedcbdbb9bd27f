"""Jobs live and die with the transaction that made them; administrators repeat and cancel them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from jingkai.kernel.events import operations
from jingkai.kernel.events.api import enqueue, enqueue_many, publish, run_jobs
from jingkai.kernel.events.data import AdminAct, Backoff
from jingkai.kernel.events.models import JobFailure
from jingkai.kernel.events.operations import UnknownWork, Work
from jingkai.kernel.events.testing import subscribed, watching
from jingkai.kernel.events.tests import reactions
from jingkai.kernel.events.tests.reactions import ThingMade
from jingkai.kernel.permissions.api import SYSTEM

pytestmark = pytest.mark.django_db
HERE = reactions.__name__


@pytest.fixture(autouse=True)
def _nothing_seen() -> Iterator[None]:
    reactions.seen.clear()
    yield
    reactions.seen.clear()


@pytest.fixture
def calls() -> Iterator[list[dict[str, Any]]]:
    """Two kinds of work: `tests.note` writes down its arguments, `tests.fail` always fails."""
    made: list[dict[str, Any]] = []

    def fail() -> None:
        Group.objects.create(name="half done")
        raise ValueError("a bad day")

    with operations.work.including(
        Work("tests.note", lambda **given: made.append(given), queue="quiet"),
        Work("tests.fail", fail, backoff=Backoff(attempts=2, first=60)),
    ):
        yield made


def _states() -> list[tuple[str, str]]:
    return list(ProcrastinateJob.objects.order_by("id").values_list("task_name", "status"))


def test_publish_makes_one_job_per_handler_in_one_statement(django_assert_num_queries: Any) -> None:
    with (
        subscribed(ThingMade, f"{HERE}.on_thing_made"),
        subscribed(ThingMade, f"{HERE}.on_thing_made_too"),
    ):
        with django_assert_num_queries(1):
            publish(ThingMade(7))
        assert run_jobs() == 2
    assert reactions.seen == [ThingMade(7)]
    assert Group.objects.filter(name="thing 7").exists()


def test_publish_without_subscribers_asks_the_database_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0), watching() as seen:
        publish(ThingMade(7))
    assert seen == [ThingMade(7)]


def test_subscribing_twice_makes_one_job() -> None:
    path = f"{HERE}.on_thing_made"
    with subscribed(ThingMade, path), subscribed(ThingMade, path):
        publish(ThingMade(1))
        assert run_jobs() == 1


@pytest.mark.django_db(transaction=True)
def test_rolled_back_transaction_leaves_no_job(calls: list[Any]) -> None:

    def fail_at_the_end() -> None:
        with transaction.atomic():
            publish(ThingMade(7))
            enqueue("tests.note", number=1)
            raise RuntimeError

    with subscribed(ThingMade, f"{HERE}.on_thing_made"):
        with pytest.raises(RuntimeError):
            fail_at_the_end()
        assert _states() == []
        with transaction.atomic():
            publish(ThingMade(8))
        assert run_jobs() == 1
    assert reactions.seen == [ThingMade(8)]


def test_rolled_back_savepoint_leaves_no_job(calls: list[Any]) -> None:
    point = transaction.savepoint()
    enqueue("tests.note", number=1)
    transaction.savepoint_rollback(point)
    assert _states() == []


def test_failing_handler_leaves_nothing_and_is_tried_again_later() -> None:
    with subscribed(ThingMade, f"{HERE}.on_thing_made_badly"):
        publish(ThingMade(7))
        with pytest.raises(ValueError, match="cannot react to 7"):
            run_jobs()
        assert run_jobs() == 0, "it waits before it is tried again"
    job = ProcrastinateJob.objects.get()
    assert (job.status, job.attempts) == ("todo", 1)
    assert job.scheduled_at > timezone.now()
    assert JobFailure.objects.get(job_id=job.pk).error == "ValueError: cannot react to 7"
    assert not Group.objects.exists()


def test_one_failing_job_does_not_stop_the_others(calls: list[Any]) -> None:
    enqueue("tests.fail")
    enqueue("tests.note", number=1)
    assert run_jobs(raise_errors=False) == 2
    assert calls == [{"number": 1}]


def test_work_that_keeps_failing_is_given_up(calls: list[Any], time_machine: Any) -> None:
    number = enqueue("tests.fail")
    run_jobs(raise_errors=False)
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    run_jobs(raise_errors=False)
    assert _states() == [("tests.fail", "failed")]
    assert JobFailure.objects.filter(job_id=number).count() == 2


def test_job_for_later_waits_for_its_moment(calls: list[Any], time_machine: Any) -> None:
    moment = timezone.now() + timedelta(days=3)
    enqueue("tests.note", at=moment, number=1)
    assert run_jobs() == 0
    time_machine.move_to(moment + timedelta(seconds=1))
    assert run_jobs() == 1


def test_enqueue_refuses_unknown_work() -> None:
    with pytest.raises(UnknownWork):
        enqueue("tests.nothing")


def test_job_of_forgotten_work_fails_and_stays_visible(calls: list[Any]) -> None:
    with operations.work.including(Work("tests.gone", lambda: None)):
        enqueue("tests.gone")
    with pytest.raises(UnknownWork):
        run_jobs()
    assert _states() == [("tests.gone", "failed")]


def test_enqueue_unless_waiting_makes_one_job(calls: list[Any]) -> None:
    assert enqueue("tests.note", unless_waiting="k") is not None
    assert enqueue("tests.note", unless_waiting="k") is None
    run_jobs()
    assert enqueue("tests.note", unless_waiting="k") is not None


@pytest.mark.django_db(transaction=True)
def test_a_lost_line_is_told_as_everywhere_else(calls: list[Any]) -> None:
    """The middleware that says 503 knows Django's own errors."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with connection.copy().cursor() as other:  # type: ignore[attr-defined]
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        other.connection.close()
    with pytest.raises((OperationalError, InterfaceError)):
        enqueue("tests.note")
    connection.close()


def test_enqueue_many_is_one_statement(calls: list[Any], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert enqueue_many("tests.note", [{"number": n} for n in range(2000)]) == 2000


def test_jobs_that_share_a_lock_run_in_their_order(calls: list[Any]) -> None:
    with operations.work.including(
        Work("tests.locked", lambda **given: calls.append(given), lock="one", backoff=Backoff(attempts=9))
    ):
        enqueue("tests.locked", number=1)
        enqueue("tests.locked", number=2)
        run_jobs()
    assert calls == [{"number": 1}, {"number": 2}]


@pytest.fixture
def acts() -> Iterator[list[AdminAct]]:
    told: list[AdminAct] = []

    def listener(act: AdminAct, by: Any, at: Any) -> None:
        told.append(act)

    with operations.admin_listeners.only(listener):
        yield told


def _failed(calls: list[Any]) -> int:
    number = enqueue("tests.fail")
    assert number is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'failed', attempts = 6 WHERE id = %s", [number]
        )
    return number


def test_retry_gives_a_failed_job_all_its_tries_and_is_told(calls: list[Any], acts: list[AdminAct]) -> None:
    number = _failed(calls)
    operations.retry_job(job_id=number, by=SYSTEM, at=timezone.now())
    job = ProcrastinateJob.objects.get(pk=number)
    assert (job.status, job.attempts) == ("todo", 0)
    assert acts == [AdminAct("job.retried", number, {"task": "tests.fail"})]


def test_retry_of_a_job_that_did_not_fail_is_refused(calls: list[Any], acts: list[AdminAct]) -> None:
    number = enqueue("tests.note")
    assert number is not None
    with pytest.raises(operations.JobIsNotThere):
        operations.retry_job(job_id=number, by=SYSTEM, at=timezone.now())
    assert acts == []


def test_retry_all_keeps_to_its_filter(calls: list[Any], acts: list[AdminAct]) -> None:
    _failed(calls), _failed(calls)
    now = timezone.now()
    assert operations.retry_failed_jobs(task="tests.note", by=SYSTEM, at=now) == 0
    assert acts == []
    assert operations.retry_failed_jobs(queue="default", by=SYSTEM, at=now) == 2
    assert acts[0].facts["number"] == 2


def test_cancel_takes_a_waiting_job_away(calls: list[Any], acts: list[AdminAct]) -> None:
    number = enqueue("tests.note")
    assert number is not None
    operations.cancel_job(job_id=number, by=SYSTEM, at=timezone.now())
    assert run_jobs() == 0
    assert [act.action for act in acts] == ["job.cancelled"]
    with pytest.raises(operations.JobIsNotThere):
        operations.cancel_job(job_id=number, by=SYSTEM, at=timezone.now())


def test_job_of_a_dead_worker_is_put_back(calls: list[Any]) -> None:
    number = enqueue("tests.note")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [number])
    assert operations.rescue_stalled_jobs() == 1
    assert run_jobs() == 1


def test_a_dead_job_of_which_another_waits_keeps_no_other_from_being_put_back(calls: list[Any]) -> None:
    """Two workers died over the same periodic work, and its next turn waits already."""
    dead = [enqueue("tests.note"), enqueue("tests.note"), enqueue("tests.note")]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = ANY(%s)", [dead])
        cursor.execute("UPDATE procrastinate_jobs SET queueing_lock = 'x' WHERE id = ANY(%s)", [dead[:2]])
    assert operations.rescue_stalled_jobs() == 3
    states = dict(ProcrastinateJob.objects.values_list("pk", "status"))
    assert [states[number] for number in dead] == ["todo", "aborted", "todo"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [dead[2]])
        cursor.execute("UPDATE procrastinate_jobs SET queueing_lock = 'x' WHERE id = %s", [dead[2]])
    assert operations.rescue_stalled_jobs() == 1
    assert ProcrastinateJob.objects.get(pk=dead[2]).status == "aborted"
    assert run_jobs() == 1


def test_old_jobs_are_deleted_and_failed_ones_kept_longer(calls: list[Any]) -> None:
    done, bad = enqueue("tests.note"), _failed(calls)
    run_jobs(queues=["quiet"])
    JobFailure.objects.create(job_id=done, attempt=1, at=timezone.now(), error="x")
    assert operations.delete_finished_jobs() == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = now() - interval '3 days'")
    assert operations.delete_finished_jobs() == 1
    assert list(ProcrastinateJob.objects.values_list("pk", flat=True)) == [bad]
    assert not JobFailure.objects.exists()


def test_periodic_work_of_lower_apps_is_known() -> None:
    known = {item.name: item.cron for item in operations.all_work()}
    assert known["submissions.clean"] == "41 * * * *"
    assert known["events.delete_finished"] == "27 * * * *"
