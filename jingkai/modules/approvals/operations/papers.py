"""The papers of the service hall: notices under the acceptance seal, and the sealed result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from jingkai.kernel.parties import api as parties
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals.models import Application, Decision, Power
from jingkai.records.documents import api as documents
from jingkai.records.documents.data import Paper, PublicFact, SealOrder
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.seals import api as seals
from jingkai.records.seals.data import STANDING
from jingkai.records.typesetting.data import Letter, facts, paragraph, table

OWNER = "application"
SEAL_CODE = "2"
Blocks = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class PaperKind:
    """A kind of notice: its series of numbers, its names, and how its body is written."""

    series: str
    title: str
    title_en: str
    body: Callable[[Application, Mapping[str, Any]], Blocks]


def issue_paper(
    application: Application, *, paper: str, extra: Mapping[str, Any], by: Actor, at: datetime
) -> IssuedDocument:
    """Typeset, number and issue one notice to the applicant (行政许可法 32, 38: in writing, dated, sealed).

    It bears the seal (受理专用章) that a standing authorisation of the zone puts on this kind of notice;
    where there is none, or whoever issues it is not among its users, it goes out without a seal.
    """
    kind = PAPERS[paper]
    seal = _standing_seal(f"approvals.{paper}", by=by, at=at)
    return documents.issue(
        paper=Paper(
            kind=f"approvals.{paper}",
            kind_name=kind.title,
            kind_name_en=kind.title_en,
            title=kind.title,
            series=kind.series,
            content=_letter(
                application, kind.title, kind.body(application, extra), at=at, sealed=seal is not None
            ),
            owner=(OWNER, application.pk),
            organ_name=parties.zone_name(),
            addressee_name=application.enterprise.name,
            addressee_id=application.enterprise_id,
            public_facts=_public_facts(application),
        ),
        seal=seal,
        by=by,
        at=at,
    )


def _standing_seal(kind: str, *, by: Actor, at: datetime) -> SealOrder | None:
    """The seal that a standing authorisation puts on this kind of paper, where this person may cause it."""
    found = seals.standing_for(kind, on=timezone.localdate(at))
    if found is None or (by.kind != "system" and found.users_id not in by.grantees):
        return None
    return SealOrder(seal_code=found.seal.code, authorisation=(STANDING, found.pk))


def seal_result(application: Application, decision: Decision, *, by: Actor, at: datetime) -> IssuedDocument:
    """Typeset, number and seal the result; the organ named is that of the power (行政许可法 24)."""
    return documents.issue(
        paper=result_paper(application, decision, at=at),
        seal=SealOrder(seal_code=SEAL_CODE, authorisation=("decision", decision.pk)),
        by=by,
        at=at,
    )


def result_paper(application: Application, decision: Decision, *, at: datetime, more: Blocks = ()) -> Paper:
    """The result of a matter as it is to be issued; `more` is what a new document adds to the old one."""
    title = decision.item.result_name
    return Paper(
        kind="approvals.result",
        kind_name=title,
        kind_name_en=decision.item.result_name_en,
        title=title,
        series="approvals.result",
        content=_letter(
            application,
            title,
            (*_result_body(application, decision), *more),
            organ=decision.power.organ if decision.power.basis == Power.Basis.ENTRUSTED else "",
            at=at,
            sealed=True,
        ),
        owner=(OWNER, application.pk),
        organ_name=decision.power.organ,
        addressee_name=application.enterprise.name,
        addressee_id=application.enterprise_id,
        public_facts=_public_facts(application),
    )


def chinese_day(moment: datetime) -> str:
    """A date as papers write it: 2026年11月21日, without leading zeros."""
    day = timezone.localdate(moment)
    return f"{day.year}年{day.month}月{day.day}日"


def committee() -> str:
    """The organ whose letters these are: the zone's committee."""
    zone = parties.zone_name()
    return zone if zone.endswith("委员会") else f"{zone}管理委员会"


def _letter(
    application: Application,
    title: str,
    blocks: Blocks,
    *,
    at: datetime,
    organ: str = "",
    sealed: bool = False,
) -> Letter:
    """The committee's letter, or that of the organ that entrusted it: 行政许可法 24, in its name."""
    name = organ or committee()
    return Letter(
        agency=name,
        title=title,
        addressee=application.enterprise.name,
        blocks=(*blocks, *acted_for(application)),
        signatory=name,
        date=chinese_day(at),
        sealed=sealed,
    )


def acted_for(application: Application) -> Blocks:
    """The second name of a matter that an agent handles for the enterprise: agent and mandate (民法典 162).

    Every paper names both; a mandate that has ended since still says who acted under it.
    """
    along = application.mandates.filter(document__isnull=False).select_related("agent", "document")
    mandate = along.order_by("-answered_at").first()
    if mandate is None or mandate.document is None:
        return ()
    return (
        paragraph(
            f"本申请由{application.enterprise.name}委托带办专员{mandate.agent.name}代为办理"
            f"（委托代办书{mandate.document.number_text}），代办行为的法律后果由委托单位承担。"
        ),
    )


