"""Sessions in the database, as Django keeps them, read by a statement built once (`SESSION_ENGINE`)."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from jingkai.kernel.hooks.api import Prepared

_SESSION = Prepared(lambda slots: Session.objects.filter(session_key=slots.text("key")))


class SessionStore(db.SessionStore):
    """Django's store; only how it is read differs: every page of a person who is signed in reads it."""

    def _get_session_from_db(self) -> Session | None:
        found = _SESSION.first(key=self.session_key)
        if found is not None and found.expire_date > timezone.now():
            return found
        self._session_key = None
        return None
