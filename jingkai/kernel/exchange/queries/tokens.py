"""Lists of tokens."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from jingkai.kernel.exchange.models import ApiToken
from jingkai.kernel.parties.models import Party


def filtered_tokens(
    *,
    on: datetime,
    text: str = "",
    state: str = "",
    scope: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[ApiToken]:
    """Tokens, narrowed by words, by whether they are good today, by scope, and by when they were made."""
    found = ApiToken.objects.select_related("enterprise")
    good = Q(revoked_at=None, expires_at__gt=on)
    if state == "good":
        found = found.filter(good)
    elif state == "revoked":
        found = found.exclude(revoked_at=None)
    elif state == "ended":
        found = found.filter(revoked_at=None, expires_at__lte=on)
    if scope:
        found = found.filter(scopes__contains=[scope])
    if since:
        found = found.filter(created_at__gte=since)
    if until:
        found = found.filter(created_at__lt=until)
    if text:
        words = Q(name__icontains=text) | Q(contact__icontains=text) | Q(hint__startswith=text[:8])
        found = found.filter(words | Q(enterprise__name__icontains=text))
    return found


def enterprises_named(text: str) -> list[Party]:
    """Enterprises whose name holds these words, for the choice in a form."""
    found = Party.objects.filter(kind="enterprise", active=True)
    return list(found.filter(name__icontains=text).order_by("pinyin")[:20]) if text else []
