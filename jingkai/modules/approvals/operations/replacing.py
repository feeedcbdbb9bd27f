"""Replacement of results (补发、换发): asked for, checked, prepared, and the old one's place taken."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import check_version
from jingkai.kernel.permissions.api import MissingRight, may
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import rules
from jingkai.modules.approvals.events import ResultReplaced
from jingkai.modules.approvals.models import Application, Decision, Reissue, Replacement
from jingkai.modules.approvals.operations.delivering import open_delivery
from jingkai.modules.approvals.operations.drafts import NotYours
from jingkai.modules.approvals.operations.item_papers import replacing_paper, seal_in_use
from jingkai.modules.approvals.operations.telling import tell_enterprise
from jingkai.records.documents import api as documents
from jingkai.records.documents.models import IssuedDocument

State, Ground = Replacement.State, Replacement.Ground
WORDS = dict(Ground.choices)


class CannotReplace(PersonFacingError):
    """Only a valid result is replaced, once at a time."""

    sentence = _("This result can't be replaced: it is no longer valid, or a replacement is on its way.")
    advice = _("Reload the page to see how it stands.")


class GroundMissing(PersonFacingError):
    """A replacement has a ground, told in words."""

    sentence = _("Choose the ground and write what happened.")
    status = 422


class CorrectionMissing(PersonFacingError):
    """A changed or corrected document says what is different."""

    sentence = _("Write what the new document says differently from the old one.")
    status = 422


class SealElsewhere(PersonFacingError):
    """The department whose document it is keeps no seal here."""

    sentence = _("%(organ)s keeps no seal here, so its document can't be issued anew here.")
    advice = _("Refuse with this reason, and tell the applicant to ask the department itself.")


class ReplacementOver(PersonFacingError):
    """The replacement was checked before."""

    sentence = _("This replacement was already checked.")
    advice = _("Reload the page to see how it stands.")


@transaction.atomic
def ask_for_replacement(
    *, document: IssuedDocument, ground: str, reason: str, by: Actor, at: datetime
) -> Replacement:
    """Ask for a new document in the place of a valid result: lost, damaged, changed or wrong.

    Errors: NotYours, CannotReplace, GroundMissing.
    """
    decision, reissue = _find(document)
    application = decision.item.application
    if not rules.may_read_application(by, application):
        raise NotYours
    if ground not in Ground.values or not reason.strip():
        raise GroundMissing
    running = Replacement.objects.filter(old=document).exclude(state=State.REFUSED).exists()
    if running or document.state != IssuedDocument.State.VALID:
        raise CannotReplace
    made = Replacement.objects.create(
        application=application,
        decision=decision,
        reissue=reissue,
        old=document,
        ground=ground,
        reason=reason.strip()[:500],
        asked_by_id=rules.person_of(by),
        asked_at=at,
    )
    _record(made, "replacement.asked", by=by, at=at, ground=ground)
    return made


@transaction.atomic
def prepare_replacement(
    *, replacement: Replacement, correction: str, version: int, by: Actor, at: datetime
) -> IssuedDocument:
    """Find a replacement right: typeset the new document, which then waits for approval and seal.

    Errors: MissingRight, ReplacementOver, CannotReplace, CorrectionMissing, SealElsewhere.
    """
    found = _check(replacement, version=version, by=by)
    if found.ground in (Ground.CHANGED, Ground.MISTAKE) and not correction.strip():
        raise CorrectionMissing
    if found.old.state != IssuedDocument.State.VALID:
        raise CannotReplace
    if found.reissue is not None and not seal_in_use(found.reissue.unit_id):
        raise SealElsewhere(organ=found.reissue.unit.name)
    found.correction = correction.strip()[:1000]
    paper = replacing_paper(found, ground=WORDS[Ground(found.ground)], at=at)
    found.new = documents.prepare_document(paper=paper, by=by, at=at)
    found.state, found.checked_by_id, found.checked_at = State.SEALING, by.party_id, at
    _save(found)
    _record(found, "replacement.prepared", by=by, at=at, new=found.new.number_text)
    return found.new


@transaction.atomic
def refuse_replacement(
    *, replacement: Replacement, reason: str, version: int, by: Actor, at: datetime
) -> Replacement:
    """Refuse a replacement, with the reason told. Errors: MissingRight, ReplacementOver, GroundMissing."""
    found = _check(replacement, version=version, by=by)
    if not reason.strip():
        raise GroundMissing
    found.checked_by_id, found.checked_at = by.party_id, at
    return _refuse(found, reason, by=by, at=at)


def give_up_replacement(replacement: Replacement, *, reason: str, by: Actor, at: datetime) -> None:
    """Note that the seal was refused: the old document stays as it was."""
    found = _lock(replacement)
    found.new = None
    _refuse(found, reason, by=by, at=at)


def finish_replacement(
    replacement: Replacement, document: IssuedDocument, *, by: Actor, at: datetime
) -> None:
    """Let the sealed document take the old one's place, in the matter and on the public page."""
    found = _lock(replacement)
    documents.replace_document(
        document_id=found.old_id,
        replacement_id=document.pk,
        end_class=found.ground,
        reason=found.reason,
        by=by,
        at=at,
    )
    found.state, found.done_at = State.DONE, at
    _save(found)
    if found.reissue_id is None:
        Decision.objects.filter(pk=found.decision_id).update(document=document)
    else:
        Reissue.objects.filter(pk=found.reissue_id).update(document=document)
    open_delivery(document_id=document.pk, at=at)
    _record(found, "replacement.done", by=by, at=at, new=document.number_text)
    events.publish(ResultReplaced(application_id=found.application_id, replacement_id=found.pk))
    tell_enterprise(
        found.application,
        kind="result_replaced",
        at=at,
        result=document.title,
        number=document.number_text,
        old=found.old.number_text,
    )


