"""Moving running cases to another version: a dry run first, then the move with its progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.data import Fate
from jingkai.casework.cases.models import Migration
from jingkai.casework.designer import queries, rules
from jingkai.casework.designer.models import Design
from jingkai.casework.flow import api as flows
from jingkai.casework.flow.data import Flow, UserTask
from jingkai.casework.flow.models import FlowVersion
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, may, requires
from jingkai.kernel.submissions.api import once
from jingkai.ui.data import Cell, Column, Light, Link, Pager, Progress, Row, Table

MAP = "map:"
MOST_SHOWN = 100
"""Refused matters that the page of a run names; the run itself keeps more."""


@requires(*rules.RIGHTS)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def migrate(request: Request, uuid: UUID) -> HttpResponse:
    """Show what would become of each running case, step by step; carry it out on being told to."""
    design = queries.get_design(uuid)
    given = request.POST if request.method == "POST" else request.GET
    known = {one.version: one for one in flows.list_versions(design.key)}
    found = list(known)
    if len(found) < 2:
        raise Http404
    old, new = _number(given.get("old")) or found[1], _number(given.get("new")) or found[0]
    if old not in found or new not in found or old == new:
        raise Http404
    mapping = {
        name.removeprefix(MAP): str(given[name]) for name in given if name.startswith(MAP) and given[name]
    }
    if request.method == "POST":
        run = cases.begin_migration(
            key=design.key, from_version=old, to_version=new, mapping=mapping, by=request.actor, at=request.at
        )
        return redirect("designer:moving", uuid=uuid, run=run.uuid)
    return _dry_run(request, design, known, old, new, mapping)


def _dry_run(
    request: Request,
    design: Design,
    known: Mapping[int, FlowVersion],
    old: int,
    new: int,
    mapping: dict[str, str],
) -> HttpResponse:
    before, after = flows.compiled(known[old]), flows.compiled(known[new])
    fates: list[Fate] = []
    more, problem = None, ""
    try:
        fates, more = cases.plan_migration(
            key=design.key,
            from_version=old,
            to_version=new,
            mapping=mapping,
            after=_number(request.GET.get("after")),
            at=request.at,
            known=known,
        )
    except PersonFacingError as error:
        problem = str(error)
    query = {"old": old, "new": new, **{f"{MAP}{node}": target for node, target in mapping.items()}}
    context = {
        "design": design,
        "name": local(design, "name"),
        "versions": list(known),
        "old": old,
        "new": new,
        "steps": [(node.id, local(node, "name"), mapping.get(node.id, "")) for node in _gone(before, after)],
        "targets": [(node.id, local(node, "name")) for node in after.user_tasks()],
        "mapping": mapping,
        "table": _fates_table(fates, after, _seen(request, [fate.uuid for fate in fates])),
        "staying": sum(bool(fate.reasons) for fate in fates),
        "problem": problem,
        "pager": Pager(older_url=f"?{urlencode({**query, 'after': more})}" if more else ""),
        "may_move": may(request.actor, cases.MANAGE_FLOWS) and bool(fates),
        "lacks_right": not may(request.actor, cases.MANAGE_FLOWS),
    }
    return render(request, "designer/migrate.html", context)


def _gone(before: Flow, after: Flow) -> list[UserTask]:
    """The steps that the other version does not have under the same id."""
    return [node for node in before.user_tasks() if after.user_task(node.id) is None]


def _seen(request: Request, uuids: Sequence[UUID | str]) -> set[UUID]:
    """Of these matters those that the person may open; the others are named without a link."""
    return cases.visible_among(uuids, grantees=request.actor.grantees) if uuids else set()


def _matter(title: str, uuid: UUID | str, seen: Collection[UUID], sub: str = "") -> Cell:
    if UUID(str(uuid)) in seen:
        return Link(title, reverse("inbox:case", args=[uuid]), sub)
    return " · ".join(filter(None, (title, sub)))


def _fates_table(fates: list[Fate], after: Flow, seen: Collection[UUID]) -> Table:
    columns = (
        Column(_("Matter"), "title"),
        Column(_("Fate"), "light"),
        Column(_("Goes on at, or why it stays")),
        Column(_("Due, as before"), "date"),
    )
    rows = []
    for fate in fates:
        link = _matter(fate.title, fate.uuid, seen, fate.reference)
        due = timezone.localdate(fate.due_at) if fate.due_at else None
        if fate.reasons:
            rows.append(Row((link, Light("late", _("stays")), "；".join(fate.reasons), due)))
        else:
            goes_on = "；".join([_places(fate, after), *fate.timers])
            rows.append(Row((link, Light("ok", _("moves")), goes_on, due)))
    return Table(_("Running matters"), columns, rows)


@requires(*rules.RIGHTS)
@require_safe
def moving(request: Request, uuid: UUID, run: UUID) -> HttpResponse:
    """Show how far a move is; asked again by the page itself until it is done."""
    design = queries.get_design(uuid)
    rows = Migration.objects.select_related("from_version", "to_version")
    found = get_object_or_404(rows, uuid=run, from_version__key=design.key)
    work = _progress(design, found)
    if request.headers.get("HX-Request"):
        return HttpResponse(render_to_string("designer/progress.html", {"work": work}, request))
    refusals = found.refusals[:MOST_SHOWN]
    context = {
        "design": design,
        "name": local(design, "name"),
        "run": found,
        "work": work,
        "refusals": _refusals_table(refusals, _seen(request, [one["case"] for one in refusals])),
    }
    return render(request, "designer/moving.html", context)


def _places(fate: Fate, after: Flow) -> str:
    """Name the steps at which a matter goes on, each once with how many people it is on."""
    found = Counter(
        local(after.nodes[move.to_node], "name") for move in fate.moves if move.to_node in after.nodes
    )
    return _(", ").join(f"{name} ×{number}" if number > 1 else name for name, number in found.items())


def _refusals_table(refusals: list[dict[str, Any]], seen: Collection[UUID]) -> Table | None:
    if not refusals:
        return None
    columns = (Column(_("Matter"), "title"), Column(_("Why it stays")))
    rows = [Row((_matter(one["reference"], one["case"], seen), "；".join(one["why"]))) for one in refusals]
    return Table(_("These stay with their version"), columns, rows)


def _progress(design: Design, run: Migration) -> Progress:
    facts = {"old": run.from_version.version, "new": run.to_version.version}
    done = run.state == Migration.State.DONE
    counted = {"moved": run.moved, "refused": run.refused, "total": run.total}
    return Progress(
        label=_("Matters move from version %(old)s to %(new)s") % facts,
        percent=100 * (run.moved + run.refused) / run.total if run.total else None,
        text=_("%(moved)s moved, %(refused)s stay, of %(total)s.") % counted,
        state="done" if done else "running",
        poll_url="" if done else reverse("designer:moving", args=[design.uuid, run.uuid]),
    )


def _number(text: Any) -> int:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 18 else 0
