"""Publishing a form."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jingkai.casework.forms import queries, rules
from jingkai.casework.forms.data import FormFault
from jingkai.casework.forms.models import FormVersion
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor

_KEY = re.compile(r"[a-z][a-z0-9\-]{0,79}\.[a-z][a-z0-9_\-]{0,39}\Z")


class FormRefused(PersonFacingError):
    """A form cannot be published; `faults` says why, field by field."""

    status = 422
    advice = _("Correct the fields named and publish again. Running cases are not affected.")

    def __init__(self, name: str, faults: Sequence[FormFault]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        told = gettext("The form “%(name)s” has %(count)d faults. The first: %(field)s: %(message)s")
        facts = {"name": name, "count": len(self.faults), "field": first.field, "message": first.message}
        super().__init__(told % facts)


@transaction.atomic
def publish_form(*, key: str, definition: Mapping[str, Any], by: Actor, at: datetime) -> FormVersion:
    """Publish a form as its next version; running cases keep theirs.

    Publishing the very form that is current already changes nothing and returns it. Raises `FormRefused`
    with every fault.
    """
    form, faults = rules.read_definition(definition)
    if form is None or faults or not _KEY.match(key):
        raise FormRefused(key, faults or [FormFault("-", gettext("The key is not usable."))])
    text = json.dumps(definition, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    _lock_key(key)
    current = queries.find_current(key)
    if current is not None and current.digest == digest:
        return current
    version = FormVersion.objects.create(
        key=key,
        version=current.version + 1 if current else 1,
        name=form.name,
        name_en=form.name_en,
        definition=json.loads(text),
        digest=digest,
        published_by_id=by.party_id,
        published_at=at,
    )
    facts = {"key": key, "version": version.version, "digest": digest}
    audit.record(version, action="form.published", by=by, at=at, facts=facts)
    return version


def _lock_key(key: str) -> None:
    """Let one publication of a key pass at a time, so that version numbers have no race."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4707))", [key])
