"""Limits by department and law, extensions and their right, told to the applicant."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from jingkai.casework.clock import api as clocks
from jingkai.casework.clock.data import ClockSubject, LimitValue, Unit
from jingkai.casework.clock.models import Clock
from jingkai.casework.clock.rules.kinds import LAW, LIMIT
from jingkai.casework.clock.rules.subjects import SubjectSource, subject_sources
from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.rules.api import RuleValueWrong, VersionDraft, add_rule, add_version
from jingkai.kernel.rules.models import Rule
from jingkai.kernel.submissions.testing import with_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_rules")]
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 15, 30, tzinfo=ZONE)
VALUE = {"amount": 10, "unit": "working", "start_event": "accepted", "exclusions": [], "caps": {}}


def add(key: str, **value: Any) -> None:
    draft = VersionDraft(
        starts_on=date(2026, 1, 1), value={**VALUE, **value}, source="本区承诺", article="一"
    )
    add_rule(kind=LIMIT, key=key, name="时限", name_en="Limit", draft=draft, by=SYSTEM, at=NOW)


def test_limit_of_a_department_goes_before_the_common_one() -> None:
    add("permit_decision@fire", amount=12)
    on = NOW.date()
    assert clocks.get_limit("permit_decision", on=on, unit="fire").amount == 12
    assert clocks.get_limit("permit_decision", on=on, unit="quality").amount == 20
    assert clocks.get_limit("permit_decision", on=on).amount == 20
    assert clocks.get_limit("permit_decision", on=date(2025, 12, 31), unit="fire").amount == 20


def test_licence_law_knows_its_eight_reasons_whatever_a_rule_says() -> None:
    with pytest.raises(RuleValueWrong):
        add("own", exclusions=["technical_assessment"])
    rule = Rule.objects.get(kind=LAW, key="licence")
    wide = VersionDraft(
        starts_on=date(2026, 2, 1), value={"reasons": ["hearing", "technical_assessment"]}, source="x"
    )
    add_version(rule_id=rule.pk, draft=wide, seen_version=rule.version, by=SYSTEM, at=NOW)
    limit = clocks.get_limit("permit_decision", on=NOW.date())
    assert [item.reason for item in limit.exclusions] == ["hearing"]


def test_other_laws_have_lists_of_their_own() -> None:
    limit = clocks.get_limit("environment_form", on=NOW.date())
    clock = clocks.start_clock(limit=limit, label="环评", by=SYSTEM, at=NOW)
    clock = clocks.suspend_clock(
        clock=clock, reason="technical_assessment", basis="告知书", by=SYSTEM, at=NOW
    )
    assert clocks.reason_name(clock) in ("技术评估", "Technical assessment")
    plain = clocks.start_clock(
        limit=clocks.get_limit("permit_decision", on=NOW.date()), label="x", by=SYSTEM, at=NOW
    )
    with pytest.raises(clocks.CannotSuspend):
        clocks.suspend_clock(clock=plain, reason="technical_assessment", basis="告知书", by=SYSTEM, at=NOW)


def test_limits_of_half_days_and_hours_end_at_their_moment() -> None:
    for unit, amount, due in (("hours", 4, (3, 11, 0)), ("half_days", 2, (3, 17, 30))):
        add(f"quick_{unit}", unit=unit, amount=amount)
        limit = clocks.get_limit(f"quick_{unit}", on=NOW.date())
        assert limit.unit is Unit(unit)
        clock = clocks.start_clock(limit=limit, label="x", by=SYSTEM, at=NOW)
        day, hour, minute = due
        moment = datetime(2026, 3, day, hour, minute, tzinfo=ZONE)
        assert clock.due_at == moment
        assert clocks.usage(clock, moment).remaining == 0
        assert clocks.light_of(clock, NOW).text
        ended = clocks.stop_clock(clock=clock, outcome="done", by=SYSTEM, at=moment)
        assert (ended.on_time, ended.used_days) == (True, amount)
        late = clocks.start_clock(limit=limit, label="x", by=SYSTEM, at=NOW)
        stopped = clocks.stop_clock(clock=late, outcome="done", by=SYSTEM, at=moment.replace(hour=20))
        assert stopped.on_time is False


@pytest.mark.parametrize("times", [1, 2])
def test_extension_is_allowed_as_often_as_the_limit_says(times: int) -> None:
    limit = LimitValue(amount=5, extend_max=3, extend_by="organ_head", extend_times=times)
    clock = clocks.start_clock(limit=limit, label="x", by=SYSTEM, at=NOW)

    def extend() -> Clock:
        return clocks.extend_clock(
            clock=clock, days=2, approver="organ_head", reason="案情复杂", basis="审批单", by=SYSTEM, at=NOW
        )

    for _time in range(times):
        extend()
    with pytest.raises(clocks.CannotExtend):
        extend()


def test_extension_page_needs_right_and_case_refuses_in_words_and_tells_the_applicant(
    cast: Cast, client: Client
) -> None:
    limit = clocks.get_limit("permit_decision", on=NOW.date())
    clock = clocks.start_clock(limit=limit, label="审批", by=SYSTEM, at=NOW)
    handler = cast.handler.party_id or 0
    subject = ClockSubject("SP1", "二期厂房", "Plant 2", url="/x", told=(handler,), staff_url="/cases/")
    head = cast.head_fire.party_id
    source = SubjectSource(
        "test", lambda ids: dict.fromkeys(ids, subject), lambda who, _id: who.party_id == head
    )
    url = f"/clocks/{clock.uuid}/extend"
    given = {"days": "10", "approver": "organ_head", "basis": "延期审批单1号", "reason": "需现场核实"}
    with subject_sources.only(source), time_machine.travel(NOW):
        log_in(client, cast.officer_fire)
        assert client.get(url).status_code == 403
        log_in(client, cast.approval_head)
        assert client.get(url).status_code == 404
        user = log_in(client, cast.head_fire)
        assert client.get(url).status_code == 200
        wrong = client.post(url, with_token({**given, "approver": "government_head"}, user=user))
        assert (wrong.status_code, "需现场核实" in wrong.content.decode()) == (200, True)
        too_long = client.post(url, with_token({**given, "days": "11"}, user=user))
        assert "10" in str(too_long.context["form"].non_field_errors())
        assert client.post(url, with_token(given, user=user)).status_code == 302
        run_jobs()
        run_jobs()
    clock.refresh_from_db()
    assert clock.extended_days == 10
    told = Notice.objects.get(kind="limit_extended", to=handler)
    assert "需现场核实" in told.body
