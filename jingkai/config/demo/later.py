"""What came later in the demonstration: seals on request and by the state service, an item changed."""

from __future__ import annotations

import logging
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case, Task
from jingkai.config.demo.errands import Errand, firm_actor, play
from jingkai.config.demo.telling import actor, anchor_of, working_day
from jingkai.kernel.calendar import api as calendar
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.modules.approvals import api as approvals
from jingkai.records.seals import api as seals

logger = logging.getLogger(__name__)
STATE_SEAL = "3"
ITEM = "land-prereview"
REFUSED = Errand("outdoor-advertising", 6, "高速路口立柱广告", 1, end="refused")
"""Handed in yesterday; its refusal is sealed by the state seal service as soon as the demonstration runs."""

LOST, DAMAGED = 9, 0
"""The places of the two enterprises that ask for a result anew."""

ADDED = "位于经开区已完成区域评估的地块，不再提交压覆矿产、地质灾害单项评估。"
ADDED_EN = "On land that the zone has assessed as a whole, no single assessments are asked."
WHY = "区域评估成果已通过评审，两项单项评估不再要求申请人提交，承诺时限同步压缩。"


def seed(at: datetime) -> None:
    """Let all this happen yesterday and today, once; days beyond the loaded calendar are left out."""
    if seals.custodian_of(STATE_SEAL) is not None:
        return
    anchor = anchor_of(timezone.localdate(at))
    for name, step in (("replacements", _replacements), ("state seal", _state_seal), ("item", _item)):
        try:
            with transaction.atomic():
                step(anchor, at)
        except (calendar.CalendarYearMissing, approvals.NoValidPower, approvals.NotOffered) as outside:
            logger.warning("%s of the demonstration are left out: %s", name, outside)


def _at(anchor: date, days_ago: int, hour: int, now: datetime) -> datetime:
    day = working_day(anchor, days_ago)
    return min(timezone.make_aware(datetime.combine(day, time(hour, 20))), now)


# --- seals on request (用印审批单) ------------------------------------------------------------------


def _replacements(anchor: date, now: datetime) -> None:
    """One lost result is issued anew and sealed; for another the seal is asked for and not yet approved."""
    lost = _asked(LOST, "lost", "办公室搬迁时遗失原件。", _at(anchor, 2, 10, now))
    if lost is None:
        return
    at = _at(anchor, 1, 11, now)
    task, by = _open(lost, "approve", "fuzhuren", at)
    approvals.decide_seal_use(task=task, outcome="agree", text="情况属实，同意用印。", by=by, at=at)
    at = _at(anchor, 1, 14, now)
    task, by = _open(lost, "apply", "yinzhang", at)
    approvals.apply_requested(task=task, by=by, at=at)
    _asked(DAMAGED, "damaged", "原件受潮，二维码无法扫描。", _at(anchor, 1, 15, now))


def _asked(firm: int, ground: str, reason: str, at: datetime) -> Any:
    """An enterprise asks for its first result anew, and the window finds it right; None where it has none."""
    owner = firm_actor(firm, at)
    cases_of = Case.objects.filter(kind="approvals", applicant_id=owner.enterprise_ids[0], outcome="sealed")
    first = cases_of.order_by("pk").first()
    if first is None:
        return None
    document = approvals.get_by_case(case_id=first.pk).items.get().decision.document
    assert document is not None
    asked = approvals.ask_for_replacement(document=document, ground=ground, reason=reason, by=owner, at=at)
    by = actor("chuangkou2", at)
    return approvals.send_to_seal(replacement=asked, correction="", version=asked.version, by=by, at=at)


def _open(request: Any, node: str, login: str, at: datetime) -> tuple[Task, Actor]:
    """The open step of a request, taken by whoever works on it."""
    by = actor(login, at)
    rows = Task.objects.select_related("case")
    task = rows.get(case=request.case, node_id=node, state=Task.State.OPEN)
    if task.assignee_id is None:
        cases.claim_task(task=task, by=by, at=at)
    return rows.get(pk=task.pk), by


# --- the seal that the state service keeps ----------------------------------------------------------


def _state_seal(anchor: date, now: datetime) -> None:
    """Refusals are sealed by the state service from yesterday on; the first waits for the demonstration."""
    at = _at(anchor, 1, 8, now)
    custodian = organisation.post_by_title("approval", "综合窗口受理员")
    seal = seals.make_seal(
        draft=seals.SealDraft(
            code=STATE_SEAL,
            name="经开区政务服务专用章（省统一电子印章）",
            name_en="Service seal of the zone, kept by the state seal service",
            ring_text="示范经济开发区管理委员会",
            custodian_id=custodian.pk,
            basis="示开管〔2026〕26号",
            line_text="政务服务专用章",
            demo=True,
        ),
        by=SYSTEM,
        at=at,
    )
    seals.change_keeper(
        seal_id=seal.pk,
        keeper="state",
        outside_code="3208260012603",
        basis="示开管〔2026〕26号",
        seen_version=seal.version,
        by=SYSTEM,
        at=at,
    )
    day = timezone.localdate(at)
    director = actor("zhuren", at)
    former = seals.standing_for("approvals.refusal", on=day)
    if former is not None:
        _share(former, director, day, at)
    play(REFUSED, anchor, now)


def _share(former: Any, director: Actor, day: date, at: datetime) -> None:
    """The director ends the former authorisation and divides its papers between the two seals."""
    seals.end_standing(
        standing=former,
        reason="不予受理通知书改用省统一印章。",
        version=former.version,
        by=director,
        at=at,
    )
    for code, papers in (
        ("acceptance", ("approvals.acceptance", "approvals.correction")),
        (STATE_SEAL, ("approvals.refusal",)),
    ):
        draft = seals.StandingDraft(
            seal_code=code,
            papers=papers,
            users_id=organisation.unit_by_code("approval").pk,
            basis="示开管〔2026〕26号：受理环节文书长期用印",
            starts_on=day,
        )
        seals.give_standing(draft=draft, by=director, at=at)


# --- an item in a second version --------------------------------------------------------------------


def _item(anchor: date, now: datetime) -> None:
    """The catalogue's editor shortens a promise and asks for less; the deputy director publishes it."""
    at = _at(anchor, 1, 9, now)
    editor, reviewer = actor("shixiang", at), actor("fuzhuren", at)
    version = approvals.begin_version(item=approvals.get_item(code=ITEM), by=editor, at=at)
    changes = {
        "promised": int(version.content["promised"]) - 2,
        "conditions": version.content["conditions"] + ADDED,
        "conditions_en": f"{version.content['conditions_en']} {ADDED_EN}",
    }
    approvals.save_version(version=version, changes=changes, seen=version.version, by=editor, at=at)
    version.refresh_from_db()
    at = _at(anchor, 1, 10, now)
    version = approvals.review_version(version=version, note=WHY, seen=version.version, by=reviewer, at=at)
    approvals.publish_version(
        version=version, starts_on=timezone.localdate(at), seen=version.version, by=reviewer, at=at
    )
