"""Fields of forms."""

from __future__ import annotations

from typing import Any

from django import forms


class SharedChoiceField(forms.ChoiceField):
    """A choice whose list all forms of its class share: Django copies every entry for each form.

    A form may give its own field another list; nobody changes the shared one.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> SharedChoiceField:
        copied: SharedChoiceField = forms.Field.__deepcopy__(self, memo)
        return copied
