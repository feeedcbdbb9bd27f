"""There and back, and what a proven identity that has no login yet is asked."""

from __future__ import annotations

import logging
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from jingkai.kernel.accounts.api import has_second_factor
from jingkai.kernel.accounts.models import User
from jingkai.kernel.federation import operations, queries, rules
from jingkai.kernel.federation.connectors import oidc
from jingkai.kernel.federation.data import CAME_BY, VISIT, Identity
from jingkai.kernel.federation.models import Arrival, Link, Provider
from jingkai.kernel.federation.operations import arriving
from jingkai.kernel.federation.operations.signing_in import hash_of
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import mask_name, mask_phone
from jingkai.kernel.permissions.api import Request, public, signed_in
from jingkai.kernel.submissions.api import once
from jingkai.ui.data import Fact

logger = logging.getLogger(__name__)
STATES, ARRIVAL = "federation_states", "federation_arrival"
MOST_STATES = 5


def _provider(code: str) -> Provider:
    return get_object_or_404(Provider, code=code, active=True)


@public
@require_GET
def begin(request: Request, code: str) -> HttpResponse:
    """Send the browser to the platform; who is signed in already is not."""
    if request.user.is_authenticated:
        return redirect(get_adapter(request).get_login_redirect_url(request))
    wanted = request.GET.get("next", "")
    safe = wanted if wanted and get_adapter(request).is_safe_url(wanted) else ""
    return _begin(request, _provider(code), None, safe)


@signed_in
@require_GET
def begin_link(request: Request, code: str) -> HttpResponse:
    """Send somebody signed in to the platform, to link their identity there with their login."""
    provider, user = _provider(code), request.user
    if not isinstance(user, User) or not rules.may_use(user, provider):
        raise operations.LoginUnfit
    return _begin(request, provider, user, reverse("accounts:home"))


def _begin(request: Request, provider: Provider, user: User | None, next_url: str) -> HttpResponse:
    back_url = request.build_absolute_uri(reverse("federation:back", args=[provider.code]))
    try:
        address, state = operations.begin(
            provider=provider, back=back_url, next_url=next_url, user=user, at=request.at
        )
    except PersonFacingError as error:
        return _sorry(request, error)
    known = request.session.get(STATES, [])
    request.session[STATES] = [*known[1 - MOST_STATES :], hash_of(state)]
    return redirect(address)


@public
@require_GET
def back(request: Request, code: str) -> HttpResponseBase:
    """Take what the browser brings back from the platform; it must be the one that was sent there."""
    provider, state = _provider(code), request.GET.get("state", "")
    known = request.session.get(STATES, [])
    if hash_of(state) not in known:
        return _sorry(request, operations.StateGone())
    request.session[STATES] = [one for one in known if one != hash_of(state)]
    try:
        proven = operations.finish(
            provider=provider,
            state=state,
            code=request.GET.get("code", "")[:2000],
            fault=request.GET.get("error", ""),
            issuer=request.GET.get("iss", ""),
            at=request.at,
        )
        if proven.user_id is not None and proven.user_id != request.user.pk:
            raise operations.StateGone
        found = operations.arrive(proven=proven, at=request.at)
    except PersonFacingError as error:
        logger.info("unified log-in by %s: %s", provider.code, type(error).__name__)
        return _sorry(request, error)
    if isinstance(found, User):
        return _sign_in(request, found, provider, proven.identity, proven.next_url)
    request.session[ARRIVAL] = str(found.uuid)
    return redirect("federation:first")


def _sorry(request: Request, error: PersonFacingError) -> HttpResponse:
    messages.warning(request, f"{error.sentence} {error.advice}")
    signed = request.user.is_authenticated
    return redirect("accounts:home" if signed else "account_login")


def _sign_in(
    request: Request, user: User, provider: Provider, identity: Identity, next_url: str
) -> HttpResponseBase:
    """Sign in as the log-in page does: a second factor, where one is set up, is asked for all the same."""
    request.session[CAME_BY] = provider.code
    request.session.pop(ARRIVAL, None)
    visit = operations.note_visit(
        provider=provider,
        user=user,
        identity=identity,
        session_key=request.session.session_key or "",
        at=request.at,
    )
    request.session[VISIT] = visit.pk
    record_authentication(request, user, method="federation", provider=provider.code)
    answer: HttpResponseBase = perform_login(request, user, redirect_url=next_url or None)
    return answer


