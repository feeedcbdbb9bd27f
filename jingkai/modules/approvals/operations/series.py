"""The series of numbers that the service hall uses, as versioned data with an editor."""

from __future__ import annotations

from datetime import date, datetime

from jingkai.kernel.permissions.data import Actor
from jingkai.records.numbering import api as numbering

SINCE = date(2020, 1, 1)
SERIES = (
    ("approvals.matter", "办件编号", "Receipt numbers", "SP{year}-{n:05}"),
    ("approvals.acceptance", "受理通知书文号", "Acceptance notices", "示开受〔{year}〕{n}号"),
    ("approvals.correction", "补正通知书文号", "Correction notices", "示开补〔{year}〕{n}号"),
    ("approvals.refusal", "不予受理通知书文号", "Notices of non-acceptance", "示开不受〔{year}〕{n}号"),
    ("approvals.result", "消防设计审查意见书文号", "Fire-safety opinions", "示开消审〔{year}〕{n}号"),
    ("approvals.item_result", "事项办理结果文号", "Results of items", "示开审〔{year}〕{n}号"),
    ("approvals.simulated", "模拟审批意见文号", "Conditional results", "示开模审〔{year}〕{n}号"),
    ("approvals.reissue", "见文换文文号", "Documents reissued", "示县换〔{year}〕{n}号"),
    ("approvals.extension", "延长办理期限告知书文号", "Notices of extension", "示开延〔{year}〕{n}号"),
    ("approvals.hearing", "听证通知书文号", "Notices of hearings", "示开听〔{year}〕{n}号"),
    ("approvals.mandate", "委托代办书编号", "Mandates", "示开代〔{year}〕{n}号"),
)


def seed_series(*, by: Actor, at: datetime) -> None:
    """Write down the series that the installation lacks; patterns that a zone changed stay."""
    for key, name, name_en, pattern in SERIES:
        numbering.seed_series(
            key=key,
            name=name,
            name_en=name_en,
            pattern=pattern,
            starts_on=SINCE,
            source="本区文号规则",
            by=by,
            at=at,
        )
