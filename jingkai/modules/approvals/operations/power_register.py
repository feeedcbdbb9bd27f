"""Keeping the register of powers: entered, changed, its end announced; organ and respondent are derived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.parties import api as parties
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.kernel.rules import api as rulebook
from jingkai.modules.approvals.models import Item, Power
from jingkai.modules.approvals.operations.power_gaps import check_gaps
from jingkai.modules.approvals.operations.powers import PowerChanged, PowerNotChangeable
from jingkai.modules.approvals.operations.telling import tell_of_power
from jingkai.modules.approvals.rules.competence import (
    EXPIRY,
    EXPIRY_DAYS,
    ONLY,
    STANDING,
    Competence,
    Named,
    Standing,
    competence_of,
    due_notice,
)

SEEDED_SINCE = date(2004, 7, 1)
MOST_LOADED = 500


class PowerIncomplete(PersonFacingError):
    """A power names its instrument, its organ and its days."""

    sentence = _("A power needs its instrument, its first and last day, and a reason for the entry.")
    advice = _("An entrusted or dispatched power also names the organ it comes from.")
    status = 422


class PowerOverlaps(PersonFacingError):
    """Two powers for one item at one time would leave the deciding organ open."""

    sentence = _("Power no. %(number)s already covers this item in these days.")
    advice = _("End that power first, or choose other days.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerDraft:
    """What the keeper writes down; the organ and the respondent follow from it."""

    item_id: int
    basis: str
    entruster_id: int | None
    exercised_by_id: int
    instrument: str
    starts_on: date
    ends_on: date


@transaction.atomic
def enter_power(*, draft: PowerDraft, reason: str, by: Actor, at: datetime) -> Power:
    """Enter a power under its instrument (行政许可法 24, 25). Errors: PowerIncomplete, PowerOverlaps."""
    Item.objects.select_for_update().get(pk=draft.item_id)
    _check(draft, reason, but=None)
    number = (Power.objects.aggregate(most=Max("number"))["most"] or 0) + 1
    power = Power(number=number, state=Power.State.ACTIVE)
    _fill(power, draft, on=timezone.localdate(at))
    power.state_reason = ""
    power.save()
    _record(power, "power.created", reason, by=by, at=at)
    check_gaps(item_ids=[power.item_id], by=by, at=at)
    return power


@transaction.atomic
def change_power(
    *, power: Power, draft: PowerDraft, reason: str, version: int, by: Actor, at: datetime
) -> Power:
    """Change or prolong a power, with the reason. Errors: PowerChanged, PowerNotChangeable."""
    locked = Power.objects.select_for_update(of=("self",)).get(pk=power.pk)
    if locked.version != version:
        raise PowerChanged
    if locked.state == Power.State.ENDED:
        raise PowerNotChangeable
    _check(draft, reason, but=locked.pk)
    if draft.ends_on > locked.ends_on:
        locked.announced_days = None
    _fill(locked, draft, on=timezone.localdate(at))
    locked.version += 1
    locked.save()
    _record(locked, "power.changed", reason, by=by, at=at)
    check_gaps(item_ids=[locked.item_id], by=by, at=at)
    return locked


@transaction.atomic
def announce_expiry(*, by: Actor, at: datetime) -> int:
    """Tell the keepers and the heads of powers that end soon, each step once; gives how many were told of."""
    on, count = timezone.localdate(at), 0
    days = expiry_days(on=on)
    active = Power.objects.filter(state=Power.State.ACTIVE, ends_on__gte=on).select_related("item")
    for power in active.select_for_update(of=("self",)):
        step = due_notice(left=(power.ends_on - on).days, announced=power.announced_days, days=days)
        if step is None:
            continue
        tell_of_power(power, kind="power_ends", on=on, at=at, days=(power.ends_on - on).days)
        power.announced_days = step
        power.save(update_fields=("announced_days",))
        facts = {"days": (power.ends_on - on).days}
        audit.record(("power", power.pk), action="power.expiry_announced", by=by, at=at, facts=facts)
        count += 1
    return count


@transaction.atomic
def load_powers(
    *, entries: Sequence[Mapping[str, Any]], upto: int | None = None, by: Actor, at: datetime
) -> int:
    """Load powers of items that have none until the register holds `upto`. Gives how many.

    Each takes the lowest number that the register never gave: a list of 35 is numbered from 1 to 35.
    """
    seed_power_rules(at=at)
    given = set(Power.objects.values_list("number", flat=True))
    free, room = (one for one in count(1) if one not in given), (upto or MOST_LOADED) - Power.objects.count()
    items = {item.code: item for item in Item.objects.filter(powers=None)}
    units = {unit.code: unit for unit in Unit.objects.select_related("party")}
    standing = standing_of(on=timezone.localdate(at))
    made: list[Power] = []
    for entry in entries:
        item, source = items.get(str(entry["item"])), units.get(str(entry.get("organ", "")))
        if item is None or len(made) >= room:
            continue
        power = Power(
            number=next(free),
            item=item,
            basis=entry["basis"],
            exercised_by_id=item.unit_id,
            entruster=source.party if source else None,
            instrument=entry["instrument"],
            starts_on=entry["starts_on"],
            ends_on=entry["ends_on"],
        )
        _stand(power, _competence(power.basis, power.entruster, standing))
        made.append(power)
    rows = Power.objects.bulk_create(made)
    audit.record_many(
        [audit.Draft(("power", row.pk), "power.created", by, at, None, _facts(row, "")) for row in rows]
    )
    return len(rows)


def seed_power_rules(*, at: datetime) -> None:
    """Bring the two rules of the register: the zone's standing and the days of the notices."""
    rulebook.seed_rules(
        [
            rulebook.RuleSeed(
                kind=STANDING,
                name="开发区管理机构的主体资格",
                name_en="Standing of the zone's committee",
                value={"level": "provincial", "founder": "", "founder_en": ""},
                source="最高人民法院关于适用《中华人民共和国行政诉讼法》的解释（法释〔2018〕1号）",
                article="第二十一条",
                key=ONLY,
                starts_on=SEEDED_SINCE,
            ),
            rulebook.RuleSeed(
                kind=EXPIRY,
                name="赋权到期前提醒",
                name_en="Notices before a power ends",
                value=dict(EXPIRY_DAYS),
                source="本区赋权清单管理规则",
                key=ONLY,
                starts_on=SEEDED_SINCE,
            ),
        ],
        by=SYSTEM,
        at=at,
    )


