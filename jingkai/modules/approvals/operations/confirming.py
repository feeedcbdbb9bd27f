"""Checking what an item says of the law against a local instrument, and taking that back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.models import Item, ItemConfirmation
from jingkai.modules.approvals.rules.content import digest_of
from jingkai.modules.approvals.rules.fields import LEGAL


class NothingToConfirm(PersonFacingError):
    """A confirmation names what was checked and against which instrument."""

    sentence = _("Choose at least one statement and name the local instrument it was checked against.")
    advice = _("For example: 示政办发〔2026〕3号, the county's list of 2026.")
    status = 422


@transaction.atomic
def confirm_sections(
    *, item: Item, sections: Sequence[str], instrument: str, note: str, by: Actor, at: datetime
) -> list[ItemConfirmation]:
    """Note that legal statements of the version in force were checked: who, when, against which instrument.

    Errors: NothingToConfirm.
    """
    locked = Item.objects.select_for_update(of=("self",)).select_related("current").get(pk=item.pk)
    wanted = [section for section in LEGAL if section in sections]
    if not wanted or not instrument.strip() or locked.current is None:
        raise NothingToConfirm
    person, content = rules.person_of(by), locked.current.content
    locked.confirmations.filter(section__in=wanted, withdrawn_at=None).update(
        withdrawn_at=at, withdrawn_reason="—"
    )
    made = ItemConfirmation.objects.bulk_create(
        ItemConfirmation(
            item=locked,
            section=section,
            digest=digest_of(content, section),
            instrument=instrument.strip()[:200],
            note=note.strip(),
            confirmed_by_id=person,
            confirmed_at=at,
        )
        for section in wanted
    )
    _settle(locked)
    facts = {"sections": wanted, "instrument": instrument.strip(), "number": locked.current.number}
    audit.record(("item", locked.pk), action="item.confirmed", by=by, at=at, facts=facts)
    return made


@transaction.atomic
def withdraw_confirmation(*, item: Item, section: str, reason: str, by: Actor, at: datetime) -> None:
    """Take a confirmation back, with the reason: the statement is unconfirmed again."""
    if not reason.strip():
        raise NothingToConfirm
    locked = Item.objects.select_for_update(of=("self",)).select_related("current").get(pk=item.pk)
    locked.confirmations.filter(section=section, withdrawn_at=None).update(
        withdrawn_at=at, withdrawn_reason=reason.strip()
    )
    _settle(locked)
    facts = {"section": section, "reason": reason.strip()}
    audit.record(("item", locked.pk), action="item.confirmation_withdrawn", by=by, at=at, facts=facts)


def _settle(item: Item) -> None:
    item.confirmed = item.current is not None and queries.is_confirmed(item, item.current.content)
    item.version += 1
    item.save(update_fields=("confirmed", "version"))
