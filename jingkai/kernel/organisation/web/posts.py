"""Posts: who holds them, who held them, and which roles they carry."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jingkai.kernel.hooks.api import local
from jingkai.kernel.organisation import operations, queries, rules
from jingkai.kernel.organisation.models import Post, Unit
from jingkai.kernel.organisation.web.editing import confirm, edit
from jingkai.kernel.organisation.web.forms import PostForm, PostRolesForm
from jingkai.kernel.permissions.api import Request, all_permissions, may, requires
from jingkai.kernel.submissions.api import held, once
from jingkai.ui.data import Fact


def _get(uuid: UUID) -> Post:
    return get_object_or_404(Post.objects.select_related("party", "unit__party"), party__uuid=uuid)


@requires(rules.READ_DIRECTORY, rules.MANAGE_UNITS, rules.MANAGE_ROLES)
@require_GET
def posts(request: Request) -> HttpResponse:
    """List the posts in use with holders and roles."""
    text = request.GET.get("q", "").strip()
    rows = queries.find_posts(text)
    holders = queries.holders_by_post([row.pk for row in rows], timezone.localdate(request.at))
    context = {"rows": [(row, holders.get(row.pk, [])) for row in rows], "text": text}
    return render(request, "organisation/posts.html", context)


@requires(rules.READ_DIRECTORY, rules.MANAGE_UNITS, rules.MANAGE_ROLES)
@require_GET
def post(request: Request, uuid: UUID) -> HttpResponse:
    """Show a post, its holders over time, and what its roles allow."""
    row = _get(uuid)
    roles = list(row.roles.order_by("pk"))
    codes = {code for role in roles for code in role.permissions}
    context = {
        "post": row,
        "roles": roles,
        "rights": [local(item, "name") for item in all_permissions() if item.code in codes],
        "history": queries.history_of_post(row.pk),
        "today": timezone.localdate(request.at),
        "may_edit": may(request.actor, rules.MANAGE_UNITS),
        "may_assign": may(request.actor, rules.MANAGE_ROLES),
    }
    return render(request, "organisation/post.html", context)


@requires(rules.MANAGE_UNITS)
@once
def new_post(request: Request, uuid: UUID) -> HttpResponse:
    """Add a post to a unit."""
    unit = get_object_or_404(Unit.objects.select_related("party"), party__uuid=uuid)
    form = PostForm(request.POST or held(request) or None)

    def save() -> str:
        made = operations.create_post(unit=unit, draft=form.draft(), by=request.actor, at=request.at)
        return reverse("organisation:post", args=[made.party.uuid])

    title = _("Add a post to %(unit)s") % {"unit": local(unit.party, "name")}
    page = _page(title, local(unit.party, "name"), reverse("organisation:unit", args=[uuid]))
    return edit(request, form, save=save, page=page)


@requires(rules.MANAGE_UNITS)
@once
def edit_post(request: Request, uuid: UUID) -> HttpResponse:
    """Change a post."""
    row = _get(uuid)
    names = ("title", "title_en", "head", "order", "version")
    form = PostForm(
        request.POST or held(request) or None, initial={name: getattr(row, name) for name in names}
    )
    back = reverse("organisation:post", args=[uuid])

    def save() -> str:
        version = form.cleaned_data["version"] or 0
        operations.change_post(post=row, draft=form.draft(), version=version, by=request.actor, at=request.at)
        return back

    present = [Fact(_("Post title"), row.title), Fact(_("Heads the unit"), _("yes") if row.head else _("no"))]
    page = _page(_("Change %(name)s") % {"name": local(row.party, "name")}, local(row.party, "name"), back)
    return edit(request, form, save=save, page=page, present=present, version=lambda: row.version)


@requires(rules.MANAGE_UNITS)
@once
def retire_post(request: Request, uuid: UUID) -> HttpResponse:
    """Take a post out of use."""
    row = _get(uuid)
    page = {
        "title": _("Take %(name)s out of use") % {"name": local(row.party, "name")},
        "text": _("It disappears from lists and choices. What it did stays."),
        "action": _("Take out of use"),
        "danger": True,
        "back_url": reverse("organisation:unit", args=[row.unit.party.uuid]),
    }
    return confirm(
        request,
        act=lambda: operations.retire_post(post=row, by=request.actor, at=request.at),
        page=page,
    )


@requires(rules.MANAGE_ROLES)
@once
def post_roles(request: Request, uuid: UUID) -> HttpResponse:
    """Say which roles a post carries."""
    row = _get(uuid)
    initial = {"roles": row.roles.all(), "version": row.version}
    form = PostRolesForm(request.POST or None, initial=initial)
    back = reverse("organisation:post", args=[uuid])

    def save() -> str:
        given = form.cleaned_data
        operations.put_roles_on_post(
            post=row, roles=given["roles"], version=given["version"], by=request.actor, at=request.at
        )
        return back

    present = [Fact(_("Roles"), "、".join(local(role, "name") for role in row.roles.all()))]
    title = _("Roles of %(name)s") % {"name": local(row.party, "name")}
    page = _page(title, local(row.party, "name"), back)
    return edit(request, form, save=save, page=page, present=present, version=lambda: row.version)


def _page(title: str, back_label: str, back_url: str) -> dict[str, Any]:
    return {"title": title, "back_label": back_label, "back_url": back_url}
