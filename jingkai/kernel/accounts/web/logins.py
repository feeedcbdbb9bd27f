"""Logins: locks, sessions, one-time passwords, second factors, policy; for the security administrator."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jingkai.kernel.accounts import operations, queries, rules
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.web import one_time
from jingkai.kernel.accounts.web.forms import PolicyForm, ProofForm, ReasonForm
from jingkai.kernel.accounts.web.paging import keyset
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import held, once

PAGE = 50
MENTIONED = 30
"""From so many days unused on, the list says so."""
ACTS = ("unlock", "sign-out", "reset", "second-factor", "disable", "enable")


@requires(rules.MANAGE)
@require_GET
def logins(request: Request) -> HttpResponse:
    """List logins with their locks, second factors and open sessions."""
    text, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    state = request.GET.get("state", "")
    found = queries.logins(text=text, kind=kind, state=state, at=request.at)
    rows, pager = keyset(request, found, fields=("username", "pk"), size=PAGE)
    locks = queries.locks_of(rows, request.at)
    context = {
        "lines": [(row, locks.get(row.pk), (request.at - queries.unused_since(row)).days) for row in rows],
        "pager": pager,
        "text": text,
        "kind": kind,
        "state": state,
        "unused_from": MENTIONED,
    }
    return render(request, "accounts/logins.html", context)


def _get(uuid: UUID) -> User:
    return get_object_or_404(User.objects.select_related("person__party"), uuid=uuid)


@requires(rules.MANAGE)
@require_GET
def login(request: Request, uuid: UUID) -> HttpResponse:
    """Show one login and what can be done about it."""
    row = _get(uuid)
    context = {
        "login": row,
        "locked_until": queries.locks_of([row], request.at).get(row.pk),
        "second_factor": queries.has_second_factor(row.pk),
        "sessions": queries.sessions_of(row),
        "one_time_password": one_time.take(request, row.pk),
    }
    return render(request, "accounts/login_detail.html", context)


@requires(rules.MANAGE)
@once
def act_on_login(request: Request, uuid: UUID, act: str) -> HttpResponse:
    """Ask, then unlock, sign out, reset, take away the second factor, disable or enable."""
    if act not in ACTS:
        raise Http404
    row = _get(uuid)
    back = reverse("accounts:login", args=[uuid])
    form = ProofForm(request.POST or held(request) or None) if act == "second-factor" else None
    if request.method == "POST" and (form is None or form.is_valid()):
        _do(request, row, act, form)
        messages.success(request, _("Done."))
        return redirect(back)
    title, text, action = _words(act)
    context = {
        "title": title % {"name": row.username},
        "text": text,
        "action": action,
        "form": form,
        "danger": act in ("reset", "second-factor", "disable"),
        "back_url": back,
    }
    return render(request, "organisation/confirm.html", context, status=422 if form and form.errors else 200)


def _do(request: Request, row: User, act: str, form: ProofForm | None) -> None:
    by, at = request.actor, request.at
    match act:
        case "unlock":
            operations.unlock(user=row, by=by, at=at)
        case "sign-out":
            operations.end_sessions(user=row, by=by, at=at)
        case "reset":
            one_time.keep(request, operations.reset_password(user=row, by=by, at=at))
        case "second-factor" if form is not None:
            operations.remove_second_factor(user=row, proof=form.proof(), by=by, at=at)
        case _:
            operations.set_login_active(user=row, active=act == "enable", by=by, at=at)


def _words(act: str) -> tuple[str, str, str]:
    words = {
        "unlock": (
            _("Unlock %(name)s"),
            _("Make sure that the person who asks is the owner of the login."),
            _("Unlock"),
        ),
        "sign-out": (
            _("Sign %(name)s out everywhere"),
            _("All sessions end at once; unsaved work in open pages is kept for signing in again."),
            _("Sign out"),
        ),
        "reset": (
            _("New one-time password for %(name)s"),
            _("The present password stops working, all sessions end. The new one is shown once."),
            _("Make it"),
        ),
        "second-factor": (
            _("Take away the second factor of %(name)s"),
            _(
                "For a lost phone. Who must have one sets up a new app at the next sign-in. Whoever asks "
                "first proves who they are as well as when the login was given."
            ),
            _("Take away"),
        ),
        "disable": (
            _("Disable %(name)s"),
            _("The person cannot sign in any more and is signed out at once."),
            _("Disable"),
        ),
        "enable": (_("Enable %(name)s"), _("The person can sign in again."), _("Enable")),
    }
    return words[act]


@requires(rules.MANAGE)
@once
def sign_out_everybody(request: Request) -> HttpResponse:
    """Ask why, then end every session but the own one."""
    form = ReasonForm(request.POST or held(request) or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        own = request.session.session_key or ""
        ended = operations.end_all_sessions(keep=own, reason=reason, by=request.actor, at=request.at)
        messages.success(request, _("%(number)d sessions were ended.") % {"number": ended})
        return redirect("accounts:logins")
    context = {
        "form": form,
        "title": _("Sign everybody out"),
        "lead": _(
            "For an emergency: all sessions but this one end at once. What people typed is kept for them."
        ),
        "action": _("Sign everybody out"),
        "back_label": _("Logins"),
        "back_url": reverse("accounts:logins"),
    }
    return render(request, "organisation/form.html", context)


@requires(rules.SET_POLICY)
@once
def policy(request: Request) -> HttpResponse:
    """Show and set the login security policy; every version keeps its source."""
    present = rules.policy_at(request.at)
    initial = {field.name: getattr(present, field.name) for field in rules.POLICY_RULE.fields}
    form = PolicyForm(request.POST or held(request) or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_policy(
                policy=form.policy(), source=form.cleaned_data["source"], by=request.actor, at=request.at
            )
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}")
        else:
            messages.success(request, _("The policy is in force from today."))
            return redirect("accounts:policy")
    context = {
        "form": form,
        "title": _("Login security policy"),
        "lead": _("How logins are protected. A change counts from today and is written to the trail."),
        "action": _("Set the policy"),
        "back_label": _("Logins"),
        "back_url": reverse("accounts:logins"),
    }
    return render(request, "organisation/form.html", context)
