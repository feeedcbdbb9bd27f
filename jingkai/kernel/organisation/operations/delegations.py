"""Standing in for somebody for a period (委托代办)."""

from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import record
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation import rules
from jingkai.kernel.organisation.models import Delegation
from jingkai.kernel.organisation.operations.appointments import DatesOutOfOrder
from jingkai.kernel.parties.models import Person
from jingkai.kernel.permissions.api import may
from jingkai.kernel.permissions.data import Actor

LOCK = 7_301_001
"""Advisory lock under which delegations are entered one by one, so that two cannot close a loop together."""


class DelegationToOneself(PersonFacingError):
    """Nobody stands in for themselves."""

    sentence = _("You cannot delegate to yourself.")
    advice = _("Choose a colleague.")


class DelegationLoop(PersonFacingError):
    """A chain of delegations would come back to where it began."""

    sentence = _(
        "%(name)s has delegated, directly or through others, back to the same person in that period."
    )
    advice = _("End that delegation first, or choose somebody else.")


class DelegationWithoutReason(PersonFacingError):
    """A delegation says why."""

    sentence = _("Say why somebody stands in: leave, business trip, training.")
    advice = _("Fill in the reason.")


class NotYourDelegation(PersonFacingError):
    """Only the person, or the system administrator, delegates or ends a delegation."""

    sentence = _("You may only delegate for yourself.")
    advice = _("Ask the system administrator to enter it for somebody else.")
    status = 403


@transaction.atomic
def delegate(
    *,
    from_person: Person,
    to_person: Person,
    starts_on: date,
    ends_on: date,
    reason: str,
    by: Actor,
    at: datetime,
) -> Delegation:
    """Let one person act for another from a day to a day, both included.

    Several may stand in at once. The rights of the three administrators never pass on, and what was received
    is not passed further.
    """
    _check_by(from_person.pk, by)
    _check_draft(from_person, to_person, starts_on, ends_on, reason)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if _closes_a_loop(from_person.pk, to_person.pk, starts_on, ends_on):
        raise DelegationLoop(name=to_person.party.name)
    row = Delegation.objects.create(
        from_person=from_person,
        to_person=to_person,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason.strip(),
        created_by_id=by.party_id,
        created_at=at,
    )
    facts = {"to": to_person.pk, "from": starts_on.isoformat(), "until": ends_on.isoformat(), "id": row.pk}
    record(from_person.party, action="delegation.given", by=by, at=at, for_=from_person.pk, facts=facts)
    return row


@transaction.atomic
def end_delegation(*, delegation: Delegation, by: Actor, at: datetime) -> None:
    """End a delegation now, before its last day. Ending twice changes nothing."""
    row = Delegation.objects.select_for_update().get(pk=delegation.pk)
    _check_by(row.from_person_id, by)
    if row.state == Delegation.State.ENDED:
        return
    row.state, row.ended_at = Delegation.State.ENDED, at
    row.version += 1
    row.save()
    party = row.from_person.party
    facts = {"to": row.to_person_id, "id": row.pk, "on": timezone.localdate(at).isoformat()}
    record(party, action="delegation.ended", by=by, at=at, for_=row.from_person_id, facts=facts)


def _check_by(from_person_id: int, by: Actor) -> None:
    if by.party_id != from_person_id and not may(by, rules.MANAGE_DELEGATIONS):
        raise NotYourDelegation


def _check_draft(giver: Person, taker: Person, starts_on: date, ends_on: date, reason: str) -> None:
    if giver.pk == taker.pk:
        raise DelegationToOneself
    if ends_on < starts_on:
        raise DatesOutOfOrder
    if not reason.strip():
        raise DelegationWithoutReason


def _closes_a_loop(giver: int, taker: int, starts_on: date, ends_on: date) -> bool:
    """Whether the taker already delegates, in overlapping days, along a chain that reaches the giver."""
    rows = Delegation.objects.filter(
        state=Delegation.State.ACTIVE, starts_on__lte=ends_on, ends_on__gte=starts_on
    )
    given: dict[int, list[int]] = {}
    for from_id, to_id in rows.values_list("from_person_id", "to_person_id"):
        given.setdefault(from_id, []).append(to_id)
    seen, waiting = set(), [taker]
    while waiting:
        here = waiting.pop()
        if here == giver:
            return True
        if here not in seen:
            seen.add(here)
            waiting.extend(given.get(here, ()))
    return False
