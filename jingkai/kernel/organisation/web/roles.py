"""Roles: the matrix of rights, and its editor (the security administrator's pages)."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.apps import apps
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from jingkai.kernel.hooks.api import local
from jingkai.kernel.organisation import operations, rules
from jingkai.kernel.organisation.data import Administration
from jingkai.kernel.organisation.models import Role
from jingkai.kernel.organisation.web.editing import edit
from jingkai.kernel.organisation.web.forms import NewRoleForm, RoleForm
from jingkai.kernel.permissions.api import Request, all_permissions, requires
from jingkai.kernel.permissions.data import Permission
from jingkai.kernel.submissions.api import held, once
from jingkai.ui.data import Fact

GROUPS = {
    "approvals": _("Service hall"),
    "calendar": _("Work calendar"),
    "clock": _("Limits and cards"),
    "designer": _("Flows and forms"),
    "documents": _("Documents issued"),
    "events": _("Background jobs"),
    "inbox": _("Desk and cockpit"),
    "numbering": _("Document numbers"),
    "rules": _("Rules of law and of the zone"),
    "seals": _("Seals"),
    "windows": _("Windows"),
}
"""Words for parts of the product whose name in the program is no word for people."""


def _app(item: Permission) -> str:
    return item.code.partition(".")[0]


def _app_name(label: str) -> str:
    """Name the part of the product that a right belongs to."""
    words = GROUPS.get(label)
    config = apps.app_configs.get(label)
    return str(words or (config.verbose_name if config else label))


@requires(rules.MANAGE_ROLES)
@require_GET
def roles(request: Request) -> HttpResponse:
    """Show which role carries which right."""
    columns = list(Role.objects.order_by("administration", "pk"))
    held_by = [set(role.permissions) for role in columns]
    groups = [
        (_app_name(label), [_line(item, held_by) for item in items])
        for label, items in groupby(all_permissions(), key=_app)
    ]
    return render(request, "organisation/roles.html", {"roles": columns, "groups": groups})


def _line(item: Permission, held_by: list[set[str]]) -> tuple[str, str, list[bool]]:
    return local(item, "name"), item.code, [item.code in codes for codes in held_by]


@requires(rules.MANAGE_ROLES)
@once
def new_role(request: Request) -> HttpResponse:
    """Add a role; its rights are ticked on the next page."""
    form = NewRoleForm(request.POST or held(request) or None)

    def save() -> str:
        made = operations.create_role(draft=form.draft(), by=request.actor, at=request.at)
        return reverse("organisation:edit_role", args=[made.uuid])

    return edit(request, form, save=save, page=_page(gettext("Add a role")))


@requires(rules.MANAGE_ROLES)
@once
def edit_role(request: Request, uuid: UUID) -> HttpResponse:
    """Change a role's names and rights."""
    row = get_object_or_404(Role, uuid=uuid)
    administration = Administration(row.administration) if row.administration else None
    names = ("name", "name_en", "permissions", "version")
    form = RoleForm(
        request.POST or held(request) or None,
        initial={name: getattr(row, name) for name in names},
        administration=administration,
    )

    def save() -> str:
        given = form.cleaned_data
        operations.change_role(role=row, by=request.actor, at=request.at, **given)
        return reverse("organisation:roles")

    names_of = {item.code: local(item, "name") for item in all_permissions()}
    held_now = "、".join(names_of.get(code, code) for code in row.permissions)
    page = _page(gettext("Role %(name)s") % {"name": local(row, "name")})
    page["lead"] = str(Role.Admin(row.administration).label) if row.administration else ""
    present = [Fact(gettext("Rights"), held_now, wide=True)]
    return edit(request, form, save=save, page=page, present=present, version=lambda: row.version)


def _page(title: str) -> dict[str, Any]:
    return {
        "title": title,
        "back_label": gettext("Roles and rights"),
        "back_url": reverse("organisation:roles"),
    }
