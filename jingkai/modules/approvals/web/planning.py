"""Arranging the items of a package: which waits for which."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, queries, rules
from jingkai.modules.approvals.models import Package
from jingkai.modules.approvals.web.forms import typed_number
from jingkai.modules.approvals.web.shown.network import line_name, network_context


@requires(rules.MANAGE_PACKAGES)
@require_safe
def packages(request: Request) -> HttpResponse:
    """The packages whose items wait for each other."""
    rows = [(one, queries.has_network(one)) for one in queries.list_packages()]
    return render(request, "approvals/packages.html", {"rows": rows})


@requires(rules.MANAGE_PACKAGES)
@require_http_methods(["GET", "POST"])
@submissions.once
def arrange(request: Request, code: str) -> HttpResponse:
    """Say for each item which others must have a result first; a circle is refused by name."""
    package = get_object_or_404(Package, code=code)
    if not queries.has_network(package):
        raise Http404
    places = list(package.places.select_related("item__unit", "plan").order_by("order"))
    if request.method == "POST":
        needs = {place.pk: _numbers(request, f"after_{place.pk}") for place in places}
        try:
            operations.arrange_package(
                package=package,
                needs=needs,
                version=typed_number(request.POST, "version"),
                by=request.actor,
                at=request.at,
            )
        except operations.CircularDependency as error:
            return _page(request, package, places, needs, problem=error)
        messages.success(request, _("Arranged. New applications follow it; matters under way keep theirs."))
        return redirect("approvals:arrange", code=code)
    branches = {place.branch: place.pk for place in places}
    known = queries.dependencies_of(package)
    needs = {place.pk: [branches[one] for one in known.get(place.branch, [])] for place in places}
    return _page(request, package, places, needs)


def _page(
    request: Request, package: Package, places: list[Any], needs: Any, problem: Exception | None = None
) -> HttpResponse:
    network = queries.network_of_package(package, on=timezone.localdate(request.at))
    lines = [
        {
            "place": place,
            "line": line_name(place.plan.line),
            "choices": [
                (one.pk, local(one.item, "name"), one.pk in needs[place.pk]) for one in places if one != place
            ],
        }
        for place in places
    ]
    context = {"package": package, "lines": lines, "problem": problem}
    if network is not None:
        context |= network_context(network)
    return render(request, "approvals/arrange.html", context, status=422 if problem else 200)


def _numbers(request: Request, name: str) -> list[int]:
    return [int(one) for one in request.POST.getlist(name) if one.isdecimal() and len(one) < 19]
