"""Rights over the library, what a licence is worth on a day, and what its expiry does to a matter."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor, Permission
from jingkai.kernel.rules.api import RuleField, RuleKind
from jingkai.modules.enterprises import api as enterprises
from jingkai.modules.licences.data import OnExpiry, Origin, Standing
from jingkai.modules.licences.models import Entry

SEE = "licences.see"
MANAGE = "licences.manage"
KEEP_OWN = "licences.keep_own"
OWNER = "licence"
"""The kind of owner under which the library's files are kept."""

PERMISSIONS = (
    Permission(SEE, "查看企业证照库", "See the licences of enterprises", "licences"),
    Permission(MANAGE, "登记证照失效", "Mark licences as no longer valid", "licences"),
    Permission(KEEP_OWN, "维护本企业证照和材料", "Keep the own enterprise's licences", "licences"),
)

EXPIRY = "licences.expiry"
EVERY_TYPE = "default"
"""The key of the rule for types that have no rule of their own."""

EXPIRY_KIND = RuleKind(
    code=EXPIRY,
    name="证照到期",
    name_en="Expiry of licences",
    fields=(
        RuleField(
            name="notice_days", label=_("Days before the last day on which it is announced"), type="integer",
            minimum=0, maximum=365,
        ),
        RuleField(
            name="on_expiry",
            label=_("When it expires during a running matter"),
            type="choice",
            options=(
                (OnExpiry.AS_ACCEPTED.value, _("It stays good as of acceptance")),
                (OnExpiry.UNTIL_DECIDED.value, _("It must be renewed before the decision")),
            ),
        ),
    ),
    example={"notice_days": 30, "on_expiry": "as_accepted"},
    note=_("The key is the code of a type of licence; “default” counts for all others."),
)  # fmt: skip


class NotYourLicence(PersonFacingError):
    """Only people of the enterprise keep its library."""

    sentence = _("This licence is not in the library of an enterprise for which you act.")
    status = 403


def usable(on: date) -> Q:
    """Which entries may be used on a day: in force, begun, and not past their last day."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=on)
    return Q(state=Entry.State.VALID) & begun & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def is_usable(entry: Entry, *, on: date) -> bool:
    """Whether one entry may be used on a day."""
    begun = entry.valid_from is None or entry.valid_from <= on
    return begun and entry.standing(on) == Standing.VALID


def own_entries(actor: Actor) -> Q:
    """The entries that an enterprise's person sees: results of others' matters only with the right to all."""
    own = Q(enterprise_id__in=actor.enterprise_ids)
    return own & (~Q(origin=Origin.RESULT.value) | ~Q(enterprise_id__in=enterprises.limited_to_own(actor)))


def may_read_files(actor: Actor, entry_id: int) -> bool:
    """The enterprise's people read its files, officers those with the right to see libraries."""
    if SEE in actor.permissions:
        return True
    return Entry.objects.filter(own_entries(actor), pk=entry_id).exists()


def may_add_files(actor: Actor, entry_id: int, slot: str) -> bool:
    """The enterprise's people put the file to an entry that they keep."""
    kept = Entry.objects.filter(pk=entry_id, enterprise_id__in=actor.enterprise_ids)
    return KEEP_OWN in actor.permissions and kept.exists()
