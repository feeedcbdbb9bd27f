"""Reads of replacements and of requests to use a seal."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from jingkai.modules.approvals.models import Replacement, SealRequest


def replacements() -> QuerySet[Replacement]:
    """All replacements with what their pages show."""
    along = ("old", "new", "application__case", "application__enterprise", "asked_by", "checked_by")
    return Replacement.objects.select_related(*along, "request__case")


def filtered_replacements(*, text: str = "", state: str = "", ground: str = "") -> QuerySet[Replacement]:
    """The register of replacements, narrowed."""
    found = replacements()
    if state:
        found = found.filter(state=state)
    if ground:
        found = found.filter(ground=ground)
    if text:
        found = found.filter(
            Q(old__number_text__icontains=text)
            | Q(new__number_text__icontains=text)
            | Q(old__addressee_name__icontains=text)
            | Q(application__case__reference__icontains=text)
        )
    return found


def replacement_of(document_id: int) -> Replacement | None:
    """The newest replacement asked for a document."""
    return replacements().filter(old_id=document_id).order_by("-pk").first()


def seal_requests() -> QuerySet[SealRequest]:
    """All requests with what their pages show."""
    along = ("document", "case", "application__case", "raised_by", "decided_by", "sealed_by")
    return SealRequest.objects.select_related(*along)


def filtered_seal_requests(*, text: str = "", state: str = "") -> QuerySet[SealRequest]:
    """The register of requests, narrowed."""
    found = seal_requests()
    if state:
        found = found.filter(state=state)
    if text:
        found = found.filter(
            Q(document__number_text__icontains=text)
            | Q(document__title__icontains=text)
            | Q(case__reference__icontains=text)
            | Q(raised_by__name__icontains=text)
        )
    return found


def seal_request_of(case_id: int) -> SealRequest | None:
    """The request that a case is about."""
    return seal_requests().filter(case_id=case_id).first()
