"""What ratings stand on: both flows, the zone's terms, the standard reasons; safe to repeat."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from jingkai.casework.flow import api as flow
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.kernel.rules.api import RuleSeed, seed_rules
from jingkai.modules.evaluations.data import Terms
from jingkai.modules.evaluations.rules import REASON, STANDARD, TERMS
from jingkai.records.numbering import api as numbering

RECTIFICATION, COMPLAINT = "rating-rectification", "rating-complaint"
FLOWS = Path(__file__).resolve().parents[1] / "flows"
NAMES = {
    RECTIFICATION: ("差评整改", "Rectification of a bad rating"),
    COMPLAINT: ("评价投诉", "Complaint from a rating"),
}
SERIES = {RECTIFICATION: "evaluations.rectification", COMPLAINT: "evaluations.complaint"}
PATTERNS = {RECTIFICATION: "ZG{year}-{n:04}", COMPLAINT: "TS{year}-{n:04}"}
STANDARD_OF_RATINGS = "政务服务“好差评”相关国家标准（GB/T 39735）"
SINCE = date(2021, 1, 1)
GOOD, MIDDLE, BAD = ["5", "4"], ["5", "4", "3"], ["2", "1"]

REASONS = (
    ("all_online", "一网通办，少跑腿", "All done online, no way to go", MIDDLE),
    ("fast", "审批效率高", "Decided quickly", MIDDLE),
    ("kind", "服务热情", "Friendly service", MIDDLE),
    ("explained", "一次说清，耐心细致", "Everything explained at once", MIDDLE),
    ("honest", "廉洁高效", "Correct and honest", GOOD),
    ("slow", "超过承诺时间办结", "Later than promised", BAD),
    ("not_at_once", "未一次性告知所需材料", "Not told at once what is needed", BAD),
    ("extra_material", "要求提供指南之外的材料", "Asked for papers that the guide does not name", BAD),
    ("several_ways", "需要往返多次", "Had to come several times", BAD),
    ("extra_fee", "要求缴纳清单之外的费用", "Asked for fees outside the list", BAD),
    ("no_reason", "不予办理未说明理由", "Refused without reasons", BAD),
    ("unkind", "服务态度生硬", "Unfriendly", BAD),
    ("nobody_there", "窗口无人或电话无人接听", "Nobody at the window or on the phone", BAD),
    ("system", "网上办理系统不好用", "The online service works badly", BAD),
)


def seed_evaluations(*, by: Actor, at: datetime) -> None:
    """Write down what the installation lacks; what a zone changed stays."""
    for key in NAMES:
        publish_flow(key, by=by, at=at)
    seed_rules([_terms(), *_reasons()], by=by, at=at)


def ensure_flow(key: str, *, at: datetime) -> None:
    """Publish a flow of this app where an installation of an earlier release does not have it yet."""
    if key not in flow.list_keys():
        publish_flow(key, by=SYSTEM, at=at)


def publish_flow(key: str, *, by: Actor, at: datetime) -> None:
    """Publish one of the drawings that come with this app, with the series of its cases' numbers."""
    name, name_en = NAMES[key]
    numbering.seed_series(
        key=SERIES[key],
        name=f"{name}编号",
        name_en=f"Numbers: {name_en.lower()}",
        pattern=PATTERNS[key],
        starts_on=SINCE,
        source="本区编号规则",
        by=by,
        at=at,
    )
    flow.publish(key=key, bpmn=(FLOWS / f"{key}.bpmn").read_bytes(), name=name, name_en=name_en, by=by, at=at)


def _terms() -> RuleSeed:
    usual = Terms()
    return RuleSeed(
        kind=TERMS,
        key=STANDARD,
        name="好差评办理要求",
        name_en="Terms of ratings",
        value={
            "rectification_days": usual.rectification_days,
            "link_days": usual.link_days,
            "appeal_days": usual.appeal_days,
            "visitors": usual.visitors,
        },
        starts_on=SINCE,
        source=STANDARD_OF_RATINGS,
        note="整改时限各地为 5 至 15 个工作日，请按本地规定核实后确认。",
    )


def _reasons() -> list[RuleSeed]:
    return [
        RuleSeed(
            kind=REASON,
            key=code,
            name=name,
            name_en=name_en,
            value={"levels": levels},
            starts_on=SINCE,
            source=STANDARD_OF_RATINGS,
            note="请按本省“好差评”评价指标核实后确认。",
        )
        for code, name, name_en, levels in REASONS
    ]
