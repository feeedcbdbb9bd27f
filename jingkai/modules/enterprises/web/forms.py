"""Forms of registering, joining, the own enterprise and the registry."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.accounts.api import password_rules, policy_at, username_taken
from jingkai.kernel.accounts.data import is_username
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.models import Park
from jingkai.kernel.parties.api import is_mobile, plain_phone
from jingkai.kernel.parties.data import RepresentationRole
from jingkai.modules.enterprises import queries, rules
from jingkai.modules.enterprises.models import Enterprise
from jingkai.modules.enterprises.operations import EnterpriseDraft, RegistrationDraft


def words_of(error: PersonFacingError) -> str:
    """Give an error and its advice as one text for a form."""
    return f"{error.sentence} {error.advice}".strip()


def with_version(typed: QueryDict, version: int) -> QueryDict:
    """Give back what was typed, made to save over the present version."""
    again = typed.copy()
    again["version"] = str(version)
    return again


class MobileField(forms.CharField):
    """A mobile number of the mainland, however it is typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Mobile phone"))
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
        super().__init__(max_length=30, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        """Give the digits, or say what a mobile number looks like."""
        phone = plain_phone(super().clean(value))
        if not is_mobile(phone):
            raise ValidationError(gettext("A mobile number has 11 digits and begins with 13 to 19."))
        return phone


class CodeField(forms.CharField):
    """A credit code that may be registered: right or admitted, and not in use."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Unified social credit code"))
        kwargs.setdefault("help_text", _("18 characters, as on the business licence."))
        widget = forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false", "size": 24})
        super().__init__(max_length=40, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        """Give the code as the standard writes it, or say precisely what is wrong with it."""
        typed = super().clean(value)
        try:
            return rules.require_admitted_code(typed)
        except PersonFacingError as error:
            raise ValidationError(words_of(error)) from error


class IndustryField(forms.CharField):
    """The code of an industry, chosen from a list of suggestions; a name alone is not enough."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Industry (GB/T 4754)"))
        kwargs.setdefault("help_text", _("Code such as C1431; type a part of the name to find it."))
        widget = forms.TextInput(attrs={"list": "industries", "autocomplete": "off"})
        super().__init__(max_length=80, widget=widget, required=False, **kwargs)

    def clean(self, value: Any) -> str:
        """Give the code; “C1431 糕点” as a suggestion writes it serves too."""
        code = str(super().clean(value)).partition(" ")[0].upper()
        if code and queries.industry(code) is None:
            raise ValidationError(
                gettext("There is no industry with the code “%(code)s”.") % {"code": code[:20]}
            )
        return code


