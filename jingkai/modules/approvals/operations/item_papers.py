"""The papers of single items: conditional and formal results, reissues, extensions, hearings, mandates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.parties import api as parties
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals.models import (
    Application,
    ApplicationItem,
    Decision,
    ItemRun,
    Mandate,
    MandateAct,
    Power,
    Reissue,
    Replacement,
)
from jingkai.modules.approvals.operations.papers import (
    OWNER,
    SEAL_CODE,
    acted_for,
    chinese_day,
    committee,
    result_paper,
)
from jingkai.records.documents import api as documents
from jingkai.records.documents.data import Paper, PublicFact, SealOrder
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.seals.models import Seal
from jingkai.records.typesetting.data import Letter, facts, heading, paragraph, table

Blocks = tuple[Mapping[str, Any], ...]


def issue_conditional(run: ItemRun, decision: Decision, *, by: Actor, at: datetime) -> IssuedDocument:
    """Issue the result of a simulated approval: marked, unsealed, without effect, naming its condition."""
    assert run.condition is not None
    item, needed = decision.item.item, run.condition.condition
    until = run.condition.valid_until
    blocks = (
        *_grounds(decision, "模拟审查通过"),
        _project(decision.item.application),
        paragraph(decision.text),
        paragraph(
            f"本意见为模拟审批意见，尚不发生法律效力，不得据以开工或者办理其他手续。下列条件满足并经核对后，"
            f"由本机关直接转为正式的《{item.result_name}》，不再重复提交材料："
        ),
        facts(("待满足的条件", needed.name), ("最迟满足日期", plain_day(until) if until else "—")),
        paragraph("逾期未满足的，本意见自行失效，本事项终止办理；条件满足后可以重新申请。"),
    )
    title = f"{item.result_name}（模拟审批意见）"
    return documents.issue(
        paper=Paper(
            kind="approvals.conditional",
            kind_name="模拟审批意见（未生效）",
            kind_name_en="Conditional result, not in effect",
            title=title,
            series="approvals.simulated",
            content=_letter(decision.item.application, title, blocks, at=at),
            owner=(OWNER, decision.item.application_id),
            organ_name=parties.zone_name(),
            addressee_name=decision.item.application.enterprise.name,
            addressee_id=decision.item.application.enterprise_id,
            public_facts=_public(decision.item.application),
        ),
        by=by,
        at=at,
    )


def seal_item_result(
    decision: Decision, *, conditional: IssuedDocument | None, by: Actor, at: datetime
) -> IssuedDocument:
    """Typeset, number and seal an item's formal result in the name of the deciding organ (行政许可法 24)."""
    return documents.issue(
        paper=item_paper(decision, conditional=conditional, at=at),
        seal=SealOrder(seal_code=SEAL_CODE, authorisation=("decision", decision.pk)),
        by=by,
        at=at,
    )


def item_paper(
    decision: Decision, *, conditional: IssuedDocument | None, at: datetime, more: Blocks = ()
) -> Paper:
    """An item's formal result as it is to be issued; `more` is what a new document adds to the old one."""
    item, application = decision.item.item, decision.item.application
    granted = decision.outcome == Decision.Outcome.GRANTED
    title = item.result_name if granted else f"不予{item.name}决定书"
    blocks = (
        *_grounds(decision, "准予" if granted else "不予"),
        _project(application),
        paragraph(decision.text),
    )
    if conditional is not None:
        blocks += (
            paragraph(
                f"本件由模拟审批意见（{conditional.number_text}）于条件满足后转为正式，原意见同时失效。"
            ),
        )
    blocks += (*more, paragraph(_remedies(decision)))
    organ = decision.power.organ if decision.power.basis == Power.Basis.ENTRUSTED else ""
    return Paper(
        kind="approvals.result",
        kind_name=title,
        kind_name_en=item.result_name_en,
        title=title,
        series="approvals.item_result",
        content=_letter(application, title, blocks, at=at, organ=organ, sealed=True),
        owner=(OWNER, application.pk),
        organ_name=decision.power.organ,
        addressee_name=application.enterprise.name,
        addressee_id=application.enterprise_id,
        public_facts=_public(application),
    )


def replacing_paper(replacement: Replacement, *, ground: str, at: datetime) -> Paper:
    """The document that shall take another's place: the same decision, the ground, and what is different."""
    decision, old = replacement.decision, replacement.old
    words = f"本件系《{old.title}》（{old.number_text}）{ground}，自本件签发之日起，原件失效。"
    if replacement.correction:
        words = f"{words}变更、更正内容：{replacement.correction}"
    more = (paragraph(words),)
    if replacement.reissue is not None:
        return reissue_paper(replacement.reissue, decision, sealed=True, at=at, more=more)
    run = ItemRun.objects.filter(item=decision.item).select_related("conditional").first()
    if run is None:
        return result_paper(decision.item.application, decision, at=at, more=more)
    return item_paper(decision, conditional=run.conditional, at=at, more=more)


