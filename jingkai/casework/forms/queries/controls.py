"""The controls of a declared field, made of the components that every page uses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms.utils import ErrorList
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jingkai.casework.forms.data import MOST_ROWS, Field, FieldKind
from jingkai.kernel.hooks.api import local

NONE = ("", "—")
FEW = 5
"""Up to so many options stand open as buttons; more go into a list."""


class DatesWidget(forms.MultiWidget):
    """First and last day beside each other."""

    template_name = "forms/widgets/dates.html"
    use_fieldset = True

    def __init__(self) -> None:
        labels = (_("First day"), _("Last day"))
        super().__init__(
            [
                forms.DateInput(
                    attrs={"type": "date", "aria-label": label, "class": "input"}, format="%Y-%m-%d"
                )
                for label in labels
            ]
        )

    def decompress(self, value: Any) -> list[date | None]:
        """Give both days of a stored answer."""
        return list(value) if value else [None, None]


class DatesField(forms.MultiValueField):
    """A first and a last day; one without the other is an error."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = {"invalid": _("Enter a day such as 2026-03-02.")}
        parts = (forms.DateField(error_messages=wrong), forms.DateField(error_messages=wrong))
        super().__init__(parts, widget=DatesWidget(), require_all_fields=False, **kwargs)
        self.error_messages["incomplete"] = _("Enter the first and the last day.")

    def compress(self, data_list: list[Any]) -> tuple[date, date] | None:
        """Give both days, or nothing."""
        return (data_list[0], data_list[1]) if len(data_list) == 2 and all(data_list) else None


class TableWidget(forms.Widget):
    """Rows of cells; one more empty row than was filled, and a button for further ones."""

    template_name = "forms/widgets/table.html"
    use_fieldset = True

    def __init__(self, table: Field, cells: Mapping[str, forms.Field]) -> None:
        super().__init__()
        self.table, self.cells = table, cells

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, Any]]:
        """Give the rows as they were typed, empty ones too."""
        try:
            count = max(0, min(int(data.get(f"{name}-rows") or 0), MOST_ROWS + 1))
        except ValueError:
            count = 0
        return [
            {
                key: cell.widget.value_from_datadict(data, files, f"{name}-{at}-{key}")
                for key, cell in self.cells.items()
            }
            for at in range(count)
        ]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Draw every cell with the name of its column and row for those who do not see the table."""
        given = list(value or ())
        if not given or any(given[-1].values()):
            given.append({})
        rows = [
            [self._cell(name, at, key, cell, row.get(key)) for key, cell in self.cells.items()]
            for at, row in enumerate(given)
        ]
        context: dict[str, Any] = super().get_context(name, None, attrs)
        columns = [
            {"label": local(one, "label"), "kind": one.kind, "required": one.required}
            for one in self.table.columns
        ]
        return context | {
            "rows": rows,
            "count": len(rows),
            "columns": columns,
            "field": self.table.name,
            "name": name,
        }

    def _cell(self, name: str, at: int, key: str, cell: forms.Field, value: Any) -> dict[str, Any]:
        words = _("%(column)s, line %(n)d") % {"column": cell.label, "n": at + 1}
        attrs = {"aria-label": words, "class": "input", "id": f"id_{name}-{at}-{key}", "data-cell": key}
        html = cell.widget.render(f"{name}-{at}-{key}", cell.prepare_value(value), attrs)
        return {"html": html, "label": cell.label}

    def id_for_label(self, id_: str) -> str:
        """Lead from the summary of errors to the first cell."""
        return f"{id_}-0-{next(iter(self.cells))}" if id_ else ""


class TableField(forms.Field):
    """A table of rows: each cell is read by its column, an empty row is left out."""

    def __init__(self, table: Field, **kwargs: Any) -> None:
        self.cells = {one.name: control_of(one, {}) for one in table.columns}
        for one in table.columns:
            self.cells[one.name].required = False
        super().__init__(widget=TableWidget(table, self.cells), **kwargs)

    def clean(self, value: Any) -> tuple[dict[str, Any], ...]:
        """Give the filled rows as typed values; say what can't be read by line and column."""
        rows, wrong = [], ErrorList()
        for number, raw in enumerate([row for row in value or () if any(row.values())], 1):
            row = {}
            for key, cell in self.cells.items():
                try:
                    row[key] = cell.clean(raw.get(key))
                except forms.ValidationError as error:
                    facts = {"n": number, "column": cell.label, "text": " ".join(error.messages)}
                    wrong.append(_("Line %(n)d, %(column)s: %(text)s") % facts)
            rows.append(row)
        if len(rows) > MOST_ROWS:
            wrong.append(_("At most %(limit)d lines.") % {"limit": MOST_ROWS})
        if wrong:
            raise forms.ValidationError(list(wrong))
        if self.required and not rows:
            raise forms.ValidationError(self.error_messages["required"])
        return tuple(rows)


