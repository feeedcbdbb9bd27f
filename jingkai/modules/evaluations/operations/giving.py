"""Giving a rating: once per matter or visit, logged in, by a link, or at the window."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.api import actor_for_person
from jingkai.kernel.permissions.data import SYSTEM, VISITOR, Actor
from jingkai.modules.approvals import api as approvals
from jingkai.modules.approvals.data import RatedMatter, RatingLevel
from jingkai.modules.evaluations import rules
from jingkai.modules.evaluations.data import Channel, Words
from jingkai.modules.evaluations.events import EvaluationGiven
from jingkai.modules.evaluations.models import Evaluation, Invitation
from jingkai.modules.evaluations.operations.rectifying import open_rectification

LONGEST = 500


class RatedAlready(PersonFacingError):
    """One rating per matter online, one per visit on site (GB/T 39735)."""

    sentence = _("This was rated already. Each matter and each visit is rated once.")
    advice = _("To say more, add a complaint to your rating or call the window.")


class LinkUnknown(PersonFacingError):
    """The code was not signed here."""

    sentence = _("This link is not one of ours.")
    advice = _("Copy it whole from the text message, or log in and rate your matter there.")
    status = 404


class LinkExpired(PersonFacingError):
    """A link is good until its day."""

    sentence = _("This link was valid until %(day)s.")
    advice = _("Log in and rate your matter there, or tell us through the mailbox.")
    status = 410


class WrongReason(PersonFacingError):
    """Only the standard reasons of the chosen level may be ticked."""

    sentence = _("One of the reasons does not belong to the level that you chose.")
    advice = _("Choose the level first, then tick the reasons that are offered for it.")
    status = 422


class ItemUnnamed(PersonFacingError):
    """A rating of a package says which item it is about, so that the right unit answers for it."""

    sentence = _("Choose the item that your rating is about.")
    advice = _("The package has several items of different units; the one chosen looks into it.")
    status = 422


@transaction.atomic
def rate_matter(*, matter: RatedMatter, words: Words, by: Actor, at: datetime) -> Evaluation:
    """Rate a finished matter of the own enterprise, once. Errors: RatedAlready, NotYetRateable,
    ItemUnnamed.
    """
    _check_reasons(words, at=at)
    matter = _about(matter, words)
    evaluation = _give_matter(matter, words, channel=Channel.ONLINE, rater=rules.person_of(by), by=by, at=at)
    _rate_below(matter, words, by=by, at=at)
    return evaluation


@transaction.atomic
def rate_by_code(*, code: str, words: Words, at: datetime) -> Evaluation:
    """Rate by the link of an invitation, without an account.

    A matter is rated in the name of the person to whom the link was sent, as far as they still act for the
    enterprise. Errors: LinkUnknown, LinkExpired, RatedAlready, NotYetRateable.
    """
    invitation = find_invitation(code=code, at=at, lock=True)
    if invitation.used_at is not None:
        raise RatedAlready
    _check_reasons(words, at=at)
    if invitation.matter is None:
        evaluation = _give_visit(invitation, words, at=at)
    else:
        assert invitation.to_id is not None
        by = actor_for_person(invitation.to_id, timezone.localdate(at))
        matter = _about(approvals.rated_matter(application_id=invitation.matter), words)
        evaluation = _give_matter(matter, words, channel=Channel.LINK, rater=invitation.to_id, by=by, at=at)
        _rate_below(matter, words, by=by, at=at)
    return evaluation


def find_invitation(*, code: str, at: datetime, lock: bool = False) -> Invitation:
    """The invitation behind a code. Errors: LinkUnknown, LinkExpired (a used one never expires)."""
    rows = Invitation.objects.select_related("unit", "person", "evaluation")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=rules.number_of(code) or 0).first()
    if found is None:
        raise LinkUnknown
    if found.used_at is None and found.expires_at <= at:
        raise LinkExpired(day=f"{timezone.localtime(found.expires_at):%Y-%m-%d}")
    return found


@transaction.atomic
def take_over_rating(*, application_id: int, at: datetime) -> Evaluation | None:
    """Keep what follows from a rating that was given in the matter itself; a repetition changes nothing."""
    known = Evaluation.objects.filter(matter=application_id).first()
    if known is not None:
        return known
    matter = approvals.rated_matter(application_id=application_id)
    if not matter.level or matter.rated_at is None:
        return None
    words = Words(level=matter.level, reasons=matter.reasons, comment=matter.comment)
    rater = matter.rated_by_id
    return _give_matter(matter, words, channel=Channel.ONLINE, rater=rater, by=SYSTEM, at=matter.rated_at)


def _check_reasons(words: Words, *, at: datetime) -> None:
    RatingLevel(words.level)
    offered = {one.code for one in rules.reasons_on(timezone.localdate(at)) if words.level in one.levels}
    if set(words.reasons) - offered:
        raise WrongReason


def _about(matter: RatedMatter, words: Words) -> RatedMatter:
    """The matter with the unit and person of the item that was chosen. Errors: ItemUnnamed."""
    if not matter.choices:
        return matter
    if words.item not in {one.branch for one in matter.choices}:
        raise ItemUnnamed
    return approvals.rated_matter(application_id=matter.application_id, branch=words.item)


def _rate_below(matter: RatedMatter, words: Words, *, by: Actor, at: datetime) -> None:
    """Let the service hall keep its own rating: it decides who may rate a matter, and when."""
    approvals.rate_service(
        application=approvals.get_by_case(case_id=matter.case_id),
        level=RatingLevel(words.level),
        reasons=words.reasons,
        comment=words.comment[:LONGEST],
        by=by,
        at=at,
    )


def _give_matter(
    matter: RatedMatter, words: Words, *, channel: Channel, rater: int | None, by: Actor, at: datetime
) -> Evaluation:
    evaluation = _store(
        words,
        at=at,
        channel=channel.value,
        matter=matter.application_id,
        matter_uuid=matter.uuid,
        case_id=matter.case_id,
        reference=matter.reference,
        title=matter.title,
        title_en=matter.title_en,
        item_code=matter.item_code,
        item_name=matter.item_name,
        item_name_en=matter.item_name_en,
        unit_id=matter.unit_id,
        person_id=matter.person_id,
        enterprise_id=matter.enterprise_id,
        rater_id=rater,
    )
    _use(Invitation.objects.filter(matter=matter.application_id), evaluation, at=at)
    _tell(evaluation, by=by, at=at)
    return evaluation


def _give_visit(invitation: Invitation, words: Words, *, at: datetime) -> Evaluation:
    evaluation = _store(
        words,
        at=at,
        channel=Channel.ONSITE.value,
        ticket=invitation.ticket,
        reference=invitation.ticket,
        title=invitation.service,
        title_en=invitation.service_en,
        item_name=invitation.service,
        item_name_en=invitation.service_en,
        unit_id=invitation.unit_id,
        person_id=invitation.person_id,
        rater_id=invitation.to_id,
    )
    _use([invitation], evaluation, at=at)
    _tell(evaluation, by=VISITOR, at=at)
    return evaluation


def _store(words: Words, *, at: datetime, **facts: Any) -> Evaluation:
    comment = words.comment.strip()[:LONGEST]
    waiting = Evaluation.Publication.WAITING if comment else Evaluation.Publication.NONE
    try:
        with transaction.atomic():
            return Evaluation.objects.create(
                **facts,
                level=int(RatingLevel(words.level)),
                reasons=list(words.reasons),
                comment=comment,
                anonymous=words.anonymous,
                rated_at=at,
                month=timezone.localdate(at).replace(day=1),
                publication=waiting,
            )
    except IntegrityError as error:
        raise RatedAlready from error


def _use(invitations: Iterable[Invitation], evaluation: Evaluation, *, at: datetime) -> None:
    for one in invitations:
        one.used_at, one.evaluation = at, evaluation
        one.save(update_fields=("used_at", "evaluation"))


def _tell(evaluation: Evaluation, *, by: Actor, at: datetime) -> None:
    facts = {"level": evaluation.level, "channel": evaluation.channel, "anonymous": evaluation.anonymous}
    audit.record(evaluation, action="evaluation.given", by=by, at=at, facts=facts)
    events.publish(EvaluationGiven(evaluation_id=evaluation.pk, level=evaluation.level))
    if evaluation.is_bad:
        open_rectification(evaluation=evaluation, at=at)
