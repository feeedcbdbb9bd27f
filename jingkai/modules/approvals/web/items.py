"""The catalogue for its keepers: the list, an item with its versions, editing, publishing, confirming."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.kernel.hooks.api import local
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, queries, rules
from jingkai.modules.approvals.models import Item, ItemVersion
from jingkai.modules.approvals.operations.versions import BadItemCode
from jingkai.modules.approvals.rules.content import ContentFault, compare_contents, content_faults, field_of
from jingkai.modules.approvals.rules.fields import BY_NAME, SECTIONS, fields_of
from jingkai.modules.approvals.rules.fields import shown as in_words
from jingkai.modules.approvals.rules.sheets import pages
from jingkai.modules.approvals.web import item_forms, shown
from jingkai.modules.approvals.web.acts import Unfinished
from jingkai.modules.approvals.web.forms import typed_number, typed_text
from jingkai.modules.approvals.web.lists import ItemListFilter
from jingkai.ui.sheets import MOST_ROWS, spreadsheet, workbook

SORTS = {"": ("name", True), "code": ("code", True), "updated_at": ("updated_at", False)}
OPEN = (ItemVersion.State.DRAFT, ItemVersion.State.REVIEWED)


@requires(rules.SEE_CATALOGUE)
@require_safe
def items(request: Request) -> HttpResponse:
    """All items, narrowed and sorted, with what their keepers may do."""
    form = ItemListFilter(request)
    field, ascending = SORTS.get(form.sort, SORTS[""])
    found = queries.all_items(form.wanted())
    page, place = queries.page_after(found, field=field, ascending=ascending, after=form.after)
    context = {
        "form": form,
        "rows": shown.item_rows(page, limits=queries.limits_of(page, on=timezone.localdate(request.at))),
        "pager": form.pager(place),
        "sorts": {name: "" if form.sort == name else "?" + form.query(sort=name) for name in SORTS if name},
        "by_name": "?" + form.query(sort="") if form.sort else "",
        "export_url": f"{reverse('approvals:items_export')}?{form.query()}",
        "may_edit": rules.EDIT_CATALOGUE in request.actor.permissions,
    }
    return render(request, "approvals/items.html", context)


@requires(rules.SEE_CATALOGUE)
@require_safe
def export(request: Request) -> HttpResponseBase:
    """The list as it is narrowed, as a spreadsheet."""
    form, on = ItemListFilter(request), timezone.localdate(request.at)
    operations.record_export(page="items", query=form.query(), by=request.actor, at=request.at)
    found = list(queries.all_items(form.wanted()).order_by("name", "pk")[:MOST_ROWS])
    rows = shown.item_rows(found, limits=queries.limits_of(found, on=on))
    return spreadsheet(title=_("Items"), head=shown.item_head(), rows=shown.item_lines(rows), on=on)


@requires(rules.SEE_CATALOGUE)
@require_safe
def whole(request: Request) -> HttpResponseBase:
    """The whole catalogue with every field, in the form that the import reads; without items the template."""
    operations.record_export(page="catalogue", query="", by=request.actor, at=request.at)
    found = queries.with_contents(Item.objects.filter(current__isnull=False).order_by("code"))
    rows = [(item.code, item.current.content) for item in found if item.current]
    empty = bool(request.GET.get("empty"))
    title = _("Template of items") if empty else _("Catalogue of items")
    return workbook(title=title, pages=pages([] if empty else rows), on=timezone.localdate(request.at))


@requires(rules.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
@submissions.once
def new(request: Request) -> HttpResponse:
    """Write down a new item as a draft."""
    form = item_forms.NewItemForm(request.POST or submissions.held(request) or None)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        code = told.pop("code")
        try:
            version = operations.create_item(code=code, content=told, by=request.actor, at=request.at)
        except BadItemCode as refused:
            form.add_error("code", f"{refused.sentence} {refused.advice}")
        else:
            messages.success(request, _("The item is a draft; fill in its sections."))
            return redirect("approvals:item_section", code=code, number=version.number, section="identity")
    status = 422 if request.method == "POST" else 200
    return render(request, "approvals/item_new.html", {"form": form}, status=status)


@requires(rules.SEE_CATALOGUE)
@require_safe
def item(request: Request, code: str) -> HttpResponse:
    """An item with its versions, its confirmations and what may be done."""
    found = _item(code)
    versions = queries.versions_of(found)
    content = found.current.content if found.current else versions[0].content
    held = queries.live_confirmations(found, content) if found.current else {}
    context = {
        "item": found,
        "light": shown.item_light(found),
        "versions": [{"row": one, "state": rules.version_state(one.state)} for one in versions],
        "open": next((one for one in versions if one.state in OPEN), None),
        "legal": [(section, held.get(section.code)) for section in SECTIONS if section.legal],
        "form": item_forms.ConfirmItemForm(
            initial={"sections": [s.code for s in SECTIONS if s.legal and s.code not in held]}
        ),
        "withdrawal": item_forms.ReasonForm(auto_id="w_%s"),
        **_rights(request),
    }
    return render(request, "approvals/item.html", context)


def _rights(request: Request) -> dict[str, bool]:
    held = request.actor.permissions
    return {
        "may_edit": rules.EDIT_CATALOGUE in held,
        "may_publish": rules.PUBLISH_CATALOGUE in held,
        "may_confirm": rules.CONFIRM_CATALOGUE in held,
    }


@requires(rules.EDIT_CATALOGUE)
@require_POST
@submissions.once
def begin(request: Request, code: str) -> HttpResponse:
    """Begin a new version, or go on with the open one."""
    version = operations.begin_version(item=_item(code), by=request.actor, at=request.at)
    return redirect("approvals:item_section", code=code, number=version.number, section="identity")


@requires(rules.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
@submissions.once
def section(request: Request, code: str, number: int, section: str) -> HttpResponse:
    """Edit one section of an open version; its lists line by line."""
    version = version_or_404(code, number)
    if section not in {one.code for one in SECTIONS} or version.state not in OPEN:
        raise Http404
    on = timezone.localdate(request.at)
    known = queries.known(on=on)
    form = item_forms.section_form(
        section,
        told=version.content,
        version=version.version,
        choices=item_forms.choices_of(_units(), _limits(on)),
        data=request.POST or submissions.held(request) or None,
    )
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["version"]
        operations.save_version(
            version=version, changes=form.changes(), seen=seen, by=request.actor, at=request.at
        )
        messages.success(request, _("Saved."))
        return redirect("approvals:item_section", code=code, number=number, section=section)
    faults = content_faults(version.content, known, item=code)
    context = {
        "item": version.item,
        "version": version,
        "section": section,
        "sections": [(one, sum(_in(fault, one.code) for fault in faults)) for one in SECTIONS],
        "form": form,
        "faults": [_told(fault) for fault in faults if _in(fault, section)],
        "lists": [_list(one.name, version) for one in fields_of(section) if one.type == "list"],
    }
    return render(request, "approvals/item_section.html", context)


def _faults(version: ItemVersion, *, on: date) -> list[dict[str, Any]]:
    known = queries.known(on=on)
    return [_told(fault) for fault in content_faults(version.content, known, item=version.item.code)]


def _in(fault: ContentFault, section: str) -> bool:
    field = field_of(fault.field.partition(".")[0])
    return field is not None and field.section == section


def _told(fault: ContentFault) -> dict[str, Any]:
    field = field_of(fault.field.partition(".")[0])
    return {"label": field.label if field else fault.field, "line": fault.line, "reason": fault.reason}


def _list(name: str, version: ItemVersion) -> dict[str, Any]:
    field = BY_NAME[name]
    rows = version.content.get(name) or []
    return {
        "name": name,
        "label": field.label,
        "head": [part.label for part in field.parts],
        "rows": [[in_words(part, line.get(part.name)) for part in field.parts] for line in rows],
    }


@requires(rules.SEE_CATALOGUE)
@require_safe
def version(request: Request, code: str, number: int) -> HttpResponse:
    """One version compared with another field by field, and the way to its publication."""
    found = version_or_404(code, number)
    others = [one for one in queries.versions_of(found.item) if one.number != number]
    wanted = typed_number(request.GET, "with")
    default = found.item.current_id
    other = next((one for one in others if one.number == wanted), None)
    other = other or next((one for one in others if one.pk == default), None) or next(iter(others), None)
    on = timezone.localdate(request.at)
    is_open = found.state in OPEN
    context = {
        "item": found.item,
        "version": found,
        "state": rules.version_state(found.state),
        "others": others,
        "other": other,
        "changes": shown.change_rows(
            compare_contents(other.content if other else {}, found.content),
            named={"unit": dict(_units()), "limit_key": dict(_limits(on))},
        ),
        "faults": _faults(found, on=on) if is_open else [],
        "publication": item_forms.PublishForm(initial={"starts_on": on, "version": found.version}),
        "discarding": item_forms.ReasonForm(initial={"version": found.version}, auto_id="d_%s"),
        **_rights(request),
    }
    return render(request, "approvals/item_version.html", context)


@requires(rules.PUBLISH_CATALOGUE)
@require_POST
@submissions.once
def review(request: Request, code: str, number: int) -> HttpResponse:
    """Say as a second person that a version may be published."""
    seen = typed_number(request.POST, "version")
    note = typed_text(request.POST, "note", most=500)
    operations.review_version(
        version=version_or_404(code, number), note=note, seen=seen, by=request.actor, at=request.at
    )
    messages.success(request, _("The version is reviewed and may be published."))
    return redirect("approvals:item_version", code=code, number=number)


@requires(rules.PUBLISH_CATALOGUE)
@require_POST
@submissions.once
def publish(request: Request, code: str, number: int) -> HttpResponse:
    """Let a reviewed version apply from a day on."""
    form = item_forms.PublishForm(request.POST)
    if not form.is_valid():
        raise Unfinished(str(next(iter(form.errors.values()))[0]))
    operations.publish_version(
        version=version_or_404(code, number),
        starts_on=form.cleaned_data["starts_on"],
        seen=form.cleaned_data["version"],
        by=request.actor,
        at=request.at,
    )
    messages.success(request, _("Published. Matters under way keep the version they began with."))
    return redirect("approvals:item", code=code)


@requires(rules.EDIT_CATALOGUE, rules.PUBLISH_CATALOGUE)
@require_POST
@submissions.once
def discard(request: Request, code: str, number: int) -> HttpResponse:
    """Give an unpublished version up, with the reason."""
    operations.discard_version(
        version=version_or_404(code, number),
        reason=typed_text(request.POST, "reason", most=500),
        seen=typed_number(request.POST, "version"),
        by=request.actor,
        at=request.at,
    )
    return redirect("approvals:item", code=code)


@requires(rules.CONFIRM_CATALOGUE)
@require_POST
@submissions.once
def confirm(request: Request, code: str) -> HttpResponse:
    """Note which legal statements were checked against which local instrument, or take one back."""
    found = _item(code)
    if taken := typed_text(request.POST, "withdraw", most=20):
        reason = typed_text(request.POST, "reason", most=500)
        operations.withdraw_confirmation(
            item=found, section=taken, reason=reason, by=request.actor, at=request.at
        )
        return redirect("approvals:item", code=code)
    form = item_forms.ConfirmItemForm(request.POST)
    if not form.is_valid():
        raise Unfinished(str(next(iter(form.errors.values()))[0]))
    operations.confirm_sections(item=found, by=request.actor, at=request.at, **form.cleaned_data)
    messages.success(request, _("Noted: who checked it, when, and against which instrument."))
    return redirect("approvals:item", code=code)


@requires(rules.PUBLISH_CATALOGUE)
@require_POST
@submissions.once
def withdraw(request: Request, code: str) -> HttpResponse:
    """Take an item out of the catalogue, with the reason."""
    reason = typed_text(request.POST, "reason", most=500)
    operations.withdraw_item(item=_item(code), reason=reason, by=request.actor, at=request.at)
    messages.success(request, _("The item left the catalogue; matters under way go on."))
    return redirect("approvals:item", code=code)


def _item(code: str) -> Item:
    try:
        return queries.get_item(code=code)
    except Item.DoesNotExist as error:
        raise Http404 from error


def version_or_404(code: str, number: int) -> ItemVersion:
    """One version of an item, or the page that says there is none."""
    found = ItemVersion.objects.select_related("item__unit").filter(item__code=code)
    version = found.filter(number=number).first() if number < 2**15 else None
    if version is None:
        raise Http404
    return version


def _limits(on: date) -> list[tuple[str, str]]:
    rules_of_limits = queries.list_limits(on=on)
    return [
        (rule.key, f"{local(rule, 'name')} · {shown.days(rule.value['amount'], rule.value['unit'])}")
        for rule in rules_of_limits
    ]


def _units() -> list[tuple[str, str]]:
    rows = Unit.objects.select_related("party").order_by("order", "code")
    return [(unit.code, local(unit.party, "name")) for unit in rows]
