"""Forms of the form editor: a form's name, its rights and printed sheet, one field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from jingkai.casework.designer.rules import StepLine
from jingkai.casework.forms.data import FieldKind, Right
from jingkai.kernel.hooks.api import local

KINDS = (
    (FieldKind.TEXT.value, pgettext_lazy("kind of field", "Text")),
    (FieldKind.LONG.value, pgettext_lazy("kind of field", "Long text")),
    (FieldKind.NUMBER.value, pgettext_lazy("kind of field", "Number")),
    (FieldKind.MONEY.value, pgettext_lazy("kind of field", "Amount of money")),
    (FieldKind.DATE.value, pgettext_lazy("kind of field", "Date")),
    (FieldKind.DATES.value, pgettext_lazy("kind of field", "First and last day")),
    (FieldKind.CHOICE.value, pgettext_lazy("kind of field", "One of several")),
    (FieldKind.CHOICES.value, pgettext_lazy("kind of field", "Several of several")),
    (FieldKind.YESNO.value, pgettext_lazy("kind of field", "Yes or no")),
    (FieldKind.PERSON.value, pgettext_lazy("kind of field", "Person")),
    (FieldKind.UNIT.value, pgettext_lazy("kind of field", "Unit")),
    (FieldKind.FILES.value, pgettext_lazy("kind of field", "Files")),
    (FieldKind.TABLE.value, pgettext_lazy("kind of field", "Table of lines")),
    (FieldKind.SUM.value, pgettext_lazy("kind of field", "Sum, computed")),
)
RIGHTS = (
    ("", gettext_lazy("as the form says")),
    (Right.WRITE.value, gettext_lazy("may write")),
    (Right.READ.value, gettext_lazy("reads")),
    (Right.HIDDEN.value, gettext_lazy("does not see it")),
)
_OPTION = re.compile(r"^\s*([^=|]+?)\s*(?:=\s*([^|]*?)\s*(?:\|\s*(.*?)\s*)?)?$")
_COLUMN = re.compile(r"^\s*([a-z][a-z0-9_]*)\s*:\s*([a-z]+)\s*(\*)?\s*=\s*([^|]*?)\s*(?:\|\s*(.*?)\s*)?$")
_RULE = re.compile(r"^(.+?)\s*=>\s*([^|]+?)\s*(?:\|\s*(.*?)\s*)?$")


class FormNameForm(forms.Form):
    """The name by which steps choose a form."""

    name = forms.RegexField(
        r"^[a-z][a-z0-9_\-]{0,39}$",
        label=pgettext_lazy("flow", "Key"),
        help_text=gettext_lazy("Small Latin letters, digits and hyphens. Steps choose the form by it."),
        error_messages={
            "invalid": gettext_lazy("Small Latin letters, digits and hyphens, beginning with a letter.")
        },
    )
    title = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    title_en = forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)


class FormHeadForm(forms.Form):
    """A form's names, the subject of the matters it starts, its rights by step, its printed sheet."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)
    subject = forms.CharField(
        label=gettext_lazy("Subject of the matter"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example 请假：{starter} {days} 天; names of fields in braces."),
    )
    subject_en = forms.CharField(label=gettext_lazy("English subject"), max_length=200, required=False)
    sheet_title = forms.CharField(
        label=gettext_lazy("Title of the printed sheet"), max_length=120, required=False
    )
    sheet_title_en = forms.CharField(label=gettext_lazy("Its English title"), max_length=120, required=False)
    lines = forms.CharField(
        label=gettext_lazy("Lines of the printed sheet"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "One line of the paper per line: one to three field names with commas. "
            "Empty: the fields in their order."
        ),
    )
    opinions = forms.MultipleChoiceField(
        label=gettext_lazy("Opinions on the printed sheet"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=(),
        help_text=gettext_lazy("None ticked: all that were written."),
    )

    def __init__(self, *args: Any, steps: Sequence[StepLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opinions"].choices = [(one.id, local(one, "name")) for one in steps]  # type: ignore[attr-defined]
        add_rights(self, steps, first=(("", gettext_lazy("reads")), *RIGHTS[1:2], *RIGHTS[3:]))

    @staticmethod
    def values(definition: Mapping[str, Any]) -> dict[str, Any]:
        """Show what stands now."""
        sheet = definition.get("sheet", {})
        lines = "\n".join(", ".join(line) for line in sheet.get("lines", []))
        own = {key: definition.get(key, "") for key in ("name", "name_en", "subject", "subject_en")}
        titles = {"sheet_title": sheet.get("title", ""), "sheet_title_en": sheet.get("title_en", "")}
        more = {"lines": lines, "opinions": sheet.get("opinions", [])}
        return {**own, **titles, **more, **shown_rights(definition)}

    def apply(self, definition: Mapping[str, Any]) -> dict[str, Any]:
        """Give the definition with what was entered."""
        given = self.cleaned_data
        lines = [
            [name.strip() for name in re.split(r"[,，、\s]+", line) if name.strip()]
            for line in given["lines"].splitlines()
            if line.strip()
        ]
        sheet = {
            "title": given["sheet_title"],
            "title_en": given["sheet_title_en"],
            "lines": lines,
            "opinions": given["opinions"],
        }
        own = {key: given[key] for key in ("name", "name_en", "subject", "subject_en")}
        return _filled({**definition, **own, "rights": given_rights(self), "sheet": _filled(sheet)})


class FieldForm(forms.Form):
    """One field of a form. What does not fit the chosen kind is left aside."""

    label = forms.CharField(label=gettext_lazy("What is asked"), max_length=100)
    label_en = forms.CharField(
        label=gettext_lazy("What is asked, in English"), max_length=100, required=False
    )
    name = forms.CharField(
        label=gettext_lazy("Key of the field"),
        max_length=40,
        help_text=gettext_lazy("Small Latin letters, digits and “_”. Conditions and flow variables use it."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of answer"), choices=KINDS)
    required = forms.BooleanField(label=gettext_lazy("Must be filled in"), required=False)
    options = forms.CharField(
        label=gettext_lazy("Options"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("One per line: value=中文|English."),
    )
    columns = forms.CharField(
        label=gettext_lazy("Columns"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "One per line: name:kind=中文|English; kinds text, number, money, date; "
            "a star after the kind means that it must be filled in."
        ),
    )
    of = forms.CharField(
        label=gettext_lazy("Adds up"),
        required=False,
        help_text=gettext_lazy("Numbers of this form with commas; a column of a table as table.column."),
    )
    min = forms.CharField(label=gettext_lazy("Not less than"), max_length=20, required=False)
    max = forms.CharField(label=gettext_lazy("Not more than"), max_length=20, required=False)
    longest = forms.IntegerField(label=gettext_lazy("Most characters"), min_value=1, required=False)
    pattern = forms.CharField(
        label=gettext_lazy("Pattern"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A regular expression for the whole text, such as 1[0-9]{10}."),
    )
    default = forms.CharField(
        label=gettext_lazy("Stands there at first"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A value; for dates today, for people me or head (my head), for units mine."),
    )
    help = forms.CharField(label=gettext_lazy("Help under the field"), max_length=300, required=False)
    help_en = forms.CharField(label=gettext_lazy("Help in English"), max_length=300, required=False)
    visible = forms.CharField(
        label=gettext_lazy("Shown only when"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("A condition over other fields, such as kind == 'sick' and days > 3."),
    )
    rules = forms.CharField(
        label=gettext_lazy("Rules"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One per line: condition => sentence when it does not hold | in English."),
    )

    def __init__(self, *args: Any, steps: Sequence[StepLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_rights(self, steps, first=RIGHTS)

    @staticmethod
    def values(raw: Mapping[str, Any]) -> dict[str, Any]:
        """Show what stands now."""
        plain = (
            "label",
            "label_en",
            "name",
            "kind",
            "required",
            "min",
            "max",
            "longest",
            "pattern",
            "default",
            "help",
            "help_en",
            "visible",
        )
        found: dict[str, Any] = {key: raw.get(key, "") for key in plain}
        found["options"] = "\n".join(_pair(one["value"], one) for one in raw.get("options", []))
        found["columns"] = "\n".join(
            _pair(f"{one['name']}:{one.get('kind', 'text')}{'*' if one.get('required') else ''}", one)
            for one in raw.get("columns", [])
        )
        found["of"] = ", ".join(raw.get("of", []))
        found["rules"] = "\n".join(
            f"{one['condition']} => {one['message']}"
            + (f"|{one['message_en']}" if one.get("message_en") else "")
            for one in raw.get("rules", [])
        )
        return {**found, **shown_rights(raw)}

    def apply(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Give the field's definition with what was entered; lines that can't be read are told."""
        given = self.cleaned_data
        kind = given["kind"]
        found: dict[str, Any] = {
            key: given[key]
            for key in (
                "name",
                "kind",
                "label",
                "label_en",
                "required",
                "help",
                "help_en",
                "default",
                "visible",
            )
        }
        if kind in ("choice", "choices"):
            found["options"] = self._lines("options", _OPTION, _option)
        if kind == "table":
            old = {one.get("name"): one for one in raw.get("columns", [])}
            found["columns"] = [
                {**old.get(one["name"], {}), **one} for one in self._lines("columns", _COLUMN, _column)
            ]
        if kind == "sum":
            found["of"] = [name for name in re.split(r"[,，\s]+", given["of"]) if name]
        if kind in ("number", "money", "date", "dates", "sum"):
            found |= {"min": given["min"], "max": given["max"]}
        if kind in ("text", "long"):
            found |= {"longest": given["longest"], "pattern": given["pattern"] if kind == "text" else ""}
            found["shortest"] = raw.get("shortest")
        found["rules"] = self._lines("rules", _RULE, _rule)
        found["rights"] = given_rights(self)
        return _filled(found)

    def _lines(self, name: str, pattern: re.Pattern[str], make: Any) -> list[dict[str, Any]]:
        found = []
        for number, line in enumerate(self.cleaned_data[name].splitlines(), 1):
            if not line.strip():
                continue
            match = pattern.match(line)
            if match is None:
                self.add_error(
                    name, _("Line %(n)d can't be read: %(line)s") % {"n": number, "line": line[:60]}
                )
            else:
                found.append(_filled(make(match)))
        return found


def _option(match: re.Match[str]) -> dict[str, Any]:
    return {"value": match[1], "label": match[2] or match[1], "label_en": match[3]}


def _column(match: re.Match[str]) -> dict[str, Any]:
    return {
        "name": match[1],
        "kind": match[2],
        "required": bool(match[3]),
        "label": match[4],
        "label_en": match[5],
    }


def _rule(match: re.Match[str]) -> dict[str, Any]:
    return {"condition": match[1], "message": match[2], "message_en": match[3]}


def _pair(head: str, one: Mapping[str, Any]) -> str:
    english = one.get("label_en", "")
    return f"{head}={one.get('label', '')}{'|' + english if english else ''}"


def _filled(raw: dict[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing, so that exported definitions stay short."""
    return {key: value for key, value in raw.items() if value not in ("", None, [], {}, False)}


def add_rights(form: forms.Form, steps: Sequence[StepLine], *, first: Sequence[Any]) -> None:
    """Ask for each step what it may do."""
    for one in steps:
        form.fields[f"right:{one.id}"] = forms.ChoiceField(
            label=local(one, "name"), choices=first, required=False
        )


def shown_rights(raw: Mapping[str, Any]) -> dict[str, str]:
    """Show the rights that stand now."""
    return {f"right:{node}": right for node, right in raw.get("rights", {}).items()}


def given_rights(form: forms.Form) -> dict[str, str]:
    """Give the rights that were entered."""
    given = form.cleaned_data
    return {name[6:]: given[name] for name in form.fields if name.startswith("right:") and given.get(name)}