def _arrival(request: Request) -> Arrival:
    """Give the arrival of this browser that is still open. Error: ArrivalGone."""
    row = queries.open_arrival(request.session.get(ARRIVAL), at=request.at)
    if row is None or (row.user_id and request.user.is_authenticated and row.user_id != request.user.pk):
        raise operations.ArrivalGone
    return row


@public
@require_GET
def first(request: Request) -> HttpResponse:
    """Ask whose login a proven identity is, or whether to make one; or for which enterprise it acts."""
    row = queries.open_arrival(request.session.get(ARRIVAL), at=request.at)
    if row is None:
        return _sorry(request, operations.ArrivalGone())
    return _page(request, row)


def _page(request: Request, row: Arrival, fault: str = "", status: int = 200) -> HttpResponse:
    identity, port = queries.identity_of_arrival(row), rules.enterprise_port()
    is_linked = row.user_id is not None and not request.user.is_authenticated
    match = None if row.user_id else queries.login_by_phone(identity)
    open_to_code = match is not None and not match.is_staff and not has_second_factor(match.pk)
    code_fault = port.fault(identity.uscc) if port and identity.uscc else ""
    phone = mask_phone(identity.phone)
    facts = [
        Fact(_("Full name"), mask_name(identity.name)),
        Fact(_("Mobile phone"), phone),
        Fact(_("Acts for"), (port.name(identity.uscc) if port else "") or identity.enterprise),
        Fact(_("Unified social credit code"), identity.uscc),
    ]
    context = {
        "row": row,
        "provider": local(row.provider, "name"),
        "facts": [fact for fact in facts if fact.value],
        "fault": fault,
        "own": row.user_id is not None and request.user.is_authenticated,
        "only_enterprise": is_linked,
        "match": match,
        "open_to_code": open_to_code,
        "code_sent": bool(row.phone_check),
        "needs_code": not identity.phone_proven,
        "phone": phone,
        "has_enterprise": bool(port and identity.uscc and not code_fault),
        "enterprise": (port.name(identity.uscc) if port else "") or identity.enterprise or identity.uscc,
        "code_fault": code_fault,
    }
    return render(request, "federation/first.html", context, status=status)


@public
@require_POST
@once
def send_code(request: Request) -> HttpResponse:
    """Send a code to the phone that the platform told."""
    row = _arrival(request)
    try:
        operations.send_code(arrival=row, language=get_language() or "zh-hans", at=request.at)
    except PersonFacingError as error:
        return _page(request, row, f"{error.sentence} {error.advice}", error.status)
    messages.success(request, _("A code is on its way to %(phone)s.") % {"phone": _phone(row)})
    return redirect("federation:first")


def _phone(row: Arrival) -> str:
    return mask_phone(queries.identity_of_arrival(row).phone)


@public
@require_POST
def link_by_code(request: Request) -> HttpResponseBase:
    """Link the login with the same phone; the code proves that the person holds it now.

    Without a one-time mark: a wrong code must count although nothing else happens, a right one counts once.
    """
    row = _arrival(request)
    try:
        user = operations.link_by_code(arrival=row, code=request.POST.get("code", "")[:20], at=request.at)
    except PersonFacingError as error:
        return _page(request, row, f"{error.sentence} {error.advice}", error.status)
    return _settled(request, row, user)


@sensitive_post_parameters("password")
@public
@require_POST
def link_by_password(request: Request) -> HttpResponseBase:
    """Link the login whose name and password are given; wrong ones count like those of the log-in page."""
    row = _arrival(request)
    given = {name: request.POST.get(name, "")[:200] for name in ("login", "password")}
    try:
        user = get_adapter(request).authenticate(request, username=given["login"], password=given["password"])
    except ValidationError as error:
        return _page(request, row, " ".join(error.messages), 422)
    if not isinstance(user, User):
        return _page(request, row, _("Wrong user name or password."), 422)
    try:
        operations.link_own(arrival=row, user=user, how=Link.How.PASSWORD, at=request.at)
    except PersonFacingError as error:
        return _page(request, row, f"{error.sentence} {error.advice}", error.status)
    return _settled(request, row, user)


