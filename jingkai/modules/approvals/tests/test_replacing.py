"""New documents in the place of old ones, under a request to use the seal (补发、换发、用印审批单)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jingkai.casework.cases.models import Case
from jingkai.casework.cases.testing import open_task
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.permissions.api import MissingRight
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import Application, Delivery, Replacement, SealRequest
from jingkai.modules.approvals.operations import replacing, sealing
from jingkai.modules.approvals.operations.drafts import NotYours
from jingkai.modules.approvals.operations.reissuing import SealAsked
from jingkai.modules.approvals.testing import Hall, moment
from jingkai.modules.approvals.testing.project import Project
from jingkai.records.documents import api as documents
from jingkai.records.numbering.models import IssuedNumber
from jingkai.records.seals import api as seals
from jingkai.records.seals.models import Seal, SealUse

pytestmark = pytest.mark.django_db
NOW = "2026-03-10 10:00"
AT = moment(NOW)


def ask(hall: Hall, matter: Application, ground: str = "lost", who: str = "handler") -> Replacement:
    """Let the enterprise ask for a new document."""
    document = hall.decision(matter).document
    assert document is not None
    return operations.ask_for_replacement(
        document=document, ground=ground, reason="搬迁时遗失", by=hall.actor(who, NOW), at=AT
    )


def send(hall: Hall, asked: Replacement, correction: str = "", who: str = "clerk") -> SealRequest:
    """Let the window find it right."""
    return operations.send_to_seal(
        replacement=asked, correction=correction, version=asked.version, by=hall.actor(who, NOW), at=AT
    )


def decide(
    hall: Hall, request: SealRequest, outcome: str = "agree", text: str = "", who: str = "deputy_director"
) -> SealRequest:
    """Let a signer decide on the seal."""
    task = open_task(request.case, "approve")
    return operations.decide_seal_use(task=task, outcome=outcome, text=text, by=hall.actor(who, NOW), at=AT)


def apply(hall: Hall, request: SealRequest, who: str = "custodian") -> SealRequest:
    """Let the custodian seal."""
    task = open_task(request.case, "apply")
    return operations.apply_requested(task=task, by=hall.actor(who, NOW), at=AT)


def test_a_lost_result_is_issued_anew_and_the_old_one_points_to_it(hall: Hall) -> None:
    matter = hall.bring_to("sealed")
    old = hall.decision(matter).document
    assert old is not None
    request = send(hall, ask(hall, matter))
    assert (request.document.state, hall.decision(matter).document) == ("prepared", old)
    apply(hall, decide(hall, request))
    new = hall.decision(matter).document
    assert new is not None
    assert (new.number_text, new.state) == ("示开消审〔2026〕2号", "valid")
    view = documents.find_public(old.verification_code)
    assert view is not None
    assert (view.standing, view.end_class, view.replaced_by) == ("replaced", "lost", new.number_text)
    use = SealUse.objects.get(authorisation_kind="seal_request")
    assert use.authorised_by_id == hall.cast.deputy_director.party_id
    assert Replacement.objects.get().state == "done"
    assert Delivery.objects.filter(document=new, state="open").exists()
    assert Notice.objects.filter(kind="result_replaced").exists()
    assert Case.objects.get(pk=request.case_id).outcome == "sealed"
    trail = [one.action for one in audit.entries_of(hall.case(matter))]
    assert [one for one in trail if one.startswith("replacement.")] == [
        "replacement.asked",
        "replacement.prepared",
        "replacement.done",
    ]
    with pytest.raises(replacing.CannotReplace):
        operations.ask_for_replacement(
            document=old, ground="lost", reason="又丢了", by=hall.actor("handler", NOW), at=AT
        )


def test_a_mistake_says_what_is_different(hall: Hall) -> None:
    matter = hall.bring_to("sealed")
    asked = ask(hall, matter, "corrected")
    with pytest.raises(replacing.CorrectionMissing):
        send(hall, asked)
    request = send(hall, asked, "“二期厂房”更正为“三期厂房”")
    assert Replacement.objects.get().correction == "“二期厂房”更正为“三期厂房”"
    assert request.case.reference.startswith("YY2026-")


def test_the_seal_may_be_refused_and_nothing_ends(hall: Hall) -> None:
    matter = hall.bring_to("sealed")
    request = send(hall, ask(hall, matter))
    with pytest.raises(sealing.ReasonMissing):
        decide(hall, request, "reject")
    decide(hall, request, "reject", "未登报声明遗失")
    found = Replacement.objects.get()
    assert (found.state, found.answer, found.new) == ("refused", "未登报声明遗失", None)
    assert hall.decision(matter).document.state == "valid"  # type: ignore[union-attr]
    assert IssuedNumber.objects.filter(series="approvals.result", voided_at__isnull=False).count() == 1
    assert Notice.objects.filter(kind="replacement_refused").exists()
    assert ask(hall, matter).state == "asked"


@pytest.mark.parametrize(("who", "error"), [("other_handler", NotYours), ("officer_fire", NotYours)])
def test_strangers_ask_for_nothing(hall: Hall, who: str, error: type[Exception]) -> None:
    matter = hall.bring_to("sealed")
    with pytest.raises(error):
        ask(hall, matter, who=who)


def test_everybody_does_their_own_part(hall: Hall) -> None:
    matter = hall.bring_to("sealed")
    asked = ask(hall, matter)
    with pytest.raises(replacing.CannotReplace):
        ask(hall, matter)
    with pytest.raises(MissingRight):
        send(hall, asked, who="officer_fire")
    request = send(hall, asked)
    asked.refresh_from_db()
    with pytest.raises(replacing.ReplacementOver):
        send(hall, asked)
    with pytest.raises(PersonFacingError):
        decide(hall, request, who="custodian")
    decide(hall, request)
    with pytest.raises(PersonFacingError):
        apply(hall, request, who="deputy_director")
    assert SealUse.objects.filter(authorisation_kind="seal_request").count() == 0


def test_over_the_pages(hall: Hall, client: Client) -> None:
    """Asked on the result's page, checked at the window, approved and looked up in the register."""
    matter = hall.bring_to("sealed")
    document = hall.decision(matter).document
    assert document is not None
    hall.travel(NOW)
    hall.log_in(client, "handler")
    url = reverse("approvals:replace", args=[matter.uuid, document.uuid])
    assert client.get(url).status_code == 200
    assert client.post(url, with_token({"ground": "lost", "reason": ""})).status_code == 422
    assert client.post(url, with_token({"ground": "lost", "reason": "搬迁时遗失"})).status_code == 302
    assert (
        "搬迁时遗失"
        in client.get(reverse("approvals:receive", args=[matter.uuid, document.uuid])).content.decode()
    )

    hall.log_in(client, "clerk")
    asked = Replacement.objects.get()
    listed = client.get(reverse("approvals:replacements"), {"state": "asked"}).content.decode()
    assert document.number_text in listed
    assert client.get(reverse("approvals:replacement", args=[asked.uuid])).status_code == 200
    prepare = reverse("approvals:prepare_replacement", args=[asked.uuid])
    assert client.post(prepare, with_token({"version": 1, "correction": ""})).status_code == 302
    request = SealRequest.objects.get()

    hall.log_in(client, "deputy_director")
    page = client.get(reverse("inbox:case", args=[request.case.uuid])).content.decode()
    assert "同意" in page
    assert client.get(reverse("documents:file", args=[request.document.uuid])).status_code == 200
    task = open_task(request.case, "approve")
    decided = reverse("approvals:decide_seal_use", args=[task.uuid])
    assert client.post(decided, with_token({"outcome": "agree", "text": ""})).status_code == 302
    assert request.case.reference in client.get(reverse("approvals:seal_requests")).content.decode()
    assert client.get(reverse("approvals:seal_sheet", args=[request.uuid])).content.startswith(b"%PDF-")
    for name in ("seal_requests_export",):
        assert client.get(reverse(f"approvals:{name}")).status_code == 200

    hall.log_in(client, "custodian")
    sealing_task = open_task(request.case, "apply")
    answer = client.post(
        reverse("approvals:apply_seal_use", args=[sealing_task.uuid]),
        with_token({"totp_code": "000000"}),
        follow=True,
    )
    assert "动态口令有误" in answer.content.decode()
    assert SealRequest.objects.get().state == "approved"


