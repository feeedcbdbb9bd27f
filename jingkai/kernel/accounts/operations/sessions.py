"""Sessions ended by what they hold."""

from collections.abc import Collection
from datetime import datetime
from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction

from jingkai.kernel.accounts.models import User
from jingkai.kernel.audit.api import record
from jingkai.kernel.permissions.data import Actor


@transaction.atomic
def end_sessions_holding(
    *, user: User, name: str, values: Collection[Any], keys: Collection[str], by: Actor, at: datetime
) -> int:
    """End those sessions of a login that hold one of these values under a name; gives how many ended.

    `keys` are browsers that were about to sign in with it: what they had begun ends, too.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore
    rows = UserSession.objects.filter(user_id=user.pk)
    meant = [row for row in rows if store(row.session_key).get(name) in values]
    for row in meant:
        row.end()
    Session.objects.filter(session_key__in=keys).delete()
    if meant:
        facts = {"sessions": len(meant)}
        record(user, action="login.sessions_ended", by=by, at=at, for_=user.person_id, facts=facts)
    return len(meant)
