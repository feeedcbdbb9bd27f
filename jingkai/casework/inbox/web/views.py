"""Saved views: name the filters that are set, forget them again."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from jingkai.casework.inbox import operations, queries
from jingkai.casework.inbox.data import ListPage
from jingkai.casework.inbox.web.forms import ViewForm
from jingkai.casework.inbox.web.paging import PLACES
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, staff
from jingkai.kernel.submissions.api import held, once

KEPT = ("tab", "light", "kind", "state", "text", "sort", "unit")
"""What of an address is a filter; anything else is not saved."""


@staff
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_view(request: Request) -> HttpResponse:
    """Ask for a name for the filters of a list, and keep them."""
    given = {"page": request.GET.get("page", ""), "query": _filters(request.GET.get("query", ""))}
    form = ViewForm(request.POST) if request.method == "POST" else ViewForm(held(request), initial=given)
    if request.method == "POST" and form.is_valid():
        page, query = ListPage(form.cleaned_data["page"]), _filters(form.cleaned_data["query"])
        operations.save_view(
            page=page,
            name=form.cleaned_data["name"],
            query=query,
            is_default=form.cleaned_data["is_default"],
            by=request.actor,
            at=request.at,
        )
        messages.success(request, _("Saved as “%(name)s”.") % {"name": form.cleaned_data["name"]})
        return redirect(f"{_address(page)}?{query or 'sort='}")
    back = _address(ListPage(given["page"])) if given["page"] in set(ListPage) else reverse("inbox:desk")
    data = {
        "title": _("Save these filters as a view"),
        "text": "",
        "action": _("Save"),
        "form": form,
        "back_url": f"{back}?{given['query']}",
    }
    return render(request, "ui/confirm.html", data, status=422 if form.errors else 200)


def _filters(query: str) -> str:
    pairs = [(name, value) for name, value in parse_qsl(query[:1000]) if name in KEPT and name not in PLACES]
    return urlencode(pairs)


def _address(page: ListPage) -> str:
    return reverse(f"inbox:{page.value}")


class NoSuchView(PersonFacingError):
    """The view was deleted, or is another person's."""

    status = 404
    sentence = gettext_lazy("There is no saved view under this address.")


@staff
@require_http_methods(["GET", "HEAD", "POST"])
@once
def delete_view(request: Request, uuid: UUID) -> HttpResponse:
    """Forget a saved view, after asking."""
    view = queries.get_view(uuid=uuid, actor=request.actor)
    if view is None:
        raise NoSuchView
    address = _address(ListPage(view.page))
    if request.method == "POST":
        operations.delete_view(view=view)
        messages.success(request, _("The view “%(name)s” was deleted.") % {"name": view.name})
        return redirect(f"{address}?sort=")
    data = {
        "title": _("Delete the view “%(name)s”?") % {"name": view.name},
        "text": _("Only the saved filters are deleted, no case."),
        "action": _("Delete"),
        "danger": True,
        "back_url": f"{address}?sort=",
    }
    return render(request, "ui/confirm.html", data)