def control_of(one: Field, choices: Mapping[FieldKind, list[Any]]) -> forms.Field:
    """Give the control of a field; `choices` are the people and units that can be chosen."""
    common: dict[str, Any] = {
        "label": local(one, "label"),
        "help_text": local(one, "help"),
        "required": one.required,
        "error_messages": {"required": _("Fill this in.")},
    }
    match one.kind:
        case FieldKind.LONG:
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), **common)
        case FieldKind.NUMBER | FieldKind.MONEY:
            return _number(one, common)
        case FieldKind.DATE:
            common["error_messages"]["invalid"] = _("Enter a day such as 2026-03-02.")
            return forms.DateField(
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common
            )
        case FieldKind.DATES:
            return DatesField(**common)
        case FieldKind.CHOICE:
            return _choice(one, common)
        case FieldKind.CHOICES:
            common["error_messages"]["required"] = _("Choose at least one.")
            return forms.MultipleChoiceField(
                choices=_options(one), widget=forms.CheckboxSelectMultiple, **common
            )
        case FieldKind.YESNO:
            return forms.TypedChoiceField(
                choices=(("true", _("Yes")), ("false", _("No"))),
                widget=forms.RadioSelect,
                coerce=lambda text: text == "true",
                empty_value=None,
                **common,
            )
        case FieldKind.PERSON | FieldKind.UNIT:
            listed = [NONE, *choices.get(one.kind, [])]
            return forms.TypedChoiceField(choices=listed, coerce=int, empty_value=None, **common)
        case FieldKind.TABLE:
            return TableField(one, **common)
    return forms.CharField(max_length=one.longest or 2000, **common)


def _number(one: Field, common: dict[str, Any]) -> forms.Field:
    places = 2 if one.kind is FieldKind.MONEY else 6
    control = forms.DecimalField(
        max_digits=18, decimal_places=places, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common
    )
    control.error_messages["invalid"] = _("Enter a number.")
    control.error_messages["max_decimal_places"] = _("At most %(max)s digits after the point.")
    return control


def _choice(one: Field, common: dict[str, Any]) -> forms.Field:
    common["error_messages"]["required"] = _("Choose one.")
    common["error_messages"]["invalid_choice"] = _("Choose from the list.")
    if len(one.options) <= FEW:
        return forms.ChoiceField(choices=_options(one), widget=forms.RadioSelect, **common)
    return forms.ChoiceField(choices=[NONE, *_options(one)], **common)


def _options(one: Field) -> list[tuple[str, str]]:
    return [(option.value, local(option, "label")) for option in one.options]


class AnswerForm(forms.Form):
    """The fields that one step writes. What a hidden field holds is neither asked nor kept."""

    use_required_attribute = False
    prefix = "f"

    opinion_words = gettext_lazy("Opinion")

    def show_without_errors(self) -> None:
        """Draw what was typed before without saying what is missing yet."""
        self._errors = forms.utils.ErrorDict()
        self.cleaned_data = {}


def as_data(raw: Mapping[str, list[str]]) -> MultiValueDict[str, str]:
    """Give stored typing back in the shape in which it was sent."""
    return MultiValueDict({str(key): [str(text) for text in texts] for key, texts in raw.items()})
