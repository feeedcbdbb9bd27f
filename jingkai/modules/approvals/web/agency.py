"""Mandates on both sides: the enterprise gives and ends them, the agent answers and acts under them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.casework.cases import api as cases
from jingkai.kernel.hooks.api import local
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, queries, rules
from jingkai.modules.approvals.models import Application, Mandate, MandateAct
from jingkai.modules.approvals.web import package_forms
from jingkai.modules.approvals.web.acts import Unfinished
from jingkai.modules.approvals.web.forms import typed_text
from jingkai.modules.approvals.web.lists import MOST_ROWS, ListFilter
from jingkai.modules.approvals.web.shown.application import state_light
from jingkai.modules.enterprises import api as enterprises
from jingkai.ui.data import Column, Light, Link, Row, Table
from jingkai.ui.sheets import spreadsheet
from jingkai.ui.words import listed

View = Callable[..., HttpResponseBase]
LIGHTS: dict[str, tuple[Any, Any]] = {
    Mandate.State.OFFERED: ("warn", lambda: _("Waits for the agent's answer")),
    Mandate.State.ACTIVE: ("ok", lambda: _("In force")),
    Mandate.State.DECLINED: ("none", lambda: _("Not accepted by the agent")),
    Mandate.State.ENDED: ("none", lambda: _("Ended")),
}


def under_mandate(act: str, view: View) -> View:
    """Let an agent open a page of the enterprise's matter under their mandate, and nobody further.

    The page then sees the agent with this one enterprise's right; the trail names both. An act outside the
    scope, or under a mandate that has ended, is refused.
    """

    @wraps(view)
    def opened(request: Request, uuid: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if rules.ACT_AS_AGENT in request.actor.permissions:
            rows = Mandate.objects.filter(agent_id=request.actor.party_id, matters__uuid=uuid)
            mandate = rows.select_related("agent", "enterprise").order_by("-pk").first()
            if mandate is not None:
                on = timezone.localdate(request.at)
                request.actor = operations.act_under(mandate, act=act, by=request.actor, on=on)
                request.mandate = mandate  # type: ignore[attr-defined]  # pages say who acts for whom
        return view(request, uuid, *args, **kwargs)

    return opened


def answering(view: View) -> View:
    """The same for the answer to a question: its address names the question, not the matter."""

    @wraps(view)
    def opened(request: Request, uuid: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if rules.ACT_AS_AGENT in request.actor.permissions:
            rows = Mandate.objects.filter(
                agent_id=request.actor.party_id, matters__items__questions__uuid=uuid
            )
            mandate = rows.order_by("-pk").first()
            if mandate is not None:
                on = timezone.localdate(request.at)
                request.actor = operations.act_under(mandate, act=MandateAct.ANSWER, by=request.actor, on=on)
        return view(request, uuid, *args, **kwargs)

    return opened


class MandateFilter(ListFilter):
    """The list of mandates."""

    hint = gettext_lazy("Project, enterprise or agent")


# --- the enterprise ----------------------------------------------------------------------------------


@requires(rules.APPLY)
@require_safe
def mandates(request: Request) -> HttpResponse:
    """The mandates that the person's enterprises have given."""
    form = MandateFilter(request)
    found = queries.filtered_mandates(enterprise_ids=request.actor.enterprise_ids, text=form.text)
    return _list(request, form, found, page="approvals:mandate", agent=False)


@requires(rules.APPLY)
@require_safe
def mandates_export(request: Request) -> HttpResponseBase:
    """The same list as a spreadsheet."""
    form = MandateFilter(request)
    found = queries.filtered_mandates(enterprise_ids=request.actor.enterprise_ids, text=form.text)
    return _sheet(request, form, found)


@requires(rules.APPLY)
@require_http_methods(["GET", "POST"])
@submissions.once
def give(request: Request) -> HttpResponse:
    """Give an agent of the zone a mandate for one project."""
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        draft = operations.MandateDraft(
            enterprise_id=said["enterprise"],
            agent_id=said["agent"],
            project_name=said["project_name"],
            acts=said["acts"],
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
        )
        mandate = operations.give_mandate(draft=draft, by=request.actor, at=request.at)
        messages.success(request, _("The mandate was offered; it counts once the agent has accepted it."))
        return redirect("approvals:mandate", uuid=mandate.uuid)
    status = 422 if request.method == "POST" else 200
    return render(request, "approvals/give_mandate.html", {"form": form}, status=status)


