"""Reads of standing authorisations."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from jingkai.records.seals.models import Seal, StandingAuthorisation


def standing_in_force(*, on: date) -> QuerySet[StandingAuthorisation]:
    """The standing authorisations that a paper may be sealed under on a day; the newest first.

    Where the state service keeps the key the paper is ordered there, and valid when it is back.
    """
    usable = Q(seal__state=Seal.State.ACTIVE)
    lasting = Q(starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gte=on))
    found = StandingAuthorisation.objects.select_related("seal", "users")
    return found.filter(usable & lasting, ended_at=None).order_by("-pk")


def standing_for(paper_kind: str, *, on: date) -> StandingAuthorisation | None:
    """The standing authorisation for a kind of document on a day, if the zone has one."""
    return standing_in_force(on=on).filter(papers__contains=[paper_kind]).first()


def standing_of(seal: Seal) -> list[StandingAuthorisation]:
    """All standing authorisations of a seal, those that ended too, newest first."""
    found = StandingAuthorisation.objects.select_related("users", "approved_by", "ended_by")
    return list(found.filter(seal=seal).order_by("-pk"))
