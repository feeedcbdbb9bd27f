"""Applications of an enterprise by an authorised system: draft, facts, files, submission, progress."""

from typing import Any
from urllib.parse import unquote
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from ninja import Router

from jingkai.casework.clock import api as clock
from jingkai.kernel.exchange.api import ApiRequest, needs, page_of
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import get_persons_by_phone
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import operations, queries
from jingkai.modules.approvals.models import Application
from jingkai.modules.approvals.queries import reach
from jingkai.modules.approvals.rest.schemas import (
    SIZE,
    ApplicationOut,
    ApplicationPage,
    DraftIn,
    Facts,
    FactsIn,
    FileOut,
    ProgressOut,
)
from jingkai.modules.enterprises import api as enterprises
from jingkai.records.files import api as files

applications = Router(tags=[_("Applications")])


class EnterpriseUnknown(PersonFacingError):
    """The credit code names no enterprise that this token may act for."""

    status = 422
    sentence = gettext_lazy("No enterprise with this credit code is registered here for this token.")
    advice = gettext_lazy("The enterprise registers on the zone's page first.")


class NobodyActs(PersonFacingError):
    """The phone belongs to nobody who acts for the enterprise today."""

    status = 422
    sentence = gettext_lazy("Nobody with this mobile number acts for the enterprise today.")
    advice = gettext_lazy("Its legal representative invites handlers on the enterprise's page.")


@applications.get("", response=ApplicationPage, summary=_("Applications, the last changed first"))
@needs("applications:read")
def list_applications(
    request: ApiRequest,
    cursor: str = "",
    limit: int = SIZE,
    state: str = "",
    reference: str = "",
) -> Any:
    """Applications that the token reaches, the last changed first."""
    found = reach.applications_for(request.caller)
    if state:
        found = found.filter(state=state[:20])
    if reference:
        found = found.filter(case__reference=reference[:60])
    page = page_of(found, field="updated_at", after=cursor, size=limit)
    return {"rows": [_application(one) for one in page.rows], "next": page.following}


@applications.post("", response={201: ApplicationOut}, summary=_("Open a draft for an enterprise"))
@needs("applications:write")
def create_application(request: ApiRequest, body: DraftIn) -> Any:
    """Open a draft in the name of a person who acts for the enterprise today."""
    enterprise = enterprises.find_by_code(body.enterprise)
    own = request.caller.enterprise_id
    if enterprise is None or (own is not None and enterprise.pk != own):
        raise EnterpriseUnknown
    by = _person(request, enterprise.pk, phone=body.handler_phone)
    package = operations.open_service(code=body.package, by=by, at=request.at)
    draft = operations.create_draft(
        package=package,
        enterprise_id=enterprise.pk,
        facts=_stored(body.facts, {}),
        by=by,
        at=request.at,
    )
    return 201, _application(reached(request, draft.uuid), complete=True)


@applications.get("/{uuid:number}", response=ApplicationOut, summary=_("One application"))
@needs("applications:read")
def get_application(request: ApiRequest, number: UUID) -> Any:
    """One application that the token reaches. Error: 404."""
    return _application(reached(request, number), complete=True)


@applications.patch("/{uuid:number}", response=ApplicationOut, summary=_("Change the facts of a draft"))
@needs("applications:write")
def change_facts(request: ApiRequest, number: UUID, body: FactsIn) -> Any:
    """Change the facts of a draft; what is not given stays."""
    found = reached(request, number)
    operations.save_facts(
        application=found,
        facts=_stored(body.facts, found.facts),
        version=body.version,
        by=handler_of(request, found),
        at=request.at,
    )
    return _application(reached(request, number), complete=True)


@applications.put(
    "/{uuid:number}/materials/{slug:code}",
    response={201: FileOut},
    summary=_("Add a file to a material; the body is the file itself"),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        "parameters": [
            {
                "name": "X-File-Name",
                "in": "header",
                "required": True,
                "schema": {"type": "string"},
                "description": "Percent-encoded",
            }
        ],
    },
)
@needs("applications:write")
def add_material(request: ApiRequest, number: UUID, code: str) -> Any:
    """Add a file to a material of a draft."""
    found = reached(request, number)
    material = found.package.materials.filter(code=code).first()
    if material is None:
        raise Http404
    by = handler_of(request, found)
    name = unquote(request.headers.get("X-File-Name", ""))[:255] or code
    upload = files.receive_bytes(request.body, name=name, kinds=tuple(material.accepted))
    made = operations.add_material(application=found, material=material, upload=upload, by=by, at=request.at)
    stored = made.stored_file
    return 201, {
        "id": made.uuid,
        "material": code,
        "name": made.name,
        "size": stored.size,
        "sha256": stored.sha256,
    }


