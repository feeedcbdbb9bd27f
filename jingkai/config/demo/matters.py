"""Matters under way in the demonstration zone, brought there by the same acts that people use."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.config.demo import organisation
from jingkai.config.demo.papers import make_file
from jingkai.kernel.calendar import api as calendar
from jingkai.kernel.organisation.api import actor_for_person
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


class Telling:
    """Acts on one application as people did, each at its own moment of a past working day."""

    def __init__(self, application: Any, start: date, until: datetime) -> None:
        self.application = application
        self.start, self.until = start, until

    def moment(self, day: int, hour: int, minute: int = 0) -> datetime:
        """The moment at that hour, so many working days after the start, never in the future."""
        on = calendar.get_calendar().add_working_days(self.start, day) if day else self.start
        at = timezone.make_aware(datetime.combine(on, time(hour, minute)))
        return min(at, self.until)

    def task(self, node: str) -> Task:
        """The open task at a node."""
        return Task.objects.select_related("case").get(
            case=self.application.case, node_id=node, state=Task.State.OPEN
        )

    def claim(self, node: str, login: str, at: datetime) -> tuple[Task, Actor]:
        """Take a task out of its pool."""
        by = actor(login, at)
        cases.claim_task(task=self.task(node), by=by, at=at)
        return self.task(node), by

    def accept(self, day: int, hour: int = 10) -> None:
        """The window accepts."""
        at = self.moment(day, hour, 12)
        task, by = self.claim("accept", "chuangkou", at)
        approvals.accept_application(task=task, by=by, at=at)

    def conclude(self, node: str, login: str, day: int, hour: int, text: str) -> None:
        """A department agrees."""
        at = self.moment(day, hour, 20)
        task, by = self.claim(node, login, at)
        approvals.give_opinion(task=task, outcome="agree", text=text, by=by, at=at)


def seed(at: datetime) -> None:
    """Play every story once; one whose limits reach beyond the loaded calendar years is left out."""
    if approvals.has_applications():
        return
    for story in STORIES:
        try:
            with transaction.atomic():
                _play(story, at)
        except calendar.CalendarYearMissing as missing:
            logger.warning("the matter %s is left out: %s", story.project, missing)


def actor(login: str, at: datetime) -> Actor:
    """A person of the demonstration as the actor of that day."""
    return actor_for_person(organisation.person_id(login), timezone.localdate(at))


def _play(story: Story, now: datetime) -> None:
    start = working_day(timezone.localdate(now), story.days_ago)
    at = min(timezone.make_aware(datetime.combine(start, time(9, 20))), now)
    by = actor(story.login, at)
    package = approvals.get_package(code="construction-permit")
    application = approvals.create_draft(
        package=package, enterprise_id=by.enterprise_ids[0], facts=_facts(story, by), by=by, at=at
    )
    for material in approvals.list_materials(package):
        _give(application, material, story.project, by, at)
    application = approvals.submit_application(application=application, by=by, at=at)
    story.play(Telling(application, start, now))


def working_day(day: date, number: int) -> date:
    """The working day so many working days before a day."""
    year = calendar.get_calendar()
    while number or not year.is_working(day):
        day -= timedelta(days=1)
        if year.is_working(day) and number:
            number -= 1
    return day


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
