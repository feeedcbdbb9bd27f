"""Every page of the service hall opened by the wrong person: another enterprise, another post, nobody."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import Application, Question
from jingkai.modules.approvals.testing import Hall, moment
from jingkai.modules.enterprises import api as enterprises
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.files.models import Attachment

pytestmark = pytest.mark.django_db

NOW = "2026-03-10 09:00"
OWN_PAGES = ("matter", "facts", "materials", "check", "discard", "withdraw", "result")
OWN_FORMS = ("facts", "autosave", "materials", "submit", "supply", "discard", "withdraw")
ACTS = {
    "accept": ("accept", "correct", "refuse"),
    "fire": ("ask", "suspend", "resume", "opinion"),
    "summarise": ("summarise",),
    "sign": ("sign", "give_back"),
    "seal": ("seal",),
}
STAGE_OF = {
    "accept": "submitted",
    "fire": "accepted",
    "summarise": "reviewed",
    "sign": "summarised",
    "seal": "signed",
}
RIGHTFUL = {
    "accept": {"clerk", "clerk_2"},
    "fire": {"officer_fire", "officer_fire_2"},
    "summarise": {"officer_fire", "officer_fire_2"},
    "sign": {"deputy_director"},
    "seal": {"custodian"},
}
OFFICERS = (
    "clerk",
    "clerk_2",
    "officer_fire",
    "officer_fire_2",
    "head_fire",
    "officer_airdefence",
    "officer_quality",
    "approval_head",
    "custodian",
    "deputy_director",
    "leader",
    "catalogue_editor",
    "system_admin",
    "security_admin",
    "audit_admin",
)
PEOPLE = (*OFFICERS, "handler", "legal_representative", "other_handler", "stranger")


def browser(hall: Hall, who: str) -> Client:
    """A browser of a member of the cast; `visitor` is nobody."""
    client = Client()
    if who != "visitor":
        hall.log_in(client, who)
    return client


def is_login(answer: Any) -> bool:
    """True for the way to the log-in page."""
    return answer.status_code == 302 and "/accounts/login/" in answer["Location"]


@pytest.mark.parametrize("who", ["other_handler", "stranger", "clerk", "leader", "visitor"])
@pytest.mark.parametrize("stage", ["draft", "submitted"])
def test_pages_of_an_application_are_its_enterprises_alone(hall: Hall, stage: str, who: str) -> None:
    matter = hall.bring_to(stage, draft=NOW, submitted=NOW)
    before = Application.objects.filter(pk=matter.pk).values().get()
    hall.travel(NOW)
    client = browser(hall, who)
    answers = [client.get(reverse(f"approvals:{name}", args=[matter.uuid])) for name in OWN_PAGES]
    answers += [
        client.post(reverse(f"approvals:{name}", args=[matter.uuid]), with_token({"version": "1"}))
        for name in OWN_FORMS
    ]
    for answer in answers:
        assert is_login(answer) if who == "visitor" else answer.status_code in (403, 404)
        assert "二期厂房" not in answer.content.decode()
    assert Application.objects.filter(pk=matter.pk).values().get() == before


def test_list_of_matters_shows_only_ones_own(hall: Hall) -> None:
    hall.bring_to("submitted", draft=NOW, submitted=NOW)
    hall.draft(at=NOW, by="other_handler", project_name="邻家冷库")
    hall.travel(NOW)
    own = browser(hall, "legal_representative").get(reverse("approvals:my")).content.decode()
    other = browser(hall, "other_handler").get(reverse("approvals:my")).content.decode()
    assert ("二期厂房" in own, "邻家冷库" in own) == (True, False)
    assert ("二期厂房" in other, "邻家冷库" in other) == (False, True)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("handler", True),
        ("legal_representative", True),
        ("clerk", True),
        ("officer_fire", True),
        ("leader", True),
        ("other_handler", False),
        ("stranger", False),
        ("catalogue_editor", False),
        ("system_admin", False),
        ("visitor", False),
    ],
)
def test_files_and_notices_are_read_by_those_who_take_part(hall: Hall, who: str, may: bool) -> None:
    matter = hall.bring_to("accepted")
    hall.travel(NOW)
    client = browser(hall, who)
    material = Attachment.objects.filter(owner_kind="application", owner_id=matter.pk)[0]
    notice = IssuedDocument.objects.get(kind="approvals.acceptance")
    for url in (
        reverse("files:download", args=[material.uuid]),
        reverse("files:show", args=[material.uuid]),
        reverse("documents:file", args=[notice.uuid]),
    ):
        answer = client.get(url)
        if may:
            assert answer.status_code == 200
            assert b"".join(answer.streaming_content).startswith(b"%PDF-")
        else:
            assert is_login(answer) if who == "visitor" else answer.status_code == 403


def test_result_is_downloaded_by_its_enterprise_and_the_delivery_is_dated(hall: Hall) -> None:
    matter = hall.bring_to("sealed")
    hall.travel(NOW)
    url = reverse("approvals:result", args=[matter.uuid])
    assert browser(hall, "other_handler").get(url).status_code == 404
    assert hall.decision(matter).collected_at is None
    own = browser(hall, "handler")
    answer = own.get(url, follow=True)
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    first = hall.decision(matter).collected_at
    assert first is not None
    own.get(url)
    assert hall.decision(matter).collected_at == first
    document = hall.decision(matter).document
    assert document is not None
    assert (
        browser(hall, "other_handler").get(reverse("documents:file", args=[document.uuid])).status_code == 403
    )


def test_unsealed_result_is_not_there(hall: Hall) -> None:
    matter = hall.bring_to("signed")
    hall.travel(NOW)
    answer = browser(hall, "handler").get(reverse("approvals:result", args=[matter.uuid]))
    assert answer.status_code == 404


@pytest.mark.parametrize("node", ACTS)
def test_acts_of_a_step_are_refused_to_everybody_else(hall: Hall, node: str) -> None:
    """Every form of the step, sent by every other person of the zone and by a visitor."""
    matter = hall.bring_to(STAGE_OF[node])
    task = hall.task(matter, node)
    before = (task.assignee_id, hall.case(matter).version)
    hall.travel(NOW)
    data = {"outcome": "agree", "text": "x", "reason": "x", "conclusion": "x"}
    for who in (*PEOPLE, "visitor"):
        if who in RIGHTFUL[node]:
            continue
        client = browser(hall, who)
        for act in ACTS[node]:
            answer = client.post(reverse(f"approvals:{act}", args=[task.uuid]), with_token(data))
            refused = is_login(answer) if who == "visitor" else answer.status_code == 403
            assert refused, (who, act, answer.status_code)
    now = hall.task(matter, node)
    assert (now.assignee_id, hall.case(matter).version) == before


@pytest.mark.parametrize("who", ["other_handler", "clerk", "officer_quality", "visitor"])
def test_question_is_answered_by_its_enterprise_alone(hall: Hall, who: str) -> None:
    matter = hall.bring_to("accepted")
    task, officer = hall.claim(matter, "quality", "officer_quality", at="2026-03-04 09:00")
    question = operations.ask_applicant(task=task, text="？", by=officer, at=moment("2026-03-04 09:05"))
    hall.travel(NOW)
    url = reverse("approvals:answer", args=[question.uuid])
    answer = browser(hall, who).post(url, with_token({"answer": "冒名"}))
    assert is_login(answer) if who == "visitor" else answer.status_code in (403, 404)
    assert Question.objects.get().answered_at is None


@pytest.mark.parametrize("who", [*OFFICERS, "handler", "other_handler", "visitor"])
def test_registers_and_revocation_ask_for_their_rights(hall: Hall, who: str) -> None:
    matter = hall.bring_to("sealed")
    hall.travel(NOW)
    client = browser(hall, who)
    revoke = client.post(
        reverse("approvals:revoke", args=[hall.decision(matter).uuid]), with_token({"reason": "x"})
    )
    power = client.post(
        reverse("approvals:power_state", args=[hall.power().uuid]),
        with_token({"state": "suspended", "reason": "x", "version": "1"}),
    )
    for answer, rightful in ((revoke, "deputy_director"), (power, "catalogue_editor")):
        if who == "visitor":
            assert is_login(answer)
        else:
            assert answer.status_code == (302 if who == rightful else 403), (who, answer.status_code)


@pytest.mark.parametrize("who", ["visitor", "handler", "clerk", "leader"])
@pytest.mark.parametrize(
    "url",
    [
        "/services/",
        "/services/?q=盖厂房",
        "/services/construction-permit/",
        "/services/construction-permit/flow.bpmn",
        "/powers/",
        "/track/",
        "/track/?number=SP2026-00001&code=xxxxxx",
    ],
)
def test_public_pages_are_for_everybody(hall: Hall, who: str, url: str) -> None:
    hall.travel(NOW)
    assert browser(hall, who).get(url).status_code == 200


@pytest.mark.parametrize("url", ["/services/?q=%00", "/track/?number=%00&code=%00%00%00%00%00%00"])
def test_null_characters_in_an_address_are_refused_in_words(hall: Hall, url: str) -> None:
    answer = Client().get(url)
    assert answer.status_code == 400
    assert "空字符" in answer.content.decode()


def test_tracking_needs_number_and_code_and_tells_no_names(hall: Hall) -> None:
    matter = hall.bring_to("accepted")
    hall.claim(matter, "fire", "officer_fire", at="2026-03-04 09:00")
    hall.travel(NOW)
    code = enterprises.get_enterprise(hall.cast.enterprise.pk).uscc
    visitor = Client()

    def look(number: str, tail: str) -> str:
        return visitor.get("/track/", {"number": number, "code": tail}).content.decode()

    found = look(" sp2026-00001 ", code[-6:].lower())
    assert "消防审验中心" in found
    assert "2026-03-24" in found
    for name in ("秦经办", "王消防", "李受理"):
        assert name not in found
    for number, tail in (
        ("SP2026-00001", code[-5:]),
        ("SP2026-00001", "000000"),
        ("SP2026-00002", code[-6:]),
    ):
        assert "消防审验中心" not in look(number, tail)
