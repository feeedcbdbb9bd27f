"""Providers added, changed, switched on and off, and tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import FAILED, record
from jingkai.kernel.federation.connectors import oidc
from jingkai.kernel.federation.models import Link, Provider
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import check_version
from jingkai.kernel.permissions.data import Actor


class CodeInUse(PersonFacingError):
    """Another platform has this code."""

    status = 422
    sentence = _("Another platform already has this code.")
    advice = _("Choose another one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderDraft:
    """What an administrator says about a platform; an empty secret keeps the present one."""

    code: str
    name: str
    name_en: str = ""
    issuer: str
    client_id: str
    secret: str = ""
    proof: str = Provider.Proof.POST
    scopes: str = "openid profile phone"
    claims: Mapping[str, str] = field(default_factory=dict)
    ask_userinfo: bool = False
    phones_proven: bool = True
    levels: str = ""
    methods: str = ""
    max_age_minutes: int = 0
    for_staff: bool = False


@transaction.atomic
def add_provider(*, draft: ProviderDraft, by: Actor, at: datetime) -> Provider:
    """Enter a platform; it is offered to nobody before it is switched on. Error: CodeInUse."""
    row = Provider(code=draft.code)
    _fill(row, draft)
    _save(row)
    record(row, action="federation.added", by=by, at=at, facts={"issuer": row.issuer})
    return row


@transaction.atomic
def change_provider(
    *, provider: Provider, draft: ProviderDraft, version: int, by: Actor, at: datetime
) -> Provider:
    """Change what is said about a platform; another issuer means other people, so its links end.

    Errors: CodeInUse, ChangedMeanwhile.
    """
    row = Provider.objects.select_for_update().get(pk=provider.pk)
    check_version(row_version=row.version, form_version=version)
    before = _facts(row)
    _fill(row, draft)
    row.version += 1
    _save(row)
    changed = sorted(name for name, value in _facts(row).items() if before[name] != value)
    changed += ["secret"] if draft.secret else []
    facts: dict[str, Any] = {"issuer": row.issuer, "changed": changed}
    if before["issuer"] != row.issuer:
        facts["links_ended"] = Link.objects.filter(provider=row, ended_at=None).update(ended_at=at)
    record(row, action="federation.changed", by=by, at=at, facts=facts)
    transaction.on_commit(oidc.forget)
    return row


@transaction.atomic
def switch_provider(*, provider: Provider, active: bool, by: Actor, at: datetime) -> None:
    """Offer a platform on the log-in page, or no longer; nobody enters by one that is off."""
    row = Provider.objects.select_for_update().get(pk=provider.pk)
    if row.active == active:
        return
    row.active = active
    row.version += 1
    row.save(update_fields=["active", "version"])
    record(row, action="federation.switched_on" if active else "federation.switched_off", by=by, at=at)


def check_provider(*, provider: Provider, by: Actor, at: datetime) -> list[str]:
    """Ask a platform for its description and its keys, and write down that it was tried.

    Gives the addresses that it names. Errors: ProviderSilent, TokenRefused.
    """
    try:
        found = oidc.look(provider.settings())
    except (oidc.ProviderSilent, oidc.TokenRefused):
        record(provider, action="federation.tried", by=by, at=at, result=FAILED)
        raise
    record(provider, action="federation.tried", by=by, at=at)
    return found


def _fill(row: Provider, draft: ProviderDraft) -> None:
    for name in ("code", "name", "name_en", "client_id", "proof", "scopes", *_SWITCHES):
        setattr(row, name, getattr(draft, name))
    row.issuer = draft.issuer.strip().rstrip("/")
    row.claims = dict(draft.claims)
    if draft.secret:
        row.secret = draft.secret


_DEMANDS = ("levels", "methods", "max_age_minutes")
_SWITCHES = ("ask_userinfo", "phones_proven", "for_staff", *_DEMANDS)


def _facts(row: Provider) -> dict[str, object]:
    names = ("code", "name", "name_en", "issuer", "client_id", "proof", "scopes", "claims", *_SWITCHES)
    return {name: getattr(row, name) for name in names}


def _save(row: Provider) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise CodeInUse from error
