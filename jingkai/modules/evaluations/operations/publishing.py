"""Comments are read by somebody before the public reads them; names and numbers are masked."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.evaluations import rules
from jingkai.modules.evaluations.models import Evaluation


class ReviewedMeanwhile(PersonFacingError):
    """Somebody else has decided about this comment."""

    sentence = _("Somebody else has reviewed this comment meanwhile.")
    advice = _("Look at the rating again.")


class NothingToPublish(PersonFacingError):
    """A rating without words has nothing to publish."""

    sentence = _("There are no words to publish.")
    status = 422


@transaction.atomic
def review_comment(
    *, evaluation: Evaluation, publish: bool, text: str, version: int, by: Actor, at: datetime
) -> Evaluation:
    """Publish a comment in the cleared wording, or keep it back; a decision may be changed later."""
    found = Evaluation.objects.select_for_update(of=("self",)).get(pk=evaluation.pk)
    if found.version != version:
        raise ReviewedMeanwhile
    if publish and not (found.comment and text.strip()):
        raise NothingToPublish
    found.publication = Evaluation.Publication.PUBLISHED if publish else Evaluation.Publication.WITHHELD
    found.published = text.strip()[:500] if publish else ""
    found.reviewed_by_id, found.reviewed_at = rules.person_of(by), at
    found.version += 1
    found.save()
    audit.record(found, action="evaluation.comment_reviewed", by=by, at=at, facts={"published": publish})
    return found
