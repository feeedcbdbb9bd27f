"""Lines, windows, what they serve, their equipment, their rules, and the devices that give out tickets."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import record
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import check_version
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.rules.api import VersionDraft, add_rule, add_version
from jingkai.kernel.rules.models import Rule
from jingkai.kernel.search import api as search
from jingkai.modules.windows.models import Equipment, Kiosk, Line, Topic, Window
from jingkai.modules.windows.queries.counters import TOPIC_KIND, hash_of
from jingkai.modules.windows.rules import KINDS


class NumberTaken(PersonFacingError):
    """Two windows cannot bear one number, nor two lines one letter."""

    status = 422
    sentence = _("“%(what)s” is in use already.")
    advice = _("Choose another one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowDraft:
    """What the hall's manager says about a window."""

    number: int
    kind: str
    name: str
    name_en: str
    place: str = ""
    place_en: str = ""
    unit_id: int | None = None
    active: bool = True
    lines: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDraft:
    """What the hall's manager says about a line of business."""

    code: str
    letter: str
    name: str
    name_en: str
    order: int = 0
    active: bool = True
    bookable: bool = True


@transaction.atomic
def save_window(
    *, window: Window | None, draft: WindowDraft, version: int = 0, by: Actor, at: datetime
) -> Window:
    """Set up a window or change it; a form opened before the last change is refused."""
    row = Window() if window is None else Window.objects.select_for_update().get(pk=window.pk)
    if window is not None:
        check_version(row_version=row.version, form_version=version)
        row.version += 1
    for name in ("number", "kind", "name", "name_en", "place", "place_en", "unit_id", "active"):
        setattr(row, name, getattr(draft, name))
    _save_once(row, draft.number)
    row.lines.set(draft.lines)
    facts = {"number": row.number, "lines": sorted(draft.lines), "active": row.active}
    record(row, action="window.saved", by=by, at=at, facts=facts)
    return row


@transaction.atomic
def save_line(*, line: Line | None, draft: LineDraft, version: int = 0, by: Actor, at: datetime) -> Line:
    """Set up a line of business or change it."""
    row = Line() if line is None else Line.objects.select_for_update().get(pk=line.pk)
    if line is not None:
        check_version(row_version=row.version, form_version=version)
        row.version += 1
    for name in ("code", "letter", "name", "name_en", "order", "active", "bookable"):
        setattr(row, name, getattr(draft, name))
    _save_once(row, f"{draft.letter} / {draft.code}")
    record(row, action="window.line_saved", by=by, at=at, facts={"code": row.code, "active": row.active})
    return row


def _save_once(row: Any, what: object) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise NumberTaken(what=what) from error


@transaction.atomic
def save_topics(*, line: Line, topics: Collection[Topic], by: Actor, at: datetime) -> None:
    """Write down what people come for in a line; what is no longer named is not offered any more."""
    known = {topic.name: topic for topic in Topic.objects.filter(line=line)}
    named = {topic.name for topic in topics}
    for topic in topics:
        row = known.get(topic.name) or Topic(line=line, name=topic.name)
        for name in ("source", "source_code", "name_en", "keywords"):
            setattr(row, name, getattr(topic, name))
        row.active = True
        row.save()
        known[topic.name] = row
    gone = [row for name, row in known.items() if name not in named and row.active]
    Topic.objects.filter(pk__in=[row.pk for row in gone]).update(active=False)
    _index(line, [row for name, row in known.items() if name in named], gone, at)
    record(line, action="window.topics_saved", by=by, at=at, facts={"topics": len(named)})


def _index(line: Line, rows: Collection[Topic], gone: Collection[Topic], at: datetime) -> None:
    search.index_many(
        [
            search.Entry(
                kind=TOPIC_KIND,
                object_id=row.pk,
                title=row.name,
                title_en=row.name_en,
                keywords=f"{row.keywords} {line.name} {line.name_en}",
                url=reverse("windows:book", args=[line.code]),
                is_public=row not in gone and line.bookable,
            )
            for row in [*rows, *gone]
        ],
        at=at,
    )


@transaction.atomic
def note_equipment(*, window: Window, name: str, state: str, note: str, by: Actor, at: datetime) -> Equipment:
    """Write down whether a device of a window works."""
    row, _new = Equipment.objects.update_or_create(
        window=window,
        name=name.strip(),
        defaults={"state": state, "note": note.strip(), "noted_at": at, "noted_by": by.name},
    )
    facts = {"device": row.name, "state": row.state}
    record(window, action="window.equipment_noted", by=by, at=at, facts=facts)
    return row


@transaction.atomic
def write_rule(
    *, kind: str, key: str, value: Mapping[str, Any], starts_on: date, source: str, by: Actor, at: datetime
) -> None:
    """Let a rule of the hall say something else from a day on; what it said before stays on record.

    Errors: RuleValueWrong and its kin of `kernel.rules`, in the words of the rule's editor.
    """
    draft = VersionDraft(starts_on=starts_on, value=dict(value), source=source, confirmed=True)
    rule = Rule.objects.filter(kind=kind, key=key).first()
    if rule is not None:
        add_version(rule_id=rule.pk, draft=draft, seen_version=rule.version, by=by, at=at)
        return
    named = next(one for one in KINDS if one.code == kind)
    add_rule(
        kind=kind,
        key=key,
        name=f"{named.name}（{key}）",
        name_en=f"{named.name_en} ({key})",
        draft=draft,
        by=by,
        at=at,
    )


@transaction.atomic
def admit_kiosk(*, name: str, by: Actor, at: datetime) -> tuple[Kiosk, str]:
    """Let a device give out tickets; the secret for its cookie is told once and kept as a hash."""
    token = secrets.token_urlsafe(32)
    row = Kiosk.objects.create(
        name=name.strip(), token_hash=hash_of(token), admitted_by=by.name, admitted_at=at
    )
    record(row, action="window.kiosk_admitted", by=by, at=at, facts={"kiosk": row.pk})
    return row, token


@transaction.atomic
def withdraw_kiosk(*, kiosk: Kiosk, by: Actor, at: datetime) -> None:
    """Take from a device what it was admitted to."""
    if Kiosk.objects.filter(pk=kiosk.pk, withdrawn_at=None).update(withdrawn_at=at):
        record(kiosk, action="window.kiosk_withdrawn", by=by, at=at, facts={"kiosk": kiosk.pk})
