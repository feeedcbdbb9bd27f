"""Items as the provincial platform gives them: a JSON file, read with tolerance.

The pattern is `{"items": [ … ]}` or a bare list. One item is an object with the names of the national
platform's item data (政务服务事项要素), of which these are read; what is unknown is left alone, what is
missing keeps what the zone's own item says:

    localCode               this zone's own code (small letters, digits, hyphens); else found by the codes
    taskName, catalogCode, taskCode, taskHandleCode      name, basic 12, implementing 31, handling 33
    taskType                01 licence · 07 confirmation · 08 (other: 10) · 20 public service; or our own code
    useLevel                1 state … 5 township
    deptName or deptCode    the implementing unit, by its name or code in the zone
    serveType               list of 1 natural persons, 2 legal persons
    byLaw, acceptCondition  legal basis, conditions
    anticipateDay, anticipateType        statutory days; 1 working days, 2 natural days
    promiseDay              promised days, in the same unit
    isFee, feeStandard, feeBasis         0/1, texts
    resultName, resultValidity, remedy   texts
    limitSceneNum, handleForm            visits; list of 1 window, 2 online, 3 post
    onlineDepth, handleAddr, handleTime, linkWay, superviseWay
    materials               list of {materialCode, materialName, materialType, isNeed (1 yes, 2 if),
                            needCondition, pageNum, sourceType (10 applicant, 20 department,
                            99 other), source}
    faq                     list of {question, answer}

English names are not part of the pattern: a new item gets them from its editor before it is published.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from jingkai.modules.approvals.data import ImportFault, ImportRow

TYPES = {"01": "permit", "07": "confirmation", "10": "review", "20": "service"}
AUDIENCES = {"1": "natural", "2": "legal"}
MODES = {"1": "window", "2": "online", "3": "post"}
UNITS = {"1": "working", "2": "natural"}
SOURCES = {"10": "applicant", "20": "government", "99": "agency"}
TEXTS = {
    "taskName": "name",
    "catalogCode": "basic_code",
    "taskCode": "implementing_code",
    "taskHandleCode": "handling_code",
    "useLevel": "level",
    "byLaw": "legal_basis",
    "acceptCondition": "conditions",
    "feeBasis": "fee_basis",
    "resultName": "result_name",
    "resultValidity": "result_validity",
    "remedy": "remedy",
    "onlineDepth": "online_depth",
    "handleAddr": "place",
    "handleTime": "times",
    "linkWay": "phone",
    "superviseWay": "complaint_phone",
}
NUMBERS = {"promiseDay": "promised", "limitSceneNum": "visits"}
Finder = Mapping[str, str]
"""What leads to something of the zone: implementing and handling codes to items, names of units to codes."""


def read_items(
    payload: bytes | str, *, items: Finder, units: Finder, twins: Mapping[str, Sequence[str]] | None = None
) -> tuple[list[ImportRow], list[ImportFault]]:
    """Read the platform's file: rows that can be taken, and a reason for each that cannot.

    `twins` are codes that several of the zone's items bear: which one is meant nobody can tell.
    """
    try:
        told = json.loads(payload)
    except (ValueError, UnicodeDecodeError):
        return [], [ImportFault(0, "", _("This is not a JSON file."))]
    entries = told.get("items") if isinstance(told, dict) else told
    if not isinstance(entries, list):
        return [], [ImportFault(0, "items", _("The file holds no list of items."))]
    rows: list[ImportRow] = []
    faults: list[ImportFault] = []
    seen: dict[str, int] = {}
    codes: dict[str, int] = {}
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            faults.append(ImportFault(number, "", _("This is not an item.")))
            continue
        try:
            _refuse_twins(entry, number, items, twins or {}, codes)
            row = _row(number, entry, items, units)
        except _Refused as refused:
            faults.append(ImportFault(number, refused.column, refused.reason))
            continue
        if row.code in seen:
            words = _("This item stands twice: in row %(row)s as “%(code)s”, too.")
            faults.append(ImportFault(number, "localCode", words % {"row": seen[row.code], "code": row.code}))
        else:
            seen[row.code] = number
            rows.append(row)
    return rows, faults


class _Refused(Exception):
    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(reason)


def _refuse_twins(
    entry: Mapping[str, Any],
    number: int,
    items: Finder,
    twins: Mapping[str, Sequence[str]],
    codes: dict[str, int],
) -> None:
    """A handling code names one item: in the province's list, and here (unless our own code says which)."""
    handling = str(entry.get("taskHandleCode") or "")
    if handling:
        if handling in codes:
            words = _("Row %(row)s bears the same handling code %(code)s.")
            raise _Refused("taskHandleCode", words % {"row": codes[handling], "code": handling})
        codes[handling] = number
    if entry.get("localCode") or handling in items:
        return
    for column in ("taskHandleCode", "taskCode"):
        ours = twins.get(str(entry.get(column) or ""))
        if ours:
            words = _("Several items of the zone bear this code: %(items)s. Correct them first.")
            raise _Refused(column, words % {"items": ", ".join(ours)})


