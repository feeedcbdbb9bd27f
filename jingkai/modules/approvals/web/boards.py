"""Powers on the leaders' board and in the doctor's list: what ends soon, what has lost its power."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jingkai.kernel.hooks.api import cockpit_tiles, doctor_checks
from jingkai.kernel.hooks.data import CheckResult, CockpitTile, DoctorCheck
from jingkai.modules.approvals import operations, rules
from jingkai.modules.approvals.models import Power, PowerGap


def powers_tile(request: Any, _subject: Any) -> Mapping[str, Any] | None:
    """Powers that end soon and matters without one; nothing where all is well."""
    on = timezone.localdate(request.at)
    ending, gaps = _ending(on), PowerGap.objects.filter(settled_at=None).count()
    if not ending and not gaps:
        return None
    return {"ending": ending, "gaps": gaps}


def _ending(on: date) -> list[dict[str, Any]]:
    within = on + timedelta(days=max(operations.expiry_days(on=on), default=0))
    rows = Power.objects.filter(state=Power.State.ACTIVE, ends_on__range=(on, within))
    found = rows.select_related("item").order_by("ends_on")[:6]
    return [{"power": power, "days": (power.ends_on - on).days} for power in found]


def check_powers() -> CheckResult:
    """The doctor's question: does a power end soon, does a matter wait without one?"""
    on = timezone.localdate(timezone.now())
    gaps = PowerGap.objects.filter(settled_at=None).count()
    if gaps:
        said = _("%(count)s running matters have no power in force") % {"count": gaps}
        return CheckResult("fail", said, _("Renew the power, or hand the matters to the organ."))
    if ending := _ending(on):
        said = _("%(count)s powers end soon, the first on %(day)s") % {
            "count": len(ending),
            "day": ending[0]["power"].ends_on.isoformat(),
        }
        return CheckResult("warn", said, _("Renew them in the register of powers."))
    return CheckResult("ok", _("Every power lasts"))


def register() -> None:
    """Hang both in; called once while the product starts."""
    cockpit_tiles.register(
        CockpitTile(
            key="approvals.powers",
            label=gettext_lazy("Powers that end"),
            template="approvals/parts/powers_tile.html",
            context=powers_tile,
            order=60,
            permission=rules.SEE_CATALOGUE,
        )
    )
    doctor_checks.register(DoctorCheck("powers", check_powers))
