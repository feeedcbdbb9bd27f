"""What `jingkai doctor` asks about the trail."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jingkai.kernel.audit.models import Checkpoint, TrailEntry, TrailNews
from jingkai.kernel.audit.operations import CheckpointsWait, newest
from jingkai.kernel.audit.queries.shelved import beyond
from jingkai.kernel.hooks.api import shelf
from jingkai.kernel.hooks.data import CheckResult, Shelf, ShelfAway

LATE = timedelta(minutes=2)

_RIGHTS = """
SELECT r.rolsuper,
       bool_or(has_table_privilege(r.oid, t.oid, p.name)),
       bool_or(pg_get_userbyid(t.relowner) = r.rolname)
FROM pg_roles r, (VALUES ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS p(name), pg_class t
WHERE r.rolname = %s AND t.oid IN ('audit_trailentry'::regclass, 'audit_checkpoint'::regclass)
GROUP BY r.rolsuper
"""
_GUARDS = """
SELECT count(*) FROM pg_trigger WHERE tgname IN ('audit_entry_append_only', 'audit_checkpoint_append_only',
    'audit_entry_news') AND tgenabled IN ('O', 'A')
"""


def check_guards() -> CheckResult:
    """Prove that the product's role cannot change the trail and that the guards are switched on."""
    with connection.cursor() as cursor:
        cursor.execute(_RIGHTS, [settings.DATABASE_APP_ROLE])
        row = cursor.fetchone()
        cursor.execute(_GUARDS)
        guards = cursor.fetchone()[0]
    if guards != 3:
        advice = _(
            "Find out who switched them off, verify the trail, and run “jingkai migrate” on a new copy."
        )
        return CheckResult(
            "fail", _("Guards of the trail are missing or switched off in the database."), advice
        )
    if row is None or any(row):
        advice = _(
            "Give the product a role of its own in DATABASE_URL and run the migrations as another"
            " (DATABASE_OWNER_URL)."
        )
        return CheckResult("warn", _("The product's database role could change the trail."), advice)
    return CheckResult("ok", _("The product's database role can only add to the trail and read it."))


def check_checkpoints() -> CheckResult:
    """See that checkpoints keep up with the entries, and that the shelf holds what the next one continues."""
    if (shared := shelf()) is not None and (fault := _shelf_fault(shared)):
        return fault
    waiting = TrailNews.objects.order_by("id").first()
    last = Checkpoint.objects.order_by("-number").first()
    if waiting is None:
        number = last.number if last else 0
        return CheckResult("ok", _("Every entry is signed (checkpoint %(number)s).") % {"number": number})
    stream = {"stream_kind": waiting.stream_kind, "stream_id": waiting.stream_id}
    oldest = TrailEntry.objects.filter(**stream, sequence=waiting.first).first()
    if oldest and oldest.at > timezone.now() - LATE:
        return CheckResult("ok", _("The newest entries are about to be signed."))
    advice = _("See that the worker runs (“jingkai worker”), or sign by hand: “jingkai audit checkpoint”.")
    return CheckResult("warn", _("Entries of the trail have waited too long for their checkpoint."), advice)


def _shelf_fault(shared: Shelf) -> CheckResult | None:
    """Say why nothing can be signed at this machine, or that the older checkpoints lie only here."""
    try:
        noted, filed = newest()
        first = next(beyond(shared, 0), None)
    except CheckpointsWait as error:
        return CheckResult("fail", str(error.sentence), str(error.advice))
    except ShelfAway as error:
        advice = _("The trail goes on; its newest entries are signed when the bucket answers again.")
        return CheckResult("warn", str(error.sentence), advice)
    if (noted or filed) and (first is None or first[0] != 1):
        advice = _("Run on the machine that signed them: jingkai audit send")
        return CheckResult("warn", _("The trail's first checkpoints are not in the bucket."), advice)
    return None
