"""The construction permit out of the provincial system, over HTTP, on good days and bad ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events.api import enqueue
from jingkai.kernel.events.models import JobFailure
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.notices.models import Notice
from jingkai.modules.approvals import jobs, operations
from jingkai.modules.approvals.connectors.licences import LicenceNotIssued, LicenceSystem, LicenceSystemFailed
from jingkai.modules.approvals.connectors.licences_standin import ISSUER, Province, permit_number, serving
from jingkai.modules.approvals.data import PermitAnswer
from jingkai.modules.approvals.models import Application, ConstructionPermit
from jingkai.modules.approvals.testing import FACTS, Hall, moment
from jingkai.records.files.models import Attachment
from jingkai.records.files.testing import PDF

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 9)


@pytest.fixture
def province(settings: Any) -> Iterator[Province]:
    """The real stand-in on loopback, and the product told to use it."""
    standin = Province("zone", "s3cret", lambda _number, _project: PDF, today=lambda: DAY)
    with serving(standin) as address:
        settings.LICENCES_URL, settings.LICENCES_KEY, settings.LICENCES_SECRET = address, "zone", "s3cret"
        yield standin


def decided(hall: Hall) -> Application:
    """A matter as it stands after the seal; the sealing itself is tested elsewhere."""
    return hall.bring_to("submitted")


def permit() -> ConstructionPermit:
    """The permit as it is stored."""
    return ConstructionPermit.objects.get()


@pytest.mark.django_db
def test_sealed_grant_fetches_the_permit_with_its_file(hall: Hall, province: Province) -> None:
    matter = hall.bring_to("sealed")
    run_jobs(raise_errors=False)
    found = permit()
    assert (found.state, found.number) == ("issued", permit_number(FACTS["project_code"], DAY))
    assert (found.issuer, found.issued_on, found.problem) == (ISSUER, DAY, "")
    assert found.attachment is not None
    assert found.attachment.stored_file.size == len(PDF)
    asked = province.asked[0]
    assert asked["project_code"] == FACTS["project_code"]
    assert asked["biz_num"] == hall.case(matter).reference
    assert len(asked["identity_number"]) == 18
    assert Notice.objects.filter(kind="permit_received", to=hall.cast.person("handler")).count() == 1
    assert "permit.received" in [entry.action for entry in audit.entries_of(hall.case(matter))]


@pytest.mark.django_db
def test_denied_matter_asks_for_no_permit(hall: Hall, province: Province) -> None:
    hall.bring_to("sealed", outcome="denied")
    run_jobs(raise_errors=False)
    assert not province.asked
    assert not ConstructionPermit.objects.exists()


@pytest.mark.django_db
def test_same_answer_twice_has_one_effect(hall: Hall, province: Province) -> None:
    matter = decided(hall)
    jobs.fetch_permit(matter.pk)
    jobs.fetch_permit(matter.pk)
    answer = PermitAnswer("OTHER", ISSUER, DAY, PDF, "x.pdf")
    operations.record_permit(permit=permit(), answer=answer, at=moment("2026-03-10 09:00"))
    assert permit().number == permit_number(FACTS["project_code"], DAY)
    assert len(province.asked) == 1
    assert Attachment.objects.filter(slot="construction-permit").count() == 1
    assert Notice.objects.filter(kind="permit_received").count() == 1


@pytest.mark.django_db
def test_late_problem_does_not_overwrite_a_permit(hall: Hall, province: Province) -> None:
    matter = decided(hall)
    jobs.fetch_permit(matter.pk)
    operations.record_permit_problem(permit=permit(), problem="timed out")
    assert (permit().state, permit().problem) == ("issued", "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("fault", "error"),
    [("down", LicenceSystemFailed), ("nonsense", LicenceSystemFailed), ("not-issued", LicenceNotIssued)],
)
def test_bad_day_of_the_province_is_kept_visible_and_tried_again(
    hall: Hall, province: Province, fault: str, error: type[Exception]
) -> None:
    matter = decided(hall)
    province.fault = fault
    job = enqueue("approvals.fetch_permit", application_id=matter.pk)
    with pytest.raises(error):
        run_jobs(queues=["default"])
    found = permit()
    assert (found.state, found.number, found.attempts) == ("failed", "", 1)
    assert found.problem
    assert JobFailure.objects.filter(job_id=job).count() == 1
    assert _job(job) == ("todo", 1)
    province.fault = ""
    _make_due(job)
    run_jobs(queues=["default"])
    assert (permit().state, permit().problem, permit().attempts) == ("issued", "", 2)
    assert _job(job)[0] == "succeeded"


def _job(number: int | None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, attempts FROM procrastinate_jobs WHERE id = %s", [number])
        return cursor.fetchone()


def _make_due(number: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE id = %s", [number])


@pytest.mark.django_db
def test_unset_province_leaves_the_request_waiting(hall: Hall, settings: Any) -> None:
    settings.LICENCES_URL = ""
    jobs.fetch_permit(decided(hall).pk)
    assert permit().state == "asked"


def _ask(address: str, secret: str = "s3cret") -> PermitAnswer:
    system = LicenceSystem(address=address, app_key="zone", app_secret=secret)
    return system.fetch_permit(project_code=FACTS["project_code"], holder="9132", reference="SP2026-00001")


def test_wrong_secret_is_refused_by_the_province(province: Province, settings: Any) -> None:
    with pytest.raises(LicenceSystemFailed, match="wrong"):
        _ask(settings.LICENCES_URL, secret="guessed")
    assert not province.asked


def test_province_that_is_not_there_is_a_failure_not_a_crash() -> None:
    with pytest.raises(LicenceSystemFailed, match="/security/login"):
        _ask("http://127.0.0.1:9")


@pytest.mark.parametrize("content", [b"", b"<html>not a pdf</html>", b"MZ\x90\x00"])
def test_permit_whose_file_is_no_pdf_is_not_taken(province: Province, settings: Any, content: bytes) -> None:
    province.make_file = lambda _number, _project: content
    with pytest.raises(LicenceSystemFailed):
        _ask(settings.LICENCES_URL)


def test_grant_is_used_once_at_the_province(province: Province, settings: Any) -> None:
    first, second = _ask(settings.LICENCES_URL), _ask(settings.LICENCES_URL)
    assert first.number == second.number
    assert not province.grants