def _find(document: IssuedDocument) -> tuple[Decision, Reissue | None]:
    """The decision behind a result, locked; with the reissue where the result is a department's own."""
    decisions = Decision.objects.select_for_update(of=("self",)).select_related(
        "item__application__case", "document"
    )
    reissue = Reissue.objects.select_related("run").filter(document=document).first()
    found = decisions.filter(item=reissue.run.item_id) if reissue else decisions.filter(document=document)
    decision = found.first()
    if decision is None:
        raise CannotReplace
    return decision, reissue


def _refuse(found: Replacement, reason: str, *, by: Actor, at: datetime) -> Replacement:
    found.state, found.answer = State.REFUSED, reason.strip()[:500]
    _save(found)
    _record(found, "replacement.refused", by=by, at=at)
    tell_enterprise(
        found.application, kind="replacement_refused", at=at, result=found.old.title, reason=found.answer
    )
    return found


def _check(replacement: Replacement, *, version: int, by: Actor) -> Replacement:
    if not may(by, rules.DELIVER):
        raise MissingRight(right=rules.DELIVER)
    found = _lock(replacement)
    check_version(row_version=found.version, form_version=version)
    if found.state != State.ASKED:
        raise ReplacementOver
    return found


def _lock(replacement: Replacement) -> Replacement:
    along = (
        "old",
        "new",
        "reissue__unit",
        "decision__document",
        "decision__power",
        "decision__item__item",
        "decision__item__application__package",
        "application__case",
        "application__package",
        "application__enterprise",
    )
    rows = Replacement.objects.select_for_update(of=("self",))
    return rows.select_related(*along).get(pk=replacement.pk)


def _save(found: Replacement) -> None:
    found.version += 1
    found.save()


def _record(found: Replacement, action: str, *, by: Actor, at: datetime, **facts: Any) -> None:
    application: Application = found.application
    assert application.case is not None
    told = {"replacement": found.pk, "old": found.old.number_text, **facts}
    audit.record(application.case, action=action, by=by, at=at, for_=application.enterprise_id, facts=told)
