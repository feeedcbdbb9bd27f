"""Signature, seal and revocation: no decision without a power in force (行政许可法 24, 25, 69)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jingkai.casework.cases.api import NotYourTask, TaskNotOpen
from jingkai.casework.cases.models import Task
from jingkai.kernel.audit import api as audit
from jingkai.kernel.notices.models import Notice
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import Application, Decision, Power
from jingkai.modules.approvals.operations.decision import AlreadyRevoked, NotDecided
from jingkai.modules.approvals.operations.powers import PowerChanged, PowerNotChangeable
from jingkai.modules.approvals.operations.steps import WrongStep
from jingkai.modules.approvals.rules import NoValidPower
from jingkai.modules.approvals.testing import DAYS, Hall, moment
from jingkai.records.documents import api as documents
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.files.models import StoredFile
from jingkai.records.numbering.models import IssuedNumber
from jingkai.records.seals.models import SealUse

pytestmark = pytest.mark.django_db


def change_power(hall: Hall, state: str, *, at: str = "2026-03-06 12:00") -> Power:
    """Change the state of the zone's power as its keeper does."""
    power = hall.power()
    return operations.change_power_state(
        power=power,
        state=state,
        reason="委托机关来函",
        version=power.version,
        by=hall.actor("catalogue_editor", at),
        at=moment(at),
    )


def everything(hall: Hall, matter: Application) -> dict[str, Any]:
    """What a refused act must leave as it was."""
    return {
        "application": Application.objects.filter(pk=matter.pk).values().get(),
        "case": hall.case(matter).version,
        "tasks": list(Task.objects.filter(case_id=matter.case_id).order_by("pk").values()),
        "decisions": list(Decision.objects.values()),
        "documents": IssuedDocument.objects.count(),
        "files": StoredFile.objects.count(),
        "numbers": IssuedNumber.objects.count(),
        "uses": SealUse.objects.count(),
        "notices": Notice.objects.count(),
        "trail": len(list(audit.entries_of(hall.case(matter)))),
        "clock": hall.clock(matter, "fire").version,
    }


@pytest.mark.parametrize("state", ["suspended", "ended"])
def test_signing_without_a_power_changes_nothing(hall: Hall, state: str) -> None:
    matter = hall.bring_to("summarised")
    change_power(hall, state)
    before = everything(hall, matter)
    with pytest.raises(NoValidPower) as refused:
        hall.sign(matter)
    assert str(refused.value.sentence)
    assert everything(hall, matter) == before


@pytest.mark.parametrize("state", ["suspended", "ended"])
def test_sealing_after_the_power_fell_changes_nothing(hall: Hall, state: str) -> None:
    """The power is asked for again at the seal: it may have fallen since the signature."""
    matter = hall.bring_to("signed", signed="2026-03-06 11:00")
    change_power(hall, state)
    before = everything(hall, matter)
    with pytest.raises(NoValidPower):
        hall.apply_seal(matter)
    assert everything(hall, matter) == before


def test_power_that_is_resumed_carries_the_seal_again(hall: Hall) -> None:
    matter = hall.bring_to("signed", signed="2026-03-06 11:00")
    change_power(hall, "suspended")
    with pytest.raises(NoValidPower):
        hall.apply_seal(matter, at="2026-03-06 14:00")
    change_power(hall, "active", at="2026-03-06 15:00")
    assert hall.apply_seal(matter).document is not None


@pytest.mark.parametrize(
    ("ends_on", "may_sign", "may_seal"),
    [
        (date(2026, 3, 5), False, False),  # expired the day before the signature
        (date(2026, 3, 6), True, False),  # its last day is the day of the signature
        (date(2026, 3, 8), True, False),  # expired over the weekend, before the seal
        (date(2026, 3, 9), True, True),  # its last day is the day of the seal
    ],
)
def test_power_is_checked_on_the_day_of_each_act(
    hall: Hall, ends_on: date, may_sign: bool, may_seal: bool
) -> None:
    Power.objects.update(ends_on=ends_on)
    matter = hall.bring_to("summarised")
    if not may_sign:
        with pytest.raises(NoValidPower):
            hall.sign(matter)
        return
    hall.sign(matter)
    if may_seal:
        assert hall.apply_seal(matter).sealed_at == moment(DAYS["sealed"])
    else:
        with pytest.raises(NoValidPower):
            hall.apply_seal(matter)


def test_power_that_begins_tomorrow_does_not_count_today(hall: Hall) -> None:
    Power.objects.update(starts_on=date(2026, 3, 7))
    matter = hall.bring_to("summarised")
    with pytest.raises(NoValidPower):
        hall.sign(matter)
    assert hall.sign(matter, at="2026-03-07 09:00").power_id == hall.power().pk


def test_result_stands_in_the_name_of_the_entrusting_organ(hall: Hall) -> None:
    """行政许可法 24: the zone decides in the entrusting organ's name."""
    matter = hall.bring_to("sealed")
    document = hall.decision(matter).document
    assert document is not None
    assert document.organ_name == hall.power().organ
    assert (document.state, document.sealed_by_zone if hasattr(document, "sealed_by_zone") else True) == (
        "valid",
        True,
    )


