"""Wording notices: every change is a new version."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import record
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.notices.data import CHANNELS, TextDraft
from jingkai.kernel.notices.models import NoticeTemplate
from jingkai.kernel.notices.rules.kinds import kinds, unknown_slots
from jingkai.kernel.permissions.data import Actor


class UnknownFact(PersonFacingError):
    """A text names a fact that its kind does not have."""

    sentence = _("The text uses what this notice does not know: %(names)s.")
    advice = _("Use only the facts listed beside the form, each in braces, as in {reference}.")


class ChangedMeanwhile(PersonFacingError):
    """Another editor saved a newer version."""

    sentence = _("Somebody else has saved a newer version of this text (version %(version)s).")
    advice = _("Compare with the newest version below, open the page again, then save.")


@transaction.atomic
def write_text(*, kind: str, draft: TextDraft, seen_version: int, by: Actor, at: datetime) -> NoticeTemplate:
    """Give a kind of notice a new wording; notices already told keep theirs."""
    declared = kinds.get(kind)
    if declared is None:
        raise LookupError(kind)
    check_slots(draft, declared.facts)
    newest = NoticeTemplate.objects.filter(kind=kind).order_by("-version").first()
    version = newest.version if newest else 0
    if version != seen_version:
        raise ChangedMeanwhile(version=version)
    values = {**asdict(draft), "channels": [name for name in CHANNELS if name in draft.channels]}
    row = NoticeTemplate.objects.create(
        kind=kind, version=version + 1, edited_by=by.party_id, edited_at=at, **values
    )
    record(row, action="notice_text.written", by=by, at=at, facts={"kind": kind, "version": row.version})
    return row


def check_slots(draft: TextDraft, facts: tuple[str, ...]) -> None:
    """Refuse a text that names unknown facts."""
    texts = (draft.title, draft.title_en, draft.body, draft.body_en, draft.sms, draft.sms_en)
    if wrong := unknown_slots(texts, facts):
        raise UnknownFact(names="、".join(wrong))
