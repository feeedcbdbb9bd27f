"""Results that the state seal service seals: decided here, valid and told when they are back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jingkai.casework.cases.testing import open_task
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.exchange.api import serving
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.permissions.api import SYSTEM
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import Correction, Delivery
from jingkai.modules.approvals.testing import Hall, moment
from jingkai.records.seals.api import StandingDraft, give_standing
from jingkai.records.seals.models import Seal, SealUse
from jingkai.records.seals.testing import StateSeals, change_keeper

pytestmark = pytest.mark.django_db
NOW = "2026-03-10 10:00"


@pytest.fixture
def service(settings: Any, hall: Hall, seals_folder: Path, tmp_path: Path) -> Iterator[StateSeals]:
    """The stand-in on loopback, trusted here; it keeps the key of seal no. 2."""
    standin = StateSeals("zone", "s3cret", tmp_path / "state", now=lambda: timezone.now().timestamp())
    root = seals_folder / "trusted" / "state-standin.pem"
    root.parent.mkdir(exist_ok=True)
    root.write_bytes(standin.root())
    seal = Seal.objects.get(code="2")
    change_keeper(
        seal_id=seal.pk,
        keeper="state",
        outside_code="ZJ-2",
        basis="通知",
        seen_version=seal.version,
        by=SYSTEM,
        at=moment("2026-03-02 08:00"),
    )
    with serving(standin) as address:
        settings.SEALS_URL, settings.SEALS_KEY, settings.SEALS_SECRET = address, "zone", "s3cret"
        yield standin
    root.unlink()


def test_a_result_is_valid_when_it_is_back(hall: Hall, service: StateSeals, client: Client) -> None:
    service.fault = "down"
    matter = hall.bring_to("sealed")
    hall.travel(NOW)
    run_jobs(raise_errors=False)
    document = hall.decision(matter).document
    assert document is not None
    assert (document.state, hall.case(matter).state) == ("prepared", "closed")
    assert not Delivery.objects.exists()
    assert not Notice.objects.filter(kind="decided").exists()
    hall.log_in(client, "handler")
    page = client.get(reverse("approvals:matter", args=[matter.uuid])).content.decode()
    assert "待统一电子印章系统签章" in page
    service.fault = ""
    hall.travel("2026-03-12 10:00")
    run_jobs(raise_errors=False)
    document = hall.decision(matter).document
    assert document is not None
    assert document.state == "valid"
    assert Delivery.objects.get().document_id == document.pk
    assert Notice.objects.filter(kind="decided").exists()
    run_jobs(raise_errors=False)
    assert Delivery.objects.count() == 1
    assert SealUse.objects.get().authorisation_kind == "decision"


def test_a_replacement_takes_its_place_when_it_is_back(hall: Hall, service: StateSeals) -> None:
    matter = hall.bring_to("sealed")
    run_jobs(raise_errors=False)
    old = hall.decision(matter).document
    assert old is not None
    at = moment(NOW)
    asked = operations.ask_for_replacement(
        document=old, ground="lost", reason="遗失", by=hall.actor("handler", NOW), at=at
    )
    request = operations.send_to_seal(
        replacement=asked, correction="", version=1, by=hall.actor("clerk", NOW), at=at
    )
    signer, keeper = hall.actor("deputy_director", NOW), hall.actor("custodian", NOW)
    operations.decide_seal_use(
        task=open_task(request.case, "approve"), outcome="agree", text="", by=signer, at=at
    )
    operations.apply_requested(task=open_task(request.case, "apply"), by=keeper, at=at)
    request.refresh_from_db()
    old.refresh_from_db()
    assert (request.state, old.state) == ("approved", "valid")
    hall.travel(NOW)
    run_jobs(raise_errors=False)
    request.refresh_from_db()
    old.refresh_from_db()
    assert (request.state, old.state) == ("sealed", "replaced")
    assert hall.decision(matter).document_id == request.document_id  # type: ignore[attr-defined]


def test_notices_go_to_the_state_service_and_the_matter_does_not_wait_for_them(
    hall: Hall, service: StateSeals, client: Client
) -> None:
    give_standing(
        draft=StandingDraft(
            seal_code="2",
            papers=("approvals.acceptance", "approvals.correction"),
            users_id=hall.cast.units["approval"].pk,
            basis="试验",
            starts_on=moment("2026-03-02 08:00").date(),
        ),
        by=hall.actor("leader", "2026-03-02 08:30"),
        at=moment("2026-03-02 08:30"),
    )
    service.fault = "down"
    matter = hall.bring_to("submitted")
    hall.correct(matter, {"site-plan": "未标注消防车道。"}, at="2026-03-03 10:00")
    hall.travel("2026-03-03 17:00")
    run_jobs(raise_errors=False)
    notice = Correction.objects.get(application=matter).document
    assert notice.state == "prepared"
    hall.log_in(client, "handler")
    page = client.get(reverse("approvals:matter", args=[matter.uuid])).content.decode()
    assert "统一电子印章系统正在签章" in page
    service.fault = ""
    hall.travel("2026-03-04 09:00")
    run_jobs(raise_errors=False)
    notice.refresh_from_db()
    assert (notice.state, SealUse.objects.get().authorisation_kind) == ("valid", "standing")
    hall.log_in(client, "handler")
    page = client.get(reverse("approvals:matter", args=[matter.uuid])).content.decode()
    assert reverse("documents:file", args=[notice.uuid]) in page
