"""The types that come with the product, and the rule of expiry that a zone begins with."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.rules.api import RuleSeed, seed_rules
from jingkai.modules.licences import rules
from jingkai.modules.licences.models import LicenceType

TYPES = Path(__file__).parents[1] / "reference" / "types.toml"
SINCE = date(2020, 1, 1)


@transaction.atomic
def seed_types(*, by: Actor, at: datetime) -> int:
    """Load the types and rules that the installation lacks and give how many were new; edits are kept."""
    with TYPES.open("rb") as file:
        lines = tomllib.load(file)["type"]
    added = 0
    for order, line in enumerate(lines, start=1):
        defaults = {**line, "order": order * 10}
        _row, is_new = LicenceType.objects.get_or_create(code=defaults.pop("code"), defaults=defaults)
        added += is_new
    seed_rules(list(_rules()), by=by, at=at)
    return added


def _rules() -> list[RuleSeed]:
    return [
        RuleSeed(
            kind=rules.EXPIRY,
            key=key,
            name=name,
            name_en=name_en,
            value={"notice_days": days, "on_expiry": on_expiry},
            starts_on=SINCE,
            source="本区办理规则",
            note="受理后材料到期的，以受理时有效为准；另有规定的除外。",
        )
        for key, name, name_en, days, on_expiry in (
            (rules.EVERY_TYPE, "证照到期（一般）", "Expiry of licences in general", 30, "as_accepted"),
            (
                "pollutant-discharge-permit",
                "排污许可证到期",
                "Expiry of discharge permits",
                60,
                "as_accepted",
            ),
            (
                "work-safety-permit",
                "安全生产许可证到期",
                "Expiry of work-safety permits",
                90,
                "until_decided",
            ),
        )
    ]
