"""Filling a form: drafts, and answers that are written in one transaction with the end of the task."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.flow import api as flows
from jingkai.casework.flow.models import FlowVersion
from jingkai.casework.forms import queries, rules
from jingkai.casework.forms.data import Field, FieldKind, Form, Problem, Value
from jingkai.casework.forms.models import Answer, Draft, FormVersion, Sheet
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor

MOST_DRAFT = 200_000
"""Characters of one draft."""


class AnswersRefused(PersonFacingError):
    """What was filled in does not fit the form; `problems` says what, field by field."""

    status = 422
    advice = _("Correct the fields named and send the form again. What you typed is kept.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems[0].message)


class ChangedMeanwhile(AnswersRefused):
    """Somebody else wrote the same fields since the page was opened."""


class HasNoForm(PersonFacingError):
    """The step asks for no form of this app."""

    status = 404
    sentence = _("This step has no form.")


class CannotStart(PersonFacingError):
    """The flow does not begin with a form on whoever starts it."""

    sentence = _("“%(name)s” can't be started here.")
    advice = _("Ask the system administrator: the flow must begin with a step on its starter.")


@transaction.atomic
def begin_sheet(*, version: FormVersion, by: Actor, at: datetime) -> Sheet:
    """Give the sheet that somebody begins to fill; what was begun earlier is taken up with its drafts.

    A newer version of the form takes over what was typed: names that still exist keep their answers.
    """
    found, _made = Sheet.objects.select_related("form").get_or_create(
        key=version.key,
        owner_id=by.party_id,
        case=None,
        defaults={"form": version, "begun_at": at},
    )
    if found.form_id != version.pk:
        found.form = version
        found.save(update_fields=["form"])
    return found


@transaction.atomic
def sheet_for_task(*, task: Task, by: Actor, at: datetime) -> Sheet:
    """Give the sheet that a task's step fills, made at its first opening. Errors: HasNoForm, NotYourTask."""
    cases.check_holder(task=task, by=by)
    version = queries.form_at(task)
    if version is None:
        raise HasNoForm
    found = Sheet.objects.filter(case_id=task.case_id, key=version.key).first()
    if found is None:
        beginning = {"form": version, "owner_id": by.party_id, "begun_at": at}
        found, _made = Sheet.objects.get_or_create(case_id=task.case_id, key=version.key, defaults=beginning)
    if found.form_id != version.pk:  # the case moved to another version of its flow
        found.form = version
        found.save(update_fields=["form"])
    return found


@transaction.atomic
def save_draft(
    *, sheet: Sheet, task: Task | None, data: Mapping[str, list[str]], by: Actor, at: datetime
) -> None:
    """Keep what somebody typed, as it was typed; it is given back to that person alone."""
    if by.party_id is None or sum(len(text) for texts in data.values() for text in texts) > MOST_DRAFT:
        return
    Draft.objects.update_or_create(
        sheet=sheet, task=task, person_id=by.party_id, defaults={"data": dict(data), "saved_at": at}
    )


@transaction.atomic
def drop_begun(*, sheet: Sheet, by: Actor, at: datetime) -> None:
    """Throw away what somebody began and never sent."""
    if sheet.case_id is None and sheet.owner_id == by.party_id:
        sheet.drafts.all().delete()


@transaction.atomic
def answer_task(
    *,
    task: Task,
    answers: rules.Answers,
    outcome: str,
    opinion: str,
    seen: int,
    by: Actor,
    at: datetime,
) -> Case:
    """Write the answers of a step and finish its task, both or neither.

    `seen` is the version of the sheet that the page showed. Errors: AnswersRefused, ChangedMeanwhile, and
    those of `cases.complete_task`.
    """
    sheet = sheet_for_task(task=task, by=by, at=at)
    sheet = Sheet.objects.select_for_update().select_related("form").get(pk=sheet.pk)
    form, node = queries.form_of(sheet.form), task.node_id
    _check_seen(sheet, form, node, seen)
    changed, known = _write(sheet, form, node, answers, at)
    flow = queries.flow_of(task.case)
    case = cases.complete_task(
        task=task,
        outcome=outcome,
        opinion=opinion,
        variables=rules.as_variables(form, flow, known, units=_units(form, known)),
        by=by,
        at=at,
    )
    _tell(case, sheet, changed, by=by, at=at)
    return case


@transaction.atomic
def start_with_form(
    *,
    flow: FlowVersion,
    kind: str,
    name: str,
    name_en: str,
    sheet: Sheet,
    answers: rules.Answers,
    outcome: str,
    opinion: str = "",
    by: Actor,
    at: datetime,
) -> Case:
    """Open a case with its first form filled: the starter's step is finished in the same transaction."""
    compiled = flows.compiled(flow)
    step = queries.first_step(compiled)
    sheet = Sheet.objects.select_for_update().select_related("form").get(pk=sheet.pk)
    if step is None or sheet.case_id is not None or sheet.owner_id != by.party_id:
        raise CannotStart(name=local(flow, "name"))
    form = queries.form_of(sheet.form)
    changed, known = _write(sheet, form, step.id, answers, at)
    variables = rules.as_variables(form, compiled, known, units=_units(form, known))
    case = cases.start_case(
        flow_key=flow.key,
        version=flow,
        kind=kind,
        title=subject_of(form.subject, form, known, default=name, starter=by.name),
        title_en=subject_of(form.subject_en, form, known, default=name_en, starter=by.name, english=True),
        pins={"forms": {sheet.key: sheet.form.version}},
        variables=variables,
        by=by,
        at=at,
    )
    sheet.case = case
    sheet.save(update_fields=["case"])
    first = Task.objects.select_related("case__flow_version").get(
        case=case, node_id=step.id, state=Task.State.OPEN
    )
    case = cases.complete_task(task=first, outcome=outcome, opinion=opinion, by=by, at=at)
    _tell(case, sheet, changed, by=by, at=at)
    return case


