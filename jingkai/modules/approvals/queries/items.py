"""Reads of the catalogue's items: what an item may point to, the version of a day, lists, guides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from jingkai.casework.clock import api as clock
from jingkai.casework.clock.data import LimitValue, Unit
from jingkai.kernel.organisation.models import Unit as ZoneUnit
from jingkai.kernel.rules import api as rulebook
from jingkai.kernel.search import api as search
from jingkai.modules.approvals.models import Item, ItemConfirmation, ItemVersion, Package, Power
from jingkai.modules.approvals.rules.content import Known, digest_of
from jingkai.modules.approvals.rules.fields import LEGAL

LIMIT_KIND = "limit"
MOST_FOUND = 300


def known(*, on: date) -> Known:
    """What an item may point to on that day, and which codes are taken; four questions."""
    rules = list_limits(on=on)
    return Known(
        limits={rule.key: (rule.value["amount"], rule.value["unit"]) for rule in rules},
        units=dict(ZoneUnit.objects.values_list("code", "pk")),
        bearers=_bearers(),
    )


def _bearers() -> dict[str, frozenset[str]]:
    """Which items bear a national code as their own, in force or in an open version."""
    told = list(Item.objects.values_list("code", "handling_code", "implementing_code"))
    drafts = ItemVersion.objects.filter(state__in=(ItemVersion.State.DRAFT, ItemVersion.State.REVIEWED))
    told += drafts.values_list("item__code", "content__handling_code", "content__implementing_code")
    found: dict[str, set[str]] = {}
    for code, handling, implementing in told:
        if number := handling or implementing:
            found.setdefault(number, set()).add(code)
    return {number: frozenset(codes) for number, codes in found.items()}


def list_limits(*, on: date) -> list[rulebook.RuleValue]:
    """The rules of limits that apply on a day."""
    return rulebook.list_rules(LIMIT_KIND, on=on)


def limit_of_item(item: Item, *, on: date, unit: str = "") -> LimitValue:
    """The limit under which a matter of this item runs: the law's, else the zone's own promise.

    Where no law sets a limit, the promise is what counts, and the clock says so in its basis.
    """
    return limits_of_items([(item, unit)], on=on)[0]


def limits_of_items(asked: Sequence[tuple[Item, str]], *, on: date) -> list[LimitValue]:
    """The limits of several items, each in a department of this code; in that order, one question."""
    keys = [clock.LimitKey(one.limit_key, one.promised, unit) for one, unit in asked if one.limit_key]
    found = iter(clock.read_limits(keys, on=on))
    return [next(found) if one.limit_key else _own_promise(one) for one, _unit in asked]


def _own_promise(item: Item) -> LimitValue:
    return LimitValue(
        amount=item.promised or 0,
        unit=Unit(item.promised_unit or "working"),
        key="",
        name=item.name,
        name_en=item.name_en,
        source="本区承诺（法律未规定办理时限）",
        start_event="accepted",
        promised=item.promised,
    )


def limits_of(items: Sequence[Item], *, on: date) -> dict[str, LimitValue]:
    """The limits of several items by their keys, in one question."""
    return clock.get_limits({item.limit_key for item in items if item.limit_key}, on=on)


def version_on(item_ids: Iterable[int], *, on: date) -> dict[int, ItemVersion]:
    """The published version of a day, by item; one question."""
    rows = ItemVersion.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        item_id__in=list(item_ids),
        state=ItemVersion.State.PUBLISHED,
        starts_on__lte=on,
    ).order_by("starts_on")
    return {version.item_id: version for version in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """How a list of items is narrowed; empty means everything."""

    words: str = ""
    line: str = ""
    audience: str = ""
    unit: str = ""
    kind: str = ""
    state: str = ""
    confirmed: str = ""


def published_items(wanted: ItemFilter) -> QuerySet[Item]:
    """Items that stand in the public catalogue, narrowed; words are everyday words."""
    return _narrowed(Item.objects.filter(state=Item.State.PUBLISHED), wanted, by_search=True)


def all_items(wanted: ItemFilter) -> QuerySet[Item]:
    """All items for officers, narrowed by words in names and codes."""
    return _narrowed(Item.objects.all(), wanted, by_search=False)


def _narrowed(found: QuerySet[Item], wanted: ItemFilter, *, by_search: bool) -> QuerySet[Item]:
    plain = {"line": wanted.line, "unit__unit__code": wanted.unit, "kind": wanted.kind, "state": wanted.state}
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if wanted.audience:
        found = found.filter(audience__contains=[wanted.audience])
    if wanted.confirmed:
        found = found.filter(confirmed=wanted.confirmed == "yes")
    if wanted.words:
        found = found.filter(_words(wanted.words, by_search=by_search))
    return found.select_related("unit")


def _words(text: str, *, by_search: bool) -> Q:
    if by_search:
        hits = search.find(text, kinds=("item",), limit=MOST_FOUND).hits
        return Q(pk__in=[hit.object_id for hit in hits])
    words = Q()
    for field in ("name", "name_en", "code", "basic_code", "implementing_code", "handling_code"):
        words |= Q(**{f"{field}__icontains": text})
    return words


def units_with_items() -> list[ZoneUnit]:
    """The units that implement something in the public catalogue, for its filter."""
    implementing = Item.objects.filter(state=Item.State.PUBLISHED).values("unit_id")
    return list(
        ZoneUnit.objects.filter(pk__in=implementing).select_related("party").order_by("order", "code")
    )


@dataclass(frozen=True)
class ItemGuide:
    """All that the guide of a single item shows."""

    item: Item
    version: ItemVersion
    limit: LimitValue | None
    power: Power | None
    confirmations: Mapping[str, ItemConfirmation]
    packages: Sequence[Package]

    @property
    def content(self) -> dict[str, Any]:
        """What the version in force says."""
        return dict(self.version.content)


def find_guide(*, code: str, on: date) -> ItemGuide | None:
    """The guide of a published or withdrawn item as it applies on a day; None where there is none."""
    item = (
        Item.objects.exclude(state=Item.State.DRAFT)
        .select_related("unit", "current")
        .filter(code=code)
        .first()
    )
    if item is None:
        return None
    version = version_on([item.pk], on=on).get(item.pk) or item.current
    if version is None:
        return None
    limit = clock.get_limit(item.limit_key, on=on, promised=item.promised) if item.limit_key else None
    powers = Power.objects.filter(item=item, state=Power.State.ACTIVE, starts_on__lte=on, ends_on__gte=on)
    return ItemGuide(
        item=item,
        version=version,
        limit=limit,
        power=powers.select_related("exercised_by").first(),
        confirmations=live_confirmations(item, version.content),
        packages=list(Package.objects.filter(places__item=item, published=True, version_of=None)),
    )


def live_confirmations(item: Item, content: Mapping[str, Any]) -> dict[str, ItemConfirmation]:
    """The confirmations that count for this very text, by section."""
    rows = item.confirmations.filter(withdrawn_at=None).select_related("confirmed_by")
    return {row.section: row for row in rows if row.digest == digest_of(content, row.section)}


def is_confirmed(item: Item, content: Mapping[str, Any]) -> bool:
    """Whether every legal statement of this text was checked against a local instrument."""
    return set(live_confirmations(item, content)) >= set(LEGAL)


def get_item(*, code: str) -> Item:
    """An item with its version in force and its unit. Errors: Item.DoesNotExist."""
    return Item.objects.select_related("unit", "current").get(code=code)


def open_version(item: Item) -> ItemVersion | None:
    """The version that is being written or waits for its publication."""
    return item.versions.filter(state__in=(ItemVersion.State.DRAFT, ItemVersion.State.REVIEWED)).first()


def versions_of(item: Item) -> list[ItemVersion]:
    """Every version with its people, newest first."""
    return list(item.versions.select_related("edited_by", "reviewed_by", "published_by"))


def with_contents(items: QuerySet[Item]) -> QuerySet[Item]:
    """Items with their version in force, for an export; two questions."""
    return items.prefetch_related(Prefetch("current", queryset=ItemVersion.objects.all()))
