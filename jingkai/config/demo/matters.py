"""Matters under way in the demonstration zone, brought there by the same acts that people use."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from jingkai.config.demo import aftermath, errands, papers
from jingkai.config.demo.papers import make_file
from jingkai.config.demo.telling import Telling, actor, anchor_of, working_day
from jingkai.kernel.calendar import api as calendar
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import api as approvals
from jingkai.modules.approvals.data import FaultLine, RatingLevel
from jingkai.records.files import api as files

logger = logging.getLogger(__name__)


@dataclass
class Story:
    """One matter of the demonstration: its project and how far it has come, told in working days ago."""

    login: str
    project: str
    code: str
    area: str
    height: str
    use: str
    days_ago: int
    play: Callable[[Telling], None]


def seed(at: datetime, *, most: int | None = None, lively: bool = True) -> None:
    """Play every story and errand once, the oldest first, so that numbers run with the days.

    `most` is how many of the stories are played (all of them); `lively` adds the errands of further
    enterprises, what came of them, and what was urged. One whose days lie outside the loaded calendar years,
    or before the powers of the zone, is left out.
    """
    if approvals.has_applications():
        return
    anchor = anchor_of(timezone.localdate(at))
    told: list[tuple[int, str, Callable[[], None]]] = [
        (story.days_ago, story.project, partial(_play, story, anchor, at)) for story in STORIES[:most]
    ]
    if lively:
        told += [
            (one.days_ago, one.subject, partial(errands.play, one, anchor, at)) for one in errands.ERRANDS
        ]
    for _days, name, play in sorted(told, key=lambda one: -one[0]):
        try:
            with transaction.atomic():
                play()
        except (calendar.CalendarYearMissing, approvals.NoValidPower, approvals.NotOffered) as outside:
            logger.warning("the matter %s is left out: %s", name, outside)
    if lively:
        errands.urge(at)
        aftermath.seed(at)


def typeset_ahead(at: datetime) -> None:
    """Begin to typeset the papers of the stories, which are most of what filling the zone waits for."""
    if approvals.has_applications():
        return
    anchor = anchor_of(timezone.localdate(at))
    materials = approvals.list_materials(approvals.get_package(code="construction-permit"))
    needed = [one for one in materials if one.required and _kind(one) == "pdf"]
    oldest_first = sorted(STORIES, key=lambda one: -one.days_ago)
    with suppress(calendar.CalendarYearMissing):  # such a matter is left out, and said so, when it is played
        papers.typeset_ahead(
            (material.name, story.project, timezone.localdate(_handed_in(story, anchor, at)))
            for story in oldest_first
            for material in needed
        )


def _handed_in(story: Story, anchor: date, now: datetime) -> datetime:
    start = working_day(anchor, story.days_ago)
    return min(timezone.make_aware(datetime.combine(start, time(9, 20))), now)


def _play(story: Story, anchor: date, now: datetime) -> None:
    start, at = working_day(anchor, story.days_ago), _handed_in(story, anchor, now)
    by = actor(story.login, at)
    package = approvals.get_package(code="construction-permit")
    application = approvals.create_draft(
        package=package, enterprise_id=by.enterprise_ids[0], facts=_facts(story, by), by=by, at=at
    )
    for material in approvals.list_materials(package):
        _give(application, material, story.project, by, at)
    application = approvals.submit_application(application=application, by=by, at=at)
    story.play(Telling(application, start, now))


def _facts(story: Story, by: Actor) -> dict[str, Any]:
    return {
        "project_name": story.project,
        "project_code": story.code,
        "project_address": "示范经济开发区纬三路与迎宾大道交叉口",
        "construction_kind": "new",
        "special_class": "hazardous" if "新材料" in story.project else "large",
        "building_use": story.use,
        "building_area": story.area,
        "building_height": story.height,
        "floors_above": 4,
        "floors_below": 1,
        "structure": "frame",
        "shelter_area": "1860.00",
        "investment": "12500.00",
        "design_firm": "示范建筑设计院有限公司",
        "contractor": "示范建设工程有限公司",
        "supervising_firm": "示范工程监理有限公司",
        "start_on": "2027-03-01",
        "contact_name": by.name,
        "contact_phone": "13800000001",
        "remark": "",
    }


def project_facts(project: str, by: Actor) -> dict[str, Any]:
    """The facts of an industrial project of a factory."""
    story = Story("", project, "2611-320826-04-01-118466", "52800.00", "23.90", "电子厂房", 0, _waiting)
    return _facts(story, by)


def _give(application: Any, material: Any, project: str, by: Actor, at: datetime) -> None:
    if not material.required:
        return
    kind = _kind(material)
    content = make_file(kind, material.name, project, at)
    upload = files.receive_bytes(content, name=f"{material.name}.{kind}", kinds=tuple(material.accepted))
    approvals.add_material(application=application, material=material, upload=upload, by=by, at=at)


def _kind(material: Any) -> str:
    if material.code == "site-plan":
        return "jpg"
    return str(material.accepted[-1] if material.code == "construction-plan" else material.accepted[0])


def _finished(told: Telling) -> None:
    told.accept(0, 15)
    told.conclude("airdefence", "renfang", 2, 16, "应建防空地下室 1860 平方米，图纸符合防护要求，同意。")
    told.conclude("quality", "zhian", 2, 11, "参建各方责任落实，质量安全保证措施完整，同意办理监督手续。")
    told.conclude("fire", "xiaofang", 4, 15, "防火分区、疏散和消防给水设计符合国家标准，同意。")
    at = told.moment(5, 9, 30)
    task, by = told.claim("summarise", "xiaofang", at)
    approvals.summarise(
        task=task,
        outcome="granted",
        text="经审查，该工程消防设计符合国家工程建设消防技术标准，审查合格。",
        by=by,
        at=at,
    )
    at = told.moment(5, 16, 5)
    task, by = told.claim("sign", "fuzhuren", at)
    approvals.sign_decision(task=task, text="同意", by=by, at=at)
    at = told.moment(6, 9, 10)
    task, by = told.claim("seal", "yinzhang", at)
    approvals.apply_seal(task=task, by=by, at=at)
    at = told.moment(6, 15, 40)
    approvals.rate_service(
        application=approvals.get_by_case(case_id=told.application.case.pk),
        level=RatingLevel.VERY_SATISFIED,
        reasons=[],
        comment="三个部门同时审，六个工作日拿到意见书，很满意。",
        by=actor("chengguang", at),
        at=at,
    )


def _suspended(told: Telling) -> None:
    told.accept(1)
    told.conclude("airdefence", "renfang", 2, 10, "防空地下室设计符合要求，同意。")
    at = told.moment(2, 14, 0)
    task, by = told.claim("fire", "xiaofang2", at)
    approvals.start_expert_review(
        task=task, reason="超大空间洁净厂房采用特殊消防设计，需组织专家评审。", by=by, at=at
    )
    at = told.moment(3, 9, 5)
    task, by = told.claim("quality", "zhian", at)
    approvals.ask_applicant(task=task, text="请补充说明深基坑监测方案的报警值和责任人。", by=by, at=at)
    question = approvals.newest_question(told.application)
    assert question is not None
    at = told.moment(3, 16, 45)
    approvals.answer_question(
        question=question,
        answer="报警值为累计 30 mm、日变化 3 mm，责任人为施工单位项目总工石磊。",
        by=actor("chengguang", at),
        at=at,
    )


def _to_sign(told: Telling) -> None:
    told.accept(1)
    told.conclude("airdefence", "renfang", 2, 10, "依法办理易地建设，手续齐全，同意。")
    told.conclude("quality", "zhian", 2, 15, "监督手续材料齐全，同意。")
    told.conclude("fire", "xiaofang", 4, 11, "冷库氨制冷机房泄爆面积满足要求，同意。")
    at = told.moment(4, 16, 30)
    task, by = told.claim("summarise", "xiaofang", at)
    approvals.summarise(
        task=task,
        outcome="granted",
        text="经审查，该工程消防设计符合国家工程建设消防技术标准，审查合格。",
        by=by,
        at=at,
    )


def _correcting(told: Telling) -> None:
    at = told.moment(1, 15, 40)
    task, by = told.claim("accept", "chuangkou", at)
    plan = next(one for one in approvals.list_materials(told.application.package) if one.code == "site-plan")
    approvals.request_correction(
        task=task,
        faults=[FaultLine(plan.pk, "总平面图未标注消防车道宽度和登高操作场地，请补充标注后重新上传。")],
        by=by,
        at=at,
    )


def _late(told: Telling) -> None:
    told.accept(1)
    told.conclude("airdefence", "renfang", 3, 10, "同意。")
    told.conclude("fire", "xiaofang", 9, 15, "消防设计符合要求，同意。")


def _waiting(told: Telling) -> None:
    """The application was just handed in; the window has not looked at it."""


STORIES = (
    Story(
        "chengguang",
        "年产 3.5 万平方米线路板项目",
        "2609-320826-04-01-118301",
        "36500.00",
        "23.60",
        "电子厂房",
        12,
        _finished,
    ),
    Story(
        "hongjin", "高档面料二期厂房", "2608-320826-04-01-118277", "21800.00", "18.20", "纺织厂房", 16, _late
    ),
    Story(
        "chengguang",
        "洁净厂房及动力站",
        "2610-320826-04-01-118402",
        "42600.00",
        "27.90",
        "洁净厂房",
        8,
        _suspended,
    ),
    Story("jinhe", "冷链仓储中心", "2610-320826-04-01-118415", "18600.00", "15.40", "冷库", 6, _to_sign),
    Story(
        "hongjin",
        "印染废水处理综合楼",
        "2611-320826-04-01-118440",
        "6400.00",
        "12.80",
        "综合楼",
        3,
        _correcting,
    ),
    Story(
        "hongjin",
        "有机硅新材料项目",
        "2611-320826-04-01-118447",
        "29700.00",
        "21.50",
        "甲类厂房",
        0,
        _waiting,
    ),
)
