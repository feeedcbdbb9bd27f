"""One step's page of a form: what it reads, what it writes, and what came back from the browser."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from jingkai.casework.flow.data.conditions import All, Comparison, Condition, Literal, Name, Not, Some
from jingkai.casework.forms import rules
from jingkai.casework.forms.data import Field, FieldKind, Form, Value
from jingkai.casework.forms.models import Sheet
from jingkai.casework.forms.queries import words
from jingkai.casework.forms.queries.answers import active_units, answers_of
from jingkai.casework.forms.queries.controls import AnswerForm, as_data, control_of
from jingkai.casework.forms.queries.onpage import OWNER, along_of
from jingkai.casework.forms.queries.sheets import files_by_field, lines_of
from jingkai.kernel.hooks.api import local
from jingkai.kernel.organisation.api import current, head_of
from jingkai.kernel.organisation.models import Appointment, Unit
from jingkai.kernel.permissions.data import Actor
from jingkai.records.files.data import AttachmentLine
from jingkai.ui.data import Fact, FileLink


@dataclass(frozen=True, slots=True)
class Asked:
    """One field on the page: a control, an upload, or a running sum."""

    name: str
    kind: str
    label: str
    wide: bool
    bound: Any = None
    required: bool = False
    help: str = ""
    when: str = ""
    upload_url: str = ""
    files: tuple[FileLink, ...] = ()
    error: str = ""
    total: str = ""
    of: str = ""


@dataclass
class StepForm:
    """The form of one step with the answers that are there."""

    form: Form
    node: str
    sheet: Sheet | None
    answers: dict[str, Value]
    fields: AnswerForm
    lines: tuple[AttachmentLine, ...] = ()
    file_errors: dict[str, str] = field(default_factory=dict)

    @property
    def seen(self) -> int:
        """The version of the sheet that the page shows."""
        return self.sheet.version if self.sheet else 0

    def asked(self) -> list[Asked]:
        """Give what the step writes, in order, with the sums that follow from it."""
        written = {one.name for one in self.form.written_at(self.node)}
        found = []
        for one in self.form.fields:
            if one.name in written:
                found.append(self._asked(one))
            elif one.kind is FieldKind.SUM and self._moves(one, written):
                total = rules.with_sums(self.form, self.typed()).get(one.name)
                found.append(
                    Asked(
                        one.name,
                        "sum",
                        local(one, "label"),
                        False,
                        total=words.words_of(one, total, {}),
                        of=",".join(one.of),
                        help=local(one, "help"),
                        when=_when(one),
                    )
                )
        return found

    def _moves(self, one: Field, written: set[str]) -> bool:
        shown_here = one in self.form.shown_at(self.node)
        return shown_here and any(name.partition(".")[0] in written for name in one.of)

    def _asked(self, one: Field) -> Asked:
        label, when = local(one, "label"), _when(one)
        if one.kind is not FieldKind.FILES:
            return Asked(one.name, "field", label, one.is_wide, bound=self.fields[one.name], when=when)
        uuid = self.sheet.uuid if self.sheet else None
        url = f"{reverse('files:upload', args=[OWNER, uuid])}?slot={one.name}" if uuid else ""
        return Asked(
            one.name,
            "files",
            label,
            True,
            required=one.required,
            help=local(one, "help"),
            when=when,
            upload_url=url,
            files=tuple(words.file_links(self.lines, one.name, may_remove=True)),
            error=self.file_errors.get(one.name, ""),
        )

    def facts(self) -> list[Fact]:
        """Give what the step reads, as far as it was answered."""
        written = {one.name for one in self.form.written_at(self.node)}
        names = [one for one in self.form.shown_at(self.node) if one.name not in written]
        visible = rules.visible_fields(self.form, self.answers)
        along = along_of(self.sheet)
        return words.facts_of(
            self.form,
            self.answers,
            [one for one in names if one in visible],
            self.lines,
            along.parties if along else None,
        )

    def known(self) -> str:
        """Give the answers of other steps to the script that shows and hides fields."""
        return json.dumps(rules.in_conditions(self.answers), ensure_ascii=False, default=str)

    def typed(self) -> dict[str, Value]:
        """Give the answers with those that were just sent and could be read."""
        cleaned = getattr(self.fields, "cleaned_data", {}) if self.fields.is_bound else {}
        return {**self.answers, **{name: _value(self.form, name, value) for name, value in cleaned.items()}}

    def check(self) -> bool:
        """Say whether everything fits; what does not stands at its field afterwards."""
        self.fields.is_valid()
        typed = rules.with_sums(self.form, self.typed())
        visible = {one.name for one in rules.visible_fields(self.form, typed)}
        for name in list(self.fields.errors):
            if name not in visible:
                del self.fields.errors[name]
        counts = files_by_field(self.sheet)
        for problem in rules.find_problems(self.form, self.node, typed, files=counts):
            self.say(problem.field, problem.message)
        return not self.fields.errors and not self.file_errors

    def say(self, name: str, message: str) -> None:
        """Put a sentence at its field, once."""
        one = self.form.field(name)
        if one is not None and one.kind is FieldKind.FILES:
            self.file_errors[name] = message
            self.fields.add_error(None, f"{local(one, 'label')}: {message}")
        elif name in self.fields.fields:
            if name not in self.fields.errors:
                self.fields.add_error(name, message)
        else:
            self.fields.add_error(None, message)


def step_form(
    *,
    form: Form,
    node: str,
    sheet: Sheet | None,
    by: Actor,
    on: date,
    data: QueryDict | MultiValueDict[str, str] | None = None,
    draft: Mapping[str, list[str]] | None = None,
) -> StepForm:
    """Build the form of a step: with what was just sent, else the draft, else the stored answers."""
    answers = answers_of(sheet, form) if sheet is not None else {}
    written = form.written_at(node)
    choices = _choices(written, on)
    fields = AnswerForm(
        data if data is not None else as_data(draft) if draft else None,
        initial={**_defaults(written, by, on), **{name: _initial(value) for name, value in answers.items()}},
    )
    for one in written:
        if one.kind is not FieldKind.FILES:
            fields.fields[one.name] = control_of(one, choices)
    if data is None and draft:
        fields.show_without_errors()
    lines = lines_of(sheet) if sheet is not None else []
    return StepForm(form, node, sheet, rules.with_sums(form, answers), fields, tuple(lines))


def _initial(value: Value) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return list(value) if isinstance(value, tuple) else value


def _value(form: Form, name: str, value: Any) -> Value:
    one = form.field(name)
    if one is not None and one.kind is FieldKind.CHOICES:
        return tuple(value or ())
    return value  # type: ignore[no-any-return]


def _defaults(fields: Iterable[Field], by: Actor, on: date) -> dict[str, Any]:
    """What stands in the fields that nobody has answered yet."""
    found: dict[str, Any] = {}
    for one in fields:
        if not one.default:
            continue
        match one.kind, one.default:
            case FieldKind.DATE, "today":
                found[one.name] = on
            case FieldKind.PERSON, "me":
                found[one.name] = by.party_id
            case FieldKind.PERSON, "head":
                found[one.name] = _head(by, on)
            case FieldKind.UNIT, "mine":
                found[one.name] = next(iter(by.unit_ids), None)
            case FieldKind.CHOICES, text:
                found[one.name] = [text]
            case kind, text if kind not in (FieldKind.PERSON, FieldKind.UNIT, FieldKind.TABLE):
                found[one.name] = text
    return found


def _head(by: Actor, on: date) -> int | None:
    """Who heads the person's unit, or the unit above it where that is the person."""
    for unit_id in by.unit_ids:
        unit: int | None = unit_id
        while unit is not None:
            head = head_of(unit, on)
            if head is not None and head.person_id != by.party_id:
                return int(head.person_id)
            unit = Unit.objects.filter(pk=unit).values_list("parent_id", flat=True).first()
    return None