def _row(number: int, entry: Mapping[str, Any], items: Finder, units: Finder) -> ImportRow:
    content: dict[str, Any] = {}
    for source, name in TEXTS.items():
        if entry.get(source) not in (None, ""):
            content[name] = _text(source, entry[source])
    for source, name in NUMBERS.items():
        if entry.get(source) not in (None, ""):
            content[name] = _number(source, entry[source])
    if kind := entry.get("taskType"):
        content["kind"] = TYPES.get(str(kind), str(kind))
    if dept := entry.get("deptCode") or entry.get("deptName"):
        content["unit"] = _unit(str(dept), units)
    content.update(_lists(entry))
    if "isFee" in entry:
        charged = str(entry["isFee"]) == "1"
        content["fee"] = (
            _text("feeStandard", entry.get("feeStandard") or "按规定收费") if charged else "不收费"
        )
    limit = None
    if entry.get("anticipateDay") not in (None, ""):
        unit = UNITS.get(str(entry.get("anticipateType") or "1"))
        if unit is None:
            raise _Refused(
                "anticipateType", _("The unit of the limit is 1 (working days) or 2 (natural days).")
            )
        limit = (_number("anticipateDay", entry["anticipateDay"]), unit)
    return ImportRow(number, _code(entry, items), content, limit)


def _code(entry: Mapping[str, Any], items: Finder) -> str:
    for key in ("localCode", "taskHandleCode", "taskCode"):
        value = str(entry.get(key) or "")
        if key == "localCode" and value:
            return value
        if value in items:
            return items[value]
    basic = str(entry.get("catalogCode") or "").lower()
    if not basic:
        raise _Refused("taskCode", _("Neither its own code nor an implementing code tells which item it is."))
    return f"item-{basic}"


def _lists(entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if entry.get("serveType"):
        yield "audience", [AUDIENCES.get(code, code) for code in _several(entry["serveType"])]
    if entry.get("handleForm"):
        yield "modes", [MODES.get(code, code) for code in _several(entry["handleForm"])]
    if "materials" in entry:
        yield (
            "materials",
            [_material(n, line) for n, line in enumerate(_objects(entry, "materials"), start=1)],
        )
    if "faq" in entry:
        yield (
            "faq",
            [
                {"question": str(line.get("question") or ""), "answer": str(line.get("answer") or "")}
                for line in _objects(entry, "faq")
            ],
        )


def _material(number: int, line: Mapping[str, Any]) -> dict[str, Any]:
    need = {"1": "required", "2": "conditional"}.get(str(line.get("isNeed") or "1"), "optional")
    pages = line.get("pageNum")
    return {
        "code": str(line.get("materialCode") or f"material-{number}").lower(),
        "name": _text("materialName", line.get("materialName") or ""),
        "kind": str(line.get("materialType") or "other"),
        "need": need,
        "when": str(line.get("needCondition") or ""),
        "copies": _number("pageNum", pages) if pages not in (None, "") else None,
        "source": SOURCES.get(str(line.get("sourceType") or "10"), "applicant"),
        "issuer": str(line.get("source") or ""),
    }


def _objects(entry: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    lines = entry[name]
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise _Refused(name, _("This is not a list of lines."))
    return lines


def _several(value: Any) -> Iterable[str]:
    parts = value if isinstance(value, list) else str(value).replace("，", ",").split(",")
    return [str(part).strip() for part in parts]


def _unit(value: str, units: Finder) -> str:
    if value not in units:
        raise _Refused("deptName", _("The zone has no unit “%(unit)s”.") % {"unit": value})
    return units[value]


def _text(column: str, value: Any) -> str:
    if not isinstance(value, str | int | float):
        raise _Refused(column, _("This is not a text."))
    return str(value).strip()


def _number(column: str, value: Any) -> int:
    try:
        return int(str(value).strip())
    except ValueError as error:
        raise _Refused(column, _("“%(value)s” is not a whole number.") % {"value": value}) from error
