"""The project code on the form of facts: fetched from the national platform, nobody types it twice."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.modules.approvals import operations, queries, rules
from jingkai.modules.approvals.models import Application
from jingkai.modules.approvals.operations import reporting
from jingkai.modules.approvals.web.forms import FactsForm, facts_form, typed_number
from jingkai.ui.words import listed


@requires(rules.APPLY)
@require_POST
def fetch_project(request: Request, uuid: UUID) -> HttpResponse:
    """Fetch the project behind the typed code and fill its fields; all else that was typed is kept.

    Without a one-time mark: fetching twice fills the same fields. The platform is asked before anything is
    locked.
    """
    try:
        application = queries.get_for_enterprise(uuid=uuid, enterprise_ids=request.actor.enterprise_ids)
    except Application.DoesNotExist as error:
        raise Http404 from error
    if not rules.may_edit_application(request.actor, application):
        raise operations.NotYours
    form = facts_form(application.package)(request.POST)
    typed = form.raw()
    found: dict[str, str] = {}
    try:
        found, owner = reporting.fetch_project(code=typed["project_code"])
    except PersonFacingError as error:
        messages.warning(request, f"{error.sentence} {error.advice}".strip())
    else:
        found = {name: value for name, value in found.items() if name in form.fields}
        _tell(request, form, typed, found)
        if owner and owner != application.enterprise.name:
            text = _("The platform names %(owner)s as the project's enterprise. Check the code.")
            messages.warning(request, text % {"owner": owner})
    operations.keep_typed(
        application=application,
        typed={**typed, **found},
        version=typed_number(request.POST, "version"),
        by=request.actor,
        at=request.at,
    )
    return redirect("approvals:facts", uuid=uuid)


def _tell(request: Request, form: FactsForm, typed: dict[str, str], found: dict[str, str]) -> None:
    """Say which fields were filled, and which of them had said something else."""
    filled = [str(form[name].label) for name in found if name != "project_code"]
    text = _("Fetched from the investment project platform: %(fields)s.")
    messages.success(request, text % {"fields": listed(filled) or _("nothing")})
    replaced = [
        _("%(field)s (%(value)s)") % {"field": form[name].label, "value": typed[name]}
        for name, value in found.items()
        if typed[name] and typed[name] != value
    ]
    if replaced:
        text = _("Replaced what stood there: %(fields)s.")
        messages.info(request, text % {"fields": listed(replaced)})
