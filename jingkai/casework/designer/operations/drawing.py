"""Writes on drafts: begin a flow, save its drawing and forms; nobody writes over another's work unseen."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jingkai.casework.designer import queries, rules
from jingkai.casework.designer.data import Differences, Remark, StartRule
from jingkai.casework.designer.models import Design, DesignState
from jingkai.casework.flow import api as flows
from jingkai.casework.forms import api as forms
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor

KEY = re.compile(r"[a-z][a-z0-9\-]{0,79}\Z")
MOST_FORMS = 20
MOST_BYTES = 1_000_000
"""Bytes that the forms of one flow may take."""


class CannotKeep(PersonFacingError):
    """A drawing can't even be kept as a draft; `remarks` says why."""

    status = 422

    def __init__(self, remarks: Sequence[Remark]) -> None:
        self.remarks = tuple(remarks)
        super().__init__(self.remarks[0].message)


class NoPicture(PersonFacingError):
    """A file says which steps there are, but not where they stand on the picture."""

    status = 422
    sentence = _("The file holds no picture (BPMN DI), only the steps.")
    advice = _("Export it again from the modeler, with its diagram.")


class KeyTaken(PersonFacingError):
    """Keys are unique for ever: published versions stand under them."""

    status = 422
    sentence = _("The key “%(key)s” is already used by another flow.")
    advice = _("Choose another one.")


class TooMuch(PersonFacingError):
    """Forms are for people to fill in."""

    status = 422
    sentence = _("The forms of a flow are at most twenty and 1 MB together.")


class StaleDesign(PersonFacingError):
    """Somebody else saved the same part since; `changes` says what is different now."""

    advice = _("Look at what changed. You can save yours over it, or take theirs.")

    def __init__(self, design: Design, changes: Differences) -> None:
        self.changes, self.version = changes, design.version
        who = local(design.updated_by, "name") if design.updated_by else "—"
        told = gettext("%(who)s saved this flow while you were working on it.")
        super().__init__(told % {"who": who})


@transaction.atomic
def create_design(
    *,
    key: str,
    name: str,
    name_en: str,
    bpmn: str,
    definitions: Mapping[str, Any],
    summary: str = "",
    summary_en: str = "",
    published: Any = None,
    by: Actor,
    at: datetime,
) -> Design:
    """Begin a flow. Errors: BadFlowKey, KeyTaken, CannotKeep, NoPicture."""
    if not KEY.match(key):
        raise flows.BadFlowKey(key=key)
    taken = Design.objects.filter(key=key).exists() or (
        published is None and flows.find_current(key) is not None
    )
    if taken:
        raise KeyTaken(key=key)
    _check_drawing(bpmn)
    design = Design.objects.create(
        key=key,
        name=name,
        name_en=name_en,
        summary=summary,
        summary_en=summary_en,
        bpmn=bpmn,
        forms=dict(definitions),
        published=published,
        is_open=published is None,
        updated_by_id=by.party_id,
        updated_at=at,
    )
    _keep_state(design, by, at)
    audit.record(design, action="design.created", by=by, at=at, facts={"key": key})
    return design


@transaction.atomic
def save_drawing(*, design: Design, bpmn: str, seen: int, by: Actor, at: datetime) -> Design:
    """Save the drawing of a draft. `seen` is the state that was opened; what others changed in forms stays.

    Errors: StaleDesign, CannotKeep, NoPicture.
    """
    row = Design.objects.select_for_update().get(pk=design.pk)
    _check_drawing(bpmn)
    before = queries.find_state(row, seen)
    if row.version != seen and (before is None or before.bpmn != row.bpmn):
        raise StaleDesign(row, queries.changes_since(row, seen))
    if row.bpmn == bpmn:
        return row
    changed = rules.differences(row.bpmn, bpmn)
    row.bpmn = bpmn
    facts = {"elements": [one.element for one in changed.elements][:100]}
    return _save(row, by, at, action="design.drawn", facts=facts)


@transaction.atomic
def save_form(
    *, design: Design, name: str, definition: Mapping[str, Any] | None, seen: int, by: Actor, at: datetime
) -> Design:
    """Save one form of a draft, or take it out (None). Errors: StaleDesign, TooMuch.

    A form with faults is kept as a draft; it is refused when it is published.
    """
    row = Design.objects.select_for_update().get(pk=design.pk)
    before = queries.find_state(row, seen)
    if row.version != seen and (before is None or before.forms.get(name) != row.forms.get(name)):
        raise StaleDesign(row, queries.changes_since(row, seen))
    kept = {key: value for key, value in row.forms.items() if key != name}
    if definition is not None:
        kept[name] = json.loads(json.dumps(definition, default=str))
    if len(kept) > MOST_FORMS or len(json.dumps(kept)) > MOST_BYTES:
        raise TooMuch
    if kept == row.forms:
        return row
    row.forms = kept
    return _save(row, by, at, action="design.form_saved", facts={"form": name})


@transaction.atomic
def save_head(
    *,
    design: Design,
    name: str,
    name_en: str,
    summary: str,
    summary_en: str,
    start: StartRule,
    by: Actor,
    at: datetime,
) -> Design:
    """Save what a flow is called and who may start it; both count at once, for published flows too."""
    row = Design.objects.select_for_update().get(pk=design.pk)
    row.name, row.name_en, row.summary, row.summary_en = name, name_en, summary, summary_en
    row.is_open, row.everyone = start.is_open, start.everyone
    row.start_units, row.start_roles = list(start.units), list(start.roles)
    facts = {
        "open": start.is_open,
        "everyone": start.everyone,
        "units": row.start_units,
        "roles": row.start_roles,
    }
    return _save(row, by, at, action="design.start_set", facts=facts)


def _check_drawing(bpmn: str) -> None:
    refused = rules.refusals(bpmn)
    if refused:
        raise CannotKeep(refused)
    if "BPMNShape" not in bpmn:
        raise NoPicture


def _save(row: Design, by: Actor, at: datetime, *, action: str, facts: dict[str, Any]) -> Design:
    row.version, row.updated_by_id, row.updated_at = row.version + 1, by.party_id, at
    row.save()
    _keep_state(row, by, at)
    audit.record(row, action=action, by=by, at=at, facts={**facts, "version": row.version})
    return row


def _keep_state(row: Design, by: Actor, at: datetime) -> None:
    DesignState.objects.create(
        design=row, version=row.version, bpmn=row.bpmn, forms=row.forms, by_id=by.party_id, at=at
    )


@transaction.atomic
def adopt_flow(*, key: str, by: Actor, at: datetime) -> Design:
    """Take a flow that was published by other means into the designer; it can't be started here at first."""
    version = flows.get_current(key)
    return create_design(
        key=key,
        name=version.name,
        name_en=version.name_en,
        bpmn=forms.unpin_forms(version.bpmn),
        definitions={},
        published=version,
        by=by,
        at=at,
    )
