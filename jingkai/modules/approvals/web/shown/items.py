"""Single items: lines of lists, the guide, the flow chart, the QR code, the comparison of versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from io import BytesIO
from typing import Any

import segno
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from jingkai.casework.clock.data import LimitValue, Unit
from jingkai.kernel.hooks.api import local
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.models import Item
from jingkai.modules.approvals.rules.content import FieldChange
from jingkai.modules.approvals.rules.fields import (
    AUDIENCES,
    DEPTHS,
    KINDS,
    LEVELS,
    LINES,
    MATERIAL_KINDS,
    MEDIA,
    MODES,
    NEEDS,
    SECTIONS,
    SOURCES,
)
from jingkai.modules.approvals.rules.fields import shown as value_in_words
from jingkai.ui.data import Light

WIDTH, BOX, GAP, LEFT = 560, 66, 34, 20
INK, LINE, TEXT, SOFT = "#1f4f8f", "#c3ccd8", "#1c2430", "#5b6675"


def days(amount: int, unit: str) -> str:
    """A limit in words: 20 working days, 60 days."""
    if unit == Unit.WORKING:
        return ngettext("%(n)d working day", "%(n)d working days", amount) % {"n": amount}
    return ngettext("%(n)d natural day", "%(n)d natural days", amount) % {"n": amount}


def item_rows(items: Sequence[Item], *, limits: Mapping[str, LimitValue]) -> list[dict[str, Any]]:
    """The lines of a list of items, with both limits in words."""
    return [
        {
            "item": item,
            "kind": word(KINDS, item.kind),
            "line": word(LINES, item.line),
            "statutory": statutory_of(limits.get(item.limit_key)),
            "promised": promised_of(item, limits.get(item.limit_key)),
            "light": item_light(item),
        }
        for item in items
    ]


def statutory_of(limit: LimitValue | None) -> str:
    """The limit of the law, empty where there is none."""
    return days(limit.amount, limit.unit) if limit else ""


def promised_of(item: Item, limit: LimitValue | None) -> str:
    """The zone's promise, empty where there is none."""
    if item.promised is None:
        return ""
    return days(item.promised, limit.unit if limit else item.promised_unit)


def word(options: Sequence[tuple[str, Any]], code: object) -> str:
    """What a code is called."""
    return str(dict(options).get(str(code), ""))


def words(options: Sequence[tuple[str, Any]], codes: Sequence[str]) -> str:
    """What several codes are called."""
    return " · ".join(word(options, code) for code in codes)


def item_light(item: Item) -> Light:
    """Whether an item stands in the catalogue, and whether its law was checked."""
    name = str(rules.ITEM_STATES[item.state])
    if item.state == Item.State.PUBLISHED:
        return Light("ok", name) if item.confirmed else Light("warn", _("Published, to be verified"))
    return Light("none" if item.state == Item.State.DRAFT else "hold", name)


def item_page(guide: queries.ItemGuide) -> dict[str, Any]:
    """What the guide says, in words."""
    told, item = guide.content, guide.item
    return {
        "told": told,
        "kind": word(KINDS, item.kind),
        "line": word(LINES, item.line),
        "level": word(LEVELS, item.level),
        "audience": words(AUDIENCES, item.audience),
        "modes": words(MODES, told.get("modes") or []),
        "depth": word(DEPTHS, told.get("online_depth")),
        "statutory": statutory_of(guide.limit),
        "promised": promised_of(item, guide.limit),
        "share": _share(item, guide.limit),
        "materials": [_material(line) for line in told.get("materials") or []],
        "unconfirmed": [
            section.label for section in SECTIONS if section.legal and section.code not in guide.confirmations
        ],
        "confirmed": [
            {"label": section.label, "row": guide.confirmations[section.code]}
            for section in SECTIONS
            if section.code in guide.confirmations
        ],
    }


def _share(item: Item, limit: LimitValue | None) -> int | None:
    """By how many percent the promise is shorter than the law's limit."""
    if limit is None or item.promised is None or not limit.amount:
        return None
    return round(100 * (limit.amount - item.promised) / limit.amount)


def _material(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **line,
        "kind_word": word(MATERIAL_KINDS, line.get("kind")),
        "need_word": word(NEEDS, line.get("need")),
        "source_word": word(SOURCES, line.get("source")),
        "medium_word": word(MEDIA, line.get("medium")),
    }


