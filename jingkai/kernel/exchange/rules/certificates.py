"""How long before the end of a certificate the operator is told, and when a look is due."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.rules.api import RuleField, RuleKind, find_rule

WATCH, STANDARD = "certificate_watch", "standard"
WARN_DAYS = 30
"""The product's own number, where the zone has written none."""
DUE = timedelta(hours=20)
"""A host is looked at once a day; an hourly job finds those whose look is so old."""
FORGOTTEN = timedelta(days=3)
"""When nobody has looked for so long, the watch itself does not work."""

WATCH_RULE = RuleKind(
    code=WATCH,
    name="证书到期提醒",
    name_en="Watch over certificates",
    keys=(STANDARD,),
    fields=(
        RuleField(
            name="warn_days",
            label=_("Warn when a certificate ends within (days)"),
            type="integer",
            minimum=1,
            maximum=366,
        ),
    ),
    note=_("That of the installation's own address, and of every host that may be called encrypted."),
)


def warning_on(on: date) -> timedelta:
    """How long before its end the operator is told of a certificate."""
    found = find_rule(WATCH, STANDARD, on=on)
    return timedelta(days=int(found.value["warn_days"]) if found else WARN_DAYS)
