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
