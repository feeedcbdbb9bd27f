"""What every zone needs before its first matter: calendar, rules, seal, catalogue, package, powers."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from jingkai.casework.clock import api as clock
from jingkai.config.demo import organisation as people
from jingkai.kernel.calendar import api as calendar
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals import api as approvals
from jingkai.modules.enterprises import api as enterprises
from jingkai.modules.evaluations import api as evaluations
from jingkai.modules.hotline import api as hotline
from jingkai.modules.licences import api as licences
from jingkai.records.seals import api as seals

COMMITTEE = "示范经济开发区管理委员会"
FIRST_BATCH = 35
"""How many powers the demonstration zone holds."""

SEAL_AGE = timedelta(days=365)
"""How long before the demonstration its seal was made: earlier than every matter that it seals."""

CATALOGUE_AGE = timedelta(days=180)
"""How long before the demonstration its catalogue was published: before every matter of it."""


def seed(at: datetime) -> None:
    """Load the years, the limits of the law, seal no. 2, packages, catalogue and powers; each once."""
    calendar.seed_calendar(by=SYSTEM, at=at)
    clock.seed_limits(by=SYSTEM, at=at)
    _seal(at)
    _acceptance_seal(at)
    licences.seed_types(by=SYSTEM, at=at)
    enterprises.seed_fees(by=SYSTEM, at=at)
    since = at - CATALOGUE_AGE
    approvals.load_package(name="construction-permit", by=SYSTEM, at=since)
    _county_seal(at)
    approvals.load_package(name="industrial-project", by=SYSTEM, at=since)
    approvals.load_catalogue(by=SYSTEM, at=since)
    approvals.load_powers(entries=_powers(), upto=FIRST_BATCH, by=SYSTEM, at=at)
    evaluations.seed_evaluations(by=SYSTEM, at=at)
    hotline.seed_hotline(by=SYSTEM, at=at)


def _powers() -> list[dict[str, Any]]:
    """Further powers of the demonstration; some come with the packages."""
    text = (Path(__file__).parent / "powers.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text)["power"])


def _county_seal(at: datetime) -> None:
    """The county department that reissues the zone's documents keeps its own demonstration seal here."""
    custodian = organisation.post_by_title("county_resources", "见文换文经办人")
    seals.ensure_seal(
        draft=seals.SealDraft(
            code="county-resources",
            name="示范县自然资源和规划局行政审批专用章",
            name_en="Approval seal of Shifan County Natural Resources Bureau",
            ring_text="示范县自然资源和规划局",
            custodian_id=custodian.pk,
            basis="示县委托〔2026〕5号",
            line_text="行政审批专用章",
            demo=True,
        ),
        by=SYSTEM,
        at=at - SEAL_AGE,
    )


def _acceptance_seal(at: datetime) -> None:
    """The window's own seal goes on every acceptance notice (行政许可法 32), as the director decided."""
    made = at - SEAL_AGE
    custodian = organisation.post_by_title("approval", "综合窗口受理员")
    seals.ensure_seal(
        draft=seals.SealDraft(
            code="acceptance",
            name="行政许可受理专用章",
            name_en="Acceptance seal",
            ring_text=COMMITTEE,
            custodian_id=custodian.pk,
            basis="示开管〔2026〕3号",
            line_text="受理专用章",
            demo=True,
        ),
        by=SYSTEM,
        at=made,
    )
    day = timezone.localdate(at)
    papers = ("approvals.acceptance", "approvals.refusal", "approvals.correction")
    if all(seals.standing_for(paper, on=day) for paper in papers):
        return
    seals.give_standing(
        draft=seals.StandingDraft(
            seal_code="acceptance",
            papers=papers,
            users_id=organisation.unit_by_code("approval").pk,
            basis="示开管〔2026〕3号：受理环节文书长期用印",
            starts_on=timezone.localdate(made),
        ),
        by=organisation.actor_for_person(people.person_id("zhuren"), day),
        at=made,
    )


def _seal(at: datetime) -> None:
    custodian = organisation.post_by_title("approval", "印章管理员")
    seals.ensure_seal(
        draft=seals.SealDraft(
            code="2",
            name="经开区管理专用章（2号章）",
            name_en="Administration seal no. 2 of the zone",
            ring_text=COMMITTEE,
            custodian_id=custodian.pk,
            basis="示开管〔2026〕2号",
            line_text="管理专用章",
            number_text="（2）",
            demo=True,
        ),
        by=SYSTEM,
        at=at - SEAL_AGE,
    )
