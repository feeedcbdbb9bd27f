"""Rights over ratings, the zone's terms and standard reasons as rules, and who may do what to a rating."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor, Permission
from jingkai.kernel.rules import api as kernel_rules
from jingkai.kernel.rules.api import RuleField, RuleKind
from jingkai.modules.evaluations.data import Reason, Terms
from jingkai.modules.evaluations.models import Evaluation, Rectification

RATE = "evaluations.rate"
SEE = "evaluations.see"
SEE_ALL = "evaluations.see_all"
INVITE = "evaluations.invite"
HANDLE = "evaluations.handle"
VISIT = "evaluations.visit"
APPEAL = "evaluations.appeal"
RECHECK = "evaluations.recheck"
REVIEW = "evaluations.review_comments"

PERMISSIONS = (
    Permission(RATE, "评价本企业办件", "Rate the own enterprise's matters", "evaluations"),
    Permission(SEE, "查看本部门好差评", "See the ratings of the own unit", "evaluations"),
    Permission(SEE_ALL, "查看全区好差评", "See all ratings of the zone", "evaluations"),
    Permission(INVITE, "邀请现场评价", "Invite to rate at the window", "evaluations"),
    Permission(HANDLE, "办理差评整改", "Put right what was rated badly", "evaluations"),
    Permission(VISIT, "回访评价人", "Ask raters again", "evaluations"),
    Permission(APPEAL, "对评价提出申诉", "Appeal against a rating", "evaluations"),
    Permission(RECHECK, "复核评价、办理评价投诉", "Re-check ratings and answer complaints", "evaluations"),
    Permission(REVIEW, "审核评价公开", "Clear comments for publication", "evaluations"),
)

TERMS = "evaluation_terms"
STANDARD = "standard"
REASON = "evaluation_reason"
LEVELS = tuple((str(level), str(level)) for level in range(5, 0, -1))
SALT = "jingkai.evaluations.invitation"
SIGNATURE = 16


class ActsWithoutPerson(PersonFacingError):
    """Whoever handles, visits, appeals and re-checks is named."""

    sentence = _("This act must be done by a person under their own name.")
    status = 403


def declare_kinds() -> None:
    """Make both kinds of rules known; called once while the product starts."""
    kernel_rules.declare_kind(
        RuleKind(
            code=TERMS,
            name="好差评办理要求",
            name_en="Terms of ratings",
            keys=(STANDARD,),
            fields=(
                RuleField(
                    name="rectification_days",
                    label=_("Days for a rectification (working days)"),
                    type="integer",
                    minimum=5,
                    maximum=15,
                ),
                RuleField(
                    name="link_days",
                    label=_("Days for which a link is valid"),
                    type="integer",
                    minimum=1,
                    maximum=180,
                ),
                RuleField(
                    name="appeal_days",
                    label=_("Days for an appeal (natural days)"),
                    type="integer",
                    minimum=1,
                    maximum=60,
                ),
                RuleField(name="visitors", label=_("Who asks the rater again (as in a flow)")),
            ),
        )
    )
    kernel_rules.declare_kind(
        RuleKind(
            code=REASON,
            name="评价理由",
            name_en="Standard reasons of ratings",
            fields=(
                RuleField(name="levels", label=_("Offered for these levels"), type="choices", options=LEVELS),
            ),
        )
    )


def terms_on(on: date) -> Terms:
    """The zone's terms of that day; the product's own where the zone has written none."""
    found = kernel_rules.find_rule(TERMS, STANDARD, on=on)
    if found is None:
        return Terms()
    value = found.value
    return Terms(
        rule_id=found.id,
        rectification_days=int(value["rectification_days"]),
        link_days=int(value["link_days"]),
        appeal_days=int(value["appeal_days"]),
        visitors=str(value["visitors"]),
    )


def reasons_on(on: date) -> list[Reason]:
    """The standard reasons of that day, by code."""
    return [_reason(found.key, found.name, found.name_en, found.value) for found in _listed(on)]


def _listed(on: date) -> list[kernel_rules.RuleValue]:
    return kernel_rules.list_rules(REASON, on=on)


def _reason(key: str, name: str, name_en: str, value: Mapping[str, Any]) -> Reason:
    return Reason(key, name, name_en, tuple(int(level) for level in value["levels"]))


def code_of(number: int) -> str:
    """The code of an invitation: its number and a signature; 80 bits that nobody guesses."""
    return f"{number:x}-{_signature(number)}"


def number_of(code: str) -> int | None:
    """The invitation that a code stands for, or None where it was not signed here."""
    number, _dash, signature = code.partition("-")
    try:
        found = int(number, 16)
    except ValueError:
        return None
    if not 0 < found < 2**62 or not constant_time_compare(signature, _signature(found)):
        return None
    return found


def _signature(number: int) -> str:
    digest = salted_hmac(SALT, str(number), algorithm="sha256").digest()
    return base64.b32encode(digest).decode().lower()[:SIGNATURE]


def person_of(by: Actor) -> int:
    """The acting person. Errors: ActsWithoutPerson."""
    if by.party_id is None:
        raise ActsWithoutPerson
    return by.party_id


def may_see(actor: Actor, evaluation: Evaluation) -> bool:
    """True for the rated unit's own people with the right, and for those who see all."""
    if SEE_ALL in actor.permissions:
        return True
    return SEE in actor.permissions and evaluation.unit_id in actor.unit_ids


def may_appeal(actor: Actor, evaluation: Evaluation, *, on: date, until: date) -> bool:
    """True for the rated unit with the right, in time, while no appeal was made."""
    in_unit = evaluation.unit_id in actor.unit_ids
    return APPEAL in actor.permissions and in_unit and on <= until and not hasattr(evaluation, "appeal")


def may_recheck(actor: Actor, evaluation: Evaluation) -> bool:
    """True for somebody with the right who neither belongs to the rated unit nor made the appeal.

    GB/T 39735: nobody re-checks a rating of their own service.
    """
    appeal = getattr(evaluation, "appeal", None)
    if appeal is None or appeal.decided_at is not None or RECHECK not in actor.permissions:
        return False
    mine = {actor.party_id, *actor.on_behalf_of}
    return evaluation.unit_id not in actor.unit_ids and appeal.by_id not in mine | {None}


def may_visit(person: int, rectification: Rectification) -> bool:
    """True for anybody but those whom the rating is about: who handled it, and who was rated."""
    return person not in (rectification.handled_by_id, rectification.evaluation.person_id)


def may_read_evidence(actor: Actor, rectification_id: int) -> bool:
    """Files of a rectification are read by whoever sees its case."""
    found = Rectification.objects.filter(pk=rectification_id).first()
    return found is not None and cases.may_see(found.case_id, grantees=actor.grantees)
