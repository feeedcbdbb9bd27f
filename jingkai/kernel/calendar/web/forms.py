"""Forms of the calendar's editor."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.calendar.rules.notice import MOST_TEXT

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
    """The notice's own text, or a table of the year with the notice it follows."""

    text = forms.CharField(
        label=_("Text of the notice"),
        required=False,
        max_length=MOST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("Paste all of it: 国务院办公厅关于…年部分节假日安排的通知."),
    )
    file = forms.FileField(label=_("Or a table (XLSX or CSV)"), required=False, allow_empty_file=True)
    source = forms.CharField(label=_("Source"), max_length=200, required=False, help_text=SOURCE_HELP)

    def clean(self) -> dict[str, object]:
        """Ask for one of the two, and for the source where the text does not name it."""
        given: dict[str, object] = super().clean() or {}
        text, file = str(given.get("text") or "").strip(), given.get("file")
        if bool(text) == (file is not None):
            raise forms.ValidationError(_("Paste the notice, or choose a table: one of the two."))
        if file is not None and not given.get("source"):
            self.add_error("source", _("A table does not say which notice it follows; write it here."))
        return given


class YearForm(forms.Form):
    """A year to go to."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