def issue_reissue(reissue: Reissue, decision: Decision, *, by: Actor, at: datetime) -> IssuedDocument:
    """Issue the entrusting department's own document on the zone's, with its seal where it keeps one here."""
    code = seal_in_use(reissue.unit_id)
    return documents.issue(
        paper=reissue_paper(reissue, decision, sealed=bool(code), at=at),
        seal=SealOrder(seal_code=code, authorisation=("reissue", reissue.pk)) if code else None,
        by=by,
        at=at,
    )


def seal_in_use(unit_id: int) -> str:
    """The code of the seal that a department outside the zone keeps and uses here; empty for none."""
    code = seal_code_of(unit_id)
    return code if Seal.objects.filter(code=code, state=Seal.State.ACTIVE).exists() else ""


def reissue_paper(
    reissue: Reissue, decision: Decision, *, sealed: bool, at: datetime, more: Blocks = ()
) -> Paper:
    """The department's own document on the zone's, as it is to be issued; `more` as in `item_paper`."""
    item, application, seen = decision.item.item, decision.item.application, decision.document
    assert seen is not None
    organ = reissue.unit.name
    blocks = (
        paragraph(
            f"{committee()}受本机关委托，以本机关名义于{chinese_day(seen.issued_at or at)}作出"
            f"《{seen.title}》（{seen.number_text}，加盖经开区管理专用章（2号章））。本机关见文换发本件，内容与原件一致。"
        ),
        _project(application),
        paragraph(decision.text),
        facts(("经开区原件文号", seen.number_text), ("原件查验码", seen.verification_code)),
        *more,
    )
    return Paper(
        kind="approvals.reissue",
        kind_name=item.result_name,
        kind_name_en=item.result_name_en,
        title=item.result_name,
        series="approvals.reissue",
        content=_letter(application, item.result_name, blocks, at=at, organ=organ, sealed=sealed),
        owner=(OWNER, application.pk),
        organ_name=organ,
        organ_id=reissue.unit_id,
        addressee_name=application.enterprise.name,
        addressee_id=application.enterprise_id,
        public_facts=(
            *_public(application),
            PublicFact(label="经开区原件文号", label_en="The zone's document", value=seen.number_text),
        ),
    )


def seal_code_of(unit_id: int) -> str:
    """The code of the seal that a department outside the zone keeps here: its own, as seals may be called."""
    code = Unit.objects.filter(pk=unit_id).values_list("code", flat=True).first() or ""
    return code.replace("_", "-")


def issue_extension(
    item: ApplicationItem, *, days: int, reason: str, due: date, by: Actor, at: datetime
) -> IssuedDocument:
    """Tell the applicant in writing that the limit was extended, and why (行政许可法 42)."""
    application, limit = item.application, item.clock.limit_value
    blocks = (
        _intro(application, item.item.name),
        paragraph(
            f"因{reason.rstrip('。')}，不能在法定期限内作出决定。根据《{limit.source}》{limit.article}的规定，"
            f"经本机关负责人批准，本事项的办理期限延长{days}个工作日，延长至{plain_day(due)}。特此告知。"
        ),
    )
    return _notice(
        application, "extension", "延长办理期限告知书", "Notice of extension", blocks, by=by, at=at
    )


def issue_hearing(
    item: ApplicationItem, *, told: Mapping[str, Any], by: Actor, at: datetime
) -> IssuedDocument:
    """Tell the applicant in writing of a hearing: when, where, why; its time is left out of the limit."""
    application = item.application
    blocks = (
        _intro(application, item.item.name),
        paragraph(f"{told['grounds']}本机关决定举行听证。听证事由：{told['reason']}"),
        facts(("听证时间", plain_day(told["held_on"])), ("听证地点", told["place"])),
        paragraph(
            "你单位可以申请主持人回避，可以提出证据、进行申辩和质证，不承担组织听证的费用。根据《中华人民共和国"
            f"行政许可法》第四十五条的规定，听证所需时间（预计至{plain_day(told['hold_until'])}）不计算在办理期限内。"
        ),
    )
    return _notice(application, "hearing", "听证通知书", "Notice of hearing", blocks, by=by, at=at)


