"""Answers in words: facts on a page, cells of a list, lines of the printed sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jingkai.casework.forms import rules
from jingkai.casework.forms.data import NUMERIC, Field, FieldKind, Form, Value
from jingkai.casework.forms.queries.answers import parties_in
from jingkai.kernel.hooks.api import local
from jingkai.kernel.parties.models import Party
from jingkai.records.files.data import AttachmentLine
from jingkai.ui.data import Fact, FileLink
from jingkai.ui.words import listed

Parties = Mapping[int, Party]


def words_of(one: Field, value: Value, parties: Parties) -> str:
    """Give an answer as people read it; empty when there is none."""
    if rules.is_empty(value):
        return ""
    match one.kind:
        case FieldKind.CHOICE:
            option = one.option(str(value))
            return local(option, "label") if option else str(value)
        case FieldKind.CHOICES if isinstance(value, tuple):
            return listed(words_of_option(one, str(item)) for item in value)
        case FieldKind.YESNO:
            return _("Yes") if value else _("No")
        case FieldKind.DATES if isinstance(value, tuple):
            return " – ".join(str(day) for day in value)
        case FieldKind.PERSON | FieldKind.UNIT:
            party = parties.get(int(value))  # type: ignore[arg-type]
            return local(party, "name") if party else ""
        case FieldKind.TABLE if isinstance(value, tuple):
            return _("%(n)d lines") % {"n": len(value)}
    if isinstance(value, Decimal):
        return grouped(one, value)
    return value.isoformat() if isinstance(value, date) else str(value)


def words_of_option(one: Field, value: str) -> str:
    """Give the words of one chosen value."""
    option = one.option(value)
    return local(option, "label") if option else value


def grouped(one: Field, value: Decimal) -> str:
    """Write a number with its thousands; an amount of money always with two digits."""
    cents = one.kind is FieldKind.MONEY or (one.kind is FieldKind.SUM and value != value.to_integral_value())
    if cents:
        return f"{value:,.2f}"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def facts_of(
    form: Form,
    answers: Mapping[str, Value],
    fields: Iterable[Field],
    lines: Sequence[AttachmentLine],
    parties: Parties | None = None,
) -> list[Fact]:
    """Give answered fields as labels and values; what was not answered is left out."""
    parties = parties_in([(form, answers)]) if parties is None else parties
    found = []
    for one in fields:
        value = answers.get(one.name)
        if one.kind is FieldKind.FILES:
            links = [line for line in lines if line.slot == one.name]
            if links:
                found.append(Fact(local(one, "label"), _file_list(links), wide=True))
        elif one.kind is FieldKind.TABLE and value:
            found.append(Fact(local(one, "label"), rows_html(one, value, parties), wide=True))
        elif text := words_of(one, value, parties):
            found.append(Fact(local(one, "label"), text, wide=one.is_wide))
    return found


def rows_html(table: Field, rows: Any, parties: Parties) -> SafeString:
    """Draw the rows of a table."""
    head = format_html_join(
        "",
        '<th scope="col"{}>{}</th>',
        ((_number_class(one), local(one, "label")) for one in table.columns),
    )
    body = format_html_join("", "<tr>{}</tr>", ((_cells(table, row, parties),) for row in rows))
    caption = format_html('<caption class="hide">{}</caption>', local(table, "label"))
    return format_html(
        '<div class="scroll"><table class="list rows">{}<thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>",
        caption,
        head,
        body,
    )


def _cells(table: Field, row: Mapping[str, Any], parties: Parties) -> SafeString:
    return format_html_join(
        "",
        '<td{} data-label="{}">{}</td>',
        (
            (_number_class(one), local(one, "label"), words_of(one, row.get(one.name), parties))
            for one in table.columns
        ),
    )


def _number_class(one: Field) -> SafeString:
    return SafeString(' class="c-number"') if one.kind in NUMERIC else SafeString("")


def _file_list(lines: Sequence[AttachmentLine]) -> SafeString:
    items = format_html_join("", '<li><a href="{}">{}</a></li>', ((line.url, line.name) for line in lines))
    return format_html('<ul class="plain-links">{}</ul>', items)


def file_links(lines: Iterable[AttachmentLine], slot: str, *, may_remove: bool = False) -> list[FileLink]:
    """Give the files of a field as the upload control shows them."""
    return [
        FileLink(
            name=line.name,
            url=line.url,
            size=line.size,
            remove_url=reverse("files:remove", args=[line.uuid]) if may_remove else "",
        )
        for line in lines
        if line.slot == slot
    ]
