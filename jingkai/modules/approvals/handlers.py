"""Reactions of the service hall to what happened, one call each."""

from __future__ import annotations

from django.utils import timezone

from jingkai.casework.clock.events import ClockExtended
from jingkai.kernel.events import api as events
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.events import (
    ApplicationAccepted,
    ApplicationSubmitted,
    ItemSealed,
    ResultDelivered,
    ResultReplaced,
    ResultSealed,
    ServiceRated,
)
from jingkai.modules.approvals.models import Decision
from jingkai.modules.approvals.operations import reporting
from jingkai.modules.enterprises.events import EnterpriseHandedOver
from jingkai.modules.licences.events import ConsentRevoked, LicenceExpired
from jingkai.records.seals.events import SealArrived


def on_result_sealed(event: ResultSealed) -> None:
    """A granted review opens the way to the construction permit: ask the province for it."""
    decision = Decision.objects.get(pk=event.decision_id)
    if decision.outcome == Decision.Outcome.GRANTED:
        events.enqueue("approvals.fetch_permit", application_id=event.application_id)


def on_licence_expired(event: LicenceExpired) -> None:
    """Flag the running matters in which the licence is used, and tell their applicants."""
    operations.note_expiry(entry_id=event.entry_id, at=timezone.now())


def on_consent_revoked(event: ConsentRevoked) -> None:
    """Take the file out of a draft; what was handed in stays."""
    operations.withdraw_use(consent_id=event.consent_id, at=timezone.now())


def on_enterprise_handed_over(event: EnterpriseHandedOver) -> None:
    """Give the old representative's drafts and running matters to the new one."""
    if event.from_person_id is not None:
        operations.pass_on_matters(
            enterprise_id=event.enterprise_id,
            from_person_id=event.from_person_id,
            to_person_id=event.to_person_id,
            at=timezone.now(),
        )


def on_submitted(event: ApplicationSubmitted) -> None:
    """Tell other systems of an application; the first submission is reported, later ones are steps."""
    at, number = timezone.now(), event.application_id
    if event.sequence == 1:
        reporting.report_application(application_id=number, at=at)
    else:
        reporting.report_progress(application_id=number, step=f"补正后重新提交 {event.sequence}", at=at)
    reporting.announce(
        event="application.submitted", key=f"{number}:{event.sequence}", application_id=number, at=at
    )


def on_accepted(event: ApplicationAccepted) -> None:
    """Tell other systems that the window accepted."""
    at, number = timezone.now(), event.application_id
    reporting.report_progress(application_id=number, step="受理", at=at)
    reporting.announce(event="application.accepted", key=str(number), application_id=number, at=at)


def on_result_told(event: ResultSealed | ItemSealed) -> None:
    """Tell other systems of a sealed result, of a matter or of one of its items."""
    at, number = timezone.now(), event.application_id
    reporting.report_result(decision_id=event.decision_id, at=at)
    reporting.announce(event="result.sealed", key=str(event.decision_id), application_id=number, at=at)


def on_result_replaced(event: ResultReplaced) -> None:
    """Tell the province which document took a result's place."""
    reporting.report_replacement(replacement_id=event.replacement_id, at=timezone.now())


def on_rated(event: ServiceRated) -> None:
    """Tell other systems of a rating."""
    at, number = timezone.now(), event.application_id
    reporting.report_evaluation(application_id=number, at=at)
    reporting.announce(event="service.rated", key=str(number), application_id=number, at=at)


def on_clock_extended(event: ClockExtended) -> None:
    """An item's limit was extended: issue the notice that tells the applicant why (行政许可法 42)."""
    operations.note_extension(clock_id=event.clock_id, at=timezone.now())


def on_result_delivered(event: ResultDelivered) -> None:
    """Tell other systems that the result reached the applicant."""
    reporting.report_progress(application_id=event.application_id, step="送达", at=timezone.now())


def on_seal_arrived(event: SealArrived) -> None:
    """A paper is back from the state seal service: the result is told, delivered, put in another's place."""
    operations.go_on_with_sealed(sealing_id=event.sealing_id)
