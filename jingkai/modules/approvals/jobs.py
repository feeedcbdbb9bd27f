"""Background work of the service hall."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.events.api import Backoff, job, periodic
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals import operations, queries
from jingkai.modules.approvals.connectors.licences import LicenceNotIssued, LicenceSystem, LicenceSystemFailed
from jingkai.modules.approvals.models import Application
from jingkai.modules.approvals.operations import reporting
from jingkai.modules.enterprises import api as enterprises


@job(
    "approvals.fetch_permit",
    backoff=Backoff(attempts=10),
    label=_("Fetch the permit from the licence system"),
)
def fetch_permit(application_id: int) -> None:
    """Fetch the construction permit from the provincial licence system; retried while it does not answer."""
    application = Application.objects.select_related("case").get(pk=application_id)
    assert application.case is not None
    permit = operations.ask_for_permit(application=application, at=timezone.now())
    if permit.number or not settings.LICENCES_URL:
        return
    system = LicenceSystem(
        address=settings.LICENCES_URL,
        app_key=settings.LICENCES_KEY,
        app_secret=settings.LICENCES_SECRET,
    )
    try:
        answer = system.fetch_permit(
            project_code=str(application.facts.get("project_code", "")),
            holder=enterprises.get_enterprise(application.enterprise_id).uscc,
            reference=application.case.reference,
        )
    except (LicenceSystemFailed, LicenceNotIssued) as error:
        operations.record_permit_problem(permit=permit, problem=str(error))
        raise
    operations.record_permit(permit=permit, answer=answer, at=timezone.now())


@periodic("10 16 * * *", name="approvals.daily", label=_("Versions of items and powers whose day has come"))
def keep_the_day() -> None:
    """Just after midnight of the zone: put due versions in force, announce ends of powers, find gaps."""
    now = timezone.now()
    operations.apply_due_versions(by=SYSTEM, at=now)
    operations.announce_expiry(by=SYSTEM, at=now)
    operations.check_gaps(by=SYSTEM, at=now)


@periodic("*/5 * * * *", name="approvals.poll_orders", label=_("Ask the 12345 line for work orders"))
def poll_orders() -> None:
    """Take new work orders in; nothing to do without a way to the line."""
    reporting.poll_orders(at=timezone.now())


@periodic("20 18 * * *", name="approvals.fetch_items", label=_("Read the province's items"))
def fetch_items() -> None:
    """Read the items that the province publishes, once a night; a person looks at what they would change."""
    reporting.fetch_items(by=SYSTEM, at=timezone.now())


@periodic("10 17 * * *", label=_("Watch over conditions of simulated approvals"))
def watch_conditions() -> None:
    """Warn of conditions that must come soon, and give up those that have not come; after midnight."""
    at = timezone.now()
    on = timezone.localdate(at)
    for condition_id in queries.conditions_past(on=on):
        operations.lapse_condition(condition_id=condition_id, by=SYSTEM, at=at)
    for condition_id in queries.conditions_due_soon(on=on):
        operations.warn_of_condition(condition_id=condition_id, on=on, at=at)