@signed_in
@require_POST
@once
def link_own(request: Request) -> HttpResponseBase:
    """Link the identity with the login that is signed in."""
    row, user = _arrival(request), request.user
    if not isinstance(user, User) or row.user_id != user.pk:
        raise operations.ArrivalGone
    operations.link_own(arrival=row, user=user, how=Link.How.OWN_PAGE, at=request.at)
    _act_for(request, row, user)
    arriving.settle(arrival=row, at=request.at)
    request.session.pop(ARRIVAL, None)
    text = _("From now on you can sign in with %(name)s.") % {"name": local(row.provider, "name")}
    messages.success(request, text)
    return redirect("accounts:home")


@public
@require_POST
@once
def make_login(request: Request) -> HttpResponseBase:
    """Make a login from what the platform proved, where the person agrees."""
    row = _arrival(request)
    if request.POST.get("agreed") != "1":
        return _page(request, row, _("Agree first that a login is made from these facts."), 422)
    try:
        user = operations.make_login(arrival=row, code=request.POST.get("code", "")[:20], at=request.at)
    except PersonFacingError as error:
        return _page(request, row, f"{error.sentence} {error.advice}", error.status)
    return _settled(request, row, user)


@public
@require_POST
@once
def enterprise(request: Request) -> HttpResponseBase:
    """Let the person of a linked identity act for the further enterprise that the platform named; or not."""
    row = _arrival(request)
    if request.user.is_authenticated:
        raise operations.ArrivalGone
    return _settled(request, row, arriving.linked_user(arrival=row, at=request.at))


def _settled(request: Request, row: Arrival, user: User) -> HttpResponseBase:
    """All is said: act for the enterprise where that was asked for, forget the identity, sign in."""
    _act_for(request, row, user)
    identity = queries.identity_of_arrival(row)
    arriving.settle(arrival=row, at=request.at)
    return _sign_in(request, user, row.provider, identity, row.next_url)


def _act_for(request: Request, row: Arrival, user: User) -> None:
    if request.POST.get("enterprise") != "1":
        return
    try:
        name = operations.act_for_enterprise(arrival=row, user=user, at=request.at)
    except PersonFacingError as error:
        messages.warning(request, f"{error.sentence} {error.advice}")
    else:
        if name:
            messages.success(request, _("You act for %(name)s.") % {"name": name})


@signed_in
@require_POST
@once
def unlink(request: Request, uuid: UUID) -> HttpResponse:
    """End one of one's own links."""
    row = get_object_or_404(Link, uuid=uuid, user_id=request.user.pk)
    operations.unlink(link=row, by=request.actor, at=request.at)
    messages.success(request, _("The link was ended."))
    return redirect("accounts:home")


@public
@require_GET
def left(request: Request, code: str) -> HttpResponse:
    """Say that the sign-out here is done, and lead to the platform's own sign-out."""
    provider = get_object_or_404(Provider, code=code)
    home = request.build_absolute_uri("/")
    context = {
        "provider": local(provider, "name"),
        "way_out": oidc.way_out(provider.settings(), back=home) if provider.active else "",
    }
    return render(request, "federation/left.html", context)


@csrf_exempt
@public
@require_POST
def ended_there(request: Request, code: str) -> HttpResponse:
    """Take the platform's own word that somebody signed out there; its signature proves it, not a session."""
    token = request.POST.get("logout_token", "")[:20_000]
    try:
        operations.end_at_platform(provider=_provider(code), token=token, at=request.at)
    except operations.NotProven as error:
        logger.info("log-out by %s: %s", code, error.__cause__)
        answer: HttpResponse = JsonResponse({"error": "invalid_request"}, status=400)
    else:
        answer = HttpResponse()
    answer["Cache-Control"] = "no-store"
    return answer
