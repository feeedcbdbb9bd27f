"""Forms drawn from a kind's fields: a rule is filled in, never written as code where its kind is known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.rules.data import RuleField, RuleKind, VersionDraft

PART = "part_"
"""Before the names of a value's parts, so that they never meet the form's own fields."""


class VersionForm(forms.Form):
    """A version of a rule: since when, what, and by which source."""

    starts_on = forms.DateField(label=_("Applies from"), widget=forms.DateInput({"type": "date"}))
    source = forms.CharField(
        label=_("Legal source"), max_length=200, help_text=_("The law, order or decision that says so.")
    )
    article = forms.CharField(label=_("Article"), max_length=60, required=False)
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )
    confirmed = forms.BooleanField(
        label=_("Verified locally"),
        required=False,
        help_text=_("Compared with the text of the law as it applies here."),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, kind: RuleKind, *args: Any, value: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        parts = dict(_parts(kind, value or {}))
        self.fields = {**parts, **self.fields}

    def draft(self) -> VersionDraft:
        """Give what was filled in; the parts are checked by the kind itself."""
        given = self.cleaned_data
        return VersionDraft(
            starts_on=given["starts_on"],
            value=self._value(),
            source=given["source"],
            article=given["article"],
            note=given["note"],
            confirmed=given["confirmed"],
        )

    def _value(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not self.kind.fields:
            return dict(given[f"{PART}value"])
        return {field.name: _read(field, given) for field in self.kind.fields}


class NewRuleForm(VersionForm):
    """A rule that does not exist yet, with its first version."""

    name = forms.CharField(label=_("Name"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200)
    key = forms.SlugField(
        label=_("Rule key"),
        max_length=80,
        help_text=_("Letters, digits and underscores; it is never changed later."),
    )

    def __init__(self, kind: RuleKind, *args: Any, keys: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(kind, *args, **kwargs)
        if keys:
            self.fields["key"] = forms.ChoiceField(label=_("Rule key"), choices=[(key, key) for key in keys])
        own = ("key", "name", "name_en")
        self.order_fields([*own, *[name for name in self.fields if name not in own]])


class VoidForm(forms.Form):
    """Why a version is void."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


def _parts(kind: RuleKind, value: Mapping[str, Any]) -> list[tuple[str, forms.Field]]:
    if not kind.fields:
        start = value or kind.example or {}
        text = forms.JSONField(
            label=_("Value"), initial=dict(start), widget=forms.Textarea({"rows": 8, "spellcheck": "false"})
        )
        return [(f"{PART}value", text)]
    parts: list[tuple[str, forms.Field]] = []
    for field in kind.fields:
        given = value.get(field.name)
        if field.type == "numbers":
            parts += [
                (f"{PART}{field.name}__{code}", _number(field, code, label, given))
                for code, label in field.options
            ]
        else:
            parts.append((f"{PART}{field.name}", _control(field, given)))
    return parts


def _number(field: RuleField, code: str, label: Any, given: Any) -> forms.Field:
    return forms.IntegerField(
        label=_("%(label)s: %(part)s") % {"label": field.label, "part": label},
        required=False,
        min_value=field.minimum,
        max_value=field.maximum,
        initial=(given or {}).get(code),
    )


def _control(field: RuleField, given: Any) -> forms.Field:
    common: dict[str, Any] = {"label": field.label, "required": field.required, "help_text": field.help}
    if given is not None:
        common["initial"] = given
    match field.type:
        case "integer":
            return forms.IntegerField(min_value=field.minimum, max_value=field.maximum, **common)
        case "decimal":
            return forms.DecimalField(min_value=field.minimum, max_value=field.maximum, **common)
        case "boolean":
            return forms.BooleanField(**{**common, "required": False})
        case "choice":
            none = [] if field.required else [("", "–")]
            return forms.ChoiceField(choices=[*none, *field.options], **common)
        case "choices":
            return forms.MultipleChoiceField(
                choices=field.options, widget=forms.CheckboxSelectMultiple, **common
            )
        case "json":
            common["initial"] = json.dumps(given, ensure_ascii=False) if given is not None else None
            return forms.JSONField(**common)
    return forms.CharField(max_length=500, **common)


def _read(field: RuleField, given: Mapping[str, Any]) -> Any:
    if field.type != "numbers":
        return given.get(f"{PART}{field.name}")
    numbers = {code: given.get(f"{PART}{field.name}__{code}") for code in field.codes}
    return {code: number for code, number in numbers.items() if number is not None}
