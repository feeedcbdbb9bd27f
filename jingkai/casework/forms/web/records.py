"""What was filled in, over all cases that the reader may see: lists by field, XLSX, JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from jingkai.casework.forms import operations, queries, rules
from jingkai.casework.forms.data import NUMERIC, FieldKind, Form, Value
from jingkai.casework.forms.models import FormVersion, Sheet
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, staff
from jingkai.ui.data import Column, Link, Pager, Row, Table
from jingkai.ui.sheets import MOST_ROWS, Page, workbook

IN_LIST = 5
"""Answers shown beside number and subject."""

Filled = tuple[Sheet, dict[str, Value]]


@staff
@require_safe
def forms(request: Request) -> HttpResponse:
    """List the forms of which the reader may see filled ones."""
    rows = [
        Row(
            (
                Link(local(one, "name"), reverse("forms:answers", args=[one.key])),
                one.key,
                one.version,
                one.published_at,
            )
        )
        for one in queries.list_forms(request.actor)
    ]
    columns = (
        Column(_("Form"), "title"),
        Column(pgettext("flow", "Key")),
        Column(_("Version"), "number"),
        Column(_("Published"), "date"),
    )
    return render(request, "forms/records.html", {"table": Table(_("Forms"), columns, rows)})


@staff
@require_safe
def answers(request: Request, key: str) -> HttpResponse:
    """List the filled sheets of one form, narrowed by one of its fields."""
    version = _version(request, key)
    form, sought = queries.form_of(version), _sought(request)
    after = request.GET.get("after", "")
    rows = queries.list_sheets(
        form=form,
        key=key,
        actor=request.actor,
        sought=sought,
        after=int(after) if after.isdecimal() and len(after) < 18 else None,
    )
    sheets = list(rows[: queries.PAGE + 1])
    filled = _filled(form, sheets[: queries.PAGE])
    more = len(sheets) > queries.PAGE
    query = {
        key: text for key, text in request.GET.items() if key in ("field", "text", "low", "high") and text
    }
    older = f"?{urlencode({**query, 'after': sheets[queries.PAGE - 1].pk})}" if more else ""
    context = {
        "version": version,
        "table": _table(form, filled),
        "fields": [(name, _path_label(form, name)) for name in queries.searchable(form)],
        "sought": sought,
        "query": urlencode(query),
        "pager": Pager(f"?{urlencode(query)}" if after else "", older) if after or older else None,
    }
    return render(request, "forms/answers.html", context)


@staff
@require_safe
def xlsx(request: Request, key: str) -> FileResponse:
    """Give the filled sheets as a workbook: one sheet for the fields, one for the lines of each table."""
    version = _version(request, key)
    form = queries.form_of(version)
    filled = _export(request, form, key, "xlsx")
    parties = queries.parties_in((form, answers) for _sheet, answers in filled)
    tables = [one for one in form.fields if one.kind is FieldKind.TABLE]
    pages = [
        _main_page(version, form, filled, parties),
        *(_table_page(one, filled, parties) for one in tables),
    ]
    return workbook(title=local(version, "name"), pages=pages, on=timezone.localdate(request.at))


def _main_page(version: FormVersion, form: Form, filled: Sequence[Filled], parties: queries.Parties) -> Page:
    plain = [one for one in form.fields if one.kind not in (FieldKind.TABLE, FieldKind.FILES)]
    head = [(_("Number"), 20), (_("Matter"), 40), (_("Filled in"), 18)]
    rows = (
        [*_head(sheet), *(_cell_value(one, known.get(one.name), parties) for one in plain)]
        for sheet, known in filled
    )
    return Page(local(version, "name"), [*head, *((local(one, "label"), 20) for one in plain)], rows)


def _table_page(table: Any, filled: Sequence[Filled], parties: queries.Parties) -> Page:
    lines: Iterator[tuple[Sheet, Any]] = (
        (sheet, line) for sheet, known in filled for line in cast(Any, known.get(table.name)) or ()
    )
    head = [(_("Number"), 20), *((local(one, "label"), 20) for one in table.columns)]
    rows = (
        [_reference(sheet), *(_cell_value(one, line.get(one.name), parties) for one in table.columns)]
        for sheet, line in lines
    )
    return Page(local(table, "label"), head, rows)


@staff
@require_safe
def as_json(request: Request, key: str) -> HttpResponse:
    """Give the filled sheets as JSON, with the names of the fields and typed values."""
    form = queries.form_of(_version(request, key))
    filled = _export(request, form, key, "json")
    parties = queries.parties_in((form, answers) for _sheet, answers in filled)
    rows = [
        {
            "reference": _reference(sheet),
            "form": f"{sheet.key}@{sheet.form.version}",
            "answers": {
                one.name: _json_value(one, known.get(one.name), parties)
                for one in form.fields
                if one.kind is not FieldKind.FILES
            },
        }
        for sheet, known in filled
    ]
    text = json.dumps({"form": key, "sheets": rows}, ensure_ascii=False, indent=1, default=_plain)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{key}.json"'
    return response


def _version(request: Request, key: str) -> FormVersion:
    """Give a form of which the reader may see something; others are as absent."""
    found = next((one for one in queries.list_forms(request.actor) if one.key == key), None)
    if found is None:
        raise Http404
    return found


def _sought(request: Request) -> queries.Sought:
    read = {name: request.GET.get(name, "")[:100] for name in ("text", "low", "high")}
    return queries.Sought(name=request.GET.get("field", "")[:90], **read)


def _filled(form: Form, sheets: Sequence[Sheet]) -> list[Filled]:
    rows = queries.rows_by_sheet(sheet.pk for sheet in sheets)
    return [
        (sheet, rules.with_sums(form, queries.values_of(form, rows.get(sheet.pk, {})))) for sheet in sheets
    ]


def _export(request: Request, form: Form, key: str, kind: str) -> list[Filled]:
    rows = queries.list_sheets(form=form, key=key, actor=request.actor, sought=_sought(request))
    filled = _filled(form, list(rows[:MOST_ROWS]))
    facts = {"list": f"forms.{key}", "rows": len(filled), "as": kind}
    operations.record_export(facts=facts, by=request.actor, at=request.at)
    return filled


def _table(form: Form, filled: Sequence[Filled]) -> Table:
    shown = [one for one in form.fields if not one.is_wide][:IN_LIST]
    parties = queries.parties_in((form, answers) for _sheet, answers in filled)
    columns = [
        Column(_("Matter"), "title"),
        *[Column(local(one, "label"), "number" if one.kind in NUMERIC else "text") for one in shown],
        Column(_("Filled in"), "date"),
    ]
    rows = [
        Row(
            (
                Link(
                    local(sheet.case, "title"), reverse("forms:sheet", args=[sheet.uuid]), _reference(sheet)
                ),
                *[queries.words_of(one, known.get(one.name), parties) for one in shown],
                sheet.answered_at,
            )
        )
        for sheet, known in filled
    ]
    return Table(_("Filled forms"), columns, rows)


def _path_label(form: Form, path: str) -> str:
    name, _dot, column = path.partition(".")
    one = form.field(name)
    label = local(one, "label") if one else name
    inner = next((c for c in one.columns if c.name == column), None) if one else None
    return f"{label} · {local(inner, 'label')}" if inner else label


def _head(sheet: Sheet) -> list[Any]:
    return [_reference(sheet), local(sheet.case, "title"), sheet.answered_at]


def _reference(sheet: Sheet) -> str:
    return sheet.case.reference if sheet.case else ""


def _cell_value(one: Any, value: Value, parties: queries.Parties) -> Any:
    if isinstance(value, Decimal | datetime) or (isinstance(value, date) and one.kind is FieldKind.DATE):
        return value
    return queries.words_of(one, value, parties)


def _json_value(one: Any, value: Value, parties: queries.Parties) -> Any:
    if one.kind in (FieldKind.PERSON, FieldKind.UNIT):
        return queries.words_of(one, value, parties) or None
    return list(value) if isinstance(value, tuple) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return dict(value)
    return value.isoformat()
