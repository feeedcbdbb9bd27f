"""The form of one line of the fee list: its standard in fields and lines, as its keeper would write it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jingkai.modules.enterprises.models import FeeItem

HUNDRED = Decimal(100)
PARTS = {"fixed": ("amount",), "per_unit": ("rate", "minimum", "maximum"), "steps": ("steps",)}
"""Which fields say the numbers of which kind of standard; the first must be filled in."""


def _amount(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=Decimal(0), decimal_places=4)


class FeeItemForm(forms.ModelForm):  # type: ignore[type-arg]
    """One line of the fee list; its numbers are checked to be computable on saving."""

    amount = _amount(_("Fixed sum (yuan)"))
    rate = _amount(_("Yuan for each unit"))
    minimum = _amount(_("At least (yuan)"))
    maximum = _amount(_("At most (yuan)"))
    steps = forms.CharField(
        label=_("Steps of the amount"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_(
            "One step on each line: up to how many yuan, then its rate, such as 1000000 0.1%. "
            "The last line has only a rate."
        ),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ("code", "name", "name_en", "nature", "organ", "basis", "kind", "unit")

    class Meta:
        model = FeeItem
        fields = (
            "code",
            "name",
            "name_en",
            "nature",
            "organ",
            "basis",
            "kind",
            "unit",
            "valid_from",
            "valid_to",
            "confirmed",
        )
        labels = {
            "confirmed": _("Compared with the provincial list"),
            "unit": _("Unit of the quantity"),
            "kind": _("How it is computed"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("valid_from", "valid_to"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields["basis"].widget = forms.Textarea(attrs={"rows": 3})
        self.order_fields([*self.field_order, "amount", "rate", "minimum", "maximum", "steps"])
        if self.instance.pk:
            self.fields["code"].disabled = True
            self.initial["version"] = self.instance.version
            self.initial.update(_as_typed(self.instance.standard))

    def clean(self) -> dict[str, Any]:
        """Ask for the numbers of the chosen kind."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        first = PARTS.get(given.get("kind", ""), ("",))[0]
        if first and first not in self.errors and given.get(first) in (None, "", []):
            self.add_error(first, self.fields[first].error_messages["required"])
        return given

    def clean_steps(self) -> list[dict[str, str]]:
        """Read the steps, one on each line."""
        lines = [line for line in self.cleaned_data["steps"].splitlines() if line.strip()]
        return [_step(line) for line in lines]

    def line(self) -> FeeItem:
        """The line as the form says it, not saved."""
        item: FeeItem = self.save(commit=False)
        found = {name: self.cleaned_data[name] for name in PARTS[item.kind]}
        item.standard = {
            name: value if isinstance(value, list) else _plain(value)
            for name, value in found.items()
            if value not in (None, "", [])
        }
        return item


def _step(line: str) -> dict[str, str]:
    *upto, rate = line.replace(",", "").replace("，", "").split()
    share = HUNDRED if rate.endswith("%") else Decimal(1)
    try:
        found = {"rate": _plain(Decimal(rate.rstrip("%")) / share)}
        if len(upto) > 1:
            raise InvalidOperation
        return {"up_to": _plain(Decimal(upto[0])), **found} if upto else found
    except InvalidOperation as error:
        wrong = gettext("“%(line)s” is no step: write an amount and a rate, such as 1000000 0.1%%.")
        raise ValidationError(wrong % {"line": line.strip()}) from error


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _as_typed(standard: dict[str, Any]) -> dict[str, Any]:
    """The numbers of a line that exists, as its keeper would write them."""
    lines = [
        f"{step.get('up_to') or ''} {_plain(Decimal(str(step['rate'])) * HUNDRED)}%".strip()
        for step in standard.get("steps", ())
    ]
    typed = {name: standard.get(name) for name in ("amount", "rate", "minimum", "maximum")}
    return {**typed, "steps": "\n".join(lines)}
