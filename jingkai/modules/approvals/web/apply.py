"""Filling in an application: facts, materials, check, submit. Everything is kept as it is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, queries, rules
from jingkai.modules.approvals.models import Application, Item, Package
from jingkai.modules.approvals.operations import reporting
from jingkai.modules.approvals.rules.materials import is_needed
from jingkai.modules.approvals.web import library, shown
from jingkai.modules.approvals.web.forms import FactsForm, facts_form, typed_number
from jingkai.modules.enterprises import api as enterprises
from jingkai.records.files import api as files
from jingkai.records.files.data import AttachmentLine
from jingkai.records.files.models import Attachment


@requires(rules.APPLY)
@require_http_methods(["GET", "POST"])
@submissions.once
def start(request: Request, code: str) -> HttpResponse:
    """Open a draft for one of the person's enterprises, filled with what the zone knows."""
    package = get_object_or_404(Package, code=code, published=True, version_of=None)
    guide = reverse("approvals:guide", args=[code])
    return _start(request, package, guide, {"package": package}, lambda: package)


@requires(rules.APPLY)
@require_http_methods(["GET", "POST"])
@submissions.once
def start_item(request: Request, code: str) -> HttpResponse:
    """The same for a single item of the catalogue; one that is not offered today says why."""
    item = get_object_or_404(Item, code=code, state=Item.State.PUBLISHED)
    operations.check_offered(item, on=timezone.localdate(request.at))
    guide = reverse("approvals:item_guide", args=[code])
    return _start(
        request,
        item,
        guide,
        {"package__version_of__item": item},
        lambda: operations.open_single(item=item, by=request.actor, at=request.at),
    )


def _start(
    request: Request, service: Any, guide: str, mine: dict[str, Any], opened: Callable[[], Package]
) -> HttpResponse:
    """Ask for which enterprise, offer the drafts that were begun, open a new one."""
    if request.method != "POST":
        found = Application.objects.filter(
            enterprise_id__in=request.actor.enterprise_ids, state=Application.State.DRAFT, **mine
        )
        context = {
            "service": service,
            "guide_url": guide,
            "enterprises": enterprises.list_of(request.actor.enterprise_ids),
            "drafts": [
                one
                for one in found.order_by("-updated_at", "-pk")
                if rules.may_read_application(request.actor, one)
            ],
        }
        return render(request, "approvals/start.html", context)
    chosen = typed_number(request.POST, "enterprise")
    if chosen not in request.actor.enterprise_ids:
        raise Http404
    draft = operations.create_draft(
        package=opened(),
        enterprise_id=chosen,
        facts=_known(request, chosen),
        by=request.actor,
        at=request.at,
    )
    return redirect("approvals:facts", uuid=draft.uuid)


@requires(rules.APPLY)
@require_http_methods(["GET", "POST"])
@submissions.once
def facts(request: Request, uuid: UUID) -> HttpResponse:
    """Step one: the facts of the project, asked once for all departments."""
    application = _editable(request, uuid)
    if request.method != "POST":
        return _facts_page(request, application, _facts_form(request, application))
    form = facts_form(application.package)(request.POST)
    if form.is_valid():
        _save(request, application, form)
        return redirect("approvals:materials", uuid=uuid)
    application = _keep(request, application, form)
    submissions.though_refused(request, lambda: _keep(request, application, form))
    return _facts_page(request, application, form, status=422)


@requires(rules.APPLY)
@require_POST
def autosave(request: Request, uuid: UUID) -> HttpResponse:
    """Keep a draft while it is being typed; answers with the moment of saving.

    What was submitted before changes by its own button only, never while somebody types.
    """
    application = _editable(request, uuid)
    form = facts_form(application.package)(request.POST)
    passes = form.is_valid() and application.state == Application.State.DRAFT
    try:
        saved = (_save if passes else _keep)(request, application, form)
    except PersonFacingError as error:
        return render(request, "approvals/parts/saved.html", {"problem": error}, status=200)
    context = {"at": request.at, "version": saved.version, "live": True, "needed": _needed(saved)}
    return render(request, "approvals/parts/saved.html", context)


