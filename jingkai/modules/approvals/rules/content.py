"""Whether the content of an item may stand: its fields, its codes, its limits, its materials.

Every fault names its field, and a line of a list by its number, so that a form and a spreadsheet can both say
where it is.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from jingkai.casework.flow.data import ConditionError, parse_condition
from jingkai.modules.approvals.rules.codes import code_faults
from jingkai.modules.approvals.rules.fields import BY_NAME, FIELDS, ItemField, fields_of

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Known:
    """What an item may point to: limit rules with their days (key → days, unit), codes of units.

    `bearers` says which items bear a national code as their own (`own_number`): no two may.
    """

    limits: Mapping[str, tuple[int, str]]
    units: Mapping[str, int]
    bearers: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ContentFault:
    """One thing that is wrong: the field, the line inside a list (0: none), the reason in words."""

    field: str
    reason: str
    line: int = 0


def content_faults(content: Mapping[str, Any], known: Known, *, item: str = "") -> list[ContentFault]:
    """Everything that is wrong with the content of an item (its code); an empty list lets it stand."""
    faults = [fault for each in FIELDS for fault in _field_faults(each, content)]
    faults += [ContentFault(name, str(reason)) for name, reason in code_faults(content)]
    faults += _twin_faults(content, known, item)
    faults += _limit_faults(content, known)
    faults += _material_faults(content)
    unit = str(content.get("unit") or "")
    if unit and unit not in known.units:
        faults.append(
            ContentFault("unit", _("No unit of the zone has the code “%(code)s”.") % {"code": unit})
        )
    return faults


def _field_faults(field: ItemField, content: Mapping[str, Any], line: int = 0) -> Iterator[ContentFault]:
    for key in field.keys:
        value = content.get(key)
        if value in (None, "", []):
            if field.required:
                yield ContentFault(key, _("“%(field)s” is missing.") % {"field": field.label}, line)
            continue
        if reason := _value_fault(field, value):
            yield ContentFault(key, reason, line)
        elif field.type == "list":
            for number, row in enumerate(value, start=1):
                for part in field.parts:
                    for fault in _field_faults(part, row):
                        yield ContentFault(f"{field.name}.{fault.field}", fault.reason, number)


def _value_fault(field: ItemField, value: Any) -> str:
    match field.type:
        case "integer":
            if (
                not isinstance(value, int)
                or isinstance(value, bool)
                or not field.least <= value <= field.most
            ):
                return _("Write a whole number from %(least)s to %(most)s.") % {
                    "least": field.least,
                    "most": field.most,
                }
        case "choice":
            if str(value) not in field.codes:
                return _("“%(value)s” is none of: %(options)s.") % _listed(field, value)
        case "choices":
            strange = [code for code in value if str(code) not in field.codes] if _is_list(value) else [value]
            if strange:
                return _("“%(value)s” is none of: %(options)s.") % _listed(field, strange[0])
        case "list":
            if not _is_list(value) or not all(isinstance(row, dict) for row in value):
                return _("This is not a list of lines.")
            if len(value) > field.most:
                return _("At most %(most)s lines.") % {"most": field.most}
        case _:
            if not isinstance(value, str):
                return _("This is not a text.")
            if len(value) > field.most * (2 if field.bilingual else 1):
                return _("At most %(most)s characters.") % {"most": field.most}
    return ""


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _listed(field: ItemField, value: Any) -> dict[str, str]:
    return {"value": str(value), "options": ", ".join(field.codes)}


def own_number(content: Mapping[str, Any]) -> str:
    """The national code that names this item alone: its handling code, else its implementing code."""
    return str(content.get("handling_code") or content.get("implementing_code") or "")


def _twin_faults(content: Mapping[str, Any], known: Known, item: str) -> Iterator[ContentFault]:
    """One code names one item; several with one implementing code are told apart by handling codes."""
    number = own_number(content)
    others = sorted(known.bearers.get(number, frozenset()) - {item})
    if number and others:
        name = "handling_code" if content.get("handling_code") else "implementing_code"
        reason = _("Another item bears this code already: %(items)s.") % {"items": ", ".join(others)}
        yield ContentFault(name, reason)


def _limit_faults(content: Mapping[str, Any], known: Known) -> Iterator[ContentFault]:
    """The promise is never longer than the law's limit, and counts in the same unit."""
    key, promised = str(content.get("limit_key") or ""), content.get("promised")
    if not key:
        return
    if key not in known.limits:
        yield ContentFault(
            "limit_key", _("There is no rule of limits with the key “%(key)s”.") % {"key": key}
        )
        return
    amount, unit = known.limits[key]
    if isinstance(promised, int) and promised > amount:
        yield ContentFault(
            "promised",
            _("The promise of %(promised)s days is longer than the statutory limit of %(amount)s.")
            % {"promised": promised, "amount": amount},
        )
    if promised is not None and content.get("promised_unit") and content["promised_unit"] != unit:
        yield ContentFault("promised_unit", _("A promise counts in the unit of the statutory limit."))


def _material_faults(content: Mapping[str, Any]) -> Iterator[ContentFault]:
    seen: set[str] = set()
    rows = content.get("materials")
    for number, row in enumerate(rows if isinstance(rows, list) else [], start=1):
        if not isinstance(row, dict):
            continue
        code, rule = str(row.get("code") or ""), str(row.get("rule") or "")
        if code and not SLUG.fullmatch(code):
            yield ContentFault(
                "materials.code", _("A code has small letters, digits and hyphens only."), number
            )
        if code in seen:
            yield ContentFault("materials.code", _("This code stands twice."), number)
        seen.add(code)
        if row.get("need") == "conditional" and not (rule or row.get("when")):
            yield ContentFault("materials.when", _("Say under which condition it is needed."), number)
        if rule and (reason := _rule_fault(rule)):
            yield ContentFault("materials.rule", reason, number)


def _rule_fault(rule: str) -> str:
    try:
        parse_condition(rule)
    except ConditionError as error:
        return _("This condition cannot be read: %(reason)s") % {"reason": error}
    return ""


def digest_of(content: Mapping[str, Any], section: str) -> str:
    """The mark of one section's text: a confirmation counts for exactly this text."""
    parts = {key: content.get(key) or None for field in fields_of(section) for key in field.keys}
    canonical = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs between two versions."""

    field: ItemField
    key: str
    before: Any
    after: Any


def compare_contents(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    """What differs, field by field in the order of the list; nothing and an empty text are the same."""
    changes = []
    for each in FIELDS:
        for key in each.keys:
            old, new = before.get(key) or None, after.get(key) or None
            if old != new:
                changes.append(FieldChange(each, key, old, new))
    return changes


def field_of(key: str) -> ItemField | None:
    """The field behind a key of the content; the English half belongs to the same field."""
    return BY_NAME.get(key) or BY_NAME.get(key.removesuffix("_en"))
