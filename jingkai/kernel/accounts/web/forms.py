"""Forms of signing in, passwords, people and logins."""

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthPasswordAgainForm
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateForm
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.accounts import operations, rules
from jingkai.kernel.accounts.data import IdentityCheck, IdentityProof, SecurityPolicy
from jingkai.kernel.accounts.web.adapters import moment_of, refuse_ended_one_time, refuse_locked, refuse_wrong
from jingkai.kernel.hooks.api import local
from jingkai.kernel.organisation.models import Post
from jingkai.kernel.parties.api import is_mobile, mask_email, mask_phone, plain_phone
from jingkai.kernel.parties.models import Person
from jingkai.kernel.rules.data import RuleField


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """User name or phone, and password: one form for staff and enterprises."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name or mobile phone")
        self.fields["login"].max_length = 100
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean(self) -> dict[str, Any]:
        """Check name and password, and that a one-time password is used in its time."""
        from allauth.core import context

        given: dict[str, Any] = super().clean()
        refuse_ended_one_time(getattr(self, "user", None), moment_of(context.request))
        return given


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]
    """The old password once, the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password again")
        self.fields["password1"].help_text = rules.password_rules(rules.policy_at(timezone.now()))
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class PasswordAgainForm(AllauthPasswordAgainForm):  # type: ignore[misc]
    """The password once more before something sensitive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)


class _CodeOnce:
    """A right code that counts once, and wrong ones that lock; mixed into allauth's code forms."""

    user: Any

    def clean_code(self) -> str:
        """Check the code against lock, authenticator and codes already used."""
        from allauth.core import context

        at = moment_of(context.request)
        refuse_locked("", self.user, at)
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError as wrong:
            row = operations.note_wrong_attempt(typed="", user=self.user, factor="code", at=at)
            if row.locked_until is not None:
                refuse_wrong(row, at)
            raise wrong from None
        if not operations.spend_code(user=self.user, code=code, at=at):
            raise ValidationError(gettext("This code was used already. Wait for the next one."), code="used")
        return code


class AuthenticateForm(_CodeOnce, AllauthAuthenticateForm):  # type: ignore[misc]
    """The code of the second factor while signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress_code(self)


class ReauthenticateForm(_CodeOnce, AllauthReauthenticateForm):  # type: ignore[misc]
    """The code of the second factor before something sensitive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress_code(self)


class ActivateTOTPForm(AllauthActivateForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress_code(self)


def _dress_code(form: forms.Form) -> None:
    field = form.fields["code"]
    field.label = _("Code from the app")
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}


