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
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        work = operations.all_work()
        self._offer("state", [(state, STATE_WORDS[state]) for state in JOB_STATES])
        self._offer("queue", _names({item.queue for item in work}))
        self._offer("task", _names({item.name for item in work}))

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All")), *choices]

    def wanted(self) -> JobFilter:
        """Give the filter; values that are not offered are left out."""
        self.is_valid()
        return JobFilter(**{name: self.cleaned_data.get(name, "") for name in ("state", "queue", "task")})


def _names(names: set[str]) -> list[tuple[str, Any]]:
    return [(name, name) for name in sorted(names)]
