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
    routine = forms.BooleanField(label=_("Routine work that ended well, too"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        work = operations.all_work()
        self._offer("state", [(state, STATE_WORDS[state]) for state in JOB_STATES])
        self._offer("queue", [(queue, queue) for queue in sorted({item.queue for item in work})])
        self._offer("task", [(item.name, item.label or item.name) for item in work])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All")), *choices]

    def wanted(self) -> JobFilter:
        """Give the filter; values that are not offered are left out."""
        self.is_valid()
        chosen = {name: self.cleaned_data.get(name, "") for name in ("state", "queue", "task")}
        by_clock = tuple(item.name for item in operations.all_work() if item.cron)
        return JobFilter(**chosen, routine=bool(self.cleaned_data.get("routine")), by_clock=by_clock)
