"""Reads: what a library holds, what fits a material, what was let be used for what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from jingkai.kernel.hooks.api import Prepared, PreparedValues, Slots
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.rules import api as rule_store
from jingkai.modules.licences import rules
from jingkai.modules.licences.data import EntryFilter, OnExpiry, Standing
from jingkai.modules.licences.models import Consent, Entry, LicenceType

ALONG = ("type", "enterprise", "attachment__stored_file", "added_by")
LONGEST_CHAIN = 20
"""How many renewals of renewals are followed; more would be a circle."""


@dataclass(frozen=True, slots=True)
class ExpiryRule:
    """What the zone's rule says of the expiry of a type."""

    notice_days: int = 30
    on_expiry: OnExpiry = OnExpiry.AS_ACCEPTED


@dataclass(frozen=True, slots=True)
class Flag:
    """A licence used in a matter that is no longer good: which, since when, why, and what it means there."""

    slot: str
    title: str
    standing: Standing
    since: date | None
    must_renew: bool


def list_types() -> list[LicenceType]:
    """All types, in the order of their list."""
    return list(LicenceType.objects.all())


def entries_of(actor: Actor) -> QuerySet[Entry]:
    """What the libraries of a person's enterprises hold, as far as the person may see it."""
    return Entry.objects.select_related(*ALONG).filter(rules.own_entries(actor))


def all_entries() -> QuerySet[Entry]:
    """What all libraries hold; for officers with the right."""
    return Entry.objects.select_related(*ALONG)


def narrowed(rows: QuerySet[Entry], wanted: EntryFilter, *, on: date) -> QuerySet[Entry]:
    """The entries that a filter leaves; the text may be part of a title, number, issuer or enterprise."""
    if wanted.text:
        words = Q()
        for field in ("title", "number", "issuer", "enterprise__name", "type__name", "type__name_en"):
            words |= Q(**{f"{field}__icontains": wanted.text})
        rows = rows.filter(words)
    if wanted.type_code:
        rows = rows.filter(type__code=wanted.type_code)
    if wanted.origin:
        rows = rows.filter(origin=wanted.origin)
    match wanted.state:
        case "":
            return rows.exclude(state=Entry.State.REMOVED)
        case Standing.EXPIRED:
            return rows.filter(state=Entry.State.VALID, valid_to__lt=on)
        case Standing.VALID:
            return rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), state=Entry.State.VALID)
        case stored:
            return rows.filter(state=stored)


def get_own(uuid: UUID, actor: Actor) -> Entry:
    """An entry of one of the person's enterprises. Errors: NotYourLicence."""
    found = entries_of(actor).filter(uuid=uuid).first()
    if found is None:
        raise rules.NotYourLicence(status=404)
    return found


def list_consents(entry: Entry) -> list[Consent]:
    """For what an entry was let be used, the newest first."""
    return list(entry.consents.select_related("given_by", "revoked_by").order_by("-given_at", "-pk"))


def offers(*, enterprise_id: int, type_codes: Collection[str], on: date) -> dict[str, list[Entry]]:
    """What the library holds for each of these types and may be used on that day, the newest first.

    One statement for any number of types, so that a page of materials stays cheap.
    """
    found: dict[str, list[Entry]] = {}
    wanted = [code for code in type_codes if code]
    if not wanted:
        return found
    rows = Entry.objects.select_related(*ALONG).filter(
        rules.usable(on), enterprise_id=enterprise_id, type__code__in=wanted, attachment__isnull=False
    )
    for entry in rows.order_by("-valid_from", "-pk"):
        found.setdefault(entry.type.code, []).append(entry)
    return found


def find_same_file(*, enterprise_id: int, sha256: str) -> Entry | None:
    """The entry with exactly these bytes that the library holds already."""
    rows = Entry.objects.select_related(*ALONG).filter(enterprise_id=enterprise_id, sha256=sha256)
    return rows.filter(state=Entry.State.VALID).first()


