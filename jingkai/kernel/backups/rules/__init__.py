"""When backups are made and which are kept: the zone's rule, and the arithmetic of keeping."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.backups.data import Plan
from jingkai.kernel.rules import api as kernel_rules
from jingkai.kernel.rules.api import RuleField, RuleKind

PLAN, STANDARD = "backup_plan", "standard"
NAME = "%Y%m%dT%H%M%SZ"
"""The name of a backup in the folder of all backups: the moment of its beginning in UTC."""


def _number(name: str, label: object, minimum: int, maximum: int) -> RuleField:
    return RuleField(name=name, label=label, type="integer", minimum=minimum, maximum=maximum)


PLAN_RULE = RuleKind(
    code=PLAN,
    name="备份计划",
    name_en="Plan of backups",
    keys=(STANDARD,),
    fields=(
        _number("hour", _("Hour of the daily backup"), 0, 23),
        _number("days", _("Daily backups kept"), 1, 366),
        _number("weeks", _("Weekly backups kept"), 0, 520),
        _number("months", _("Monthly backups kept"), 0, 120),
        _number("warn_hours", _("Warn when the last good backup is older than (hours)"), 2, 720),
        _number("drill_days", _("Warn when the last restore drill is older than (days)"), 1, 366),
    ),
)


def plan_on(on: date) -> Plan:
    """The zone's plan of that day; the product's own where the zone has written none."""
    found = kernel_rules.find_rule(PLAN, STANDARD, on=on)
    if found is None:
        return Plan()
    return Plan(**{name: int(number) for name, number in found.value.items()})


def kept(made: Iterable[datetime], plan: Plan) -> set[datetime]:
    """Which backups stay: the newest of each of the last days, weeks and months that have one.

    The newest of all always stays, whatever its age: an installation that has stopped making backups must
    not lose its last one.
    """
    newest_first = sorted(set(made), reverse=True)
    stay = set(newest_first[:1])
    for count, period in ((plan.days, "%Y-%j"), (plan.weeks, "%G-%V"), (plan.months, "%Y-%m")):
        found: dict[str, datetime] = {}
        for moment in newest_first:
            found.setdefault(moment.strftime(period), moment)
        stay |= set(list(found.values())[:count])
    return stay
