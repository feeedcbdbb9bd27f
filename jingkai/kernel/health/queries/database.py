"""Questions about the database: does it answer, who are we in it, does the queue move."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.hooks.api import has_replica, look_at_replica
from jingkai.kernel.hooks.data import CheckResult

OLDEST_SERVER = 150000
SLOW_ANSWER_MS = 100
HEARTBEAT_SECONDS = 60
MOST_AHEAD = 60
NEWEST_ENTRIES = 1000
_LINE = """
SELECT host(inet_client_addr()), ssl.version, ssl.cipher
FROM (SELECT pg_backend_pid() AS pid) AS own LEFT JOIN pg_stat_ssl AS ssl ON ssl.pid = own.pid AND ssl.ssl
"""
CLOCKS_APART, CLOCKS_FAR_APART = 2.0, 30.0
"""In seconds: from the first on somebody is warned, beyond the second codes of this moment no longer fit."""


def check_database() -> CheckResult:
    """Ask the server for its release and measure how long one answer takes."""
    connection.ensure_connection()
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('server_version_num')::int")
        release, number = cursor.fetchone()
    took = (time.perf_counter() - begun) * 1000
    facts = {"release": release, "ms": f"{took:.1f}"}
    message = _("PostgreSQL %(release)s answers in %(ms)s ms.") % facts
    if number < OLDEST_SERVER:
        return CheckResult("fail", message, _("Releases before 15 are not supported: upgrade the server."))
    if took > SLOW_ANSWER_MS:
        return CheckResult("warn", message, _("The server is slow or far away: place it near the product."))
    return CheckResult("ok", message)


def check_line() -> CheckResult:
    """Ask the server whether what we say to it over a network is encrypted."""
    with connection.cursor() as cursor:
        cursor.execute(_LINE)
        host, version, cipher = cursor.fetchone()
    if version:
        facts = {"version": version, "cipher": cipher}
        return CheckResult("ok", _("The database is reached over %(version)s, %(cipher)s.") % facts)
    if host is None or ip_address(host).is_loopback:
        return CheckResult("ok", _("The database is on this machine."))
    return CheckResult(
        "warn",
        _("The database is reached over the network unencrypted."),
        _("Give the server a certificate and add sslmode=verify-full&sslrootcert=… to DATABASE_URL."),
    )


def check_replica() -> CheckResult:
    """See that the replica, where one is named, follows the primary within the bound."""
    if not has_replica():
        return CheckResult("ok", _("No replica is named; everything reads the primary."))
    advice = _("Everything reads the primary meanwhile. Look at the replica's log and DATABASE_REPLICA_URL.")
    try:
        found = look_at_replica()
    except DatabaseError as error:
        return CheckResult("warn", _("The replica does not answer: %s") % str(error).strip()[:200], advice)
    if found is None:
        return CheckResult("warn", _("What is named as the replica follows no primary."), advice)
    behind = _("The replica is %(seconds)s s behind.") % {"seconds": f"{found.behind.total_seconds():.1f}"}
    late = found.behind > timedelta(seconds=settings.REPLICA_LAG)
    return CheckResult("warn", behind, advice) if late else CheckResult("ok", behind)


def check_clock(*, now: Callable[[], datetime] = timezone.now) -> CheckResult:
    """Compare the clock of this machine with that of the database: trail, limits and codes live by both."""
    before = now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    apart = abs((theirs - (before + (now() - before) / 2)).total_seconds())
    message = _("The clocks of this machine and of the database are %(seconds)s s apart.")
    told = message % {"seconds": f"{apart:.1f}"}
    if apart <= CLOCKS_APART:
        return CheckResult("ok", told)
    return CheckResult(
        "fail" if apart > CLOCKS_FAR_APART else "warn",
        told,
        _("Let both machines follow the same time server (chrony, NTP)."),
    )


def check_tables() -> CheckResult:
    """Compare the tables with the migrations of this release."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return CheckResult("ok", _("The tables are up to date."))
    return CheckResult("fail", _("The tables are older than this release."), _("Run “jingkai migrate”."))


