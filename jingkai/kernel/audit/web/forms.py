"""The filter over the trail."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.data import DONE, FAILED, REFUSED, Filter
from jingkai.kernel.audit.rules import names

LARGEST = 2**63 - 1


class FilterForm(forms.Form):
    """Action, subject, person, result and period."""

    action = forms.ChoiceField(label=_("What"), required=False)
    kind = forms.ChoiceField(label=_("Kind of subject"), required=False)
    number = forms.IntegerField(label=_("Number of subject"), required=False, min_value=1, max_value=LARGEST)
    actor = forms.IntegerField(label=_("Number of person"), required=False, min_value=1, max_value=LARGEST)
    result = forms.ChoiceField(label=_("Result"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("action", names.known_actions())
        self._offer("kind", names.known_streams())
        self._offer("result", {code: names.result_words(code) for code in (DONE, REFUSED, FAILED)})

    def _offer(self, name: str, words: dict[str, str]) -> None:
        """Offer what has a name, and keep a value that came by a link though nobody named it."""
        given = self.data.get(name, "")
        rows = sorted(words.items(), key=lambda pair: pair[1])
        if given and given not in words:
            rows.append((given, given))
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("all")), *rows]

    def as_filter(self) -> Filter:
        """Give the filter; what is not valid is left out (the form shows why)."""
        given = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        kind, number = given.get("kind", ""), given.get("number")
        return Filter(
            stream=(kind, number) if kind and number else None,
            kind=kind or "",
            action=given.get("action", ""),
            actor_id=given.get("actor"),
            result=given.get("result", ""),
            since=_midnight(given.get("since")),
            until=_midnight(given.get("until"), days=1),
        )

    def clean(self) -> dict[str, Any] | None:
        """A number alone does not say of what."""
        given = super().clean()
        if given and given.get("number") and not given.get("kind"):
            self.add_error("kind", _("Choose a kind of subject for this number."))
        return given


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    if day is None:
        return None
    try:
        return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))
    except OverflowError:
        return None
