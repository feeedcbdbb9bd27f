"""The rated unit appeals (申诉); somebody from elsewhere re-checks (复核) whether the rating counts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.evaluations import rules
from jingkai.modules.evaluations.events import EvaluationUncounted
from jingkai.modules.evaluations.models import Appeal, Evaluation
from jingkai.modules.evaluations.operations.rectifying import end_uncounted
from jingkai.modules.evaluations.operations.telling import tell_rater, tell_staff

OUTCOMES = {True: ("维持评价", "the rating counts"), False: ("不计入统计", "the rating does not count")}


class CannotAppeal(PersonFacingError):
    """One appeal per rating, by the rated unit, in time."""

    sentence = _("This rating can't be appealed against any more, or not by your unit.")
    advice = _("An appeal is made once, by the rated unit, within the days that the rule sets.")


class CannotRecheck(PersonFacingError):
    """Nobody re-checks a rating of their own service."""

    sentence = _("This appeal is decided already, or must be re-checked by somebody from another unit.")
    status = 403


class ReasonNeeded(PersonFacingError):
    """An appeal and its decision give their reasons in writing."""

    sentence = _("Write the reason.")
    status = 422


def appeal_until(evaluation: Evaluation) -> date:
    """The last day on which the rated unit may appeal."""
    day = timezone.localdate(evaluation.rated_at)
    return day + timedelta(days=rules.terms_on(day).appeal_days)


@transaction.atomic
def appeal_rating(*, evaluation: Evaluation, reason: str, by: Actor, at: datetime) -> Appeal:
    """Appeal in writing, once. The rating counts until the re-check has found otherwise."""
    until = appeal_until(evaluation)
    if not rules.may_appeal(by, evaluation, on=timezone.localdate(at), until=until):
        raise CannotAppeal
    if not reason.strip():
        raise ReasonNeeded
    try:
        with transaction.atomic():
            found = Appeal.objects.create(
                evaluation=evaluation, reason=reason.strip(), by_id=rules.person_of(by), at=at
            )
    except IntegrityError as error:
        raise CannotAppeal from error
    audit.record(evaluation, action="evaluation.appealed", by=by, at=at)
    people = organisation.people_with(rules.RECHECK, timezone.localdate(at))
    tell_staff(people, evaluation, kind="rating_appealed", at=at)
    return found


@transaction.atomic
def decide_appeal(*, evaluation: Evaluation, counts: bool, reason: str, by: Actor, at: datetime) -> Appeal:
    """Keep the rating or take it out of the count, with the reason; both sides are told.

    A rating that does not count stays in the register; its rectification ends.
    """
    locked = Evaluation.objects.select_for_update(of=("self",)).get(pk=evaluation.pk)
    found = Appeal.objects.select_for_update().filter(evaluation=locked).first()
    if found is None or not rules.may_recheck(by, locked):
        raise CannotRecheck
    if not reason.strip():
        raise ReasonNeeded
    found.state = Appeal.State.KEPT if counts else Appeal.State.REMOVED
    found.decision, found.decided_by_id, found.decided_at = reason.strip(), by.party_id, at
    found.save()
    audit.record(locked, action="evaluation.rechecked", by=by, at=at, facts={"counts": counts})
    if not counts:
        locked.counted = False
        locked.save(update_fields=("counted",))
        end_uncounted(evaluation=locked, reason=reason, at=at)
        events.publish(EvaluationUncounted(evaluation_id=locked.pk))
        tell_rater(locked, kind="rating_rechecked", at=at, outcome=OUTCOMES[False][0], reason=reason[:300])
    tell_staff(
        [found.by_id],
        locked,
        kind="rating_rechecked",
        at=at,
        outcome=OUTCOMES[counts][0],
        reason=reason[:300],
    )
    return found