def expiry_days(*, on: date) -> list[int]:
    """How many days before its end a power is announced."""
    rule = rulebook.find_rule(EXPIRY, ONLY, on=on)
    value = rule.value if rule else EXPIRY_DAYS
    return [int(days) for days in value.values() if days]


def standing_of(*, on: date) -> Standing:
    """The zone's standing on a day, with the names that follow from it."""
    rule = rulebook.find_rule(STANDING, ONLY, on=on)
    value = rule.value if rule else {}
    unit = Unit.objects.filter(code="committee").select_related("party").first()
    name = unit.party.name if unit else f"{parties.zone_name()}管理委员会"
    committee = Named(name, unit.party.name_en if unit else name)
    founder = Named(str(value.get("founder") or name), str(value.get("founder_en") or committee.name_en))
    return Standing(str(value.get("level") or "provincial"), committee, founder)


def _check(draft: PowerDraft, reason: str, *, but: int | None) -> None:
    named = draft.entruster_id is not None or draft.basis == Power.Basis.CONCENTRATED
    told = draft.instrument.strip() and reason.strip() and draft.basis in Power.Basis.values
    if not named or not told or draft.ends_on < draft.starts_on:
        raise PowerIncomplete
    others = Power.objects.filter(
        item_id=draft.item_id, starts_on__lte=draft.ends_on, ends_on__gte=draft.starts_on
    )
    twin = others.exclude(state=Power.State.ENDED).exclude(pk=but or 0).first()
    if twin is not None:
        raise PowerOverlaps(number=twin.number)


def _fill(power: Power, draft: PowerDraft, *, on: date) -> None:
    power.item_id, power.basis = draft.item_id, draft.basis
    power.exercised_by_id, power.entruster_id = draft.exercised_by_id, draft.entruster_id
    power.instrument = draft.instrument.strip()[:120]
    power.starts_on, power.ends_on = draft.starts_on, draft.ends_on
    source = Party.objects.filter(pk=draft.entruster_id).first() if draft.entruster_id else None
    _stand(power, _competence(draft.basis, source, standing_of(on=on)))


def _competence(basis: str, source: Party | None, standing: Standing) -> Competence:
    sender = Named(source.name, source.name_en or source.name) if source else None
    if basis != Power.Basis.CONCENTRATED and sender is None:
        raise PowerIncomplete
    return competence_of(basis=basis, sender=sender, standing=standing)


def _stand(power: Power, found: Competence) -> None:
    power.organ, power.organ_en = found.organ.name, found.organ.name_en
    power.respondent, power.respondent_en = found.respondent.name, found.respondent.name_en


def _facts(power: Power, reason: str) -> dict[str, Any]:
    return {
        "number": power.number,
        "basis": power.basis,
        "organ": power.organ,
        "instrument": power.instrument,
        "starts_on": power.starts_on.isoformat(),
        "ends_on": power.ends_on.isoformat(),
        "reason": reason.strip(),
    }


def _record(power: Power, action: str, reason: str, *, by: Actor, at: datetime) -> None:
    audit.record(("power", power.pk), action=action, by=by, at=at, facts=_facts(power, reason))
