"""The unified log-in of the demonstration zone: its stand-in, connected and switched on."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from jingkai.kernel.federation.api import ProviderDraft, add_provider, change_provider, switch_provider
from jingkai.kernel.federation.models import Provider
from jingkai.kernel.permissions.data import SYSTEM

CODE = "demo"


def seed(at: datetime) -> None:
    """Connect the stand-in; its port is another at every start."""
    if not settings.UNIFIED_LOGIN_URL:
        return
    draft = ProviderDraft(
        code=CODE,
        name="统一身份认证（演示）",
        name_en="Unified log-in (demonstration)",
        issuer=settings.UNIFIED_LOGIN_URL,
        client_id="jingkai",
        secret=settings.UNIFIED_LOGIN_SECRET,
    )
    row = Provider.objects.filter(code=CODE).first()
    if row is None:
        made = add_provider(draft=draft, by=SYSTEM, at=at)
        switch_provider(provider=made, active=True, by=SYSTEM, at=at)
    elif (row.issuer, row.secret) != (draft.issuer, draft.secret):
        change_provider(provider=row, draft=draft, version=row.version, by=SYSTEM, at=at)
