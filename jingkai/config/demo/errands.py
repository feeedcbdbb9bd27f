"""Single items that the zone's enterprises handed in over the last weeks, in every state, and how it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.config.demo.enterprises import person_acting
from jingkai.config.demo.papers import make_file
from jingkai.config.demo.telling import Telling, actor, working_day
from jingkai.kernel.organisation.api import actor_for_person
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import api as approvals
from jingkai.modules.approvals.data import FaultLine
from jingkai.modules.evaluations import api as evaluations
from jingkai.modules.evaluations.data import Words
from jingkai.records.files import api as files

OFFICERS = {
    "construction": "guihua",
    "environment": "huanbao",
    "hr": "renshe",
    "investment": "touzi",
    "market": "shichang",
    "resources": "ziran",
    "urban": "chengguan",
    "water": "shuiwu",
}
"""Who reviews, by department."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One item that was handed in: by whom (place in the registry), for what, when, and how far it came.

    `days_ago` and `took` are working days; `took` runs from the acceptance to the signature. `level` is the
    rating that followed, 0 for none. `experts` are working days for which the clock stood still.
    """

    item: str
    firm: int
    subject: str
    days_ago: int
    took: int = 2
    end: str = "sealed"
    level: int = 0
    reason: str = ""
    comment: str = ""
    experts: int = 0


ERRANDS = (
    Errand("food-business-licence", 0, "员工食堂食品经营许可", 48, 2, level=5, reason="fast",
           comment="上午交材料，隔天就拿到许可证。"),
    Errand("energy-review", 3, "精密减速器项目节能审查", 46, 6, level=4, reason="explained"),
    Errand("works-planning-permit", 4, "生物药中试车间规划许可", 37, 9, level=2, reason="slow",
           comment="承诺七天，拖到第九天才发证，中间问了两次都说在审。"),
    Errand("outdoor-advertising", 8, "综合楼楼顶企业标识", 36, 3, "denied", level=2, reason="no_reason",
           comment="不予许可的理由看不明白。"),
    Errand("labour-dispatch-licence", 9, "劳务派遣经营许可", 34, 6, level=4, reason="kind"),
    Errand("land-prereview", 10, "环保装备项目用地预审", 30, 6, level=3, reason="explained",
           comment="流程清楚，就是图纸要求可以再写细一点。"),
    Errand("temporary-land", 5, "施工临时用地", 29, 5, level=4, reason="fast"),
    Errand("enterprise-change", 8, "变更法定代表人", 25, 5, level=1, reason="not_at_once",
           comment="三次去窗口，每次都说还差一份材料。"),
    Errand("food-business-licence", 8, "软件园咖啡厅", 23, 2, end="refused"),
    Errand("special-equipment-registration", 0, "冷库压力容器使用登记", 15, 1, level=5, reason="fast"),
    Errand("sewer-discharge-permit", 2, "印染车间排水许可", 13, 7, experts=4),
    Errand("outdoor-advertising", 6, "物流园入口标识", 12, 0, end="withdrawn"),
    Errand("investment-approval", 11, "再生水厂项目核准", 11, 0, end="review"),
    Errand("land-prereview", 3, "三期用地预审", 9, 6, end="sign"),
    Errand("energy-review", 4, "中试车间节能审查", 8, 5, end="seal"),
    Errand("labour-dispatch-licence", 8, "劳务派遣经营许可延续", 5, 0, end="correcting"),
    Errand("road-excavation", 7, "燃气接驳开挖道路", 2, 0, end="waiting"),
    Errand("enterprise-change", 10, "增加注册资本", 1, 0, end="waiting"),
    Errand("temporary-land", 1, "二期施工临时用地", 1, 0, end="draft"),
)  # fmt: skip


def play(errand: Errand, anchor: date, now: datetime) -> None:
    """Play one errand, as people did, each act at its own moment."""
    start = working_day(anchor, errand.days_ago)
    opened = min(timezone.make_aware(datetime(start.year, start.month, start.day, 9, 15)), now)
    firm = firm_actor(errand.firm, opened)
    application = _draft(errand, firm, opened)
    if errand.end == "draft":
        return
    told = Telling(application, start, now)
    handed_in = told.moment(0, 9, 40)
    told.application = approvals.submit_application(application=application, by=firm, at=handed_in)
    if errand.end == "withdrawn":
        at = told.moment(1, 11)
        approvals.withdraw_application(
            application=told.application, reason="改为整体设计后再申请。", by=firm, at=at
        )
    elif errand.end != "waiting" and _taken_in(told, errand):
        _reviewed(told, errand)
    if errand.level:
        _rated(told, errand)


def firm_actor(number: int, at: datetime) -> Actor:
    """Whoever acts for the enterprise at this place of the demonstration's list."""
    return actor_for_person(person_acting(number), timezone.localdate(at))


