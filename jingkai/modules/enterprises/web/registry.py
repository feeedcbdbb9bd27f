"""The officers' pages: list, detail, enter, change, admit a code, export."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jingkai.kernel.audit.api import mark, record
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.models import Park
from jingkai.kernel.parties.api import ChangedMeanwhile, keyset_page, mask_phone, representations_of
from jingkai.kernel.parties.data import RepresentationRole
from jingkai.kernel.permissions.api import Request, may, requires
from jingkai.kernel.submissions.api import held, once
from jingkai.modules.enterprises import operations, queries, rules
from jingkai.modules.enterprises.data import EnterpriseFilter
from jingkai.modules.enterprises.models import CodeException, Enterprise
from jingkai.modules.enterprises.web.forms import (
    AllowCodeForm,
    EnterpriseForm,
    InviteForm,
    NewEnterpriseForm,
    with_version,
    words_of,
)
from jingkai.ui.data import Fact, Pager
from jingkai.ui.sheets import spreadsheet

PAGE = 50
SORT = ("party__pinyin", "party_id")


def _wanted(request: Request) -> EnterpriseFilter:
    given = {name: request.GET.get(name, "").strip()[:100] for name in ("park", "stage", "scale", "industry")}
    text = request.GET.get("q", "").strip()[:100]
    return EnterpriseFilter(text=text, above_size=request.GET.get("above") == "1", **given)


@requires(rules.SEE)
@require_GET
def listing(request: Request) -> HttpResponse:
    """List enterprises in pinyin order."""
    wanted, back = _wanted(request), "before" in request.GET
    place = request.GET.get("before" if back else "after", "")
    page = keyset_page(queries.filtered(wanted), fields=SORT, place=place, back=back, size=PAGE)
    kept = {name: value for name, value in request.GET.items() if name not in ("after", "before") and value}
    links = [
        "?" + urlencode({**kept, way: at}) if at else ""
        for way, at in (("before", page.before), ("after", page.after))
    ]
    context = {
        "rows": [(row, queries.industry_name(row.industry)) for row in page.rows],
        "pager": Pager(*links) if any(links) else None,
        "wanted": wanted,
        "parks": Park.objects.order_by("order", "code"),
        "stages": Enterprise.Stages.choices,
        "scales": Enterprise.Scales.choices,
        "export_url": f"{reverse('enterprises:export')}?{urlencode(kept)}",
        "may_manage": may(request.actor, rules.MANAGE),
        "may_allow": may(request.actor, rules.ALLOW_CODE),
    }
    return render(request, "enterprises/list.html", context)


@requires(rules.SEE)
@require_GET
def export(request: Request) -> FileResponse:
    """Give the filtered list as a spreadsheet; that it was taken is written to the trail."""
    wanted = _wanted(request)
    facts = {"rows": queries.filtered(wanted).count(), "filter": mark(request.GET.urlencode())}
    record(
        ("enterprises.export", 0), action="enterprises.exported", by=request.actor, at=request.at, facts=facts
    )
    on = timezone.localdate(request.at)
    return spreadsheet(title=_("Enterprises"), head=_head(), rows=_lines(wanted), on=on)


def _head() -> list[tuple[str, int]]:
    return [
        (_("Name"), 36),
        (_("English name"), 36),
        (_("Unified social credit code"), 22),
        (_("Legal representative"), 14),
        (_("Registered address"), 40),
        (_("Industry"), 10),
        (_("Name of the industry"), 24),
        (_("Park"), 18),
        (_("Stage"), 14),
        (_("Scale"), 10),
        (_("Above designated size"), 12),
    ]


def _lines(wanted: EnterpriseFilter) -> Iterator[list[Any]]:
    for row in queries.filtered(wanted).order_by(*SORT).iterator(chunk_size=500):
        yield [
            row.party.name,
            row.party.name_en,
            row.uscc,
            row.legal_representative,
            row.address,
            row.industry,
            queries.industry_name(row.industry),
            local(row.park, "name") if row.park else "",
            row.get_stage_display(),
            row.get_scale_display(),
            _("yes") if row.above_size else _("no"),
        ]


def _get(uuid: UUID) -> Enterprise:
    return get_object_or_404(queries.enterprises(), party__uuid=uuid)


@requires(rules.SEE)
@require_GET
def detail(request: Request, uuid: UUID) -> HttpResponse:
    """Show an enterprise and who acts for it."""
    row = _get(uuid)
    acting = list(representations_of(row.pk, on=timezone.localdate(request.at)))
    rights = queries.rights_by_representation(acting)
    context = {
        "enterprise": row,
        "industry": queries.industry_name(row.industry),
        "exception": CodeException.objects.filter(uscc=row.uscc).select_related("granted_by").first(),
        "handlers": [(item, mask_phone(item.person.phone), rights[item.pk]) for item in acting],
        "hand_over": queries.open_hand_over(row.pk),
        "link": request.session.pop("invitation_link", ""),
        "may_manage": may(request.actor, rules.MANAGE),
    }
    return render(request, "enterprises/detail.html", context)


@requires(rules.MANAGE)
@once
def new(request: Request) -> HttpResponse:
    """Enter an enterprise that came to the window."""
    form = NewEnterpriseForm(request.POST or held(request) or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = operations.enter_enterprise(
                uscc=form.cleaned_data["uscc"], draft=form.draft(), by=request.actor, at=request.at
            )
        except PersonFacingError as error:
            form.add_error(None, words_of(error))
        else:
            messages.success(request, _("%(name)s was entered.") % {"name": row.party.name})
            return redirect("enterprises:detail", row.party.uuid)
    return _form(request, form, _("Enter an enterprise"), reverse("enterprises:list"))


@requires(rules.MANAGE)
@once
def edit(request: Request, uuid: UUID) -> HttpResponse:
    """Change what the registry says about an enterprise."""
    row = _get(uuid)
    names = ("legal_representative", "address", "industry", "park", "stage", "scale", "above_size", "version")
    initial = {name: getattr(row, name) for name in names}
    initial |= {"name": row.party.name, "name_en": row.party.name_en}
    form = EnterpriseForm(request.POST or held(request) or None, initial=initial)
    stale = None
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            operations.change_enterprise(
                enterprise=row, draft=form.draft(), version=version, by=request.actor, at=request.at
            )
        except ChangedMeanwhile as error:
            stale = error
            form.data = with_version(request.POST, row.version)
        except PersonFacingError as error:
            form.add_error(None, words_of(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("enterprises:detail", uuid)
    back = reverse("enterprises:detail", args=[uuid])
    title = _("Change %(name)s") % {"name": row.party.name}
    return _form(request, form, title, back, stale=stale, present=_present(row))


def _present(row: Enterprise) -> list[Fact]:
    return [
        Fact(_("Name of the enterprise"), row.party.name),
        Fact(_("Legal representative"), row.legal_representative),
        Fact(_("Registered address"), row.address),
        Fact(_("Industry"), row.industry),
        Fact(_("Stage"), row.get_stage_display()),
        Fact(_("Scale"), row.get_scale_display()),
    ]


def _form(
    request: Request, form: Any, title: str, back_url: str, *, stale: Any = None, present: Any = ()
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "action": _("Save"),
        "back_label": _("Enterprises"),
        "back_url": back_url,
        "stale": stale,
        "present": present,
    }
    return render(request, "enterprises/form.html", context, status=422 if form.errors else 200)


@requires(rules.MANAGE)
@once
def invite(request: Request, uuid: UUID) -> HttpResponse:
    """Make an invitation at the window for somebody who showed the licence."""
    row = _get(uuid)
    form = InviteForm(request.POST or held(request) or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        _row, token = operations.invite_handler(
            enterprise=row,
            name=given["name"],
            phone=given["phone"],
            role=RepresentationRole(given["role"]),
            by=request.actor,
            at=request.at,
        )
        request.session["invitation_link"] = request.build_absolute_uri(
            reverse("enterprises:join", args=[token])
        )
        return redirect("enterprises:detail", uuid)
    context = {
        "form": form,
        "title": _("Invite a handler"),
        "text": _("Look at the licence and the letter of authority first. You get a link to pass on."),
        "action": _("Make the link"),
        "back_url": reverse("enterprises:detail", args=[uuid]),
    }
    return render(request, "organisation/confirm.html", context)


@requires(rules.ALLOW_CODE)
@once
def allow_code(request: Request) -> HttpResponse:
    """Admit a code whose check fails, with a reason; below it, all that were admitted."""
    form = AllowCodeForm(request.POST or held(request) or None, initial={"uscc": request.GET.get("uscc", "")})
    if request.method == "POST" and form.is_valid():
        try:
            row = operations.allow_code(
                uscc=form.cleaned_data["uscc"],
                reason=form.cleaned_data["reason"],
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form.add_error("uscc", words_of(error))
        else:
            messages.success(request, _("%(code)s can now be registered.") % {"code": row.uscc})
            return redirect("enterprises:allow_code")
    admitted = CodeException.objects.select_related("granted_by").order_by("-granted_at")[:100]
    return render(request, "enterprises/allow_code.html", {"form": form, "admitted": admitted})
