"""The limits, reasons and lights that come with the product; every one asks the zone to verify it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from jingkai.casework.clock.data import Approver, Unit
from jingkai.casework.clock.rules.acts import ALL_REASONS, LICENCE, OTHER_REASONS, STATUTORY_REASONS
from jingkai.casework.clock.rules.kinds import ALL, ESCALATION, HOURS, LAW, LIGHT, LIMIT, REASON
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.rules.api import RuleSeed, seed_rules

LICENCE_LAW = "中华人民共和国行政许可法"
FIRE_ORDER = "建设工程消防设计审查验收管理暂行规定（住房和城乡建设部令第51号）"
LICENCE_LAW_SINCE = date(2004, 7, 1)
ENVIRONMENT = ["hearing", "expert_review", "technical_assessment"]

REASON_NAMES = {
    "hearing": ("听证", "Hearing"),
    "bidding": ("招标", "Bidding"),
    "auction": ("拍卖", "Auction"),
    "inspection": ("检验", "Inspection"),
    "testing": ("检测", "Testing"),
    "quarantine": ("检疫", "Quarantine"),
    "appraisal": ("鉴定", "Appraisal"),
    "expert_review": ("专家评审", "Expert review"),
    "technical_assessment": ("技术评估", "Technical assessment"),
    "public_notice": ("公示", "Public notice"),
    "site_check": ("现场核查", "Check on site"),
    "state_security_review": ("国家安全审查", "Review of state security"),
}
IMPACT_ORDER = "建设项目环境影响报告书（表）审批程序规定"
VERIFY = "请按所依据的法律核实后确认。"
UNVERIFIED_LIST = "本清单尚未与法律原文核对，请核实后确认。"
REASON_SOURCES = dict.fromkeys(("technical_assessment", "public_notice"), (IMPACT_ORDER, "第十四条"))


def seed_limits(*, by: Actor, at: datetime) -> list[str]:
    """Write down the rules of this file that the installation lacks, and give their keys; edits are kept."""
    return seed_rules(
        [*_reasons(), *_laws(), *_settings(), *_licence_limits(), *_other_limits()], by=by, at=at
    )


def _reasons() -> list[RuleSeed]:
    return [
        RuleSeed(
            kind=REASON,
            key=code,
            name=REASON_NAMES[code][0],
            name_en=REASON_NAMES[code][1],
            value={"cap": None},
            starts_on=LICENCE_LAW_SINCE,
            source=LICENCE_LAW,
            article="第四十五条",
        )
        for code in STATUTORY_REASONS
    ] + [
        RuleSeed(
            kind=REASON,
            key=code,
            name=REASON_NAMES[code][0],
            name_en=REASON_NAMES[code][1],
            value={"cap": None},
            starts_on=LICENCE_LAW_SINCE,
            source=REASON_SOURCES.get(code, ("有关法律、行政法规", ""))[0],
            article=REASON_SOURCES.get(code, ("", ""))[1],
            note=VERIFY,
        )
        for code in OTHER_REASONS
    ]


def _laws() -> list[RuleSeed]:
    """The closed list of each law; all but that of 行政许可法 ask the zone to verify them."""
    every = {
        "licence": (
            "行政许可法",
            "Administrative Licensing Law",
            STATUTORY_REASONS,
            LICENCE_LAW,
            "第四十五条",
        ),
        "environment": (
            "环境影响评价审批",
            "Environmental impact assessment",
            ("hearing", "expert_review", "technical_assessment", "public_notice"),
            IMPACT_ORDER,
            "第十四条",
        ),
        "other": ("其他法律法规", "Another law", ALL_REASONS, "有关法律、行政法规", ""),
    }
    return [
        RuleSeed(
            kind=LAW,
            key=key,
            name=name,
            name_en=name_en,
            value={"reasons": list(reasons)},
            starts_on=LICENCE_LAW_SINCE,
            source=source,
            article=article,
            note="" if key == "licence" else UNVERIFIED_LIST,
        )
        for key, (name, name_en, reasons, source, article) in every.items()
    ]


def _settings() -> list[RuleSeed]:
    return [
        RuleSeed(
            kind=LIGHT,
            key=ALL,
            name="黄灯：剩余20%或1天，取早者",
            name_en="Yellow at the earlier of 20% or one day left",
            value={"percent": 20, "days": 1},
            starts_on=LICENCE_LAW_SINCE,
            source="本区办件监督规则",
        ),
        RuleSeed(
            kind=ESCALATION,
            key=ALL,
            name="预警三级、督办两牌",
            name_en="Three warnings, two cards",
            value={
                "holder": 3,
                "head": 1,
                "supervisor": 0,
                "yellow_card": 1,
                "red_card": 3,
                "appeal_days": 5,
            },
            starts_on=LICENCE_LAW_SINCE,
            source="本区办件监督规则",
        ),
        RuleSeed(
            kind=HOURS,
            key=ALL,
            name="办公时间",
            name_en="Office hours",
            value={"opens": "09:00", "noon_from": "12:00", "noon_to": "13:30", "closes": "17:30"},
            starts_on=LICENCE_LAW_SINCE,
            source="中华人民共和国民法典",
            article="第二百零三条",
            note="有业务时间的，停止业务活动的时间为截止时间；冬夏令时间不同的，按季度新增版本。",
        ),
    ]


def _licence_limits() -> list[RuleSeed]:
    """The limits that 行政许可法 sets itself, all in working days (82)."""
    return [
        _licence(
            "permit_acceptance", "行政许可受理", "Acceptance of an application", 5, "received", "第三十二条"
        ),
        _licence(
            "permit_decision",
            "行政许可决定",
            "Decision on an application",
            20,
            "accepted",
            "第四十二条",
            extend_max=10,
            extend_by=Approver.ORGAN_HEAD,
            exclusions=list(STATUTORY_REASONS),
        ),
        _licence(
            "permit_joint_decision",
            "统一办理、联合办理、集中办理",
            "Unified, joint or concentrated handling",
            45,
            "accepted",
            "第四十二条",
            extend_max=15,
            extend_by=Approver.GOVERNMENT_HEAD,
            exclusions=list(STATUTORY_REASONS),
        ),
        _licence(
            "permit_lower_review",
            "下级行政机关审查",
            "Review by the lower organ",
            20,
            "accepted",
            "第四十三条",
            exclusions=list(STATUTORY_REASONS),
        ),
        _licence(
            "permit_delivery", "颁发、送达许可证件", "Delivery of the permit", 10, "decided", "第四十四条"
        ),
        _licence("hearing_request", "提出听证申请", "Request for a hearing", 5, "told", "第四十七条"),
        _licence("hearing_hold", "组织听证", "Holding the hearing", 20, "requested", "第四十七条"),
    ]


def _other_limits() -> list[RuleSeed]:
    """Limits of other laws, each in its own unit from its own start."""
    fire = _value(15, "accepted", exclusions=list(STATUTORY_REASONS), caps={"expert_review": 20})
    natural = Unit.NATURAL
    return [
        RuleSeed(
            kind=LIMIT,
            key="fire_design_review",
            name="特殊建设工程消防设计审查",
            name_en="Fire-safety design review of a special construction project",
            value=fire,
            starts_on=date(2020, 6, 1),
            source=FIRE_ORDER,
            article="第二十二条",
            note="需要组织专家评审的，专家评审时间不超过二十个工作日，不计入审查时限。",
        ),
        RuleSeed(
            kind=LIMIT,
            key="air_defence_review",
            name="人防工程审查",
            name_en="Review of civil air-defence works",
            value=_value(
                20,
                "accepted",
                extend_max=10,
                extend_by=Approver.ORGAN_HEAD,
                exclusions=list(STATUTORY_REASONS),
            ),
            starts_on=LICENCE_LAW_SINCE,
            source=LICENCE_LAW,
            article="第四十二条",
            note="地方人民防空法规另有规定的，从其规定。",
        ),
        RuleSeed(
            kind=LIMIT,
            key="office_matter",
            name="内部事项办理",
            name_en="Matter of the office",
            value=_value(10, "received", law="other", extend_max=5, extend_by=Approver.ORGAN_HEAD),
            starts_on=LICENCE_LAW_SINCE,
            source="本区内部管理规则",
            note="10个工作日为本区暂定，请核实后确认。",
        ),
        RuleSeed(
            kind=LIMIT,
            key="quality_safety_supervision",
            name="工程质量安全监督手续",
            name_en="Registration for quality and safety supervision",
            value=_value(5, "accepted"),
            starts_on=date(2000, 1, 30),
            source="建设工程质量管理条例",
            article="第十三条",
            note="条例未规定办理时限，5个工作日为本区暂定，请核实后确认。",
        ),
        RuleSeed(
            kind=LIMIT,
            key="construction_permit",
            name="建筑工程施工许可",
            name_en="Construction permit",
            value=_value(7, "received", unit=natural, law="other"),
            starts_on=date(2019, 4, 23),
            source="中华人民共和国建筑法",
            article="第八条",
        ),
        RuleSeed(
            kind=LIMIT,
            key="environment_report",
            name="环境影响报告书审批",
            name_en="Approval of an environmental impact report",
            value=_value(60, "received", unit=natural, law="environment", exclusions=ENVIRONMENT),
            starts_on=date(2003, 9, 1),
            source="中华人民共和国环境影响评价法",
            article="第二十二条",
        ),
        RuleSeed(
            kind=LIMIT,
            key="environment_form",
            name="环境影响报告表审批",
            name_en="Approval of an environmental impact form",
            value=_value(30, "received", unit=natural, law="environment", exclusions=ENVIRONMENT),
            starts_on=date(2003, 9, 1),
            source="中华人民共和国环境影响评价法",
            article="第二十二条",
        ),
    ]


def _licence(
    key: str, name: str, name_en: str, amount: int, start_event: str, article: str, **more: Any
) -> RuleSeed:
    return RuleSeed(
        kind=LIMIT,
        key=key,
        name=name,
        name_en=name_en,
        value=_value(amount, start_event, **more),
        starts_on=LICENCE_LAW_SINCE,
        source=LICENCE_LAW,
        article=article,
    )


def _value(amount: int, start_event: str, **more: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "promised": None,
        "extend_max": 0,
        "extend_by": "",
        "extend_times": None,
        "law": LICENCE,
        "exclusions": [],
        "caps": {},
    }
    return {"amount": amount, "unit": Unit.WORKING, "start_event": start_event, **plain, **more}
