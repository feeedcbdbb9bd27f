"""The item's own columns say what its version in force says."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

from jingkai.modules.approvals.models import Item, ItemVersion
from jingkai.modules.approvals.rules.fields import COLUMNS, empty_content

NUMBERS = {"online_depth", "visits"}
PROJECTED = (*COLUMNS, "unit")


def project(item: Item, content: Mapping[str, Any], *, unit_id: int) -> Item:
    """Write a content into the columns of its item, unsaved."""
    for name in COLUMNS:
        value = content.get(name)
        if name in NUMBERS:
            value = int(value or 0)
        elif name == "audience":
            value = list(value or ())
        elif name != "promised":
            value = value or ""
        setattr(item, name, value)
    item.promised_unit = item.promised_unit or "working"
    item.unit_id = unit_id
    return item


def content_of_item(item: Item, *, unit_code: str, under: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A content out of the columns of an item without a version; what they leave open from `under`."""
    told = {name: getattr(item, name) for name in COLUMNS}
    told["online_depth"] = str(item.online_depth or "")
    said = {name: value for name, value in told.items() if value not in ("", [], None)}
    if under and said.get("line") == "other":
        del said["line"]
    return {**empty_content(), **(under or {}), **said, "unit": unit_code}


def as_of(item: Item, version: ItemVersion | None) -> Item:
    """The item as an earlier version had it, unsaved; the unit is today's."""
    if version is None or version.pk == item.current_id:
        return item
    return project(copy(item), version.content, unit_id=item.unit_id)
