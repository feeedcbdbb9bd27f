"""A zone's own blank and sample forms of an item's material, in the place of the typeset ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals.models import ItemVersion
from jingkai.records.files import api as files
from jingkai.records.files.data import Upload
from jingkai.records.files.models import Attachment

OWNER = "item"
KINDS = ("blank", "sample")
ACCEPTED = ("pdf", "docx", "xlsx")


class NoForm(PersonFacingError):
    """Only a form has a blank and a sample; a certificate or a drawing has none."""

    sentence = _("Only a material of the kind “form” has a blank and a sample.")
    advice = _("Set its kind to “form” and save, then add the files.")
    status = 422


@transaction.atomic
def keep_own_form(
    *, version: ItemVersion, line: Mapping[str, Any], kind: str, upload: Upload, by: Actor, at: datetime
) -> dict[str, str]:
    """Keep a form of the zone's own and give what the material's line says of it; an earlier one of the
    same version gives way.

    It counts with its version: until that is published everybody goes on downloading the one before.
    Errors: NoForm, what files refuse.
    """
    if line.get("kind") != "form" or kind not in KINDS:
        raise NoForm
    slot = f"{kind}:{line['code']}:{version.number}"[:60]
    earlier = Attachment.objects.filter(
        owner_kind=OWNER, owner_id=version.item_id, slot=slot, voided_at__isnull=True
    )
    for one in earlier:
        files.void_attachment(attachment=one, reason="换成新的表格", by=by, at=at)
    kept = files.attach(upload=upload, owner=(OWNER, version.item_id), slot=slot, by=by, at=at)
    return {f"{kind}_file": str(kept.uuid), f"{kind}_name": kept.name}


def without_own_form(kind: str) -> dict[str, str]:
    """What a line says whose form is typeset again."""
    return {f"{kind}_file": "", f"{kind}_name": ""}


def keep_files(before: Iterable[Mapping[str, Any]], after: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of a spreadsheet, which knows no files, with the forms that their materials already have."""
    keys = [f"{kind}_{part}" for kind in KINDS for part in ("file", "name")]
    known = {line.get("code"): {key: line[key] for key in keys if line.get(key)} for line in before}
    return [{**known.get(line.get("code"), {}), **line} for line in after]
