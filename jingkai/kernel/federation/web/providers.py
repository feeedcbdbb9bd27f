"""The administrator's pages: which platforms prove identities, and how they are reached."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.kernel.exchange.api import check as listed
from jingkai.kernel.exchange.data import CallFailed
from jingkai.kernel.federation import operations, queries, rules
from jingkai.kernel.federation.connectors.oidc import ProviderSilent, TokenRefused
from jingkai.kernel.federation.data import CLAIMS, USUAL_CLAIMS
from jingkai.kernel.federation.models import Provider
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import ChangedMeanwhile
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import held, once
from jingkai.ui.data import Column, Fact, Light, Link, Row, Table

CLAIM = re.compile(r"[A-Za-z0-9_.:/-]{0,80}", re.ASCII)
WORDS = re.compile(r"[A-Za-z0-9_.:/ -]*", re.ASCII)


def _of(pattern: re.Pattern[str]) -> Callable[[str], None]:
    """Give the validator of a text that is written like this."""

    def check(value: str) -> None:
        if not pattern.fullmatch(value):
            raise forms.ValidationError(_("Letters, digits and _ . : / - only."))

    return check


LEVELS = gettext_lazy("Levels that count (acr)")
METHODS = gettext_lazy("Methods of which one must have been used (amr)")
MAX_AGE = gettext_lazy("Minutes after which a log-in at the platform is too old")
CLAIM_LABELS = {
    "subject": gettext_lazy("Claim: number of the person"),
    "name": gettext_lazy("Claim: full name"),
    "phone": gettext_lazy("Claim: mobile phone"),
    "phone_verified": gettext_lazy("Claim: whether the phone is proven"),
    "uscc": gettext_lazy("Claim: unified social credit code"),
    "enterprise": gettext_lazy("Claim: name of the enterprise"),
    "legal_representative": gettext_lazy("Claim: legal representative's name"),
    "role": gettext_lazy("Claim: role for the enterprise"),
}


class ProviderForm(forms.Form):
    """A platform that proves identities."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=100, required=False)
    code = forms.SlugField(
        label=gettext_lazy("Code in addresses"),
        max_length=40,
        help_text=gettext_lazy("Part of the return address that the platform must know."),
    )
    issuer = forms.CharField(
        label=gettext_lazy("Issuer"),
        max_length=300,
        help_text=gettext_lazy("As the platform's description says it; its host stands on the allow-list."),
    )
    client_id = forms.CharField(label=gettext_lazy("Client id"), max_length=200)
    secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Kept encrypted and never shown. Empty: the present one stays."),
    )
    proof = forms.ChoiceField(label=gettext_lazy("Client's proof"), choices=Provider.Proof.choices)
    scopes = forms.CharField(label=gettext_lazy("Scopes"), max_length=200, initial="openid profile phone")
    ask_userinfo = forms.BooleanField(
        label=gettext_lazy("Facts come by the userinfo end point, too"), required=False
    )
    phones_proven = forms.BooleanField(
        label=gettext_lazy("The platform proves phones itself"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Otherwise a new login needs a code to the phone."),
    )
    levels = forms.CharField(
        label=LEVELS,
        max_length=300,
        required=False,
        validators=[_of(WORDS)],
        help_text=gettext_lazy(
            "Separated by spaces; any other log-in of the platform is refused. Empty: any."
        ),
    )
    methods = forms.CharField(
        label=METHODS,
        max_length=300,
        required=False,
        validators=[_of(WORDS)],
        help_text=gettext_lazy("Separated by spaces, such as otp, face, hwk. Empty: any."),
    )
    max_age_minutes = forms.IntegerField(
        label=MAX_AGE,
        min_value=0,
        max_value=10_080,
        initial=0,
        help_text=gettext_lazy("The platform is asked for it and must say when the log-in was. 0: any age."),
    )
    for_staff = forms.BooleanField(label=gettext_lazy("Staff may sign in with it, too"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CLAIMS:
            self.fields[f"claim_{name}"] = forms.CharField(
                label=CLAIM_LABELS[name],
                max_length=80,
                required=name == "subject",
                initial=USUAL_CLAIMS[name],
                validators=[_of(CLAIM)],
            )

    def clean_scopes(self) -> str:
        """Without `openid` there is no id_token."""
        scopes = " ".join(self.cleaned_data["scopes"].split())
        if "openid" not in scopes.split():
            raise forms.ValidationError(_("“openid” must be among the scopes."))
        return scopes

    def clean_issuer(self) -> str:
        """Only a host that may be called can prove somebody."""
        issuer = str(self.cleaned_data["issuer"]).strip().rstrip("/")
        try:
            listed(issuer, purpose="login")
        except CallFailed as error:
            raise forms.ValidationError(
                _("This address may not be called (%(why)s). Put its host on the allow-list first.")
                % {"why": error.reason}
            ) from error
        return issuer

    def draft(self) -> operations.ProviderDraft:
        """Give what was filled in."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        claims = {name: given.pop(f"claim_{name}") for name in CLAIMS}
        return operations.ProviderDraft(**given, claims=claims)


def light(row: Provider) -> Light:
    """Draw whether a platform is offered."""
    return Light("ok", _("switched on")) if row.active else Light("none", _("switched off"))


@requires(rules.MANAGE)
@require_safe
def providers(request: Request) -> HttpResponse:
    """List the platforms."""
    text, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    found = list(queries.providers(text=text, state=state).order_by("name")[:200])
    columns = [
        Column(_("State"), "light"),
        Column(_("Platform"), "title"),
        Column(_("Issuer")),
        Column(_("Linked logins"), "number"),
    ]
    rows = [
        Row(
            [
                light(row),
                Link(local(row, "name"), reverse("federation:provider", args=[row.uuid]), row.code),
                row.issuer,
                row.link_count,  # type: ignore[attr-defined]
            ]
        )
        for row in found
    ]
    context = {"table": Table(_("Unified log-in"), columns, rows), "text": text, "state": state}
    return render(request, "federation/providers.html", context)


@requires(rules.MANAGE)
@require_safe
def provider(request: Request, uuid: UUID) -> HttpResponse:
    """Show one platform; its secret never."""
    row = get_object_or_404(queries.providers(), uuid=uuid)
    names = {**USUAL_CLAIMS, **row.claims}
    facts = [
        Fact(_("State"), light(row)),
        Fact(_("Linked logins"), row.link_count),  # type: ignore[attr-defined]
        Fact(_("Issuer"), row.issuer),
        Fact(_("Client id"), row.client_id),
        Fact(_("Client secret"), _("kept encrypted") if row.secret else _("none")),
        Fact(_("Client's proof"), str(row.get_proof_display())),
        Fact(_("Scopes"), row.scopes),
        Fact(_("Staff may sign in with it, too"), _("yes") if row.for_staff else _("no")),
        Fact(_("The platform proves phones itself"), _("yes") if row.phones_proven else _("no")),
        Fact(str(LEVELS), row.levels or _("any")),
        Fact(str(METHODS), row.methods or _("any")),
        Fact(
            str(MAX_AGE),
            _("%(number)s min") % {"number": row.max_age_minutes} if row.max_age_minutes else _("any"),
        ),
        Fact(_("Return address"), _address(request, row, "back"), wide=True),
        Fact(_("Address for log-outs (back-channel)"), _address(request, row, "ended_there"), wide=True),
    ]
    claims = [Fact(str(CLAIM_LABELS[name]), names[name]) for name in CLAIMS if names[name]]
    return render(request, "federation/provider.html", {"row": row, "facts": facts, "claims": claims})


def _address(request: Request, row: Provider, name: str) -> str:
    return request.build_absolute_uri(reverse(f"federation:{name}", args=[row.code]))


@requires(rules.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_provider(request: Request) -> HttpResponse:
    """Enter a platform."""
    form = ProviderForm(request.POST or held(request) or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = operations.add_provider(draft=form.draft(), by=request.actor, at=request.at)
        except PersonFacingError as error:
            form.add_error("code", f"{error.sentence} {error.advice}")
        else:
            messages.success(request, _("Entered. Try it, then switch it on."))
            return redirect("federation:provider", uuid=row.uuid)
    return _form(request, form, _("Connect a platform"), reverse("federation:providers"))


@requires(rules.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit_provider(request: Request, uuid: UUID) -> HttpResponse:
    """Change a platform; a form that was opened before the last change is refused."""
    row = get_object_or_404(Provider, uuid=uuid)
    names = [name for name in ProviderForm.base_fields if name != "secret"]
    initial = {name: getattr(row, name) for name in names}
    claims = {**USUAL_CLAIMS, **row.claims}
    initial |= {f"claim_{name}": claims[name] for name in CLAIMS}
    form = ProviderForm(request.POST or held(request) or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_provider(
                provider=row,
                draft=form.draft(),
                version=form.cleaned_data["version"],
                by=request.actor,
                at=request.at,
            )
        except ChangedMeanwhile as error:
            form.add_error(None, f"{error.sentence} {error.advice}")
            typed = request.POST.copy()
            typed["version"] = str(Provider.objects.values_list("version", flat=True).get(pk=row.pk))
            form.data = typed
        except PersonFacingError as error:
            form.add_error("code", f"{error.sentence} {error.advice}")
        else:
            messages.success(request, _("Changed."))
            return redirect("federation:provider", uuid=uuid)
    return _form(request, form, _("Change %(name)s") % {"name": local(row, "name")}, _url(row))


def _url(row: Provider) -> str:
    return reverse("federation:provider", args=[row.uuid])


def _form(request: Request, form: ProviderForm, title: str, back: str) -> HttpResponse:
    context = {"form": form, "title": title, "back_url": back}
    return render(request, "federation/form.html", context, status=422 if form.errors else 200)


@requires(rules.MANAGE)
@require_POST
def check(request: Request, uuid: UUID) -> HttpResponse:
    """Ask the platform for its description and keys; nothing is changed, so no one-time mark."""
    row = get_object_or_404(Provider, uuid=uuid)
    try:
        found = operations.check_provider(provider=row, by=request.actor, at=request.at)
    except (ProviderSilent, TokenRefused) as error:
        messages.warning(request, _("The platform cannot be used: %(why)s") % {"why": error})
    else:
        messages.success(request, _("The platform answers; %(number)s end points.") % {"number": len(found)})
    return redirect("federation:provider", uuid=uuid)


@requires(rules.MANAGE)
@require_POST
@once
def switch(request: Request, uuid: UUID) -> HttpResponse:
    """Offer the platform on the log-in page, or no longer."""
    row = get_object_or_404(Provider, uuid=uuid)
    active = request.POST.get("active") == "1"
    operations.switch_provider(provider=row, active=active, by=request.actor, at=request.at)
    messages.success(request, _("Switched on.") if active else _("Switched off."))
    return redirect("federation:provider", uuid=uuid)
