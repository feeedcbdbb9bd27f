"""What is told to the line."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 2000


class AnswerForm(forms.Form):
    """The answer, which ends the work order."""

    text = forms.CharField(
        label=_("Answer to the caller"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )


class ProgressForm(forms.Form):
    """A word in between."""

    text = forms.CharField(
        label=_("How it goes on"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )
