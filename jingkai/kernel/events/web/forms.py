"""The filter over the list of jobs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.events import operations
from jingkai.kernel.events.data import JOB_STATES, JobFilter
from jingkai.kernel.events.web.words import STATE_WORDS


class JobFilterForm(forms.Form):
    """State, queue and kind of work; unknown values count as no filter."""

    state = forms.ChoiceField(label=_("State"), required=False)
    queue = forms.ChoiceField(label=_("Queue"), required=False)
    task = forms.ChoiceField(label=_("Kind of work"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        work = operations.all_work()
        self.fields["state"].choices = [
            ("", _("All")),
            *((state, STATE_WORDS[state]) for state in JOB_STATES),
        ]  # type: ignore[attr-defined]
        self.fields["queue"].choices = _choices({item.queue for item in work})  # type: ignore[attr-defined]
        self.fields["task"].choices = _choices({item.name for item in work})  # type: ignore[attr-defined]

    def wanted(self) -> JobFilter:
        """Give the filter; values that are not offered are left out."""
        self.is_valid()
        return JobFilter(**{name: self.cleaned_data.get(name, "") for name in ("state", "queue", "task")})


def _choices(names: set[str]) -> list[tuple[str, Any]]:
    return [("", _("All")), *((name, name) for name in sorted(names))]