def issue_mandate(mandate: Mandate, *, by: Actor, at: datetime) -> IssuedDocument:
    """Typeset the mandate that both sides have agreed to."""
    names = dict(MandateAct.choices)
    blocks = (
        paragraph(
            f"委托单位{mandate.enterprise.name}因办理“{mandate.project_name}”的有关事项，委托下列带办专员代为办理："
        ),
        facts(
            ("受托人", f"{mandate.agent.name}（{parties.zone_name()}带办专员）"),
            ("委托项目", mandate.project_name),
            ("委托期限", f"{plain_day(mandate.starts_on)}至{plain_day(mandate.ends_on)}"),
            ("委托单位经手人", mandate.given_by.name),
        ),
        heading("委托权限"),
        table(["序号", "权限"], [[str(n), names[act]] for n, act in enumerate(mandate.acts, 1)], [2, 10]),
        paragraph(
            "受托人在委托权限和期限内以委托单位名义实施的行为，由委托单位承担法律后果；每一行为均同时记载双方名称。"
            "带办代办不收取任何费用。委托单位可以随时撤销委托，撤销自登记时起生效。"
        ),
    )
    title = "委托代办书"
    return documents.issue(
        paper=Paper(
            kind="approvals.mandate",
            kind_name=title,
            kind_name_en="Mandate",
            title=title,
            series="approvals.mandate",
            content=Letter(
                agency=committee(), title=title, blocks=blocks, signatory=mandate.enterprise.name,
                date=chinese_day(at), sealed=False,
            ),
            owner=("mandate", mandate.pk),
            organ_name=parties.zone_name(),
            addressee_name=mandate.enterprise.name,
            addressee_id=mandate.enterprise_id,
        ),
        by=by,
        at=at,
    )  # fmt: skip


def plain_day(day: date) -> str:
    """A day as papers write it: 2026年3月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _notice(
    application: Application,
    series: str,
    title: str,
    title_en: str,
    blocks: Blocks,
    *,
    by: Actor,
    at: datetime,
) -> IssuedDocument:
    return documents.issue(
        paper=Paper(
            kind=f"approvals.{series}",
            kind_name=title,
            kind_name_en=title_en,
            title=title,
            series=f"approvals.{series}",
            content=_letter(application, title, blocks, at=at),
            owner=(OWNER, application.pk),
            organ_name=parties.zone_name(),
            addressee_name=application.enterprise.name,
            addressee_id=application.enterprise_id,
            public_facts=_public(application),
        ),
        by=by,
        at=at,
    )


def _grounds(decision: Decision, verdict: str) -> Blocks:
    application, item = decision.item.application, decision.item.item
    notice = application.acceptance_notice
    number = f"（受理通知书{notice.number_text}）" if notice else ""
    return (
        paragraph(
            f"你单位提出的“{application.project_name}”{item.name}申请{number}收悉。根据{item.legal_basis.rstrip('。')}"
            f"等规定，经审查，结论为：{verdict}。"
        ),
    )


def _intro(application: Application, name: str) -> Mapping[str, Any]:
    reference = application.case.reference if application.case else ""
    return paragraph(f"你单位提出的“{application.project_name}”{name}申请（办件编号{reference}）正在办理。")


def _project(application: Application) -> Mapping[str, Any]:
    told, single = application.facts, application.package.version_of_id is not None
    lines = (
        ("申请内容" if single else "项目名称", application.project_name),
        ("项目代码", str(told.get("project_code", ""))),
        ("地点" if single else "建设地点", str(told.get("project_address", ""))),
    )
    return facts(*(line for line in lines if line[1]))


def _remedies(decision: Decision) -> str:
    power = decision.power
    source = f"{power.instrument}，赋权清单第{power.number}项"
    if power.basis == Power.Basis.ENTRUSTED:
        stated = (
            f"本件由{committee()}受{power.organ}委托，以其名义作出（{source}），"
            "加盖经开区管理专用章（2号章）。"
        )
    else:
        stated = f"本件依据{source}作出。"
    return (
        f"{stated}如不服本件，可以自收到之日起六十日内申请行政复议，或者六个月内提起行政诉讼；"
        f"被申请人、被告为{power.respondent}。"
    )


def _public(application: Application) -> tuple[PublicFact, ...]:
    reference = application.case.reference if application.case else ""
    single = application.package.version_of_id is not None
    label = ("申请内容", "Subject") if single else ("项目名称", "Project")
    return (
        PublicFact(label=label[0], label_en=label[1], value=application.project_name),
        PublicFact(label="办件编号", label_en="Matter", value=reference),
    )


def _letter(
    application: Application,
    title: str,
    blocks: Blocks,
    *,
    at: datetime,
    organ: str = "",
    sealed: bool = False,
) -> Letter:
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
