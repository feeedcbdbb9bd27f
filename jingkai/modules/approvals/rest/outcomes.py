"""Results and ratings."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from ninja import Router

from jingkai.kernel.exchange.api import ApiRequest, needs, page_of
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.data import RatingLevel
from jingkai.modules.approvals.models import Decision, Rating
from jingkai.modules.approvals.queries import reach
from jingkai.modules.approvals.rest.matters import handler_of, reached
from jingkai.modules.approvals.rest.schemas import (
    SIZE,
    RatingIn,
    RatingOut,
    RatingPage,
    ResultOut,
    ResultPage,
)
from jingkai.records.documents import api as documents
from jingkai.records.files import api as files

results = Router(tags=[_("Results of matters")])
ratings = Router(tags=[_("Ratings")])


@results.get("", response=ResultPage, summary=_("Sealed results, the newest first"))
@needs("results:read")
def list_results(
    request: ApiRequest,
    cursor: str = "",
    limit: int = SIZE,
    application: UUID | None = None,
) -> Any:
    """Sealed results that the token reaches, the newest first."""
    found = reach.results_for(request.caller)
    if application is not None:
        found = found.filter(item__application__uuid=application)
    page = page_of(found, field="sealed_at", after=cursor, size=limit)
    return {"rows": [_result(one) for one in page.rows], "next": page.following}


@results.get("/{uuid:number}", response=ResultOut, summary=_("One result"))
@needs("results:read")
def get_result(request: ApiRequest, number: UUID) -> Any:
    """One sealed result. Error: 404."""
    return _result(_found(request, number))


@results.get(
    "/{uuid:number}/file",
    summary=_("The sealed document itself (PDF)"),
    openapi_extra={"responses": {200: {"description": "PDF", "content": {"application/pdf": {}}}}},
)
@needs("results:read")
def get_file(request: ApiRequest, number: UUID) -> Any:
    """The sealed document itself."""
    document = _found(request, number).document
    assert document is not None
    response = HttpResponse(files.read_stored(document.file), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{document.verification_code}.pdf"'
    response["Digest"] = f"sha-256={document.sha256}"
    return response


def _found(request: ApiRequest, number: UUID) -> Decision:
    found = reach.results_for(request.caller).filter(uuid=number).first()
    if found is None:
        raise Http404
    return found


def _result(one: Decision) -> dict[str, Any]:
    document, application = one.document, one.item.application
    assert document is not None
    return {
        "id": one.uuid,
        "application": application.uuid,
        "reference": application.case.reference if application.case else "",
        "item": one.item.item.code,
        "item_name": one.item.item.name,
        "outcome": one.outcome,
        "organ": document.organ_name,
        "number": document.number_text,
        "title": document.title,
        "state": document.state,
        "issued_at": document.issued_at or one.sealed_at,
        "sha256": document.sha256,
        "sm3": document.sm3,
        "verification_url": documents.public_url(document.verification_code),
        "file_url": settings.BASE_URL + reverse("api_get_file", args=[one.uuid]),
    }


@ratings.get("", response=RatingPage, summary=_("Ratings, the newest first"))
@needs("ratings:read")
def list_ratings(request: ApiRequest, cursor: str = "", limit: int = SIZE) -> Any:
    """Ratings that the token reaches, the newest first."""
    page = page_of(reach.ratings_for(request.caller), field="rated_at", after=cursor, size=limit)
    return {"rows": [_rating(one) for one in page.rows], "next": page.following}


@ratings.post("", response={201: RatingOut}, summary=_("Hand over a rating that a person gave elsewhere"))
@needs("ratings:write")
def rate(request: ApiRequest, body: RatingIn) -> Any:
    """Keep a rating that a person gave in the other system, once per matter."""
    found = reached(request, body.application)
    made = operations.rate_service(
        application=found,
        level=RatingLevel(body.level),
        reasons=[],
        comment=body.comment,
        by=handler_of(request, found),
        at=request.at,
    )
    return 201, _rating(made)


def _rating(one: Rating) -> dict[str, Any]:
    application = one.application
    return {
        "application": application.uuid,
        "reference": application.case.reference if application.case else "",
        "package": application.package.service_code,
        "level": one.level,
        "reasons": one.reasons,
        "comment": one.comment,
        "rated_at": one.rated_at,
    }
