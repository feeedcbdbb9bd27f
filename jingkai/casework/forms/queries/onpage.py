"""The sheets of a case for its page: with answers, files, names and own drafts, in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject

from jingkai.casework.forms.models import Answer, Draft, Sheet
from jingkai.kernel.hooks.api import Prepared, Slots, packed, unpacked
from jingkai.kernel.parties.models import Party
from jingkai.records.files import api as files
from jingkai.records.files.data import AttachmentLine
from jingkai.records.files.models import Attachment

OWNER = "form_sheet"
"""The owner kind under which files of sheets are kept; the slot is the field."""
PLACE = "forms_sheets"
"""Where a request keeps the sheets of its case."""
NOBODY = 0


@dataclass(frozen=True, slots=True)
class Along:
    """What was read along with a sheet; it stands on the sheet as `along`."""

    rows: Mapping[str, Sequence[Answer]]
    parties: Mapping[int, Party]
    files: Sequence[AttachmentLine]
    drafts: Sequence[Draft]


def along_of(sheet: Sheet | None) -> Along | None:
    """Give what was read along with a sheet; nothing where it was read alone."""
    return getattr(sheet, "along", None)


def is_filled() -> Exists:
    """Tell of a case's row whether any of its sheets was answered, to be read along with the case."""
    return Exists(Sheet.objects.filter(case=OuterRef("pk"), answered_at__isnull=False))


def sheets_on_page(request: Any, case_id: int) -> list[Sheet]:
    """Give the sheets of the case that a page shows, each with what hangs on it; read once for a request."""
    kept: dict[int, list[Sheet]] = request.__dict__.setdefault(PLACE, {})
    if case_id not in kept:
        rows: list[Any] = _SHEETS.fetch(case=case_id, person=request.actor.party_id or NOBODY)
        for row in rows:
            row.along = _along(row)
        kept[case_id] = rows
    return kept[case_id]


def _sheets(slots: Slots) -> QuerySet[Sheet]:
    own = OuterRef("pk")
    answers = Answer.objects.filter(sheet=own).order_by("name", "row")
    given = Attachment.objects.filter(owner_kind=OWNER, owner_id=own, voided_at=None).order_by("pk")
    typed = Draft.objects.filter(sheet=own, person_id=slots.number("person"))
    names = JSONObject(name="party__name", name_en="party__name_en")
    rows = Sheet.objects.filter(case_id=slots.number("case")).select_related("form").order_by("pk")
    return rows.annotate(
        read_answers=packed(answers, exact=Cast("number", TextField()), named=names),
        read_files=packed(given, "stored_file"),
        read_drafts=packed(typed),
    )


_SHEETS = Prepared(_sheets)


def _along(sheet: Any) -> Along:
    rows: dict[str, list[Answer]] = defaultdict(list)
    parties: dict[int, Party] = {}
    for row, line in zip(unpacked(Answer, sheet.read_answers), sheet.read_answers, strict=True):
        row.number = Decimal(line["exact"]) if line["exact"] is not None else None
        rows[row.name].append(row)
        if row.party_id is not None:
            parties[row.party_id] = Party(pk=row.party_id, **line["named"])
    lines = [files.line_of(one) for one in unpacked(Attachment, sheet.read_files, "stored_file")]
    return Along(rows, parties, lines, unpacked(Draft, sheet.read_drafts))
