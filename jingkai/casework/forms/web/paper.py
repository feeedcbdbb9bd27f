"""A sheet as it is known on paper: lines of fields, and the opinions of the steps at the bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.data import DoneTask
from jingkai.casework.cases.models import Task
from jingkai.casework.forms import queries, rules
from jingkai.casework.forms.data import Field, FieldKind, Form, Value
from jingkai.casework.forms.models import Sheet
from jingkai.kernel.hooks.api import local
from jingkai.records.files import api as files
from jingkai.records.files.data import AttachmentLine
from jingkai.ui.words import day, moment

CELLS = 6
"""Columns of the sheet's grid: a label and a value for each of up to three fields."""


@dataclass(frozen=True, slots=True)
class PaperCell:
    """One label with its value; `span` are the grid's columns that the value takes."""

    label: str
    value: str
    span: int
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A table of rows within the sheet."""

    label: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class PaperOpinion:
    """The place of one step: what was written, by whom and when, or still empty."""

    step: str
    verdict: str = ""
    text: str = ""
    person: str = ""
    unit: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole sheet."""

    title: str
    number: str
    day: str
    subject: str
    starter: str
    lines: tuple[tuple[PaperCell, ...] | PaperTable, ...]
    opinions: tuple[PaperOpinion, ...]


def paper_of(sheet: Sheet) -> Paper:
    """Put a sheet of a case together; what was hidden by a condition is left out."""
    form, case = queries.form_of(sheet.form), sheet.case
    if case is None:
        raise ValueError("a sheet is printed with its case only")
    answers = rules.with_sums(form, queries.answers_of(sheet, form))
    lines = files.list_attachments((queries.OWNER, sheet.pk))
    return Paper(
        title=local(form.sheet, "title") or local(form, "name"),
        number=case.reference,
        day=day(case.opened_at),
        subject=local(case, "title"),
        starter=local(case.starter, "name") if case.starter else "",
        lines=tuple(_lines(form, answers, lines)),
        opinions=tuple(_opinions(form, sheet)),
    )


def _lines(
    form: Form, answers: Mapping[str, Value], attached: Sequence[AttachmentLine]
) -> list[tuple[PaperCell, ...] | PaperTable]:
    parties = queries.parties_in([(form, answers)])
    visible = {one.name for one in rules.visible_fields(form, answers)}
    found: list[tuple[PaperCell, ...] | PaperTable] = []
    for names in form.sheet.lines or _layout(form):
        fields = [one for name in names if (one := form.field(name)) is not None and one.name in visible]
        tables = [one for one in fields if one.kind is FieldKind.TABLE]
        found += [_table(one, answers.get(one.name) or (), parties) for one in tables]
        cells = [one for one in fields if one not in tables]
        if cells:
            span = (CELLS - len(cells)) // len(cells)
            found.append(tuple(_cell(one, answers, attached, parties, span) for one in cells))
    return found


def _layout(form: Form) -> list[tuple[str, ...]]:
    """Two short fields to a line, long ones alone."""
    lines: list[tuple[str, ...]] = []
    waiting: list[str] = []
    for one in form.fields:
        if one.is_wide or one.kind is FieldKind.DATES:
            lines += [tuple(waiting)] if waiting else []
            lines.append((one.name,))
            waiting = []
        else:
            waiting.append(one.name)
            if len(waiting) == 2:
                lines.append(tuple(waiting))
                waiting = []
    return lines + ([tuple(waiting)] if waiting else [])


def _cell(
    one: Field,
    answers: Mapping[str, Value],
    attached: Sequence[AttachmentLine],
    parties: queries.Parties,
    span: int,
) -> PaperCell:
    if one.kind is FieldKind.FILES:
        names = [line.name for line in attached if line.slot == one.name]
        value = "；".join(names)
    else:
        value = queries.words_of(one, answers.get(one.name), parties)
    return PaperCell(local(one, "label"), value, span)


def _table(table: Field, rows: Any, parties: queries.Parties) -> PaperTable:
    return PaperTable(
        label=local(table, "label"),
        head=tuple(local(one, "label") for one in table.columns),
        rows=tuple(
            tuple(queries.words_of(one, row.get(one.name), parties) for one in table.columns) for row in rows
        ),
        numbers=tuple(one.kind in (FieldKind.NUMBER, FieldKind.MONEY) for one in table.columns),
    )


def _opinions(form: Form, sheet: Sheet) -> list[PaperOpinion]:
    """Every step that was done, in order, and the places of those that are still to come."""
    case = sheet.case
    if case is None:
        return []
    wanted = form.sheet.opinions
    flow = queries.flow_of(case)
    first = queries.first_step(flow)
    done = [one for one in cases.done_tasks(case.pk) if not first or one.node_id != first.id]
    found = [_opinion(one) for one in done if not wanted or one.node_id in wanted]
    waiting = set(Task.objects.filter(case=case, state=Task.State.OPEN).values_list("node_id", flat=True))
    there = {one.node_id for one in done}
    for node in flow.user_tasks():
        asked = node.id in wanted if wanted else node.id in waiting
        if asked and node.id not in there and (first is None or node.id != first.id):
            found.append(PaperOpinion(local(node, "name")))
    return found


def _opinion(one: DoneTask) -> PaperOpinion:
    signed = _("%(who)s (by %(proxy)s)") % {"who": one.on_behalf_of, "proxy": one.person}
    return PaperOpinion(
        step=local(one, "name"),
        verdict=local(one, "outcome_name"),
        text=one.text,
        person=signed if one.on_behalf_of else one.person,
        unit=local(one, "unit"),
        at=moment(one.at),
    )


def typeset_data(paper: Paper, *, zone: str, printed: datetime, printed_by: str) -> dict[str, Any]:
    """Give a sheet to the typesetter."""
    lines: list[dict[str, Any]] = []
    for line in paper.lines:
        if isinstance(line, PaperTable):
            lines.append({"table": line.label, "head": line.head, "rows": line.rows, "numbers": line.numbers})
        else:
            lines.append(
                {"cells": [{"label": one.label, "value": one.value, "span": one.span} for one in line]}
            )
    return {
        "title": paper.title,
        "agency": zone,
        "number": paper.number,
        "day": paper.day,
        "starter": paper.starter,
        "lines": lines,
        "opinions": [
            {
                "step": one.step,
                "words": "：".join(filter(None, (one.verdict, one.text))),
                "signed": "  ".join(filter(None, (one.unit, one.person, one.at))),
                "empty": not one.at,
            }
            for one in paper.opinions
        ],
        "foot": _("Printed %(at)s by %(who)s") % {"at": moment(printed), "who": printed_by},
        "words": {
            "number": pgettext("sheet", "No."),
            "day": _("Date"),
            "starter": _("Applicant"),
            "sign": _("Signature"),
            "opinions": _("Opinions"),
        },
    }
