"""The applicant rates the service (好差评, GB/T 39735)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import rules
from jingkai.modules.approvals.data import RatingLevel
from jingkai.modules.approvals.events import ServiceRated
from jingkai.modules.approvals.models import Application, Rating


class NotYetRateable(PersonFacingError):
    """Only a finished matter of one's own enterprise can be rated."""

    sentence = _("The service can be rated once the matter is finished.")


class AlreadyRated(PersonFacingError):
    """One rating per matter online (GB/T 39735)."""

    sentence = _("You have already rated this matter. Each matter is rated once.")
    advice = _("To say more, write to the zone's mailbox or call the window.")


@transaction.atomic
def rate_service(
    *,
    application: Application,
    level: RatingLevel,
    reasons: Sequence[str],
    comment: str,
    by: Actor,
    at: datetime,
) -> Rating:
    """Keep the rating, once and for ever. Errors: NotYetRateable, AlreadyRated."""
    finished = (Application.State.DECIDED, Application.State.REFUSED)
    if application.enterprise_id not in by.enterprise_ids or application.state not in finished:
        raise NotYetRateable
    try:
        with transaction.atomic():
            rating = Rating.objects.create(
                application=application,
                level=int(level),
                reasons=list(reasons),
                comment=comment,
                rated_by_id=rules.person_of(by),
                rated_at=at,
            )
    except IntegrityError as error:
        raise AlreadyRated from error
    audit.record(
        application.case or ("application", application.pk),
        action="service.rated",
        by=by,
        at=at,
        for_=application.enterprise_id,
        facts={"level": int(level)},
    )
    events.publish(ServiceRated(application_id=application.pk, level=int(level)))
    return rating