@requires(rules.APPLY)
@require_safe
def mandate(request: Request, uuid: UUID) -> HttpResponse:
    """One mandate: who may do what, its matters, and its end."""
    found = _mandate(uuid, enterprise_id__in=request.actor.enterprise_ids)
    return render(request, "approvals/mandate.html", _page(found, request, agent=False))


@requires(rules.APPLY)
@require_POST
@submissions.once
def revoke_mandate(request: Request, uuid: UUID) -> HttpResponse:
    """End a mandate; the agent's rights end at once."""
    found = _mandate(uuid, enterprise_id__in=request.actor.enterprise_ids)
    _end(request, found)
    return redirect("approvals:mandate", uuid=uuid)


# --- the agent ---------------------------------------------------------------------------------------


@requires(rules.ACT_AS_AGENT)
@require_safe
def my_projects(request: Request) -> HttpResponse:
    """The agent's projects: each mandate with its matters, where each stands and who holds it."""
    form = MandateFilter(request)
    found = queries.filtered_mandates(agent_id=request.actor.party_id, text=form.text)
    return _list(request, form, found, page="approvals:agent_mandate", agent=True)


@requires(rules.ACT_AS_AGENT)
@require_safe
def my_projects_export(request: Request) -> HttpResponseBase:
    """The same list as a spreadsheet."""
    form = MandateFilter(request)
    return _sheet(request, form, queries.filtered_mandates(agent_id=request.actor.party_id, text=form.text))


@requires(rules.ACT_AS_AGENT)
@require_safe
def agent_mandate(request: Request, uuid: UUID) -> HttpResponse:
    """One mandate as its agent sees it: answer it, open a matter under it, give it back."""
    found = _mandate(uuid, agent_id=request.actor.party_id)
    return render(request, "approvals/mandate.html", _page(found, request, agent=True))


@requires(rules.ACT_AS_AGENT)
@require_POST
@submissions.once
def answer_mandate(request: Request, uuid: UUID) -> HttpResponse:
    """Accept or decline a mandate."""
    found = _mandate(uuid, agent_id=request.actor.party_id)
    if request.POST.get("answer") == "accept":
        operations.accept_mandate(mandate=found, by=request.actor, at=request.at)
        messages.success(request, _("Accepted. You may act for the enterprise now."))
    else:
        reason = typed_text(request.POST, "reason", most=500)
        operations.decline_mandate(mandate=found, reason=reason, by=request.actor, at=request.at)
        messages.success(request, _("Declined; the enterprise was told."))
    return redirect("approvals:agent_mandate", uuid=uuid)


@requires(rules.ACT_AS_AGENT)
@require_POST
@submissions.once
def return_mandate(request: Request, uuid: UUID) -> HttpResponse:
    """Give a mandate back."""
    _end(request, _mandate(uuid, agent_id=request.actor.party_id))
    return redirect("approvals:agent_mandate", uuid=uuid)


@requires(rules.ACT_AS_AGENT)
@require_POST
@submissions.once
def open_matter(request: Request, uuid: UUID) -> HttpResponse:
    """Open a draft for the enterprise under its mandate."""
    found = _mandate(uuid, agent_id=request.actor.party_id)
    code = typed_text(request.POST, "package", most=60)
    if not code:
        raise Unfinished(_("Choose a service."))
    package = operations.open_service(code=code, by=request.actor, at=request.at)
    known = enterprises.known_facts(found.enterprise_id)
    facts = {
        **{name: value for name, value in known.items() if name == "project_address"},
        "project_name": found.project_name,
    }
    draft = operations.open_for_enterprise(
        mandate=found, package=package, facts=facts, by=request.actor, at=request.at
    )
    return redirect("approvals:facts", uuid=draft.uuid)


def _list(
    request: Request, form: MandateFilter, found: QuerySet[Mandate], *, page: str, agent: bool
) -> HttpResponse:
    rows, place = queries.page_after(found, field="given_at", after=form.after)
    matters = queries.matters_of_mandates([one.pk for one in rows])
    holders = cases.holders([one.case_id for found in matters.values() for one in found if one.case_id])
    export = "approvals:agent_export" if agent else "approvals:mandates_export"
    table = Table(
        caption=_("Mandates"),
        columns=[
            Column(_("State"), "light"),
            Column(_("Project"), "title"),
            Column(_("Enterprise") if agent else _("Zone agent")),
            Column(_("Where its matters stand")),
            Column(_("Until"), "date"),
        ],
        rows=[
            Row(
                [
                    mandate_light(one, request),
                    Link(one.project_name, reverse(page, args=[one.uuid])),
                    local(one.enterprise if agent else one.agent, "name"),
                    _stands(matters.get(one.pk, []), holders),
                    one.ends_on,
                ]
            )
            for one in rows
        ],
    )
    context = {
        "form": form,
        "rows": table,
        "pager": form.pager(place),
        "agent": agent,
        "export_url": f"{reverse(export)}?{form.query()}",
    }
    return render(request, "approvals/mandates.html", context)


