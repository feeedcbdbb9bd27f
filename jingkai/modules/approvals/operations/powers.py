"""Changing the state of a power: suspended, in force again, ended."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals.models import Power
from jingkai.modules.approvals.operations.power_gaps import check_gaps


class PowerChanged(PersonFacingError):
    """Somebody changed the power after the page was opened."""

    sentence = _("This power was changed by someone else meanwhile.")
    advice = _("Look at its present state and decide again.")


class PowerNotChangeable(PersonFacingError):
    """An ended power does not come back; a reason is needed; the state must be a known one."""

    sentence = _("Choose another state and write the reason. A power that has ended stays ended.")
    status = 422


@transaction.atomic
def change_power_state(
    *, power: Power, state: str, reason: str, version: int, by: Actor, at: datetime
) -> Power:
    """Suspend, resume or end a power with its reason. Matters under way are checked again when signed.

    Errors: PowerChanged, PowerNotChangeable.
    """
    locked = Power.objects.select_for_update(of=("self",)).get(pk=power.pk)
    if locked.version != version:
        raise PowerChanged
    ended = locked.state == Power.State.ENDED
    if ended or state == locked.state or state not in Power.State.values or not reason.strip():
        raise PowerNotChangeable
    before, locked.state, locked.state_reason = locked.state, state, reason.strip()
    locked.version += 1
    locked.save(update_fields=("state", "state_reason", "version"))
    audit.record(
        ("power", locked.pk),
        action="power.state_changed",
        by=by,
        at=at,
        facts={"before": before, "after": state, "reason": reason.strip()},
    )
    check_gaps(item_ids=[locked.item_id], by=by, at=at)
    return locked
