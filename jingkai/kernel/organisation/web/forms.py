"""Forms of units, posts, roles, parks and delegations."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.api import local
from jingkai.kernel.organisation import queries, rules
from jingkai.kernel.organisation.data import Administration, UnitKind
from jingkai.kernel.organisation.models import Role, Unit
from jingkai.kernel.organisation.operations import ParkDraft, PostDraft, RoleDraft, UnitDraft
from jingkai.kernel.parties.models import Person
from jingkai.kernel.permissions.api import all_permissions
from jingkai.kernel.permissions.data import Permission


class DayInput(forms.DateInput):
    """The browser's own control for a day."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A unit by its name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """Name the unit."""
        return local(obj.party, "name")


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person by name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """Name the person."""
        return local(obj.party, "name")


class UnitForm(forms.Form):
    """What a unit is and where it belongs."""

    name = forms.CharField(label=_("Name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    short_name = forms.CharField(label=_("Short name"), max_length=60, required=False)
    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("Small letters and digits; flows and rules refer to it.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Unit.Kind.choices)
    parent = UnitChoice(label=_("Belongs to"), queryset=Unit.objects.none(), required=False)
    home_unit = UnitChoice(
        label=_("Sent by"),
        queryset=Unit.objects.none(),
        required=False,
        help_text=_("Only for a dispatched office: the department outside the zone that leads it too."),
    )
    order = forms.IntegerField(label=_("Order"), min_value=0, max_value=9999, initial=0)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.select_related("party").filter(party__active=True).order_by("party__pinyin")
        outside = units.filter(kind=UnitKind.OUTSIDE.value)
        self.fields["parent"].queryset = units  # type: ignore[attr-defined]
        self.fields["home_unit"].queryset = outside  # type: ignore[attr-defined]

    def draft(self) -> UnitDraft:
        """Give what was filled in."""
        given = self.cleaned_data
        names = ("code", "name", "name_en", "short_name", "order")
        return UnitDraft(
            kind=UnitKind(given["kind"]),
            parent_id=given["parent"].pk if given["parent"] else None,
            home_unit_id=given["home_unit"].pk if given["home_unit"] else None,
            **{name: given[name] for name in names},
        )


class PostForm(forms.Form):
    """What a post is called and whether it heads its unit."""

    title = forms.CharField(label=_("Post title"), max_length=100)
    title_en = forms.CharField(label=_("Post title in English"), max_length=100, required=False)
    head = forms.BooleanField(label=_("Heads the unit"), required=False)
    order = forms.IntegerField(label=_("Order"), min_value=0, max_value=9999, initial=0)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def draft(self) -> PostDraft:
        """Give what was filled in."""
        return PostDraft(**{name: self.cleaned_data[name] for name in ("title", "title_en", "head", "order")})


class ParkForm(forms.Form):
    """What a park is called."""

    name = forms.CharField(label=_("Name"), max_length=100)
    name_en = forms.CharField(label=_("English name"), max_length=100, required=False)
    code = forms.SlugField(label=_("Code"), max_length=40)
    order = forms.IntegerField(label=_("Order"), min_value=0, max_value=9999, initial=0)
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def draft(self) -> ParkDraft:
        """Give what was filled in."""
        names = ("code", "name", "name_en", "order", "active")
        return ParkDraft(**{name: self.cleaned_data[name] for name in names})


class PostRolesForm(forms.Form):
    """Which roles a post carries."""

    roles = forms.ModelMultipleChoiceField(
        label=_("Roles"),
        queryset=Role.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["roles"]
        roles = Role.objects.exclude(code__startswith=rules.ENTERPRISE_ROLE_PREFIX)
        field.queryset = roles.order_by("administration", "pk")  # type: ignore[attr-defined]
        field.label_from_instance = lambda role: local(role, "name")  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """A role's names and rights; only rights of its administration can be ticked."""

    name = forms.CharField(label=_("Name"), max_length=100)
    name_en = forms.CharField(label=_("English name"), max_length=100, required=False)
    permissions = forms.MultipleChoiceField(
        label=_("Rights"), required=False, widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, administration: Administration | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = [  # type: ignore[attr-defined]
            (item.code, local(item, "name")) for item in rights_of(administration)
        ]


class NewRoleForm(forms.Form):
    """A new role; its administration is chosen once and for all, its rights come after."""

    name = forms.CharField(label=_("Name"), max_length=100)
    name_en = forms.CharField(label=_("English name"), max_length=100, required=False)
    code = forms.SlugField(label=_("Code"), max_length=40)
    administration = forms.ChoiceField(
        label=_("Administration"),
        required=False,
        choices=[("", _("none: daily work")), *Role.Admin.choices],
        help_text=_("The three administrators are kept apart; this cannot be changed later."),
    )

    def draft(self) -> RoleDraft:
        """Give what was filled in."""
        given = self.cleaned_data
        kind = given["administration"]
        return RoleDraft(
            code=given["code"],
            name=given["name"],
            name_en=given["name_en"],
            administration=Administration(kind) if kind else None,
        )


def rights_of(administration: Administration | None) -> Iterable[Permission]:
    """Give the rights that a role of this administration may carry, by code."""
    return [item for item in all_permissions() if not rules.misplaced_rights(administration, [item.code])]


class DelegationForm(forms.Form):
    """Who stands in for me, from when until when, and why."""

    to_person = PersonChoice(label=_("Who stands in"), queryset=Person.objects.none())
    starts_on = forms.DateField(label=_("First day"), widget=DayInput())
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput())
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, without: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_person"].queryset = queries.colleagues(without=without)  # type: ignore[attr-defined]


class DelegationForOtherForm(DelegationForm):
    """The same for somebody else (the system administrator)."""

    from_person = PersonChoice(label=_("Who is away"), queryset=Person.objects.none())
    field_order = ("from_person", "to_person", "starts_on", "ends_on", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_person"].queryset = queries.colleagues()  # type: ignore[attr-defined]