def _public_facts(application: Application) -> tuple[PublicFact, ...]:
    single = application.package.version_of_id is not None
    label = ("申请内容", "Subject") if single else ("工程名称", "Project")
    return (
        PublicFact(label=label[0], label_en=label[1], value=application.project_name),
        PublicFact(label="办件编号", label_en="Matter", value=_reference(application)),
    )


def _reference(application: Application) -> str:
    return application.case.reference if application.case else ""


def _acceptance_body(application: Application, extra: Mapping[str, Any]) -> Blocks:
    rows = [
        [place.item.name, place.item.unit.name, f"{place.item.promised or '—'}个工作日"]
        for place in application.package.places.select_related("item__unit")
    ]
    opening = "下列事项同时审查，" if len(rows) > 1 else ""
    submitted = chinese_day(application.submitted_at) if application.submitted_at else ""
    grounds = (
        "经审查，申请事项属于本机关职权范围，申请材料齐全、"
        "符合法定形式，根据《中华人民共和国行政许可法》第三十二条的规定，现予受理。"
    )
    if deemed := extra.get("deemed_on"):
        grounds = (
            "本机关未在五个工作日内告知是否受理，根据《中华人民共和国行政许可法》第三十二条的规定，"
            f"自收到申请材料之日（{deemed.year}年{deemed.month}月{deemed.day}日）起即为受理。"
        )
    return (
        paragraph(
            f"你单位于{submitted}提出的“{application.project_name}”{application.package.name}申请"
            f"（办件编号{_reference(application)}）收悉。{grounds}"
        ),
        paragraph(f"{opening}承诺时限自受理次日起按工作日计算，专家评审等法定不计入时限的时间除外："),
        table(["事项", "承办部门", "承诺时限"], rows, [9, 9, 6]),
    )


def _correction_body(application: Application, extra: Mapping[str, Any]) -> Blocks:
    rows = [[str(number), name, text] for number, (name, text) in enumerate(extra["faults"], start=1)]
    return (
        paragraph(
            f"你单位提出的“{application.project_name}”{application.package.name}申请"
            f"（办件编号{_reference(application)}）收悉。经审查，申请材料不齐全或者不符合法定形式。根据"
            "《中华人民共和国行政许可法》第三十二条第一款第（四）项的规定，现将需要补正的全部内容一次性告知如下："
        ),
        table(["序号", "材料", "需要补正的内容"], rows, [2, 7, 13]),
        paragraph(
            "请登录经开通，在“我的办件”中逐项上传补正材料后一并提交。补正后的申请，受理期限自收到补正材料之日起重新计算。"
        ),
    )


def _refusal_body(application: Application, extra: Mapping[str, Any]) -> Blocks:
    return (
        paragraph(
            f"你单位提出的“{application.project_name}”{application.package.name}申请"
            f"（办件编号{_reference(application)}）收悉。经审查，决定不予受理。理由如下："
        ),
        paragraph(str(extra["reason"])),
        paragraph(
            "如不服本决定，可以自收到本通知书之日起六十日内申请行政复议，或者六个月内向人民法院提起行政诉讼。"
        ),
    )


def _result_body(application: Application, decision: Decision) -> Blocks:
    told = application.facts
    granted = decision.outcome == Decision.Outcome.GRANTED
    notice = application.acceptance_notice
    return (
        paragraph(
            "根据《中华人民共和国消防法》《建设工程消防设计审查验收管理暂行规定》等规定，你单位申请的下列特殊建设工程"
            f"消防设计审查（受理通知书{notice.number_text if notice else ''}），经审查，结论为："
            f"{'合格' if granted else '不合格'}。"
        ),
        facts(
            ("工程名称", application.project_name),
            ("项目代码", str(told.get("project_code", ""))),
            ("建设地点", str(told.get("project_address", ""))),
            ("建筑规模", _size(told)),
            ("使用性质", str(told.get("building_use", ""))),
            ("设计单位", str(told.get("design_firm", ""))),
        ),
        paragraph(decision.text),
        paragraph(
            f"{_authority(decision)}如不服本意见，可以自收到之日起六十日内申请行政复议，或者六个月内提起行政诉讼；"
            f"被申请人、被告为{decision.power.respondent}。"
        ),
    )


def _authority(decision: Decision) -> str:
    power = decision.power
    source = f"{power.instrument}，赋权清单第{power.number}项"
    if power.basis == Power.Basis.ENTRUSTED:
        return (
            f"本意见由{committee()}受{power.organ}委托，以其名义作出（{source}），"
            "加盖经开区管理专用章（2号章）。"
        )
    return f"本意见依据{source}作出。"


def _size(told: Mapping[str, Any]) -> str:
    return (
        f"建筑面积{told.get('building_area', '')}平方米，高度{told.get('building_height', '')}米，"
        f"地上{told.get('floors_above', 0)}层，地下{told.get('floors_below', 0)}层"
    )


PAPERS = {
    "acceptance": PaperKind("approvals.acceptance", "受理通知书", "Notice of acceptance", _acceptance_body),
    "correction": PaperKind(
        "approvals.correction", "一次性告知补正通知书", "Once-only correction notice", _correction_body
    ),
    "refusal": PaperKind("approvals.refusal", "不予受理通知书", "Notice of non-acceptance", _refusal_body),
}
