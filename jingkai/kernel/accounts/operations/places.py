"""From where administrators' pages are opened (GB/T 22239, 8.1.4.4 c)."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.accounts import rules
from jingkai.kernel.accounts.data import is_from
from jingkai.kernel.accounts.operations.logins import set_policy
from jingkai.kernel.audit.data import origin
from jingkai.kernel.organisation.api import administration_of
from jingkai.kernel.permissions.api import NotPermitted, access_of, may
from jingkai.kernel.permissions.data import SYSTEM


class FromElsewhere(NotPermitted):
    """The page is opened from certain networks only."""

    sentence = _("Administrators' pages cannot be opened from where you are.")
    advice = _("Use a computer of the office. The security administrator names the networks.")


def look_at_place(request: HttpRequest) -> None:
    """Refuse an administrator's page to whoever comes from elsewhere. Error: FromElsewhere.

    It is one when only a right of the three administrations opens it to this person; what daily work opens
    stays open.
    """
    match = request.resolver_match
    access = access_of(match.func, request.path) if match else None
    if access is None or access.kind != "requires":
        return  # most pages ask nothing, the one that tells whether the product lives not even the database
    networks = rules.policy_at(request.at).admin_networks  # type: ignore[attr-defined]
    if not networks or is_from(origin.get().ip, networks):
        return
    held = [code for code in access.codes if may(request.actor, code)]  # type: ignore[attr-defined]
    if held and all(administration_of(code) for code in held):
        raise FromElsewhere


@transaction.atomic
def open_administration(*, at: datetime) -> None:
    """Let administrators' pages be opened from anywhere again; for the operator, if all are outside."""
    policy = replace(rules.policy_at(at), admin_networks="")
    set_policy(policy=policy, source="jingkai setup open-administration", by=SYSTEM, at=at)
