"""Access tokens for the system administrator: given out once, watched, withdrawn."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.kernel.exchange import rules
from jingkai.kernel.exchange.models import ApiToken
from jingkai.kernel.exchange.operations import tokens as operations
from jingkai.kernel.exchange.queries.paging import page_of
from jingkai.kernel.exchange.queries.tokens import filtered_tokens
from jingkai.kernel.exchange.web.lists import ListForm, SheetColumn, sheet, table
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import decrypt, encrypt
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import held, once
from jingkai.ui.data import Column, Fact, Light, Link, Row

SHOWN = "exchange_token"
STATES = (
    ("good", gettext_lazy("good")),
    ("ended", gettext_lazy("ended")),
    ("revoked", gettext_lazy("withdrawn")),
)


class TokenFilter(ListForm):
    """The filter over tokens."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    scope = forms.ChoiceField(label=gettext_lazy("Scope"), required=False)
    sorts = ("-created_at", "created_at", "expires_at", "-expires_at", "name")

    def offer(self) -> None:
        """States and scopes."""
        self.choose("state", STATES)
        self.choose("scope", [(scope.code, local(scope, "name")) for scope in rules.scopes.all()])


class TokenForm(forms.Form):
    """A new token."""

    name = forms.CharField(label=gettext_lazy("Name of the system"), max_length=120)
    contact = forms.CharField(
        label=gettext_lazy("Who answers for it"),
        max_length=120,
        help_text=gettext_lazy("Unit and person whom you call when something is wrong."),
    )
    scopes = forms.MultipleChoiceField(label=gettext_lazy("May"), widget=forms.CheckboxSelectMultiple)
    enterprise = forms.CharField(
        label=gettext_lazy("Only for this enterprise"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Its full name. Empty: all matters of the zone, so only for a public body."),
    )
    addresses = forms.CharField(
        label=gettext_lazy("Only from these network addresses"),
        max_length=600,
        required=False,
        help_text=gettext_lazy("Such as 10.1.0.0/16, several with spaces. Empty: from everywhere."),
    )
    rate = forms.IntegerField(label=gettext_lazy("Calls a minute"), min_value=1, max_value=6000, initial=120)
    expires_on = forms.DateField(
        label=gettext_lazy("Good until"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(scope.code, f"{local(scope, 'name')} ({scope.code})") for scope in rules.scopes.all()]
        self.fields["scopes"].choices = offered  # type: ignore[attr-defined]

    def clean_enterprise(self) -> int | None:
        """Find the enterprise by its name."""
        name = str(self.cleaned_data["enterprise"]).strip()
        if not name:
            return None
        found = Party.objects.filter(kind="enterprise", active=True, name=name).first()
        if found is None:
            raise forms.ValidationError(_("No registered enterprise has exactly this name."))
        return found.pk

    def draft(self) -> operations.TokenDraft:
        """Give what was filled in."""
        given = self.cleaned_data
        ends = timezone.make_aware(datetime.combine(given["expires_on"] + timedelta(days=1), time.min))
        return operations.TokenDraft(
            name=given["name"],
            contact=given["contact"],
            scopes=given["scopes"],
            enterprise_id=given["enterprise"],
            addresses=given["addresses"].replace(",", " ").split(),
            rate=given["rate"],
            expires_at=ends,
        )


def light(token: ApiToken, at: datetime) -> Light:
    """Draw whether a token is good."""
    if token.revoked_at is not None:
        return Light("late", _("withdrawn"))
    if token.expires_at <= at:
        return Light("none", _("ended"))
    return Light("warn" if token.expires_at <= at + timedelta(days=30) else "ok", _("good"))


@requires(rules.MANAGE_TOKENS)
@require_safe
def tokens(request: Request) -> HttpResponse:
    """List the tokens, newest first."""
    form = TokenFilter(request)
    page = page_of(_wanted(form, request), field=form.field, ascending=form.ascending, after=form.after)
    columns = [
        Column(_("State"), "light"),
        form.head(_("Name of the system"), "name", "title"),
        Column(_("For")),
        Column(_("May")),
        Column(_("Last used"), "date"),
        form.head(_("Good until"), "expires_at", "date"),
        form.head(_("Made at"), "created_at", "date"),
    ]
    rows = [
        Row(
            [
                light(token, request.at),
                Link(token.name, reverse("exchange:token", args=[token.uuid]), f"{token.hint}…"),
                _for_whom(token),
                ", ".join(token.scopes),
                token.last_used_at,
                timezone.localdate(token.expires_at - timedelta(seconds=1)),
                token.created_at,
            ]
        )
        for token in page.rows
    ]
    context = {
        "form": form,
        "table": table(_("Access tokens"), columns, rows),
        "pager": form.pager(page),
        "export_url": f"{reverse('exchange:tokens_export')}?{form.query()}",
    }
    return render(request, "exchange/tokens.html", context)


def _for_whom(token: ApiToken) -> str:
    return local(token.enterprise, "name") if token.enterprise else _("the whole zone")


def _wanted(form: TokenFilter, request: Request) -> QuerySet[ApiToken]:
    return filtered_tokens(
        on=request.at,
        text=form.value("q"),
        state=form.value("state"),
        scope=form.value("scope"),
        since=form.moment("since"),
        until=form.moment("until", 1),
    )


@requires(rules.MANAGE_TOKENS)
@require_safe
def export_tokens(request: Request) -> HttpResponseBase:
    """Give the tokens, as they are narrowed, as a spreadsheet; never a token itself."""
    form = TokenFilter(request)
    columns = [
        SheetColumn(_("Name of the system"), 30, lambda token: token.name),
        SheetColumn(_("Who answers for it"), 30, lambda token: token.contact),
        SheetColumn(_("For"), 30, _for_whom),
        SheetColumn(_("May"), 40, lambda token: ", ".join(token.scopes)),
        SheetColumn(_("State"), 10, lambda token: light(token, request.at).text),
        SheetColumn(_("Last used"), 18, lambda token: token.last_used_at),
        SheetColumn(_("Good until"), 18, lambda token: token.expires_at),
        SheetColumn(_("Made at"), 18, lambda token: token.created_at),
    ]
    wanted = _wanted(form, request)
    return sheet(request, page="tokens", title=_("Access tokens"), form=form, rows=wanted, columns=columns)


@requires(rules.MANAGE_TOKENS)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_token(request: Request) -> HttpResponse:
    """Make a token; its text is shown on the next page, once."""
    on = timezone.localdate(request.at) + timedelta(days=365)
    form = TokenForm(request.POST or held(request) or None, initial={"expires_on": on})
    if request.method == "POST" and form.is_valid():
        try:
            token, text = operations.issue_token(draft=form.draft(), by=request.actor, at=request.at)
        except PersonFacingError as error:
            form.add_error(None, str(error.sentence))
        else:
            request.session[SHOWN] = [str(token.uuid), encrypt(text, context=SHOWN)]
            return redirect("exchange:token", uuid=token.uuid)
    status = 422 if form.errors else 200
    context = {
        "form": form,
        "title": _("New access token"),
        "action": _("Make the token"),
        "back_label": _("Access tokens"),
        "back_url": reverse("exchange:tokens"),
    }
    return render(request, "exchange/form.html", context, status=status)


@requires(rules.MANAGE_TOKENS)
@require_safe
def token(request: Request, uuid: UUID) -> HttpResponse:
    """Show one token; just after it was made, its text, which is then forgotten."""
    row = get_object_or_404(ApiToken.objects.select_related("enterprise", "created_by"), uuid=uuid)
    shown = request.session.get(SHOWN)
    text = ""
    if shown and shown[0] == str(uuid) and request.method == "GET":
        text = decrypt(shown[1], context=SHOWN)
        del request.session[SHOWN]
    facts = [
        Fact(_("State"), light(row, request.at)),
        Fact(_("Begins with"), row.hint),
        Fact(_("For"), _for_whom(row)),
        Fact(_("Who answers for it"), row.contact),
        Fact(_("Calls a minute"), row.rate),
        Fact(_("From addresses"), ", ".join(row.addresses) or _("from everywhere")),
        Fact(_("Good until"), timezone.localdate(row.expires_at - timedelta(seconds=1))),
        Fact(_("Last used"), row.last_used_at),
        Fact(_("Last used from"), row.last_used_from),
        Fact(_("Made at"), row.created_at),
        Fact(_("Made by"), row.created_by.name if row.created_by else ""),
        Fact(_("Withdrawn at"), row.revoked_at),
        Fact(_("Reason"), row.revoke_reason),
        Fact(_("May"), ", ".join(row.scopes), wide=True),
    ]
    context = {"row": row, "text": text, "facts": [fact for fact in facts if fact.value not in (None, "")]}
    return render(request, "exchange/token.html", context)


@requires(rules.MANAGE_TOKENS)
@require_POST
@once
def revoke_token(request: Request, uuid: UUID) -> HttpResponse:
    """Withdraw a token, with the reason."""
    row = get_object_or_404(ApiToken, uuid=uuid)
    reason = request.POST.get("reason", "")[:300]
    operations.revoke_token(token=row, reason=reason, by=request.actor, at=request.at)
    messages.success(request, _("The token is withdrawn; calls with it are refused from now on."))
    return redirect("exchange:token", uuid=uuid)
