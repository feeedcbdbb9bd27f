"""The parks of the zone."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jingkai.kernel.hooks.api import local
from jingkai.kernel.organisation import operations, rules
from jingkai.kernel.organisation.models import Park
from jingkai.kernel.organisation.web.editing import edit
from jingkai.kernel.organisation.web.forms import ParkForm
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import held, once
from jingkai.ui.data import Fact


@requires(rules.MANAGE_UNITS)
@require_GET
def parks(request: Request) -> HttpResponse:
    """List the parks."""
    return render(request, "organisation/parks.html", {"parks": Park.objects.order_by("order", "code")})


@requires(rules.MANAGE_UNITS)
@once
def edit_park(request: Request, uuid: UUID | None = None) -> HttpResponse:
    """Add a park or change one."""
    row = get_object_or_404(Park, uuid=uuid) if uuid else None
    names = ("name", "name_en", "code", "order", "active", "version")
    initial = (
        {name: getattr(row, name) for name in names} if row else {"version": 0, "active": True, "order": 0}
    )
    form = ParkForm(request.POST or held(request) or None, initial=initial)

    def save() -> str:
        version = form.cleaned_data["version"]
        operations.save_park(park=row, draft=form.draft(), version=version, by=request.actor, at=request.at)
        return reverse("organisation:parks")

    title = _("Change %(name)s") % {"name": local(row, "name")} if row else _("Add a park")
    page = {"title": title, "back_label": _("Parks"), "back_url": reverse("organisation:parks")}
    present = [Fact(_("Name"), row.name), Fact(_("Code"), row.code)] if row else []
    return edit(
        request, form, save=save, page=page, present=present, version=lambda: row.version if row else 0
    )
