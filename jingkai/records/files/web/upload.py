"""Receiving files one by one as streams, for the upload control of the design system.

`PUT /files/upload/<kind>/<owner>?slot=…` with the file as the body, its name percent-encoded in
`X-File-Name`. While the bytes arrive no transaction is open: a slow sender costs a thread and nothing else,
and never all threads.
"""

from __future__ import annotations

from uuid import UUID

from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jingkai.kernel.permissions.api import NotPermitted, Request, signed_in
from jingkai.kernel.submissions.api import answers_json
from jingkai.records.files import queries
from jingkai.records.files.data import OwnerKind
from jingkai.records.files.operations import CannotAttach, attach, receive_request
from jingkai.records.files.operations.receive import TYPE_CORRECTED
from jingkai.records.files.rules.owners import may_write, owner_kind
from jingkai.ui.data import FileLink
from jingkai.ui.templatetags.ui import file_line


@answers_json
@signed_in
@require_http_methods(["PUT"])
def upload(request: Request, kind: str, owner: UUID) -> JsonResponse:
    """Take one file in and attach it to its owner; answers with the line that a list shows for it."""
    owners, owner_id = _owner(kind, owner)
    slot = request.GET.get("slot", "")[:80]
    if not may_write(request.actor, owner=kind, owner_id=owner_id, slot=slot):
        raise CannotAttach
    attachment = attach(
        upload=receive_request(request, limit=owners.limit, kinds=owners.kinds),
        owner=(kind, owner_id),
        slot=slot,
        by=request.actor,
        at=request.at,
        for_=request.actor.enterprise_ids[0] if request.actor.enterprise_ids else None,
    )
    line = queries.line_of(attachment)
    link = file_link(line.uuid, line.name, line.size, line.remark, may_remove=True)
    html = file_line(link)
    return JsonResponse({"id": line.uuid, "name": line.name, "size": line.size, "html": html}, status=201)


def file_link(uuid: str, name: str, size: int, remark: str = "", *, may_remove: bool = False) -> FileLink:
    """Give a file as the design system draws it."""
    note = _("saved under its true type") if remark == TYPE_CORRECTED else ""
    return FileLink(
        name=name,
        url=reverse("files:download", args=[uuid]),
        size=size,
        note=note,
        remove_url=reverse("files:remove", args=[uuid]) if may_remove else "",
    )


def _owner(kind: str, uuid: UUID) -> tuple[OwnerKind, int]:
    known = owner_kind(kind)
    owner_id = known.resolve(uuid) if known and known.resolve else None
    if known is None or owner_id is None:
        raise NotPermitted
    return known, owner_id
