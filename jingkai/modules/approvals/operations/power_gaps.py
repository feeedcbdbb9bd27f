"""A power that ends while matters run: nobody signs, the heads are told; the way on is renewal or hand-over.

行政许可法 24, 25: without a power in force the zone has no competence. The matter is not refused for that: it
waits, its clock runs, and it goes on when the power is renewed, or to the organ with all its papers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.clock import api as clock
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import queries
from jingkai.modules.approvals.models import Application, ApplicationItem, Power, PowerGap
from jingkai.modules.approvals.operations.telling import tell_enterprise, tell_of_power


class PowerInForce(PersonFacingError):
    """A matter is handed on only where the zone may not decide it."""

    sentence = _("A power in force covers this matter, so it is decided here.")


class HandOverNeedsReason(PersonFacingError):
    """A hand-over says to whom and why."""

    sentence = _("Name the organ and write the reason.")
    status = 422


@transaction.atomic
def check_gaps(*, by: Actor, at: datetime, item_ids: Sequence[int] | None = None) -> tuple[int, int]:
    """Find running matters that lost their power and those that have one again; tell the heads once.

    Gives how many gaps opened and how many closed.
    """
    on = timezone.localdate(at)
    in_force = Power.objects.filter(
        item_id=OuterRef("item_id"), state=Power.State.ACTIVE, starts_on__lte=on, ends_on__gte=on
    )
    deciding = ApplicationItem.objects.filter(decides=True, application__state=Application.State.ACCEPTED)
    deciding = deciding.exclude(decision__sealed_at__isnull=False)
    if item_ids is not None:
        deciding = deciding.filter(item_id__in=item_ids)
    bare = deciding.filter(~Exists(in_force), Exists(Power.objects.filter(item_id=OuterRef("item_id"))))
    return _open(bare, by=by, at=at), _close(deciding.filter(Exists(in_force)), by=by, at=at)


def _open(bare: QuerySet[ApplicationItem], *, by: Actor, at: datetime) -> int:
    known = PowerGap.objects.filter(application_id=OuterRef("application_id"), settled_at=None)
    found = bare.filter(~Exists(known)).select_related("application__case", "item").order_by("order")
    lost = list({place.application_id: place for place in list(found)[::-1]}.values())
    powers = _last_powers([place.item_id for place in lost])
    on = timezone.localdate(at)
    gaps = [
        PowerGap(application_id=place.application_id, power=powers[place.item_id], since=on, told_at=at)
        for place in lost
    ]
    PowerGap.objects.bulk_create(gaps)
    _trail(lost, "power.lapsed", by=by, at=at)
    for item_id in {place.item_id for place in lost}:
        count = sum(place.item_id == item_id for place in lost)
        tell_of_power(powers[item_id], kind="power_lapsed", on=on, at=at, matters=count)
    return len(gaps)


def _close(covered: QuerySet[ApplicationItem], *, by: Actor, at: datetime) -> int:
    gaps = PowerGap.objects.filter(settled_at=None)
    mine = gaps.filter(application_id=OuterRef("application_id"), power__item_id=OuterRef("item_id"))
    again = list(covered.filter(Exists(mine)).select_related("application__case"))
    numbers = [place.application_id for place in again]
    gaps.filter(application_id__in=numbers).update(settled_at=at, ending=PowerGap.Ending.RENEWED)
    ended = gaps.filter(~Q(application__state=Application.State.ACCEPTED))
    ended.update(settled_at=at, ending=PowerGap.Ending.CLOSED)
    _trail(again, "power.restored", by=by, at=at)
    return len(again)


def _last_powers(item_ids: Sequence[int]) -> dict[int, Power]:
    rows = Power.objects.filter(item_id__in=item_ids).select_related("item").order_by("ends_on")
    return {power.item_id: power for power in rows}


def _trail(places: Sequence[ApplicationItem], action: str, *, by: Actor, at: datetime) -> None:
    audit.record_many(
        [
            audit.Draft(
                audit.stream_of(place.application.case),
                action,
                by,
                at,
                place.application.enterprise_id,
                {"application": place.application_id},
            )
            for place in places
            if place.application.case is not None
        ]
    )


@transaction.atomic
def hand_to_organ(*, application: Application, organ: str, reason: str, by: Actor, at: datetime) -> None:
    """Hand a matter that the zone may no longer decide to the competent organ, with all its papers.

    Clocks stop, open tasks end, the applicant is told and need not apply again.
    Errors: PowerInForce, HandOverNeedsReason.
    """
    if not reason.strip() or not organ.strip():
        raise HandOverNeedsReason
    locked = (
        Application.objects.select_for_update(of=("self",))
        .select_related("case", "package", "enterprise")
        .get(pk=application.pk)
    )
    check_gaps(
        item_ids=list(locked.items.filter(decides=True).values_list("item_id", flat=True)), by=by, at=at
    )
    gap = PowerGap.objects.filter(application=locked, settled_at=None).first()
    if gap is None or locked.case is None:
        raise PowerInForce
    for running in queries.list_running_clocks(application=locked):
        clock.stop_clock(clock=running, outcome="handed", by=by, at=at)
    cases.end_case(case=locked.case, outcome="handed", reason=reason, by=by, at=at)
    gap.settled_at, gap.ending, gap.reason = at, PowerGap.Ending.HANDED, reason.strip()
    gap.save(update_fields=("settled_at", "ending", "reason"))
    locked.state, locked.updated_at, locked.decided_at = Application.State.HANDED, at, at
    locked.version += 1
    locked.save()
    facts = {"application": locked.pk, "organ": organ.strip(), "reason": reason.strip()}
    audit.record(
        locked.case, action="application.handed", by=by, at=at, for_=locked.enterprise_id, facts=facts
    )
    told = {"organ": organ.strip(), "reason": reason.strip()[:300]}
    tell_enterprise(locked, kind="application_handed", at=at, **told)
