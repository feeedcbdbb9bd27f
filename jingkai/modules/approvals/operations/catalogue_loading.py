"""The catalogue that comes with the product: the items of a development zone, by line, loaded once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from jingkai.kernel.audit import api as audit
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.rules import api as rulebook
from jingkai.modules.approvals.models import Item, ItemVersion
from jingkai.modules.approvals.operations.finding import index_items
from jingkai.modules.approvals.operations.projecting import PROJECTED, content_of_item, project
from jingkai.modules.approvals.queries.items import LIMIT_KIND
from jingkai.modules.approvals.rules.fields import empty_content

FOLDER = Path(__file__).resolve().parents[1] / "reference" / "items"
FALLBACK_UNIT = "approval"
"""Who implements an item whose own department the zone does not have: the hall."""

REMEDY = (
    "对决定不服的，可以自知道该决定之日起六十日内申请行政复议，或者自知道之日起六个月内提起行政诉讼。",
    "You may apply for administrative reconsideration within sixty days, or file suit within six months, "
    "of learning of the decision.",
)
USUAL: dict[str, Any] = {
    "level": "4",
    "fee": "不收费",
    "fee_en": "No fee",
    "remedy": REMEDY[0],
    "remedy_en": REMEDY[1],
    "visits": 0,
    "modes": ["online", "window"],
    "online_depth": "3",
    "promised_unit": "working",
    "place": "经开区政务服务中心综合窗口",
    "place_en": "Service hall, general window",
    "times": "工作日 9:00—12:00，13:30—17:00",
    "times_en": "Working days 9:00 to 12:00 and 13:30 to 17:00",
    "phone": "0000-8800 0001",
    "complaint_phone": "12345",
}
STEPS = {
    "filing": (
        (
            "填报",
            "Fill in",
            "在线填报信息，上传材料。",
            "Fill in the information online and add the materials.",
        ),
        ("备案", "Filing", "信息完整的，即为备案。", "Complete information is the filing."),
        ("取得回执", "Receipt", "下载或者领取回执。", "Download or collect the receipt."),
    ),
    "service": (
        ("申请", "Apply", "在线或者到窗口提出。", "Online or at the window."),
        ("办理", "Handling", "承办单位在承诺时限内办理。", "The unit acts within its promise."),
        ("答复", "Answer", "告知结果。", "You are told the result."),
    ),
    "": (
        ("申请", "Apply", "在线或者到窗口提交申请和材料。", "Hand in the application and its materials."),
        (
            "受理",
            "Acceptance",
            "五个工作日内受理，或者一次性告知补正；逾期不告知的，自收到之日起即为受理。",
            "Accepted within five working days, or you are told once what to correct; silence is acceptance.",
        ),
        ("审查", "Review", "承办部门审查，需要时现场核查。", "The department reviews, on site where needed."),
        ("决定", "Decision", "在时限内作出决定并说明理由。", "Decided in time, with reasons."),
        ("送达", "Delivery", "自决定之日起十日内送达。", "Delivered within ten days of the decision."),
    ),
}


@dataclass(frozen=True)
class Reference:
    """What the reference files say: the items' contents by code, and the limits of the laws."""

    items: Mapping[str, dict[str, Any]]
    limits: Sequence[rulebook.RuleSeed]


