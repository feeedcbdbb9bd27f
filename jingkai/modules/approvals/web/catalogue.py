"""The public catalogue: packages and single items by everyday words, the guide of an item, its pictures."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from jingkai.kernel.permissions.api import Request, public
from jingkai.kernel.search import api as search
from jingkai.modules.approvals import operations, queries
from jingkai.modules.approvals.web import shown
from jingkai.modules.approvals.web.lists import CatalogueFilter

SVG = "image/svg+xml; charset=utf-8"


@public
@require_safe
def catalogue(request: Request) -> HttpResponse:
    """Packages and items, narrowed by everyday words, line, audience, unit and type."""
    form = CatalogueFilter(request)
    found = queries.published_items(form.wanted())
    items, place = queries.page_after(found, field="name", ascending=True, after=form.after)
    context = {
        "form": form,
        "words": form.text,
        "packages": _packages(form),
        "items": shown.item_rows(items, limits=queries.limits_of(items, on=timezone.localdate(request.at))),
        "pager": form.pager(place),
    }
    return render(request, "approvals/catalogue.html", context)


def _packages(form: CatalogueFilter) -> list[Any]:
    if form.after or form.narrows_beyond_words:
        return []
    packages = queries.list_packages()
    if not form.text:
        return packages
    found = [hit.object_id for hit in search.find(form.text, kinds=("package",), limit=50).hits]
    return sorted((one for one in packages if one.pk in found), key=lambda one: found.index(one.pk))


@public
@require_safe
def item_guide(request: Request, code: str) -> HttpResponse:
    """The guide of one item: limits, materials, fees, basis, result, remedies, and what is unconfirmed."""
    guide = _guide(request, code)
    found = queries.hindrance_of(guide.item, on=timezone.localdate(request.at))
    hindrance = operations.WHY[found] if found else ""
    context = {
        "guide": guide,
        "item": guide.item,
        "hindrance": hindrance,
        "for_applicants": request.actor.kind != "staff",
        **shown.item_page(guide),
    }
    return render(request, "approvals/item_guide.html", context)


@public
@require_safe
def item_flow(request: Request, code: str) -> HttpResponse:
    """The steps of an item as a flow chart, to look at, to print, to take along."""
    guide = _guide(request, code)
    return HttpResponse(shown.flow_chart(guide.content.get("steps") or []), content_type=SVG)


@public
@require_safe
def item_qr(request: Request, code: str) -> HttpResponse:
    """The address of the guide as a QR code, for notices and windows."""
    guide = _guide(request, code)
    address = settings.BASE_URL + reverse("approvals:item_guide", args=[guide.item.code])
    return HttpResponse(shown.qr_code(address), content_type=SVG)


@public
@require_safe
def item_form(request: Request, code: str, material: str, kind: str) -> HttpResponse:
    """A blank or a sample form of an item: the zone's own, else typeset from the version in force."""
    guide = _guide(request, code)
    lines = [line for line in guide.content.get("materials") or [] if line.get("code") == material]
    if not lines or lines[0].get("kind") != "form" or kind not in ("blank", "sample"):
        raise Http404
    if own := lines[0].get(f"{kind}_file"):
        return redirect("files:download", uuid=own)
    content = operations.typeset_form(
        name=str(lines[0]["name"]), item=guide.item.name, unit=guide.item.unit.name, sample=kind == "sample"
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{guide.item.code}-{material}-{kind}.pdf"'
    return response


def _guide(request: Request, code: str) -> queries.ItemGuide:
    guide = queries.find_guide(code=code, on=timezone.localdate(request.at))
    if guide is None:
        raise Http404
    return guide