@applications.post("/{uuid:number}/submit", response=ApplicationOut, summary=_("Hand a complete draft in"))
@needs("applications:write")
def submit(request: ApiRequest, number: UUID) -> Any:
    """Hand a complete draft in; it gets its receipt number. Error: 422 names what is missing."""
    found = reached(request, number)
    by = handler_of(request, found)
    if operations.renew_draft(application=found, by=by, at=request.at):
        found = reached(request, number)
    operations.submit_application(application=found, by=by, at=request.at)
    return _application(reached(request, number))


@applications.get(
    "/{uuid:number}/progress", response=ProgressOut, summary=_("Who has a matter, and every clock of it")
)
@needs("applications:read")
def get_progress(request: ApiRequest, number: UUID) -> Any:
    """Who has a matter, and every clock of it."""
    found = reached(request, number)
    return {
        "id": found.uuid,
        "reference": found.case.reference if found.case else "",
        "state": found.state,
        "holders": [
            {
                "step": local(one, "node_name"),
                "unit": local(one, "unit"),
                "since": one.since,
                "taken_up": one.claimed,
            }
            for one in reach.holders_of(found)
        ],
        "clocks": _clocks(request, found),
    }


def _clocks(request: ApiRequest, found: Application) -> list[dict[str, Any]]:
    named = [(one.clock, one.item.name, one.unit.name) for one in reach.items_of(found)]
    if not named:
        sent = found.submissions.select_related("clock").order_by("sequence")
        named = [(one.clock, "受理", "") for one in sent]
    return [_clock(one, item, unit, request) for one, item, unit in named]


def _clock(one: Any, item: str, unit: str, request: ApiRequest) -> dict[str, Any]:
    usage = clock.usage(one, request.at)
    names = ("state", "started_on", "due_on", "promised_due_on", "stopped_on")
    return {
        **{name: getattr(one, name) for name in names},
        "item": item,
        "unit": unit,
        "used": usage.used,
        "statutory": usage.statutory,
        "promised": usage.promised,
        "suspended": usage.suspended,
        "days": str(usage.unit.value),
    }


def reached(request: ApiRequest, number: UUID) -> Any:
    """The matter of this number, if the token reaches it. Error: 404."""
    found = reach.find_reached(request.caller, number)
    if found is None:
        raise Http404
    return found


def handler_of(request: ApiRequest, application: Application) -> Actor:
    """The person in whose name the draft was opened, while they act for the enterprise."""
    return _person(request, application.enterprise_id, person=application.handler_id)


def _person(request: ApiRequest, enterprise_id: int, *, phone: str = "", person: int = 0) -> Actor:
    """The act stands under two names: the person who acts for the enterprise, and the system."""
    acting = reach.handlers_on(enterprise_id, timezone.localdate(request.at))
    known = {found.pk for found in get_persons_by_phone(phone)} if phone else {person}
    chosen = next((number for number in acting if number in known), None)
    if chosen is None:
        raise NobodyActs
    return Actor(
        party_id=chosen,
        user_id=None,
        name=request.caller.name,
        kind="program",
        grantees=(chosen, enterprise_id),
        enterprise_ids=(enterprise_id,),
    )


def _stored(facts: Facts, before: dict[str, Any]) -> dict[str, Any]:
    """Facts as the hall keeps them: decimals and dates as text; what is not given stays."""
    given = facts.model_dump(exclude_unset=True)
    plain = {name: _plain(value) for name, value in given.items()}
    return {**before, **plain}


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str) else "" if value is None else str(value)


def _application(found: Any, *, complete: bool = False) -> dict[str, Any]:
    times = ("created_at", "updated_at", "submitted_at", "accepted_at", "decided_at")
    row = {
        "id": found.uuid,
        "reference": found.case.reference if found.case else "",
        "package": found.package.service_code,
        "enterprise": found.uscc or "",
        "enterprise_name": found.enterprise.name,
        "project_name": found.project_name,
        "project_code": str(found.facts.get("project_code") or ""),
        "state": found.state,
        "version": found.version,
        **{name: getattr(found, name) for name in times},
    }
    if complete and found.state in (Application.State.DRAFT, Application.State.CORRECTING):
        row["missing"] = queries.list_missing(application=found)
    return row
