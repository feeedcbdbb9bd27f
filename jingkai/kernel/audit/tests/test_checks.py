"""What the doctor says about the trail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from jingkai.kernel.audit.api import entries_of, record, write_checkpoints
from jingkai.kernel.audit.models import TrailCheck
from jingkai.kernel.audit.operations import checks
from jingkai.kernel.audit.panels.checks import check_checkpoints, check_guards
from jingkai.kernel.permissions.data import SYSTEM

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_the_guards_are_found_in_place():
    assert check_guards().state == "ok"


@pytest.mark.django_db(transaction=True)
def test_a_switched_off_guard_is_a_failure(tamper):
    tamper("ALTER TABLE audit_trailentry DISABLE TRIGGER audit_entry_append_only")
    assert check_guards().state == "fail"


@pytest.mark.django_db(transaction=True)
def test_a_role_that_may_delete_is_warned_of(tamper, settings):
    tamper(f"GRANT DELETE ON audit_trailentry TO {settings.DATABASE_APP_ROLE}")
    assert check_guards().state == "warn"


@pytest.mark.django_db(transaction=True)
def test_the_owner_as_product_role_is_warned_of(settings):
    settings.DATABASE_APP_ROLE = settings.DATABASE_OWNER_ROLE
    assert check_guards().state == "warn"


@pytest.mark.django_db
def test_checkpoints_that_lag_behind_are_warned_of(trail_folder):
    assert check_checkpoints().state == "ok"
    record(("cases.case", 1), action="case.opened", by=SYSTEM, at=timezone.now())
    assert check_checkpoints().state == "ok"
    write_checkpoints(at=AT)
    record(("cases.case", 1), action="case.closed", by=SYSTEM, at=timezone.now() - timedelta(minutes=5))
    assert check_checkpoints().state == "warn"
    write_checkpoints(at=AT)
    assert check_checkpoints().state == "ok"


class Killed(BaseException):
    """The worker ended here, without warning."""


@pytest.mark.parametrize("step", ["while it reads", "before it is written down", "after it was written down"])
def test_a_check_whose_worker_was_killed_is_taken_over_and_told_once(db, trail_folder, monkeypatch, step):
    record(("cases.case", 1), action="case.opened", by=SYSTEM, at=AT)
    write_checkpoints(at=AT)
    check = checks.ask_for_check(by=SYSTEM, at=AT)

    def killed(*given, **named):
        if step.startswith("after"):
            keep(*given, **named)
        raise Killed

    keep, name = checks._keep, "verify" if step.startswith("while") else "_keep"
    with monkeypatch.context() as worker:
        worker.setattr(checks, name, killed)
        with pytest.raises(Killed):
            checks.run_check(check_id=check.pk, clock=lambda: AT)
    another = checks.run_check(check_id=check.pk, clock=lambda: AT)
    check.refresh_from_db()
    assert check.state == TrailCheck.State.INTACT
    assert (another is None) == step.startswith("after")
    assert entries_of(checks.TRAIL).filter(action="trail.checked").count() == 1


def test_a_worker_given_up_for_dead_that_comes_to_its_end_tells_nothing_twice(db, trail_folder, monkeypatch):
    check, verify = checks.ask_for_check(by=SYSTEM, at=AT), checks.verify

    def meanwhile(**named):
        monkeypatch.setattr(checks, "verify", verify)
        checks.run_check(check_id=check.pk, clock=lambda: AT)
        return verify(**named)

    monkeypatch.setattr(checks, "verify", meanwhile)
    checks.run_check(check_id=check.pk, clock=lambda: AT)
    assert entries_of(checks.TRAIL).filter(action="trail.checked").count() == 1
