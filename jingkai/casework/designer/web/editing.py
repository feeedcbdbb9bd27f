"""Forms of the designer: a new flow, its name and who may start it, a form, one field of a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from jingkai.casework.designer import queries
from jingkai.casework.designer.data import StartRule
from jingkai.casework.designer.models import Design
from jingkai.kernel.hooks.api import local
from jingkai.kernel.organisation.models import Role, Unit

KEY_HELP = gettext_lazy("Small Latin letters, digits and hyphens; it stands in addresses and never changes.")


class PlainStartForm(forms.Form):
    """What a matter without a form is about."""

    title = forms.CharField(
        label=gettext_lazy("What is it about?"),
        max_length=200,
        error_messages={"required": gettext_lazy("Fill this in.")},
    )


class NewFlowForm(forms.Form):
    """A flow to begin: from a template, or from a BPMN file."""

    template = forms.ChoiceField(label=gettext_lazy("Begin with"), widget=forms.RadioSelect, choices=())
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)
    key = forms.CharField(label=pgettext_lazy("flow", "Key"), max_length=80, help_text=KEY_HELP)
    file = forms.FileField(
        label=gettext_lazy("or a BPMN file"),
        required=False,
        help_text=gettext_lazy("A file exported from here or from another modeler, with its diagram."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (one.code, f"{local(one, 'name')} · {local(one, 'summary')}") for one in queries.list_templates()
        ]
        self.fields["template"].choices = choices  # type: ignore[attr-defined]
        self.fields["template"].initial = choices[0][0]


class ImportForm(forms.Form):
    """A file that replaces the present drawing or form."""

    file = forms.FileField(
        label=gettext_lazy("File"), error_messages={"required": gettext_lazy("Choose a file.")}
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class HeadForm(forms.Form):
    """What a flow is called, and who may start it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)
    summary = forms.CharField(label=gettext_lazy("What it is for"), max_length=200, required=False)
    summary_en = forms.CharField(
        label=gettext_lazy("What it is for, in English"), max_length=200, required=False
    )
    is_open = forms.BooleanField(label=gettext_lazy("Can be started"), required=False)
    everyone = forms.BooleanField(label=gettext_lazy("Everybody of the staff may start it"), required=False)
    units = forms.MultipleChoiceField(
        label=gettext_lazy("or these units, with those under them"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=(),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("or these roles"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = (
            Unit.objects.filter(party__active=True).exclude(kind=Unit.Kind.OUTSIDE).select_related("party")
        )
        self.fields["units"].choices = [  # type: ignore[attr-defined]
            (unit.code, local(unit.party, "name")) for unit in units.order_by("order", "pk")
        ]
        roles = Role.objects.exclude(code__startswith="enterprise_").order_by("pk")
        self.fields["roles"].choices = [(role.code, local(role, "name")) for role in roles]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, design: Design) -> HeadForm:
        """Show what stands now."""
        return cls(
            initial={
                "name": design.name,
                "name_en": design.name_en,
                "summary": design.summary,
                "summary_en": design.summary_en,
                "is_open": design.is_open,
                "everyone": design.everyone,
                "units": design.start_units,
                "roles": design.start_roles,
            }
        )

    def start(self) -> StartRule:
        """Give who may start the flow."""
        given = self.cleaned_data
        return StartRule(given["is_open"], given["everyone"], given["units"], given["roles"])