def qr_code(text: str) -> bytes:
    """A text as a QR code (SVG)."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, scale=4, svgns=True)
    return out.getvalue()


def flow_chart(steps: Sequence[Mapping[str, Any]]) -> str:
    """The steps from top to bottom, in the page's language, as a picture that also prints (SVG)."""
    height = max(len(steps), 1) * (BOX + GAP) - GAP + 2 * LEFT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" font-family="Noto Sans SC, Microsoft YaHei, sans-serif">',
        '<defs><marker id="end" markerWidth="9" markerHeight="9" refX="7" refY="4" orient="auto">'
        f'<path d="M0 0 L8 4 L0 8 z" fill="{INK}"/></marker></defs>',
    ]
    for number, step in enumerate(steps):
        parts += _step(number, step, last=number == len(steps) - 1)
    return "".join([*parts, "</svg>"])


def _step(number: int, step: Mapping[str, Any], *, last: bool) -> Iterator[str]:
    top = LEFT + number * (BOX + GAP)
    english = not (get_language() or "").startswith("zh")
    name = str(step.get("name_en" if english else "name") or step.get("name") or "")
    detail = str(step.get("detail_en" if english else "detail") or "")
    lines = _wrapped(detail, 62 if english else 33)
    yield (
        f'<rect x="{LEFT}" y="{top}" width="{WIDTH - 2 * LEFT}" height="{BOX}" rx="6" fill="#fff" '
        f'stroke="{LINE}"/><circle cx="{LEFT + 26}" cy="{top + BOX // 2}" r="14" fill="{INK}"/>'
        f'<text x="{LEFT + 26}" y="{top + BOX // 2 + 5}" text-anchor="middle" font-size="14" fill="#fff">'
        f"{number + 1}</text>"
        f'<text x="{LEFT + 52}" y="{top + 23}" font-size="15" font-weight="600" fill="{TEXT}">'
        f"{escape(name)}</text>"
    )
    for place, text in enumerate(lines[:2]):
        yield (
            f'<text x="{LEFT + 52}" y="{top + 41 + place * 16}" font-size="12" fill="{SOFT}">'
            f"{escape(text)}</text>"
        )
    if not last:
        middle = WIDTH // 2
        yield (
            f'<line x1="{middle}" y1="{top + BOX}" x2="{middle}" y2="{top + BOX + GAP - 2}" stroke="{INK}" '
            'stroke-width="1.5" marker-end="url(#end)"/>'
        )


def _wrapped(text: str, most: int) -> list[str]:
    lines, left = [], text
    while len(left) > most:
        cut = left.rfind(" ", 0, most) + 1 or most
        lines.append(left[:cut].rstrip())
        left = left[cut:]
    return [*lines, left] if left else lines


def change_rows(
    changes: Sequence[FieldChange], *, named: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    """A comparison in words: the field, before, after; a list says how its lines differ.

    `named` gives names for the codes of some fields, such as those of units.
    """
    return [
        {
            "label": change.field.label,
            "english": change.key != change.field.name,
            "before": _side(change, change.before, named.get(change.field.name, {})),
            "after": _side(change, change.after, named.get(change.field.name, {})),
        }
        for change in changes
    ]


def _side(change: FieldChange, value: Any, names: Mapping[str, str]) -> list[str]:
    if change.field.type != "list":
        return [names.get(str(value)) or value_in_words(change.field, value)] if value else []
    return [
        " · ".join(
            value_in_words(part, line.get(name))
            for part in change.field.parts
            for name in part.keys
            if line.get(name) and name != "code"
        )
        for line in value or []
    ]


def item_head() -> list[tuple[str, int]]:
    """The columns of the officers' list as a spreadsheet."""
    labels = (
        (_("Code"), 26),
        (_("Item name"), 36),
        (_("Line of services"), 16),
        (_("Type"), 14),
        (_("Implementing unit"), 24),
        (_("Statutory limit"), 16),
        (_("Promised limit"), 16),
        (_("Implementing code"), 34),
        (_("State"), 18),
    )
    return list(labels)


def item_lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[list[Any]]:
    """The lines of that spreadsheet."""
    for row in rows:
        item = row["item"]
        yield [
            item.code,
            local(item, "name"),
            row["line"],
            row["kind"],
            local(item.unit, "name"),
            row["statutory"],
            row["promised"],
            item.implementing_code,
            row["light"].text,
        ]