def test_the_county_asks_for_a_seal_that_its_officer_does_not_keep(project: Project) -> None:
    matter = project.entrusted()
    hand_over(project)
    task, officer = project.claim(matter, "x_landplan", "county_officer", "2026-03-05 16:00")
    at = moment("2026-03-05 16:00")
    with pytest.raises(seals.NotCustodian):
        operations.reissue_result(task=task, by=officer, at=at)
    request = operations.ask_for_reissue_seal(task=task, by=officer, at=at)
    with pytest.raises(SealAsked):
        operations.ask_for_reissue_seal(task=task, by=officer, at=at)
    approve = open_task(request.case, "approve")
    with pytest.raises(PersonFacingError):
        operations.decide_seal_use(task=approve, outcome="agree", text="", by=officer, at=at)
    signer = project.actor("deputy_director", "2026-03-05 16:00")
    operations.decide_seal_use(task=approve, outcome="agree", text="同意用印。", by=signer, at=at)
    keeper = project.actor("custodian", "2026-03-05 16:00")
    operations.apply_requested(task=open_task(request.case, "apply"), by=keeper, at=at)
    run = project.run(matter, "landplan")
    reissue = run.reissue
    assert reissue.document is not None
    assert (reissue.document.state, reissue.done_by_id) == ("valid", officer.party_id)
    assert reissue.document.organ_name == "示范县自然资源和规划局"


def hand_over(project: Project) -> Any:
    """Give the county's seal to the zone's custodian, as its ledger knows it."""
    seal = Seal.objects.get(code="county-resources")
    return seals.hand_over(
        seal_id=seal.pk,
        to=project.hall.cast.posts["custodian"].pk,
        basis="交接单",
        seen_version=seal.version,
        by=project.actor("security_admin", "2026-03-05 09:00"),
        at=moment("2026-03-05 09:00"),
    )