def subject_of(
    pattern: str,
    form: Form,
    answers: rules.Answers,
    *,
    default: str,
    starter: str,
    english: bool = False,
) -> str:
    """Fill the subject of a matter (`请假：{starter} {days} 天`) from its answers."""
    if not pattern:
        return f"{default}：{starter}" if not english else (f"{default}: {starter}" if default else "")
    text = pattern.replace("{starter}", starter)
    for one in form.fields:
        if f"{{{one.name}}}" in text:
            text = text.replace(f"{{{one.name}}}", _short(one, answers.get(one.name), english=english))
    return " ".join(text.split())[:300]


def _short(one: Field, value: Value, *, english: bool) -> str:
    if rules.is_empty(value):
        return ""
    if one.kind is FieldKind.CHOICE:
        option = one.option(str(value))
        return (option.label_en if english else option.label) if option else str(value)
    if one.kind is FieldKind.DATES and isinstance(value, tuple):
        return " – ".join(str(day) for day in value)
    return str(value) if not isinstance(value, tuple) else ""


def _check_seen(sheet: Sheet, form: Form, node: str, seen: int) -> None:
    """Refuse to write over what somebody else wrote since; nothing typed is lost."""
    mine = {one.name: one for one in form.written_at(node)}
    newer = Answer.objects.filter(sheet=sheet, written__gt=seen).values_list("name", flat=True)
    clashing = sorted({name.partition(".")[0] for name in newer} & mine.keys())
    if clashing:
        words = gettext(
            "“%(field)s” was changed by somebody else while you were writing. Look at it and send again."
        )
        raise ChangedMeanwhile(
            [Problem(name, words % {"field": local(mine[name], "label")}) for name in clashing]
        )


def _write(
    sheet: Sheet, form: Form, node: str, answers: rules.Answers, at: datetime
) -> tuple[list[str], dict[str, Value]]:
    """Check and write the answers of a step; give the changed fields and everything that is known now."""
    before = queries.answers_of(sheet, form)
    mine = {one.name for one in form.written_at(node)}
    known = {**before, **{name: value for name, value in answers.items() if name in mine}}
    problems = rules.find_problems(form, node, known, files=queries.files_by_field(sheet))
    if problems:
        raise AnswersRefused(problems)
    known = rules.with_sums(form, known)
    visible = {one.name for one in rules.visible_fields(form, known)}
    known = {name: value if name in visible else None for name, value in known.items()}
    changed = [one for one in form.fields if not _same(before.get(one.name), known.get(one.name))]
    sheet.version, sheet.answered_at = sheet.version + 1, at
    sheet.save(update_fields=["version", "answered_at"])
    names = {one.name for one in changed} | {f"{one.name}.{c.name}" for one in changed for c in one.columns}
    Answer.objects.filter(sheet=sheet, name__in=names).delete()
    rows = [row for one in changed for row in _rows(one, known.get(one.name))]
    for row in rows:
        row.sheet, row.written = sheet, sheet.version
    Answer.objects.bulk_create(rows)
    return [one.name for one in changed], known


def _same(one: Value, other: Value) -> bool:
    return one == other or (rules.is_empty(one) and rules.is_empty(other))


def _rows(one: Field, value: Value) -> Iterable[Answer]:
    if rules.is_empty(value) or one.kind is FieldKind.FILES:
        return
    if one.kind is FieldKind.TABLE and isinstance(value, tuple):
        yield from _cells(one, value)
    elif one.kind is FieldKind.CHOICES and isinstance(value, tuple):
        for number, chosen in enumerate(value, 1):
            yield _row(one.name, chosen, number)
    elif one.kind in (FieldKind.PERSON, FieldKind.UNIT):
        yield Answer(name=one.name, party_id=int(str(value)))
    else:
        yield _row(one.name, value)


def _cells(table: Field, lines: Iterable[Any]) -> Iterable[Answer]:
    for number, line in enumerate(lines, 1):
        for column in table.columns:
            if not rules.is_empty(line.get(column.name)):
                yield _row(f"{table.name}.{column.name}", line[column.name], number)


def _row(name: str, value: Any, number: int = 0) -> Answer:
    if isinstance(value, bool):
        return Answer(name=name, row=number, truth=value)
    if isinstance(value, Decimal):
        return Answer(name=name, row=number, number=value)
    if isinstance(value, date):
        return Answer(name=name, row=number, day=value)
    if isinstance(value, tuple):
        return Answer(name=name, row=number, day=value[0], until=value[1])
    return Answer(name=name, row=number, text=str(value))


def _units(form: Form, known: rules.Answers) -> dict[int, str]:
    kinds = {one.name for one in form.fields if one.kind is FieldKind.UNIT}
    return queries.unit_codes(int(known[name]) for name in kinds if known.get(name))  # type: ignore[arg-type]


def _tell(case: Case, sheet: Sheet, changed: Collection[str], *, by: Actor, at: datetime) -> None:
    """Drop what was typed and leave in the case's trail which fields changed, without their contents."""
    sheet.drafts.all().delete()
    facts = {"sheet": sheet.pk, "form": f"{sheet.key}@{sheet.form.version}", "fields": sorted(changed)}
    audit.record(case, action="form.answered", by=by, at=at, facts=facts)
