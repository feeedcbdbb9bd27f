"""Who holds which post, from when until when."""

from datetime import date, datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import record
from jingkai.kernel.events.api import publish
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation import queries
from jingkai.kernel.organisation.events import AppointmentEnded
from jingkai.kernel.organisation.models import Appointment, Post
from jingkai.kernel.parties.api import check_version
from jingkai.kernel.parties.models import Person
from jingkai.kernel.permissions.data import Actor


class AlreadyInPost(PersonFacingError):
    """The person holds this post in part of the period."""

    sentence = _("This person already holds this post in part of that period.")
    advice = _("End the earlier appointment first, or choose other days.")


class DatesOutOfOrder(PersonFacingError):
    """A period ends before it begins."""

    sentence = _("The last day lies before the first.")
    advice = _("Correct the days.")


class TwoAdministrations(PersonFacingError):
    """One person would hold two of the three administrations."""

    sentence = _("%(name)s would be two of system, security and audit administrator at once.")
    advice = _("The three administrators are three people (GB/T 22239). Choose somebody else.")


@transaction.atomic
def appoint(
    *,
    person: Person,
    post: Post,
    starts_on: date,
    ends_on: date | None = None,
    note: str = "",
    by: Actor,
    at: datetime,
) -> Appointment:
    """Put a person into a post for a time; an open end is until further notice."""
    if ends_on is not None and ends_on < starts_on:
        raise DatesOutOfOrder
    _one_at_a_time(person.pk)
    try:
        with transaction.atomic():
            row = Appointment.objects.create(
                person=person, post=post, starts_on=starts_on, ends_on=ends_on, note=note
            )
    except IntegrityError as error:
        raise AlreadyInPost from error
    check_administrations(person.pk, starts_on=starts_on, ends_on=ends_on)
    facts = {
        "post": post.pk,
        "from": starts_on.isoformat(),
        "until": ends_on.isoformat() if ends_on else None,
    }
    record(person.party, action="appointment.made", by=by, at=at, facts=facts)
    return row


@transaction.atomic
def end_appointment(
    *, appointment: Appointment, ends_on: date, version: int, by: Actor, at: datetime
) -> None:
    """Set the last day of an appointment."""
    row = Appointment.objects.select_for_update().get(pk=appointment.pk)
    check_version(row_version=row.version, form_version=version)
    if ends_on < row.starts_on:
        raise DatesOutOfOrder
    row.ends_on = ends_on
    row.version += 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise AlreadyInPost from error
    check_administrations(row.person_id, starts_on=row.starts_on, ends_on=ends_on)
    facts = {"post": row.post_id, "until": ends_on.isoformat()}
    record(row.person.party, action="appointment.ended", by=by, at=at, facts=facts)
    publish(AppointmentEnded(appointment_id=row.pk, person_id=row.person_id))


@transaction.atomic
def void_appointment(*, appointment: Appointment, reason: str, by: Actor, at: datetime) -> None:
    """Take back an appointment that was entered by mistake; it then never counted."""
    row = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if row.voided_at is not None:
        return
    row.voided_at = at
    row.version += 1
    row.save()
    facts = {"post": row.post_id, "reason": reason}
    record(row.person.party, action="appointment.voided", by=by, at=at, facts=facts)
    publish(AppointmentEnded(appointment_id=row.pk, person_id=row.person_id))


def check_administrations(person_id: int, *, starts_on: date, ends_on: date | None) -> None:
    """Refuse that one person holds two of the three administrations at any time of a period."""
    held = queries.administrations_of(person_id, starts_on=starts_on, ends_on=ends_on)
    if len(held) > 1:
        raise TwoAdministrations(name=Person.objects.select_related("party").get(pk=person_id).party.name)


def _one_at_a_time(person_id: int) -> None:
    """Let two editors of one person's posts wait for each other until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM parties_person WHERE party_id = %s FOR UPDATE", [person_id])
