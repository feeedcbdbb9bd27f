"""Drafts: what an enterprise fills in before it submits, kept after every change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.api import Prepared
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import rules
from jingkai.modules.approvals.models import Application, Material, Package
from jingkai.modules.enterprises import api as enterprises
from jingkai.modules.licences import api as licences
from jingkai.modules.licences.data import Use
from jingkai.records.files import api as files
from jingkai.records.files.data import Upload
from jingkai.records.files.models import Attachment

OWNER = "application"
"""The kind of owner under which an application's files are kept."""


class NotYours(PersonFacingError):
    """The application belongs to another enterprise, or it can no longer be changed."""

    sentence = _("This application can't be changed now.")
    advice = _("It was already submitted, or it belongs to another enterprise.")


class StaleDraft(PersonFacingError):
    """Another window or colleague saved the draft meanwhile."""

    sentence = _("Somebody saved this draft after you opened it.")
    advice = _("Your entries are still in the form below. Compare them with the saved ones and save again.")


class DoesNotServe(PersonFacingError):
    """The licence is not what the material asks for, or its file is of a kind that is not taken there."""

    sentence = _("“%(title)s” does not serve as this material.")
    advice = _("Choose another entry of your library, or upload a file.")


@transaction.atomic
def create_draft(
    *, package: Package, enterprise_id: int, facts: dict[str, Any], by: Actor, at: datetime
) -> Application:
    """Open a draft for the enterprise, filled with what the zone already knows."""
    if enterprise_id not in by.enterprise_ids:
        raise NotYours
    enterprises.require_right(by, enterprise_id, "apply")
    application = Application.objects.create(
        package=package,
        enterprise_id=enterprise_id,
        handler_id=rules.person_of(by),
        facts=facts,
        created_at=at,
        updated_at=at,
    )
    audit.record(
        ("application", application.pk),
        action="application.drafted",
        by=by,
        at=at,
        for_=enterprise_id,
        facts={"package": package.code},
    )
    return application


@transaction.atomic
def save_facts(
    *, application: Application, facts: dict[str, Any], version: int, by: Actor, at: datetime
) -> Application:
    """Take what the form has passed into the facts; refuse when somebody else saved in between.

    Drafts are working paper of the applicant, so saving leaves no trail entry; submitting does. What changes
    after that, during a correction, is written down on the case, field by field.
    Errors: NotYours, StaleDraft.
    """
    locked = _lock_to_write(application, by=by)
    if locked.version != version:
        raise StaleDraft
    changed = rules.changed_facts(locked.facts, facts)
    locked.facts, locked.typed = facts, None
    locked.version += 1
    locked.updated_at = at
    locked.save(update_fields=("facts", "typed", "version", "updated_at"))
    if changed and locked.case is not None:
        audit.record(
            locked.case,
            action="application.facts_changed",
            by=by,
            at=at,
            for_=locked.enterprise_id,
            facts={"application": locked.pk, "changed": changed},
        )
    return locked


@transaction.atomic
def keep_typed(
    *, application: Application, typed: dict[str, Any], version: int, by: Actor, at: datetime
) -> Application:
    """Keep what stands in the form beside the facts, right or wrong, so that no error costs anybody's work.

    The same text under the version that it was kept from is kept already: a page sent again is no conflict.
    Errors: NotYours, StaleDraft.
    """
    locked = _lock_to_write(application, by=by)
    if locked.typed == typed and version == locked.version - 1:
        return locked
    if locked.version != version:
        raise StaleDraft
    locked.typed = typed
    locked.version += 1
    locked.updated_at = at
    locked.save(update_fields=("typed", "version", "updated_at"))
    return locked


@transaction.atomic
def add_material(
    *, application: Application, material: Material, upload: Upload, by: Actor, at: datetime
) -> Attachment:
    """Put an uploaded file to its material. Several files to one material are allowed.

    Where the enterprise's library holds exactly this file, its use here is written down there too.
    """
    locked = _lock_to_write(application, by=by)
    locked.updated_at = at
    locked.save(update_fields=("updated_at",))
    attachment = files.attach(
        upload=upload,
        owner=(OWNER, locked.pk),
        slot=material.code,
        by=by,
        at=at,
        for_=locked.enterprise_id,
    )
    licences.remember_use(
        enterprise_id=locked.enterprise_id,
        attachment=attachment,
        use=_use_of(locked, material),
        by=by,
        at=at,
    )
    return attachment


@transaction.atomic
def use_licence(
    *, application: Application, material: Material, entry: Any, by: Actor, at: datetime
) -> Attachment | None:
    """Put a licence of the library to a material: the consent is written down, nothing is uploaded.

    Errors: NotYours, DoesNotServe, CannotUse.
    """
    locked = _lock_to_write(application, by=by)
    serves = material.package_id == locked.package_id and material.licence_type == entry.type.code
    kind = entry.attachment.stored_file.kind if entry.attachment else ""
    if not serves or entry.enterprise_id != locked.enterprise_id or kind not in material.accepted:
        raise DoesNotServe(title=entry.title)
    locked.updated_at = at
    locked.save(update_fields=("updated_at",))
    return licences.let_use(entry=entry, use=_use_of(locked, material), by=by, at=at).attachment


def _use_of(application: Application, material: Material) -> Use:
    title = f"{application.project_name or application.package.name} · {material.name}"
    return Use(owner=(OWNER, application.pk), slot=material.code, title=title)


def _lock_to_write(application: Application, *, by: Actor) -> Application:
    """The application locked, for who may prepare applications. Errors: MayNotAct, NotYours."""
    locked = lock_editable(application, by=by)
    enterprises.require_right(by, locked.enterprise_id, "apply")
    return locked


@transaction.atomic
def remove_material(*, application: Application, attachment: Attachment, by: Actor, at: datetime) -> None:
    """Take a file out of the application; it stays stored and in the trail."""
    _lock_to_write(application, by=by)
    files.void_attachment(attachment=attachment, reason="申请人移除", by=by, at=at)


@transaction.atomic
def discard_draft(*, application: Application, by: Actor, at: datetime) -> None:
    """Put a draft away. Submitted applications are withdrawn instead."""
    locked = lock_editable(application, by=by)
    if locked.state != Application.State.DRAFT:
        raise NotYours
    locked.state = Application.State.DISCARDED
    locked.updated_at = at
    locked.save(update_fields=("state", "updated_at"))
    audit.record(
        ("application", locked.pk), action="application.discarded", by=by, at=at, for_=locked.enterprise_id
    )


def lock_editable(application: Application, *, by: Actor) -> Application:
    """Return the application locked for writing, or refuse. Errors: NotYours."""
    locked = _LOCKED.first(application=application.pk)
    if locked is None or not rules.may_edit_application(by, locked):
        raise NotYours
    return locked


_LOCKED = Prepared(
    lambda slots: (
        Application.objects.select_for_update(of=("self",))
        .select_related("package", "case", "enterprise")
        .filter(pk=slots.number("application"))
    )
)