def _sheet(request: Request, form: MandateFilter, found: QuerySet[Mandate]) -> HttpResponseBase:
    operations.record_export(page="mandates", query=form.query(), by=request.actor, at=request.at)
    head = [
        (_("Project"), 36),
        (_("Enterprise"), 30),
        (_("Zone agent"), 16),
        (_("State"), 18),
        (_("From"), 12),
        (_("Until"), 12),
    ]
    rows: Iterator[list[Any]] = (
        [
            one.project_name,
            local(one.enterprise, "name"),
            local(one.agent, "name"),
            mandate_light(one, request).text,
            one.starts_on,
            one.ends_on,
        ]
        for one in found.order_by("-given_at", "-pk")[:MOST_ROWS]
    )
    return spreadsheet(title=_("Mandates"), head=head, rows=rows, on=timezone.localdate(request.at))


def _stands(matters: list[Application], holders: Any) -> str:
    words = []
    for one in matters:
        where = listed(
            dict.fromkeys(
                local(who, "unit") or local(who, "name") for who in holders.get(one.case_id or 0, ())
            )
        )
        state = state_light(one).text
        told = {"project": one.project_name or "—", "state": state, "where": where}
        text = _("%(project)s: %(state)s (%(where)s)") if where else _("%(project)s: %(state)s")
        words.append(text % told)
    return _("; ").join(words) or "—"


def mandate_light(one: Mandate, request: Request) -> Light:
    """How a mandate stands today."""
    on = timezone.localdate(request.at)
    if one.state == Mandate.State.ACTIVE and not rules.is_mandated(one, on=on):
        return Light("none", _("Outside its period"))
    tone, words = LIGHTS[Mandate.State(one.state)]
    return Light(tone, words())


def _form(request: Request) -> package_forms.MandateForm:
    today = timezone.localdate(request.at)
    people = Party.objects.filter(pk__in=operations.list_agents(on=today)).order_by("pk")
    return package_forms.MandateForm(
        request.POST or submissions.held(request) or None,
        enterprises=[
            (one.party_id, local(one.party, "name"))
            for one in enterprises.list_of(request.actor.enterprise_ids)
        ],
        agents=[(one.pk, local(one, "name")) for one in people],
        initial={"starts_on": today, "acts": [act for act, _name in package_forms.ACTS]},
    )


def _mandate(uuid: UUID, **whose: Any) -> Mandate:
    rows = Mandate.objects.select_related("enterprise", "agent", "given_by", "document", "ended_by")
    return get_object_or_404(rows, uuid=uuid, **whose)


def _page(found: Mandate, request: Request, *, agent: bool) -> dict[str, Any]:
    names = dict(package_forms.ACTS)
    open_states = (Mandate.State.OFFERED, Mandate.State.ACTIVE)
    on = timezone.localdate(request.at)
    return {
        "mandate": found,
        "light": mandate_light(found, request),
        "acts": [names[MandateAct(act)] for act in found.acts],
        "matters": [
            (one, state_light(one)) for one in queries.matters_of_mandates([found.pk]).get(found.pk, [])
        ],
        "agent": agent,
        "may_answer": agent and found.state == Mandate.State.OFFERED,
        "may_open": agent and rules.is_mandated(found, on=on, act=MandateAct.DRAFT),
        "may_end": found.state in open_states and not (agent and found.state == Mandate.State.OFFERED),
        "packages": queries.list_packages(),
        "items": queries.offered_items(on=on),
        "reason": package_forms.ReasonForm(),
    }


def _end(request: Request, found: Mandate) -> None:
    form = package_forms.ReasonForm(request.POST)
    if not form.is_valid():
        raise Unfinished(str(next(iter(form.errors.values()))[0]))
    operations.end_mandate(mandate=found, reason=form.cleaned_data["reason"], by=request.actor, at=request.at)
    messages.success(request, _("The mandate has ended; the agent acts no more."))
