"""Papers on their way to the state seal service: where they are, and how one comes back by hand."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import form_page, once
from jingkai.records.files import api as files
from jingkai.records.seals.models import OutsideSealing
from jingkai.records.seals.operations import accept_by_hand, change_keeper
from jingkai.records.seals.rules import APPLY, MANAGE, SEE
from jingkai.records.seals.web.forms import ArrivedForm, KeeperForm
from jingkai.records.seals.web.views import get_or_404
from jingkai.ui.data import Column, Light, Link, Row, Table

PAGE = 100


@requires(SEE)
@require_safe
def listing(request: Request) -> HttpResponse:
    """The newest papers that were sent, those that wait first in the eye by their light."""
    found = OutsideSealing.objects.select_related("seal", "ordered_by").order_by("-ordered_at", "-pk")[:PAGE]
    table = Table(
        caption=_("Sent to the state seal service"),
        columns=[
            Column(_("State"), "light"),
            Column(_("Paper"), "title"),
            Column(_("Seal")),
            Column(_("Ordered by")),
            Column(_("Number of the signature there")),
            Column(_("Ordered"), "date"),
        ],
        rows=[
            Row(
                [
                    outside_light(one),
                    Link(one.purpose, reverse("seals:arrived", args=[one.uuid])),
                    one.seal.name,
                    one.ordered_by.name if one.ordered_by else _("by the system itself"),
                    one.outside_number or "—",
                    one.ordered_at,
                ]
            )
            for one in found
        ],
    )
    return render(request, "seals/outside.html", {"table": table})


def outside_light(one: OutsideSealing) -> Light:
    """Where a paper is."""
    done = one.state == OutsideSealing.State.DONE
    return Light("ok" if done else "hold", str(OutsideSealing.State(one.state).label))


@requires(APPLY)
@require_http_methods(["GET", "POST"])
@once
def arrived(request: Request, uuid: UUID) -> HttpResponse:
    """Hand in a paper that was sealed in the state service by hand."""
    order = get_object_or_404(OutsideSealing.objects.select_related("seal", "paper"), uuid=uuid)
    form = ArrivedForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = files.receive_uploaded(form.cleaned_data["paper"], kinds=("pdf",))
        content = upload.received.path.read_bytes()
        upload.received.path.unlink(missing_ok=True)
        number = form.cleaned_data["number"]
        try:
            accept_by_hand(order=order, content=content, number=number, by=request.actor, at=request.at)
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}".strip())
        else:
            messages.success(request, _("The sealed paper was checked and entered in the ledger."))
            return HttpResponseRedirect(reverse("seals:outside"))
    context = {
        "order": order,
        "form": form,
        "light": outside_light(order),
        "waits": order.state == OutsideSealing.State.WAITING,
    }
    return render(request, "seals/arrived.html", context, status=422 if request.method == "POST" else 200)


@requires(APPLY)
@require_safe
def paper(request: Request, uuid: UUID) -> HttpResponseBase:
    """The paper to be sealed, for the custodian who seals it in the state service by hand."""
    order = get_object_or_404(OutsideSealing.objects.select_related("paper"), uuid=uuid)
    return files.send_file(request, order.paper, name=f"{order.purpose}.pdf"[-120:], inline=False)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
@once
def keeper(request: Request, uuid: UUID) -> HttpResponse:
    """Say where a seal's key is kept."""
    seal = get_or_404(uuid)
    initial = {"version": seal.version, "keeper": seal.keeper, "outside_code": seal.outside_code}
    form = KeeperForm(request.POST or None, initial=initial)
    back = reverse("seals:seal", args=[uuid])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        change_keeper(
            seal_id=seal.pk,
            keeper=given["keeper"],
            outside_code=given["outside_code"],
            basis=given["basis"],
            seen_version=given["version"],
            by=request.actor,
            at=request.at,
        )
        messages.success(request, _("Noted where the key is kept."))
        return HttpResponseRedirect(back)
    title = _("Where the key is kept: %(seal)s") % {"seal": seal.name}
    return form_page(request, form, title, _("Save"), back)
