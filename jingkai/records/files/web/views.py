"""Reading a stored file, and taking one out of use."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from jingkai.kernel.audit import api as audit
from jingkai.kernel.permissions.api import NotPermitted, Request, public, signed_in
from jingkai.kernel.submissions.api import once
from jingkai.records.files import queries
from jingkai.records.files.models import Attachment
from jingkai.records.files.operations import CannotAttach, is_beginning, send_file, void_attachment
from jingkai.records.files.rules.owners import may_write


class RemoveForm(forms.Form):
    """Why a file is taken out of use."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, initial=gettext_lazy("Chosen by mistake")
    )
    back = forms.CharField(widget=forms.HiddenInput, required=False)


@public
@require_safe
def download(request: Request, uuid: UUID) -> HttpResponseBase:
    """Send a file for saving, to whom its owner's app allows."""
    return _send(request, uuid, inline=False)


@public
@require_safe
def show(request: Request, uuid: UUID) -> HttpResponseBase:
    """Show a PDF or a picture in the browser; other kinds are sent for saving."""
    return _send(request, uuid, inline=True)


@signed_in
def _refuse(request: Request) -> HttpResponseBase:
    """Ask a visitor to log in first; refuse everybody else."""
    raise NotPermitted


def _send(request: Request, uuid: UUID, *, inline: bool) -> HttpResponseBase:
    attachment = _attachment(uuid)
    if not queries.may_read_attachment(request.actor, attachment):
        return _refuse(request)
    if is_beginning(request) and request.actor.kind in ("staff", "enterprise"):
        owner = (attachment.owner_kind, attachment.owner_id)
        facts = {"file": attachment.pk}
        audit.record(owner, action="file.read", by=request.actor, at=request.at, facts=facts)
    return send_file(request, attachment.stored_file, name=attachment.name, inline=inline)


@signed_in
@once
def remove(request: Request, uuid: UUID) -> HttpResponse:
    """Ask why, then make an attachment void; the file stays in the record."""
    attachment = _attachment(uuid)
    kind, owner_id, slot = attachment.owner_kind, attachment.owner_id, attachment.slot
    if not may_write(request.actor, owner=kind, owner_id=owner_id, slot=slot):
        raise CannotAttach
    back = request.META.get("HTTP_REFERER", "")
    form = RemoveForm(request.POST or None, initial={"back": back})
    if request.method == "POST" and form.is_valid():
        void_attachment(
            attachment=attachment, reason=form.cleaned_data["reason"], by=request.actor, at=request.at
        )
        messages.success(request, _("“%(name)s” was removed.") % {"name": attachment.name})
        return HttpResponseRedirect(_safe(request, form.cleaned_data["back"]))
    context = {"form": form, "attachment": attachment, "back_url": _safe(request, back)}
    return render(request, "files/remove.html", context)


def _attachment(uuid: UUID) -> Attachment:
    attachment = queries.get_attachment(uuid)
    if attachment is None:
        raise Http404
    return attachment


def _safe(request: Request, url: str) -> str:
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}) else "/"
