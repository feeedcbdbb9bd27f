"""Who may see, apply and manage seals, and which decisions can authorise their use."""

from __future__ import annotations

from datetime import date

from jingkai.kernel.hooks.api import Registry
from jingkai.kernel.organisation.api import posts_of
from jingkai.kernel.permissions.api import Actor, Permission
from jingkai.records.seals.data import Authorisation, AuthorisationKind, StandingPaper

SEE = "seals.see"
APPLY = "seals.apply"
MANAGE = "seals.manage"
AUTHORISE = "seals.authorise"

PERMISSIONS = (
    Permission(SEE, "查看用印台账", "See seals and the ledger of their use", "seals"),
    Permission(APPLY, "用印", "Apply a seal in one's custody", "seals"),
    Permission(AUTHORISE, "批准长期用印", "Authorise the standing use of a seal", "seals"),
    Permission(MANAGE, "管理印章", "Make seals, hand them over, suspend them", "seals"),
)

authorisation_kinds: Registry[AuthorisationKind] = Registry("seal_authorisations", key=lambda kind: kind.code)
"""The kinds of decisions that can authorise a seal's use, each registered by the app that records it."""


def register_authorisation(kind: AuthorisationKind) -> AuthorisationKind:
    """Make a kind of decision known as one that can authorise a seal's use."""
    return authorisation_kinds.register(kind)


standing_papers: Registry[StandingPaper] = Registry("seal_standing_papers", key=lambda paper: paper.code)
"""The kinds of documents that may be sealed under a standing authorisation."""


def find_authorisation(code: str, number: int) -> Authorisation | None:
    """Find an approved decision; None where its kind is unknown or it is not approved."""
    kind = authorisation_kinds.get(code)
    return kind.load(number) if kind else None


def holds(actor: Actor, custodian_id: int, on: date) -> bool:
    """Tell whether a seal is in this person's own custody: handed to them, or to a post they hold that day.

    Standing in for a custodian is not enough: a seal changes hands by a handover that is written down.
    """
    if actor.party_id is None:
        return False
    if custodian_id == actor.party_id:
        return True
    return (
        custodian_id in actor.post_ids and posts_of(actor.party_id, on).filter(post_id=custodian_id).exists()
    )