def uses_of(owner: tuple[str, int]) -> list[Consent]:
    """The consents under which a thing uses entries, with what they are worth."""
    return _USES.fetch(kind=owner[0], number=owner[1])


def _uses(slots: Slots) -> QuerySet[Consent]:
    rows = Consent.objects.filter(
        owner_kind=slots.text("kind"), owner_id=slots.number("number"), revoked_at__isnull=True
    )
    return rows.select_related("entry__type").order_by("pk")


_USES = Prepared(_uses)


def is_using(owner_kind: str) -> Exists:
    """Tell of a row whether it uses entries as an owner of this kind, to annotate another module's query."""
    return Exists(
        Consent.objects.filter(owner_kind=owner_kind, owner_id=OuterRef("pk"), revoked_at__isnull=True)
    )


def flags_of(owner: tuple[str, int], *, on: date) -> list[Flag]:
    """The licences used in a thing that are no longer good on a day, and what the zone's rule says of each.

    A renewed licence follows the old one: where the newest of the chain is good, nothing is flagged.
    """
    stale = [use for use in uses_of(owner) if not rules.is_usable(use.entry, on=on)]
    flags = []
    for use in stale:
        newest = newest_of(use.entry)
        if rules.is_usable(newest, on=on):
            continue
        since = newest.valid_to if newest.standing(on) == Standing.EXPIRED else None
        rule = expiry_rule(newest.type.code, on=on)
        must = rule.on_expiry == OnExpiry.UNTIL_DECIDED
        flags.append(Flag(use.slot, newest.title, newest.standing(on), since, must))
    return flags


def newest_of(entry: Entry) -> Entry:
    """The last renewal of an entry; the entry itself where it was never renewed."""
    for _step in range(LONGEST_CHAIN):
        if entry.replaced_by_id is None:
            break
        entry = Entry.objects.select_related("type").get(pk=entry.replaced_by_id)
    return entry


def expiry_rule(type_code: str, *, on: date) -> ExpiryRule:
    """The zone's rule for the expiry of a type: its own, else that for all, else thirty days' notice."""
    for key in (type_code, rules.EVERY_TYPE):
        found = rule_store.find_rule(rules.EXPIRY, key, on=on)
        if found is not None:
            return ExpiryRule(int(found.value["notice_days"]), OnExpiry(found.value["on_expiry"]))
    return ExpiryRule()


def lines(rows: Iterable[Entry], *, on: date) -> Iterable[Sequence[Any]]:
    """The lines of a spreadsheet of entries: raw values, the words are the page's."""
    for row in rows:
        yield (row, row.standing(on))


def owners_using(entry_id: int, *, kind: str) -> list[tuple[int, str]]:
    """The things of a kind that use an entry with an open consent: their numbers and places."""
    rows = Consent.objects.filter(entry_id=entry_id, owner_kind=kind, revoked_at__isnull=True)
    return list(rows.order_by("pk").values_list("owner_id", "slot"))


def owner_of_consent(consent_id: int) -> tuple[str, int, int | None]:
    """For what a consent was given: kind and number of the thing, and the file that was put there."""
    row = Consent.objects.get(pk=consent_id)
    return row.owner_kind, row.owner_id, row.attachment_id


def type_of_code(code: str) -> LicenceType | None:
    """A type by its code."""
    return LicenceType.objects.filter(code=code).first()


def count_of(enterprise_id: int, *, on: date) -> tuple[int, int]:
    """How many valid entries a library holds, and how many of them end within thirty days."""
    found = _COUNT.first(enterprise=enterprise_id, on=on, soon=on + timedelta(days=30)) or {}
    return found.get("held", 0), found.get("ending", 0)


def _counted(slots: Slots) -> QuerySet[Any, Any]:
    valid = Entry.objects.filter(rules.usable(slots.day("on")), enterprise_id=slots.number("enterprise"))
    soon = Count("pk", filter=Q(valid_to__lte=slots.day("soon")))
    return valid.order_by().values("enterprise_id").annotate(held=Count("pk"), ending=soon)


_COUNT = PreparedValues(_counted)