@requires(rules.APPLY)
@require_http_methods(["GET", "POST"])
@submissions.once
def materials(request: Request, uuid: UUID) -> HttpResponse:
    """Step two: the materials, each with its upload; without scripts the files come with the form."""
    application = _editable(request, uuid)
    if request.method == "POST":
        problems = _take_files(request, application) + library.use_library(request, application)
        if problems or request.POST.get("use"):
            for sentence in problems:
                messages.error(request, sentence)
            return redirect("approvals:materials", uuid=uuid)
        target = (
            "approvals:matter" if application.state == Application.State.CORRECTING else "approvals:check"
        )
        return redirect(target, uuid=uuid)
    context = {
        "application": application,
        "materials": library.cards(request, application),
        "offered": library.offered(request, application),
        "steps": shown.steps(application, "materials"),
    }
    return render(request, "approvals/materials.html", context)


@submissions.answers_json
@requires(rules.APPLY)
@require_http_methods(["PUT"])
def upload(request: Request, uuid: UUID, code: str) -> JsonResponse:
    """Receive one file as a stream; the sentence of a refusal goes beside the file."""
    application = _editable(request, uuid)
    material = get_object_or_404(application.package.materials, code=code)
    upload = files.receive_request(request, kinds=tuple(material.accepted))
    attachment = operations.add_material(
        application=application, material=material, upload=upload, by=request.actor, at=request.at
    )
    line = render_to_string(
        "approvals/parts/file.html",
        {"file": shown.file_link(application, _line_of(application, attachment), editable=True)},
        request=request,
    )
    return JsonResponse({"html": line}, status=201)


@requires(rules.APPLY)
@require_http_methods(["GET", "POST"])
@submissions.once
def remove_file(request: Request, uuid: UUID, file: UUID) -> HttpResponse:
    """Take a file out of the application, after a question."""
    application = _editable(request, uuid)
    attachment = files.get_attachment(file)
    if attachment is None or (attachment.owner_kind, attachment.owner_id) != ("application", application.pk):
        raise Http404
    if request.method == "POST":
        operations.remove_material(
            application=application, attachment=attachment, by=request.actor, at=request.at
        )
        return redirect("approvals:materials", uuid=uuid)
    return _confirm(
        request,
        title=_("Remove this file?"),
        text=attachment.name,
        action=_("Remove the file"),
        back=reverse("approvals:materials", args=[uuid]),
    )


@requires(rules.APPLY)
@require_safe
def check(request: Request, uuid: UUID) -> HttpResponse:
    """Step three: everything on one page before it is handed in."""
    application = _editable(request, uuid)
    context = {
        "application": application,
        "facts": shown.fact_groups(application),
        "facts_title": shown.facts_title(application),
        "materials": shown.material_cards(application, _rows(application), editable=False),
        "missing": queries.list_missing(application=application),
        "steps": shown.steps(application, "check"),
    }
    return render(request, "approvals/check.html", context)


@requires(rules.APPLY)
@require_POST
@submissions.once
def submit(request: Request, uuid: UUID) -> HttpResponse:
    """Hand the application in and show its receipt; one by an old guide is put under the new one first."""
    application = _editable(request, uuid)
    if operations.renew_draft(application=application, by=request.actor, at=request.at):
        text = _("The guide has changed since you began. Look at the materials once more, then submit.")
        messages.warning(request, text)
        return redirect("approvals:materials", uuid=uuid)
    application = operations.submit_application(application=application, by=request.actor, at=request.at)
    assert application.case is not None
    messages.success(
        request, _("Received. Your receipt number is %(number)s.") % {"number": application.case.reference}
    )
    return redirect("approvals:matter", uuid=uuid)


@requires(rules.APPLY)
@require_POST
@submissions.once
def supply(request: Request, uuid: UUID) -> HttpResponse:
    """Hand in the corrections that the notice asked for."""
    operations.supply_correction(application=_own(request, uuid), by=request.actor, at=request.at)
    messages.success(request, _("Your corrections were received. The window looks at them again."))
    return redirect("approvals:matter", uuid=uuid)