def _draft(errand: Errand, firm: Actor, at: datetime) -> Any:
    package = approvals.open_service(code=f"item:{errand.item}", by=firm, at=at)
    facts = {
        "project_name": errand.subject,
        "project_code": "",
        "project_address": "示范经济开发区创新路",
        "contact_name": firm.name,
        "contact_phone": "13800000009",
        "remark": "",
    }
    application = approvals.create_draft(
        package=package, enterprise_id=firm.enterprise_ids[0], facts=facts, by=firm, at=at
    )
    paper = make_file("pdf", "申请材料", "演示企业", timezone.make_aware(datetime(2026, 1, 5)))
    for material in approvals.list_materials(package):
        if material.required:
            upload = files.receive_bytes(paper, name=f"{material.name}.pdf", kinds=("pdf",))
            approvals.add_material(application=application, material=material, upload=upload, by=firm, at=at)
    return application


def _taken_in(told: Telling, errand: Errand) -> bool:
    """The window's answer; True where the matter goes on to its department."""
    at = told.moment(1, 10, 12)
    if errand.end in ("sealed", "denied", "review", "sign", "seal"):
        task, by = told.claim("accept", "chuangkou" if errand.firm % 2 else "chuangkou2", at)
        approvals.accept_application(task=task, by=by, at=at)
        return True
    task, by = told.claim("accept", "chuangkou2", at)
    if errand.end == "refused":
        reason = "申请人的经营场所不在经开区管辖范围内，请向所在区县市场监督管理部门申请。"
        approvals.refuse_application(task=task, reason=reason, by=by, at=at)
    else:
        first = next(iter(approvals.list_materials(told.application.package)))
        faults = [FaultLine(first.pk, "申请书未加盖公章，法定代表人签字处空白，请补齐后重新上传。")]
        approvals.request_correction(task=task, faults=faults, by=by, at=at)
    return False


def _reviewed(told: Telling, errand: Errand) -> None:
    """The department concludes, the deputy director signs, the custodian seals, as far as it came."""
    officer = OFFICERS[_unit_of(told)]
    if errand.end == "review":
        told.claim("r_item", officer, told.moment(2, 9, 5))
        return
    if errand.experts:
        _heard_experts(told, officer, errand.experts)
    at = told.moment(errand.took, 14, 30)
    task, by = told.claim("r_item", officer, at)
    agree = errand.end != "denied"
    text = "材料齐全，符合法定条件和标准，同意。" if agree else "设置位置遮挡消防登高面，不符合设置规范。"
    approvals.give_opinion(task=task, outcome="agree" if agree else "object", text=text, by=by, at=at)
    if errand.end == "sign":
        return
    at = told.moment(errand.took, 16, 40)
    task, by = told.claim("s_item", "fuzhuren", at)
    approvals.sign_item(task=task, text="同意", by=by, at=at)
    if errand.end == "seal":
        return
    at = told.moment(errand.took + 1, 9, 20)
    task, by = told.claim("k_item", "yinzhang", at)
    approvals.seal_item(task=task, by=by, at=at)


def _heard_experts(told: Telling, officer: str, days: int) -> None:
    """Experts are asked on the second day; the clock stands still until they have spoken."""
    at = told.moment(2, 9, 5)
    task, by = told.claim("r_item", officer, at)
    approvals.start_expert_review(task=task, reason="印染废水水质复杂，需组织专家评审。", by=by, at=at)
    at = told.moment(2 + days, 9, 5)
    approvals.end_expert_review(task=told.task("r_item"), conclusion="预处理工艺可行。", by=by, at=at)


def _unit_of(told: Telling) -> str:
    """The department whose officer reviews."""
    place = told.application.package.places.select_related("item__unit__unit").get()
    return str(place.item.unit.unit.code)


def _rated(told: Telling, errand: Errand) -> None:
    at = told.moment(errand.took + 1, 15, 10)
    evaluations.rate_matter(
        matter=approvals.rated_matter(application_id=told.application.pk),
        words=Words(level=errand.level, reasons=(errand.reason,), comment=errand.comment),
        by=firm_actor(errand.firm, at),
        at=at,
    )


def urge(now: datetime) -> None:
    """The director asks after the oldest matters: the board shows what was asked and whether it moved."""
    leader = actor("zhuren", now)
    oldest = Task.objects.filter(state=Task.State.OPEN, assignee__isnull=False, case__kind="approvals")
    for task in oldest.order_by("case__opened_at", "pk")[:3]:
        cases.urge_task(task=task, by=leader, at=now, text="请说明原因，本周内办结。")
