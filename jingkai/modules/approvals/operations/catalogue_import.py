"""Taking items in: read, planned and shown first; a spreadsheet counts whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.rules import api as rulebook
from jingkai.modules.approvals import queries
from jingkai.modules.approvals.data import ImportFault, ImportRow
from jingkai.modules.approvals.models import Item, ItemImport
from jingkai.modules.approvals.operations.own_forms import keep_files
from jingkai.modules.approvals.operations.versions import begin_version, create_item, save_version
from jingkai.modules.approvals.queries.items import LIMIT_KIND
from jingkai.modules.approvals.rules.content import (
    SLUG,
    Known,
    compare_contents,
    content_faults,
    own_number,
)
from jingkai.modules.approvals.rules.fields import empty_content
from jingkai.modules.approvals.rules.province import read_items
from jingkai.modules.approvals.rules.sheets import read_workbook

SHEET, PROVINCE = "sheet", "province"
FETCHED = "省政务服务平台"
"""How the lists begin that the connector brought."""
State = ItemImport.State


class ImportNotReady(PersonFacingError):
    """Only an import without faults, not yet applied, is applied."""

    sentence = _("This import cannot be applied: it has faults, or it was applied or given up before.")
    advice = _("Correct the file and read it again.")


@transaction.atomic
def read_sheet(*, content: bytes, file_name: str, by: Actor, at: datetime) -> ItemImport:
    """Read a workbook of items and plan what it changes; nothing counts yet."""
    rows, faults = read_workbook(content)
    plan, more = _plan(rows, on=timezone.localdate(at), english=True)
    faults += more
    found = _store(SHEET, file_name, rows, plan, faults, by=by, at=at)
    found.state = State.REFUSED if faults or not rows else State.READY
    found.save(update_fields=("state",))
    return found


@transaction.atomic
def import_items(*, payload: bytes | str, file_name: str = "", by: Actor, at: datetime) -> ItemImport:
    """Take items of the provincial platform in as drafts; refused ones are explained, the others count.

    Feeding the same file again changes nothing. A person reviews and publishes the drafts.
    """
    found = preview_items(payload=payload, file_name=file_name, by=by, at=at)
    return _apply(found, by=by, at=at) if found.rows else found


@transaction.atomic
def preview_items(*, payload: bytes | str, file_name: str = "", by: Actor, at: datetime) -> ItemImport:
    """Read items of the provincial platform and say what is new, changed, or no longer there.

    Nothing counts before a person applies it. Items of the zone that bear a code of the province and are not
    in its list are told as gone and left alone: withdrawing one is a decision of its own.
    """
    codes, twins = _item_codes()
    rows, faults = read_items(payload, items=codes, units=_unit_names(), twins=twins)
    plan, more = _plan(rows, on=timezone.localdate(at), english=False)
    refused = {fault.row for fault in more}
    kept = [row for row in rows if row.row not in refused]
    plan = [line for line in plan if line["row"] not in refused]
    if kept:
        plan += _gone({row.code for row in rows}, refused=bool(faults))
    found = _store(PROVINCE, file_name, kept, plan, faults + more, by=by, at=at)
    if kept:
        found.state = State.READY
        found.save(update_fields=("state",))
    return found


@transaction.atomic
def preview_province(*, payload: bytes | str, mark: str, by: Actor, at: datetime) -> ItemImport:
    """Read a list that the connector brought; an older one that nobody applied is given up for it.

    The same list (by its mark) is read once.
    """
    name = f"{FETCHED} {mark}"
    earlier = ItemImport.objects.select_for_update(of=("self",)).filter(source=PROVINCE)
    waiting = earlier.filter(file_name__startswith=FETCHED, state=State.READY)
    if same := waiting.filter(file_name=name).first():
        return same
    for row in waiting:
        discard_import(found=row, by=by, at=at)
    return preview_items(payload=payload, file_name=name, by=by, at=at)


def waiting_preview(*, mark: str) -> ItemImport | None:
    """Give the preview of a list of the connector that still waits for a person."""
    return ItemImport.objects.filter(file_name=f"{FETCHED} {mark}", state=State.READY).first()


def _gone(told: set[str], *, refused: bool) -> list[dict[str, Any]]:
    """Items in use that bear a code of the province and that its list does not hold.

    Where rows were refused nobody can tell which items they were, so nothing is said to be gone.
    """
    if refused:
        return []
    ours = Item.objects.exclude(current=None).exclude(implementing_code="", handling_code="")
    missing = ours.exclude(code__in=told).order_by("code").values_list("code", flat=True)
    return [{"row": 0, "code": code, "change": "gone", "fields": []} for code in missing]


@transaction.atomic
def apply_import(*, found: ItemImport, by: Actor, at: datetime) -> ItemImport:
    """Turn a read import into drafts, all of it. Errors: ImportNotReady."""
    locked = ItemImport.objects.select_for_update(of=("self",)).get(pk=found.pk)
    rows = [_row_of(line) for line in locked.rows]
    plan, faults = _plan(rows, on=timezone.localdate(at), english=locked.source == SHEET)
    if locked.state != State.READY or faults:
        raise ImportNotReady
    locked.plan = plan + [line for line in locked.plan if line["change"] == "gone"]
    return _apply(locked, by=by, at=at)


@transaction.atomic
def discard_import(*, found: ItemImport, by: Actor, at: datetime) -> None:
    """Give a read import up. Errors: ImportNotReady."""
    locked = ItemImport.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if locked.state not in (State.READY, State.REFUSED):
        raise ImportNotReady
    locked.state = State.DISCARDED
    locked.save(update_fields=("state",))
    audit.record(("item_import", locked.pk), action="item.import_discarded", by=by, at=at)


def _apply(found: ItemImport, *, by: Actor, at: datetime) -> ItemImport:
    on = timezone.localdate(at)
    items = {item.code: item for item in Item.objects.filter(code__in=[line["code"] for line in found.rows])}
    kinds = {line["code"]: line["change"] for line in found.plan}
    for row in map(_row_of, found.rows):
        content = dict(row.content)
        if row.limit and not _key_of(items.get(row.code)):
            content["limit_key"] = _limit_rule(row, on=on, by=by, at=at)
        if kinds.get(row.code) == "new":
            create_item(code=row.code, content=content, by=by, at=at)
        elif kinds.get(row.code) == "changed":
            version = begin_version(item=items[row.code], by=by, at=at)
            save_version(version=version, changes=content, seen=version.version, by=by, at=at)
    found.state, found.applied_at = State.APPLIED, at
    found.save(update_fields=("state", "applied_at", "plan"))
    facts = {"new": _count(found, "new"), "changed": _count(found, "changed"), "refused": len(found.faults)}
    audit.record(("item_import", found.pk), action="item.import_applied", by=by, at=at, facts=facts)
    return found


def _count(found: ItemImport, change: str) -> int:
    return sum(line["change"] == change for line in found.plan)


def _store(
    source: str,
    file_name: str,
    rows: Sequence[ImportRow],
    plan: list[dict[str, Any]],
    faults: Sequence[ImportFault],
    *,
    by: Actor,
    at: datetime,
) -> ItemImport:
    found = ItemImport.objects.create(
        source=source,
        file_name=file_name[:200],
        state=State.REFUSED,
        rows=[asdict(row) for row in rows],
        plan=plan,
        faults=[asdict(fault) for fault in sorted(faults, key=lambda fault: (fault.sheet, fault.row))],
        created_by_id=by.party_id,
        created_at=at,
    )
    facts = {"source": source, "rows": len(rows), "faults": len(faults)}
    audit.record(("item_import", found.pk), action="item.import_read", by=by, at=at, facts=facts)
    return found


def _plan(
    rows: Sequence[ImportRow], *, on: date, english: bool
) -> tuple[list[dict[str, Any]], list[ImportFault]]:
    """What each row would change, and what is wrong with it; `english` asks for the English half too."""
    taken = _taken_by_others(known := queries.known(on=on), rows)
    known = replace(known, bearers=taken)
    there = {item.code: item for item in Item.objects.select_related("current")}
    plan, faults = [], []
    for row in rows:
        item = there.get(row.code)
        found = _standing(item, queries.open_version(item)) if item else empty_content()
        if "materials" in row.content:
            lines: Any = row.content["materials"]
            row.content["materials"] = keep_files(found.get("materials") or [], lines)
        after = {**found, **row.content}
        changes = [change.key for change in compare_contents(found, after)]
        if item is None and not SLUG.fullmatch(row.code):
            faults.append(ImportFault(row.row, "code", str(_("This cannot be a code."))))
        change = "new" if item is None else "changed" if changes else "same"
        if change != "same" or row.limit:
            faults += _row_faults(row, item, after, known, english=english)
        if number := own_number(after):
            taken[number] = taken.get(number, frozenset()) | {row.code}
        plan.append({"row": row.row, "code": row.code, "change": change, "fields": changes})
    return plan, faults


def _taken_by_others(known: Known, rows: Sequence[ImportRow]) -> dict[str, frozenset[str]]:
    """The national codes of items that the file does not speak of; those that it names say theirs anew."""
    named = {row.code for row in rows}
    return {number: codes - named for number, codes in known.bearers.items()}


def _standing(item: Item, draft: Any) -> dict[str, Any]:
    if draft is not None:
        return dict(draft.content)
    return dict(item.current.content) if item.current else empty_content()


def _row_faults(
    row: ImportRow, item: Item | None, after: dict[str, Any], known: Known, *, english: bool
) -> list[ImportFault]:
    faults = []
    for fault in content_faults(after, known, item=row.code):
        name, _dot, part = fault.field.partition(".")
        if not english and (fault.field.endswith("_en") or name in ("steps", "line")):
            continue
        sheet = name if part else ("items" if english else "")
        column = f"{part} ({row.code}, {fault.line})" if part else fault.field
        faults.append(ImportFault(row.row, column, fault.reason, sheet))
    key = _key_of(item)
    if row.limit and key in known.limits and known.limits[key] != row.limit:
        reason = _("The platform states %(theirs)s days, our rule %(ours)s: check the rule of limits first.")
        days = {"theirs": row.limit[0], "ours": known.limits[key][0]}
        faults.append(ImportFault(row.row, "limit_key", str(reason) % days, "items"))
    return faults


def _key_of(item: Item | None) -> str:
    return item.limit_key if item else ""


def _limit_rule(row: ImportRow, *, on: date, by: Actor, at: datetime) -> str:
    """A rule for a statutory limit that the platform states, unconfirmed like all that is imported."""
    assert row.limit is not None
    key = f"{row.code}".replace("-", "_")[:60]
    name = str(row.content.get("name") or row.code)
    amount, unit = row.limit
    value = {
        "amount": amount,
        "unit": unit,
        "start_event": "accepted",
        "promised": None,
        "extend_max": 0,
        "extend_by": "",
        "extend_times": None,
        "law": "other",
        "exclusions": [],
        "caps": {},
    }
    seed = rulebook.RuleSeed(
        kind=LIMIT_KIND,
        key=key,
        name=name,
        name_en=str(row.content.get("name_en") or name),
        value=value,
        starts_on=on,
        source="省政务服务平台实施清单",
    )
    rulebook.seed_rules([seed], by=by, at=at)
    return key


def _row_of(line: dict[str, Any]) -> ImportRow:
    limit = line.get("limit")
    return ImportRow(line["row"], line["code"], line["content"], (limit[0], limit[1]) if limit else None)


def _item_codes() -> tuple[dict[str, str], dict[str, list[str]]]:
    """Which item a code of the province leads to; codes that several of our items bear lead to none."""
    bearers: dict[str, set[str]] = {}
    for code, *keys in Item.objects.values_list("code", "implementing_code", "handling_code"):
        for key in keys:
            if key:
                bearers.setdefault(key, set()).add(code)
    single = {key: next(iter(codes)) for key, codes in bearers.items() if len(codes) == 1}
    return single, {key: sorted(codes) for key, codes in bearers.items() if len(codes) > 1}


def _unit_names() -> dict[str, str]:
    rows = Unit.objects.values_list("code", "party__name")
    return {key: code for code, name in rows for key in (code, name)}