@requires(rules.APPLY)
@require_http_methods(["GET", "POST"])
@submissions.once
def discard(request: Request, uuid: UUID) -> HttpResponse:
    """Put a draft away, after a question."""
    application = _editable(request, uuid)
    if request.method == "POST":
        operations.discard_draft(application=application, by=request.actor, at=request.at)
        messages.success(request, _("The draft was deleted."))
        return redirect("approvals:my")
    return _confirm(
        request,
        title=_("Delete this draft?"),
        text=str(application),
        action=_("Delete the draft"),
        back=reverse("approvals:facts", args=[uuid]),
    )


def _line_of(application: Application, attachment: Attachment) -> AttachmentLine:
    """The file just received, as the page shows it."""
    lines = files.list_attachments(("application", application.pk), slot=attachment.slot)
    return next(line for line in lines if line.id == attachment.pk)


def _known(request: Request, enterprise_id: int) -> dict[str, Any]:
    """What the zone knows already: the enterprise's address, and who is filling in."""
    known = enterprises.known_facts(enterprise_id)
    facts = {
        "project_address": known.get("registered_address", ""),
        "contact_name": request.actor.name,
        "contact_phone": known.get("contact_phone", ""),
    }
    return {name: value for name, value in facts.items() if value}


def _own(request: Request, uuid: UUID) -> Application:
    try:
        found = queries.get_for_enterprise(uuid=uuid, enterprise_ids=request.actor.enterprise_ids)
    except Application.DoesNotExist as error:
        raise Http404 from error
    if not rules.may_read_application(request.actor, found):
        raise Http404
    return found


def _rows(application: Application) -> list[queries.MaterialRow]:
    return queries.list_material_rows(application=application)


def _editable(request: Request, uuid: UUID) -> Application:
    application = _own(request, uuid)
    if not rules.may_edit_application(request.actor, application):
        raise operations.NotYours
    return application


def _facts_form(request: Request, application: Application) -> FactsForm:
    """The form as it was left: with what a lost session held, with kept words and their faults, or facts."""
    kind, held = facts_form(application.package), submissions.held(request)
    if held:
        messages.info(
            request, _("Your session had ended. What you typed is back in the form; check it and go on.")
        )
        return kind(held)
    if application.typed is not None:
        return kind(application.typed)
    return kind(initial=application.facts)


def _facts_page(
    request: Request, application: Application, form: FactsForm, status: int = 200
) -> HttpResponse:
    context = {
        "application": application,
        "form": form,
        "facts_title": shown.facts_title(application),
        "steps": shown.steps(application, "facts"),
        "needed": _needed(application),
        "projects_connected": reporting.projects_are_connected(),
    }
    return render(request, "approvals/facts.html", context, status=status)


def _needed(application: Application) -> list[tuple[str, bool, bool]]:
    """The materials: whether each is needed under what stands in the form, and whether it hangs on facts."""
    facts = queries.facts_now(application)
    rows = queries.list_materials(application.package)
    return [(local(one, "name"), is_needed(one, facts), bool(one.condition)) for one in rows]


def _save(request: Request, application: Application, form: FactsForm) -> Application:
    return operations.save_facts(
        application=application,
        facts=form.stored(),
        version=typed_number(request.POST, "version"),
        by=request.actor,
        at=request.at,
    )


def _keep(request: Request, application: Application, form: FactsForm) -> Application:
    """Keep what was typed with its faults, so that an error never costs the person their work."""
    return operations.keep_typed(
        application=application,
        typed=form.raw(),
        version=typed_number(request.POST, "version"),
        by=request.actor,
        at=request.at,
    )


def _take_files(request: Request, application: Application) -> list[str]:
    problems: list[str] = []
    known = {material.code: material for material in application.package.materials.all()}
    uploads = [(code, one) for code, many in request.FILES.lists() for one in many if code in known]
    for code, one in uploads:
        try:
            upload = files.receive_uploaded(one, kinds=tuple(known[code].accepted))
            operations.add_material(
                application=application,
                material=known[code],
                upload=upload,
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            problems.append(f"{local(known[code], 'name')}: {error.sentence}")
    return problems


def _confirm(request: Request, **words: Any) -> HttpResponse:
    context = {**words, "danger": True, "back_url": words["back"]}
    return render(request, "approvals/confirm.html", context)