class ForgottenForm(forms.Form):
    """Whose password was forgotten."""

    login = forms.CharField(
        label=_("User name or mobile phone"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )


class PhoneCodeForm(forms.Form):
    """The code from a text message."""

    code = forms.CharField(
        label=_("Code from the text message"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class NewPasswordForm(forms.Form):
    """The code from the phone and a new password, twice."""

    code = forms.CharField(
        label=_("Code from the text message"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    password1 = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("New password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password1"].help_text = rules.password_rules(rules.policy_at(timezone.now()))

    def clean(self) -> dict[str, Any]:
        """Check both passwords against each other and against the policy."""
        given: dict[str, Any] = super().clean() or {}
        first, second = given.get("password1"), given.get("password2")
        if first and second and first != second:
            self.add_error("password2", gettext("The two passwords differ."))
        elif first:
            try:
                password_validation.validate_password(first, self.user)
            except ValidationError as error:
                self.add_error("password1", error)
        return given


class MobileField(forms.CharField):
    """A mobile number of the mainland, however it is typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Mobile phone"))
        kwargs.setdefault("max_length", 30)
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
        super().__init__(widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        """Give the digits, or say what a mobile number looks like."""
        typed: str = super().clean(value)
        phone = plain_phone(typed)
        if typed and not is_mobile(phone):
            raise ValidationError(gettext("A mobile number has 11 digits and begins with 13 to 19."))
        return phone


class PersonForm(forms.Form):
    """A person's names and how to reach them."""

    name = forms.CharField(label=_("Full name"), max_length=60)
    name_en = forms.CharField(label=_("Full name in English"), max_length=100, required=False)
    phone = MobileField(required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    language = forms.ChoiceField(
        label=_("Language of messages"), choices=[("zh-hans", "简体中文"), ("en", "English")]
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class EditPersonForm(PersonForm):
    """A person who is known: what is left empty stays, so a number need not be shown to be kept."""

    forget = forms.BooleanField(
        label=_("Remove the phone and the address that are left empty"), required=False
    )
    field_order = ("name", "name_en", "phone", "email", "forget", "language", "version")

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        for name, shown in (("phone", mask_phone(person.phone)), ("email", mask_email(person.email))):
            if shown:
                self.fields[name].help_text = gettext("Leave empty to keep %(shown)s.") % {"shown": shown}

    def clean(self) -> dict[str, Any]:
        """What was left empty is what it was, unless it is to be removed."""
        given: dict[str, Any] = super().clean() or {}
        for name in ("phone", "email"):
            if not given.get(name) and name not in self.errors and not given.get("forget"):
                given[name] = getattr(self.person, name)
        return given


class NewPersonForm(PersonForm):
    """A new person, in a post from a day, with a login."""

    post = forms.ModelChoiceField(label=_("Post"), queryset=Post.objects.none(), required=False)
    starts_on = forms.DateField(
        label=_("In post from"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=40,
        required=False,
        help_text=_("Usually the staff number. Leave empty to give no login yet."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("name", "name_en", "phone", "email", "post", "starts_on", "username", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = Post.objects.filter(party__active=True).select_related("party").order_by("party__pinyin")
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]
        self.fields["post"].label_from_instance = lambda post: local(post.party, "name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A post needs its first day."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("post") and not given.get("starts_on"):
            self.add_error("starts_on", gettext("Say from which day."))
        return given


class AppointmentForm(forms.Form):
    """A post from a day, perhaps until a day."""

    post = forms.ModelChoiceField(label=_("Post"), queryset=Post.objects.none())
    starts_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = Post.objects.filter(party__active=True).select_related("party").order_by("party__pinyin")
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]
        self.fields["post"].label_from_instance = lambda post: local(post.party, "name")  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """The last day of an appointment."""

    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class ProofForm(forms.Form):
    """How it was proven who asks for something that opens a login."""

    how = forms.ChoiceField(
        label=_("How did the person prove who they are?"),
        choices=[
            (IdentityCheck.IN_PERSON.value, _("In person, with an identity document")),
            (IdentityCheck.VIDEO.value, _("By video, face and identity document seen")),
            (IdentityCheck.HEAD.value, _("The head of the unit vouches for them, asked back")),
            (IdentityCheck.DOCUMENT.value, _("A sealed letter of the unit or the enterprise")),
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("By what"),
        min_length=4,
        max_length=200,
        help_text=_("Such as who looked at the document, or the letter's number; no identity numbers."),
    )

    def proof(self) -> IdentityProof:
        """Give what was filled in."""
        return IdentityProof(IdentityCheck(self.cleaned_data["how"]), self.cleaned_data["words"])


class UsernameForm(forms.Form):
    """The user name of a new login."""

    username = forms.CharField(
        label=_("User name"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


def _field_of(field: RuleField) -> forms.Field:
    """Draw one part of the policy: a number, a yes or no, a text."""
    if field.type == "boolean":
        return forms.BooleanField(label=field.label, help_text=field.help, required=False)
    if field.type == "text":
        return forms.CharField(label=field.label, help_text=field.help, required=False, max_length=500)
    return forms.IntegerField(label=field.label, min_value=field.minimum, max_value=field.maximum)


class PolicyForm(forms.Form):
    """The zone's login security policy."""

    source = forms.CharField(
        label=_("Basis of the policy"), max_length=200, help_text=_("The decision or rule book that says so.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in rules.POLICY_RULE.fields:
            self.fields[field.name] = _field_of(field)
        self.order_fields([field.name for field in rules.POLICY_RULE.fields])

    def policy(self) -> SecurityPolicy:
        """Give what was filled in as a policy."""
        given = {field.name: self.cleaned_data[field.name] for field in rules.POLICY_RULE.fields}
        return SecurityPolicy(**given)