class LoginFields(forms.Form):
    """The person who acts, and the login they get."""

    handler_name = forms.CharField(
        label=_("Full name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = MobileField(help_text=_("A code is sent to it in the next step."))
    email = forms.EmailField(
        label=_("E-mail address"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=40,
        help_text=_("Begins with a letter; letters, digits, dots, dashes. You can also sign in by phone."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    consent = forms.BooleanField(
        label=_("I agree that the zone uses my name, phone and e-mail to handle this enterprise's matters."),
        help_text=_(
            "Only for this purpose and stored encrypted. The service window corrects them at any time."
        ),
        error_messages={"required": _("Without this consent no login can be made.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = password_rules(policy_at(timezone.now()))

    def clean_username(self) -> str:
        """Refuse a name of another shape or in use."""
        name = str(self.cleaned_data["username"]).strip()
        if not is_username(name):
            raise ValidationError(
                gettext("Use 3 to 40 letters, digits, dots or dashes, beginning with a letter.")
            )
        if username_taken(name):
            raise ValidationError(gettext("This user name is in use. Choose another one."))
        return name

    def clean(self) -> dict[str, Any]:
        """Check both passwords against each other and against the policy."""
        given: dict[str, Any] = super().clean() or {}
        first, second = given.get("password1"), given.get("password2")
        if first and second and first != second:
            self.add_error("password2", gettext("The two passwords differ."))
        elif first:
            try:
                password_validation.validate_password(first)
            except ValidationError as error:
                self.add_error("password1", error)
        return given

    def draft(self) -> RegistrationDraft:
        """Give what was filled in."""
        given = self.cleaned_data
        names = ("uscc", "name", "legal_representative", "address", "role")
        return RegistrationDraft(
            handler_name=given["handler_name"],
            phone=given.get("phone", ""),
            email=given["email"],
            username=given["username"],
            password=given["password1"],
            language=get_language() or "zh-hans",
            **{name: given[name] for name in names if name in given},
        )


class RegisterForm(LoginFields):
    """An enterprise and its first person."""

    uscc = CodeField()
    name = forms.CharField(
        label=_("Name of the enterprise"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    legal_representative = forms.CharField(label=_("Legal representative"), max_length=100)
    address = forms.CharField(label=_("Registered address"), max_length=200, required=False)
    role = forms.ChoiceField(
        label=_("I am"),
        choices=[
            (RepresentationRole.HANDLER.value, _("a handler of the enterprise")),
            (RepresentationRole.LEGAL_REPRESENTATIVE.value, _("its legal representative")),
        ],
        initial=RepresentationRole.HANDLER.value,
        widget=forms.RadioSelect,
    )
    ENTERPRISE = ("uscc", "name", "legal_representative", "address")
    PERSON = ("role", "handler_name", "phone", "email")
    LOGIN = ("username", "password1", "password2", "consent")
    field_order = (*ENTERPRISE, *PERSON, *LOGIN)

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Give the fields under the headings of the page."""
        parts = (
            (_("The enterprise"), self.ENTERPRISE),
            (_("Who acts for it"), self.PERSON),
            (_("Signing in"), self.LOGIN),
        )
        return [(title, [self[name] for name in names]) for title, names in parts]


class JoinForm(LoginFields):
    """An invited person; the phone is the one that was invited."""

    phone = None  # type: ignore[assignment]
    field_order = ("handler_name", "email", "username", "password1", "password2", "consent")


class PhoneCodeForm(forms.Form):
    """The code that was sent to the phone."""

    code = forms.CharField(
        label=_("Code from the text message"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )


class InviteForm(forms.Form):
    """Whom the enterprise invites to act for it."""

    name = forms.CharField(label=_("Full name"), max_length=60)
    phone = MobileField(help_text=_("Only who holds this phone can use the invitation."))
    role = forms.ChoiceField(
        label=_("Acts as"),
        choices=[
            (RepresentationRole.HANDLER.value, _("Handler")),
            (RepresentationRole.LEGAL_REPRESENTATIVE.value, _("Legal representative")),
        ],
    )


class RightsForm(forms.Form):
    """What a handler may do for the enterprise."""

    may_apply = forms.BooleanField(label=_("May prepare applications"), required=False)
    may_sign = forms.BooleanField(label=_("May hand in for the enterprise"), required=False)
    may_pay = forms.BooleanField(label=_("May settle fees"), required=False)
    sees = forms.ChoiceField(
        label=_("Sees"),
        choices=[("all", _("all matters of the enterprise")), ("own", _("own matters only"))],
    )

    def rights(self) -> queries.Rights:
        """What a right form says."""
        given = self.cleaned_data
        return queries.Rights(given["may_apply"], given["may_sign"], given["may_pay"], given["sees"] == "all")


class InviteWithRightsForm(InviteForm, RightsForm):
    """Whom the enterprise invites, and with which rights."""

    field_order = ("name", "phone", "role", "may_apply", "may_sign", "may_pay", "sees")


class HandOverForm(forms.Form):
    """To whom the account passes, and why."""

    name = forms.CharField(label=_("Full name of the new legal representative"), max_length=60)
    phone = MobileField(help_text=_("Only who holds this phone can take the account over."))
    reason = forms.CharField(label=_("Reason"), max_length=300)


class EvidenceForm(HandOverForm):
    """The same at the window, with the evidence."""

    evidence = forms.FileField(
        label=_("Evidence of the change"),
        help_text=_("The changed business licence or the decision on the change."),
    )


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class OwnForm(forms.Form):
    """What an enterprise may correct about itself."""

    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    address = forms.CharField(label=_("Registered address"), max_length=200, required=False)
    industry = IndustryField()
    version = forms.IntegerField(widget=forms.HiddenInput)


class EnterpriseForm(forms.Form):
    """What the registry says about an enterprise."""

    name = forms.CharField(label=_("Name of the enterprise"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    legal_representative = forms.CharField(label=_("Legal representative"), max_length=100)
    address = forms.CharField(label=_("Registered address"), max_length=200, required=False)
    industry = IndustryField()
    park = forms.ModelChoiceField(label=_("Park"), queryset=Park.objects.none(), required=False)
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    scale = forms.ChoiceField(label=_("Scale"), required=False)
    above_size = forms.BooleanField(label=_("Above designated size"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parks = Park.objects.filter(active=True).order_by("order", "code")
        self.fields["park"].queryset = parks  # type: ignore[attr-defined]
        self.fields["stage"].choices = [("", "–"), *Enterprise.Stages.choices]  # type: ignore[attr-defined]
        self.fields["scale"].choices = [("", "–"), *Enterprise.Scales.choices]  # type: ignore[attr-defined]

    def draft(self) -> EnterpriseDraft:
        """Give what was filled in."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("version", "uscc")}
        return EnterpriseDraft(**given)


class NewEnterpriseForm(EnterpriseForm):
    """An enterprise that comes to the window."""

    uscc = CodeField()
    field_order = ("uscc", "name", "name_en", "legal_representative", "address", "industry", "park")


class AllowCodeForm(forms.Form):
    """A code that fails its check, and why it is admitted."""

    uscc = forms.CharField(label=_("Unified social credit code"), max_length=40)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: code given out in 2015, business licence no. … seen at window 3."),
    )