def check_roles() -> CheckResult:
    """See that the product's role may not change tables, nor rewrite the trail (GB/T 22239)."""
    table = TrailEntry._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper OR rolcreaterole, pg_has_role(current_user, tableowner, 'USAGE'),"
            " has_table_privilege(current_user, quote_ident(tablename), 'UPDATE, DELETE, TRUNCATE')"
            " FROM pg_roles, pg_tables WHERE rolname = current_user AND tablename = %s",
            [table],
        )
        row = cursor.fetchone()
    if row is None:
        return CheckResult("fail", _("The trail has no table."), _("Run “jingkai migrate”."))
    user, powerful, owns, rewrites = row
    if powerful or owns or rewrites:
        return CheckResult(
            "fail",
            _("The role “%(role)s” of the product could rewrite the trail.") % {"role": user},
            _("Use two roles: “jingkai setup database” makes them and prints their addresses."),
        )
    return CheckResult("ok", _("The role “%(role)s” can only add to the trail.") % {"role": user})


def check_dates(*, at: datetime) -> CheckResult:
    """See that nothing was written down for later than now: then some clock was ahead."""
    newest = max(TrailEntry.objects.order_by("-pk").values_list("at", flat=True)[:NEWEST_ENTRIES], default=at)
    if newest <= at + timedelta(seconds=MOST_AHEAD):
        return CheckResult("ok", _("Nothing is dated later than now."))
    return CheckResult(
        "fail",
        _("Entries of the trail are dated up to %(newest)s: a clock was ahead, or this one was put back.")
        % {"newest": timezone.localtime(newest).strftime("%Y-%m-%d %H:%M:%S")},
        _("Set the clocks by a time server. The order of the entries holds; check their dates."),
    )


def check_jobs(*, at: datetime) -> CheckResult:
    """See that a worker is alive and that no work lies about."""
    alive, failed, late = _queue(at - timedelta(seconds=HEARTBEAT_SECONDS), at - timedelta(minutes=10))
    if not alive:
        return CheckResult(
            "fail", _("No worker is running: letters, clocks and checkpoints stand still."), _worker_advice()
        )
    if late:
        message = ngettext(
            "%(count)d job waits for more than 10 minutes.",
            "%(count)d jobs wait for more than 10 minutes.",
            late,
        )
        return CheckResult("warn", message % {"count": late}, _("Start another worker, or look at its log."))
    if failed:
        message = ngettext("%(count)d job failed.", "%(count)d jobs failed.", failed) % {"count": failed}
        return CheckResult("warn", message, _("See /system/jobs: read the error, then repeat the job."))
    return CheckResult("ok", _("A worker is running and nothing waits."))


def count_jobs() -> dict[str, int]:
    """Count the jobs that wait, run or failed, by state."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status::text, count(*) FROM procrastinate_jobs"
            " WHERE status IN ('todo', 'doing', 'failed') GROUP BY status"
        )
        return {"todo": 0, "doing": 0, "failed": 0, **dict(cursor.fetchall())}


def _queue(alive_since: datetime, late_since: datetime) -> tuple[int, int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > %s),"
            " (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'),"
            " (SELECT count(*) FROM procrastinate_jobs JOIN procrastinate_events e ON e.job_id ="
            "  procrastinate_jobs.id AND e.type = 'deferred' WHERE status = 'todo'"
            "  AND coalesce(scheduled_at, e.at) < %s)",
            [alive_since, late_since],
        )
        alive, failed, late = cursor.fetchone()
    return alive, failed, late


def _worker_advice() -> str:
    if settings.DEMO:
        return _("“jingkai demo” runs one; start it again.")
    return _("Start “jingkai worker” and keep it running (see docs/how-to/install.md).")
