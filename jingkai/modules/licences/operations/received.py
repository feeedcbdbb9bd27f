"""What comes into a library by itself: results of this zone, licences read from the province."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from jingkai.kernel.audit import api as audit
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.licences import queries, rules
from jingkai.modules.licences.data import EntryDraft, Origin
from jingkai.modules.licences.models import Entry, LicenceType
from jingkai.modules.licences.operations.library import attach, create_entry, end_entry
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.files import api as files

RESULT_TYPE = "zone-result"
"""The type of a result whose name no type has."""

_result_kinds: set[str] = set()


def keep_results_of(*kinds: str) -> None:
    """Let papers of these kinds be kept as results; called once by the module that issues them."""
    _result_kinds.update(kinds)


@transaction.atomic
def keep_result(*, document_id: int, at: datetime) -> Entry | None:
    """Put a result of this zone into the library of the enterprise that it went to; once for each paper."""
    document = IssuedDocument.objects.select_related("file").get(pk=document_id)
    if document.kind not in _result_kinds or document.state != IssuedDocument.State.VALID:
        return None
    holder = (
        Party.objects.select_for_update().filter(pk=document.addressee_id or 0, kind="enterprise").first()
    )
    if holder is None:
        return None
    known = Entry.objects.filter(document=document).first()
    if known is not None:
        return known
    day = timezone.localdate(document.issued_at or at)
    draft = EntryDraft(document.title, document.number_text, document.organ_name, day)
    entry = create_entry(
        enterprise_id=holder.pk,
        type_=_type_of(document.kind_name),
        draft=draft,
        origin=Origin.RESULT,
        by=SYSTEM,
        at=at,
    )
    entry.document = document
    entry.save(update_fields=("document",))
    content = files.read_stored(document.file)
    _take(entry, content, document.file_name, "licence.result_kept", at)
    return entry


@transaction.atomic
def lose_result(*, document_id: int, at: datetime) -> None:
    """Note that a result was revoked or replaced; a replacement that is kept stands in its place."""
    entry = Entry.objects.select_for_update(of=("self",)).filter(document_id=document_id).first()
    if entry is None or entry.state != Entry.State.VALID:
        return
    document = IssuedDocument.objects.get(pk=document_id)
    follower = keep_result(document_id=document.replaced_by_id, at=at) if document.replaced_by_id else None
    state = Entry.State.REPLACED if follower else Entry.State.REVOKED
    end_entry(entry, state, document.end_reason or "原结果已失效", replaced_by=follower, at=at)
    audit.record(
        (rules.OWNER, entry.pk),
        action="licence.result_ended",
        by=SYSTEM,
        at=at,
        for_=entry.enterprise_id,
        facts={"document": document_id, "replaced_by": follower.pk if follower else None},
    )


@transaction.atomic
def enter_from_province(
    *, enterprise_id: int, type_name: str, draft: EntryDraft, content: bytes, file_name: str, at: datetime
) -> Entry:
    """Put a licence that was read from the provincial system into the library; the same file only once."""
    Party.objects.select_for_update().get(pk=enterprise_id)
    upload = files.receive_bytes(content, name=file_name)
    known = queries.find_same_file(enterprise_id=enterprise_id, sha256=upload.received.sha256)
    if known is not None:
        upload.received.path.unlink(missing_ok=True)
        return known
    entry = create_entry(
        enterprise_id=enterprise_id,
        type_=_type_of(type_name),
        draft=draft,
        origin=Origin.PROVINCE,
        by=SYSTEM,
        at=at,
    )
    attach(entry, upload, by=SYSTEM, at=at)
    _note(entry, "licence.read_from_province", at)
    return entry


def _type_of(name: str) -> LicenceType:
    """The type of that name, or that of results without a type of their own."""
    found = LicenceType.objects.filter(name=name).first()
    if found is not None:
        return found
    return LicenceType.objects.get_or_create(
        code=RESULT_TYPE,
        defaults={
            "name": "本区审批结果",
            "name_en": "Result of this zone",
            "kind": LicenceType.Kind.LICENCE,
            "validity": LicenceType.Validity.NONE,
            "order": 900,
        },
    )[0]


def _take(entry: Entry, content: bytes, name: str, action: str, at: datetime) -> None:
    upload = files.receive_bytes(content, name=name)
    same = queries.find_same_file(enterprise_id=entry.enterprise_id, sha256=upload.received.sha256)
    if same is not None:
        end_entry(same, Entry.State.REPLACED, "", replaced_by=entry, at=at)
    attach(entry, upload, by=SYSTEM, at=at)
    _note(entry, action, at)


def _note(entry: Entry, action: str, at: datetime) -> None:
    facts = {"type": entry.type.code, "sha256": entry.sha256, "until": _iso(entry.valid_to)}
    audit.record(
        (rules.OWNER, entry.pk), action=action, by=SYSTEM, at=at, for_=entry.enterprise_id, facts=facts
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
