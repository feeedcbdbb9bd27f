"""The tree of units and its editor."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jingkai.kernel.hooks.api import local
from jingkai.kernel.organisation import operations, queries, rules
from jingkai.kernel.organisation.models import Post, Unit
from jingkai.kernel.organisation.web.editing import confirm, edit
from jingkai.kernel.organisation.web.forms import UnitForm
from jingkai.kernel.permissions.api import Request, may, requires
from jingkai.kernel.submissions.api import held, once
from jingkai.ui.data import Fact


def _rows() -> Any:
    return Unit.objects.select_related("party", "parent__party", "home_unit__party")


@requires(rules.READ_DIRECTORY, rules.MANAGE_UNITS)
@require_GET
def units(request: Request) -> HttpResponse:
    """Show the tree of units, or those that a search finds."""
    text = request.GET.get("q", "").strip()
    closed = request.GET.get("closed") == "1"
    today = timezone.localdate(request.at)
    context = {
        "tree": () if text else queries.unit_tree(today, with_closed=closed),
        "found": queries.find_units(text) if text else [],
        "text": text,
        "closed": closed,
        "may_edit": may(request.actor, rules.MANAGE_UNITS),
    }
    return render(request, "organisation/units.html", context)


@requires(rules.READ_DIRECTORY, rules.MANAGE_UNITS)
@require_GET
def unit(request: Request, uuid: UUID) -> HttpResponse:
    """Show a unit with its posts and who holds them."""
    row, children = _with_children(uuid)
    posts = list(
        Post.objects.filter(unit=row, party__active=True)
        .select_related("party")
        .prefetch_related("roles")
        .order_by("-head", "order", "pk")
    )
    holders = queries.holders_by_post([post.pk for post in posts], timezone.localdate(request.at))
    context = {
        "unit": row,
        "posts": [(post, holders.get(post.pk, [])) for post in posts],
        "children": children,
        "may_edit": may(request.actor, rules.MANAGE_UNITS),
    }
    return render(request, "organisation/unit.html", context)


def _with_children(uuid: UUID) -> tuple[Unit, list[Unit]]:
    """Give a unit and those in use directly below it, in one query. Error: Http404."""
    near = Q(party__uuid=uuid) | Q(parent__party__uuid=uuid, party__active=True)
    found = list(_rows().filter(near).order_by("order", "party__pinyin"))
    row = next((one for one in found if one.party.uuid == uuid), None)
    if row is None:
        raise Http404
    return row, [one for one in found if one is not row]


@requires(rules.MANAGE_UNITS)
@once
def new_unit(request: Request) -> HttpResponse:
    """Add a unit, perhaps under another one."""
    wanted = request.GET.get("parent", "")
    parent = next((row for row in _rows() if str(row.party.uuid) == wanted), None)
    form = UnitForm(request.POST or held(request) or None, initial={"parent": parent, "order": 0})

    def save() -> str:
        made = operations.create_unit(draft=form.draft(), by=request.actor, at=request.at)
        return reverse("organisation:unit", args=[made.party.uuid])

    return edit(request, form, save=save, page=_page(_("Add a unit"), reverse("organisation:units")))


@requires(rules.MANAGE_UNITS)
@once
def edit_unit(request: Request, uuid: UUID) -> HttpResponse:
    """Change a unit."""
    row = get_object_or_404(_rows(), party__uuid=uuid)
    names = ("code", "kind", "parent", "home_unit", "order", "version")
    initial = {name: getattr(row, name) for name in names}
    initial |= {name: getattr(row.party, name) for name in ("name", "name_en", "short_name")}
    form = UnitForm(request.POST or held(request) or None, initial=initial)
    back = reverse("organisation:unit", args=[uuid])

    def save() -> str:
        version = form.cleaned_data["version"] or 0
        operations.change_unit(unit=row, draft=form.draft(), version=version, by=request.actor, at=request.at)
        return back

    present = [
        Fact(_("Name"), row.party.name),
        Fact(_("Kind"), row.get_kind_display()),
        Fact(_("Belongs to"), local(row.parent.party, "name") if row.parent else ""),
        Fact(_("Code"), row.code),
    ]
    page = _page(_("Change %(name)s") % {"name": local(row.party, "name")}, back)
    return edit(request, form, save=save, page=page, present=present, version=lambda: row.version)


@requires(rules.MANAGE_UNITS)
@once
def retire_unit(request: Request, uuid: UUID) -> HttpResponse:
    """Take a unit out of use."""
    row = get_object_or_404(_rows(), party__uuid=uuid)
    page = {
        "title": _("Take %(name)s out of use") % {"name": local(row.party, "name")},
        "text": _("It disappears from lists and choices. What it did stays."),
        "action": _("Take out of use"),
        "danger": True,
        "back_url": reverse("organisation:unit", args=[uuid]),
    }
    return confirm(
        request,
        act=lambda: operations.retire_unit(unit=row, by=request.actor, at=request.at),
        page=page,
    )


def _page(title: str, back_url: str) -> dict[str, Any]:
    return {"title": title, "back_label": _("Units and posts"), "back_url": back_url}
