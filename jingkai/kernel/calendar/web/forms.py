"""Forms of the calendar's editor."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

SOURCE_HELP = _("The notice that says so, such as 国办发明电〔2026〕7号.")


class DayForm(forms.Form):
    """Whether one day is worked, and why."""

    working = forms.TypedChoiceField(
        label=_("This day is"),
        choices=[("1", _("a working day")), ("0", _("a day off"))],
        coerce=lambda text: text == "1",
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=_("Name"), max_length=60, required=False, help_text=_("Such as 春节调休上班.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=SOURCE_HELP)
    version = forms.IntegerField(widget=forms.HiddenInput)


class UploadForm(forms.Form):
    """A table of a year, and the notice it follows."""

    file = forms.FileField(label=_("Table (XLSX or CSV)"), allow_empty_file=True)
    source = forms.CharField(label=_("Source"), max_length=200, help_text=SOURCE_HELP)


class LoadForm(forms.Form):
    """A table that was looked at and is now put in force."""

    table = forms.CharField(widget=forms.HiddenInput, max_length=100_000, strip=False)
    source = forms.CharField(widget=forms.HiddenInput, max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class YearForm(forms.Form):
    """A year to go to."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