def test_signer_returns_the_draft_and_nothing_is_lost(hall: Hall) -> None:
    matter = hall.bring_to("summarised")
    at = "2026-03-06 15:00"
    operations.return_to_summary(
        task=hall.task(matter, "sign"),
        text="请写明防火分区的依据。",
        by=hall.actor("deputy_director", at),
        at=moment(at),
    )
    again = hall.task(matter, "summarise")
    assert again.previous is not None
    assert again.previous.opinions.get().text == "请写明防火分区的依据。"
    assert not Decision.objects.exists()
    hall.summarise(matter, "denied", at="2026-03-06 15:30", text="防火分区超过规范上限。")
    decision = hall.sign(matter, at="2026-03-06 16:00")
    assert (decision.outcome, decision.text) == ("denied", "防火分区超过规范上限。")


def test_seal_before_the_signature_is_refused(hall: Hall) -> None:
    matter = hall.bring_to("summarised")
    at = moment(DAYS["sealed"])
    with pytest.raises(NotYourTask):
        operations.apply_seal(
            task=hall.task(matter, "sign"), by=hall.actor("custodian", DAYS["sealed"]), at=at
        )
    with pytest.raises(WrongStep):
        operations.apply_seal(
            task=hall.task(matter, "sign"), by=hall.actor("deputy_director", DAYS["sealed"]), at=at
        )
    assert not IssuedNumber.objects.filter(series="approvals.result").exists()


def test_seal_without_a_stored_decision_is_refused(hall: Hall) -> None:
    matter = hall.bring_to("signed")
    Decision.objects.all().delete()
    with pytest.raises(NotDecided):
        hall.apply_seal(matter)


def test_sealing_twice_is_refused_and_gives_one_document(hall: Hall) -> None:
    matter = hall.bring_to("signed")
    task = hall.task(matter, "seal")
    hall.apply_seal(matter)
    with pytest.raises(TaskNotOpen):
        operations.apply_seal(
            task=task, by=hall.actor("custodian", "2026-03-09"), at=moment("2026-03-09 10:00")
        )
    assert SealUse.objects.count() == IssuedDocument.objects.filter(kind="approvals.result").count() == 1


@pytest.mark.parametrize("who", ["deputy_director", "clerk", "officer_fire", "leader", "handler"])
def test_only_the_custodian_applies_the_seal(hall: Hall, who: str) -> None:
    matter = hall.bring_to("signed")
    with pytest.raises(NotYourTask):
        hall.apply_seal(matter, by=who)
    assert not SealUse.objects.exists()


@pytest.mark.parametrize("who", ["clerk", "officer_fire", "custodian", "approval_head", "handler"])
def test_only_the_signer_signs(hall: Hall, who: str) -> None:
    matter = hall.bring_to("summarised")
    with pytest.raises(NotYourTask):
        hall.sign(matter, by=who)
    assert not Decision.objects.exists()


def test_revoking_says_so_on_the_public_page_and_to_the_enterprise(hall: Hall) -> None:
    matter = hall.bring_to("sealed")
    decision = hall.decision(matter)
    assert decision.document is not None
    code = decision.document.verification_code
    found = documents.find_public(code)
    assert found is not None
    assert found.standing == "valid"
    at = "2026-03-20 09:00"
    operations.revoke_result(
        decision=decision, reason="设计文件虚假。", by=hall.actor("deputy_director", at), at=moment(at)
    )
    found = documents.find_public(code)
    assert found is not None
    assert (found.standing, found.end_class) == ("revoked", "annulled")
    assert Notice.objects.get(kind="result_revoked").to_id == hall.cast.person("handler").pk
    assert "decision.revoked" in [entry.action for entry in audit.entries_of(hall.case(matter))]


def test_result_is_revoked_once(hall: Hall) -> None:
    matter = hall.bring_to("sealed")
    by, at = hall.actor("deputy_director", "2026-03-20 09:00"), moment("2026-03-20 09:00")
    operations.revoke_result(decision=hall.decision(matter), reason="虚假材料", by=by, at=at)
    with pytest.raises(AlreadyRevoked):
        operations.revoke_result(decision=hall.decision(matter), reason="又一次", by=by, at=at)
    assert Notice.objects.filter(kind="result_revoked").count() == 1


def test_unsealed_decision_can_not_be_revoked(hall: Hall) -> None:
    matter = hall.bring_to("signed")
    with pytest.raises(NotDecided):
        operations.revoke_result(
            decision=hall.decision(matter),
            reason="早了",
            by=hall.actor("deputy_director", "2026-03-20 09:00"),
            at=moment("2026-03-20 09:00"),
        )


@pytest.mark.parametrize(
    ("state", "reason"), [("active", "没变"), ("suspended", " "), ("", "空"), ("gone", "不认识")]
)
def test_power_changes_only_to_a_known_other_state_with_a_reason(hall: Hall, state: str, reason: str) -> None:
    power = hall.power()
    with pytest.raises(PowerNotChangeable):
        operations.change_power_state(
            power=power,
            state=state,
            reason=reason,
            version=power.version,
            by=hall.actor("catalogue_editor", "2026-03-02"),
            at=moment("2026-03-02 09:00"),
        )
    assert hall.power().state == "active"


def test_ended_power_stays_ended_and_a_stale_page_is_told(hall: Hall) -> None:
    seen = hall.power().version
    change_power(hall, "ended")
    with pytest.raises(PowerNotChangeable):
        change_power(hall, "active")
    with pytest.raises(PowerChanged):
        operations.change_power_state(
            power=hall.power(),
            state="suspended",
            reason="迟到的页面",
            version=seen,
            by=hall.actor("catalogue_editor", "2026-03-07"),
            at=moment("2026-03-07 09:00"),
        )
    entry = next(iter(audit.entries_of(("power", hall.power().pk))))
    assert entry.facts["after"] == "ended"