def _choices(fields: tuple[Field, ...], on: date) -> dict[FieldKind, list[Any]]:
    kinds = {one.kind for one in fields}
    found: dict[FieldKind, list[Any]] = {}
    if FieldKind.UNIT in kinds:
        found[FieldKind.UNIT] = [(unit.pk, local(unit.party, "name")) for unit in active_units()]
    if FieldKind.PERSON in kinds:
        found[FieldKind.PERSON] = _people(on)
    return found


def _people(on: date) -> list[Any]:
    """People by unit, each under the unit of their first post."""
    rows = Appointment.objects.filter(current(on), person__party__active=True)
    rows = rows.select_related("person__party", "post__unit__party")
    groups: dict[str, list[tuple[int, str]]] = {}
    seen: set[int] = set()
    for row in rows.order_by("post__unit__order", "post__unit_id", "-post__head", "post__order", "pk"):
        if row.person_id not in seen:
            seen.add(row.person_id)
            group = groups.setdefault(local(row.post.unit.party, "name"), [])
            group.append((row.person_id, f"{local(row.person.party, 'name')} · {local(row.post, 'title')}"))
    return list(groups.items())


def _when(one: Field) -> str:
    return json.dumps(condition_tree(one.visible), ensure_ascii=False) if one.visible else ""


def condition_tree(condition: Condition) -> list[Any]:
    """Give a condition to the script in the browser: a tree of plain lists."""
    return _tree(condition.expression)


def _tree(part: Any) -> list[Any]:
    match part:
        case Literal(value=value):
            return ["value", list(value) if isinstance(value, tuple) else value]
        case Name(id=name):
            return ["name", name]
        case Not(part=inner):
            return ["not", _tree(inner)]
        case All(parts=parts):
            return ["and", *map(_tree, parts)]
        case Some(parts=parts):
            return ["or", *map(_tree, parts)]
        case Comparison(left=left, sign=sign, right=right):
            return [sign, _tree(left), _tree(right)]
    raise ValueError(f"not a condition: {part}")