@cache
def read_reference() -> Reference:
    """Read every line's file once per process."""
    items: dict[str, dict[str, Any]] = {}
    limits: list[rulebook.RuleSeed] = []
    for path in sorted(FOLDER.glob("*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        limits += [_limit_seed(entry) for entry in told.get("limit", ())]
        for entry in told["item"]:
            items[entry["code"]] = _content({**told.get("defaults", {}), **entry})
    return Reference(items, limits)


@transaction.atomic
def load_catalogue(*, by: Actor, at: datetime) -> int:
    """Load the items that the zone lacks, each as its published first version; gives how many were new.

    Idempotent: what is there stays as it is. Every legal statement is unconfirmed.
    """
    reference, on = read_reference(), timezone.localdate(at)
    _seed_limits(reference.limits, on=on, by=by, at=at)
    known = dict(Item.objects.values_list("code", "current_id"))
    missing = {code: told for code, told in reference.items.items() if code not in known}
    bare = [code for code in reference.items if code in known and known[code] is None]
    if not missing and not bare:
        return 0
    units = _units()
    items = Item.objects.bulk_create(_new_item(code, told, units, at=at) for code, told in missing.items())
    items += list(Item.objects.filter(code__in=bare))
    contents = [_placed(reference.items[item.code], units) for item in items]
    publish_first(list(zip(items, contents, strict=True)), on=on, by=by, at=at)
    return len(missing)


def publish_first(pairs: Sequence[tuple[Item, dict[str, Any]]], *, on: date, by: Actor, at: datetime) -> None:
    """Give items their published first version, with a constant number of questions."""
    versions = ItemVersion.objects.bulk_create(
        ItemVersion(
            item=item,
            number=1,
            state=ItemVersion.State.PUBLISHED,
            content=content,
            starts_on=on,
            edited_by_id=by.party_id,
            edited_at=at,
            published_by_id=by.party_id,
            published_at=at,
        )
        for item, content in pairs
    )
    units = {unit.code: unit.pk for unit in Unit.objects.all()}
    for (item, content), version in zip(pairs, versions, strict=True):
        project(item, content, unit_id=units.get(str(content["unit"]), item.unit_id))
        item.current, item.state, item.updated_at = version, Item.State.PUBLISHED, at
    _update([item for item, _content in pairs], (*PROJECTED, "current", "state", "updated_at"))
    audit.record_many(
        [
            audit.Draft(("item", item.pk), "item.loaded", by, at, None, {"code": item.code, "number": 1})
            for item, _content in pairs
        ]
    )
    index_items([item for item, _content in pairs], at=at)


def _update(items: Sequence[Item], fields: Sequence[str]) -> None:
    """Write these columns of rows that exist, in one statement without a condition for each value."""
    Item.objects.bulk_create(items, update_conflicts=True, unique_fields=("id",), update_fields=fields)


def ensure_versions(items: Sequence[Item], *, by: Actor, at: datetime) -> None:
    """Give items that came without one (with a package) a first version out of their own columns.

    What the columns leave open comes from the catalogue that the product ships, where it has the item.
    """
    codes = dict(Unit.objects.values_list("pk", "code"))
    bare = [item for item in items if item.current_id is None]
    if bare:
        shipped = read_reference().items
        pairs = [
            (item, content_of_item(item, unit_code=codes.get(item.unit_id, ""), under=shipped.get(item.code)))
            for item in bare
        ]
        publish_first(pairs, on=timezone.localdate(at), by=by, at=at)


def _seed_limits(seeds: Sequence[rulebook.RuleSeed], *, on: date, by: Actor, at: datetime) -> None:
    there = {rule.key for rule in rulebook.list_rules(LIMIT_KIND, on=on)}
    rulebook.seed_rules([seed for seed in seeds if seed.key not in there], by=by, at=at)


def _units() -> dict[str, int]:
    return dict(Unit.objects.values_list("code", "pk"))


def _placed(content: Mapping[str, Any], units: Mapping[str, int]) -> dict[str, Any]:
    """The content with a unit that the zone has."""
    unit = str(content["unit"])
    return {**content, "unit": unit if unit in units else FALLBACK_UNIT}


def _new_item(code: str, told: Mapping[str, Any], units: Mapping[str, int], *, at: datetime) -> Item:
    unit_id = units.get(_placed(told, units)["unit"]) or organisation.unit_by_code(FALLBACK_UNIT).pk
    item = Item(code=code, updated_at=at, visits=0)
    project(item, told, unit_id=unit_id)
    return item


def _content(entry: dict[str, Any]) -> dict[str, Any]:
    steps = STEPS.get(entry["kind"], STEPS[""])
    names = ("name", "name_en", "detail", "detail_en")
    told = {
        **empty_content(),
        **USUAL,
        **entry,
        "materials": list(_materials(entry.get("materials", ()))),
        "faq": [
            dict(zip(("question", "question_en", "answer", "answer_en"), row, strict=True))
            for row in entry.get("faq", ())
        ],
        "steps": [dict(zip(names, step, strict=True)) for step in steps],
    }
    del told["code"]
    return told


def _materials(rows: Sequence[Sequence[str]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        code, name, name_en, kind, need, source, *when = row
        yield {
            "code": code,
            "name": name,
            "name_en": name_en,
            "kind": kind,
            "need": need,
            "rule": "",
            "when": when[0] if when else "",
            "when_en": when[1] if when else "",
            "copies": 1,
            "medium": "electronic",
            "source": source,
            "issuer": "",
            "issuer_en": "",
        }


def _limit_seed(entry: Mapping[str, Any]) -> rulebook.RuleSeed:
    value = {
        "amount": entry["amount"],
        "unit": entry["unit"],
        "start_event": entry["start_event"],
        "promised": None,
        "extend_max": entry.get("extend_max", 0),
        "extend_by": entry.get("extend_by", ""),
        "extend_times": None,
        "law": entry.get("law", "other"),
        "exclusions": entry.get("exclusions", []),
        "caps": {},
    }
    return rulebook.RuleSeed(
        kind=LIMIT_KIND,
        key=entry["key"],
        name=entry["name"],
        name_en=entry["name_en"],
        value=value,
        starts_on=entry["starts_on"],
        source=entry["source"],
        article=entry["article"],
        note=entry.get("note", ""),
    )
