"""The monthly report (效能月报): asked for, made in the background, issued by a person; versions are kept."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import zone
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.efficiency import rules
from jingkai.modules.efficiency.models import Report
from jingkai.modules.efficiency.operations.report_paper import SERIES, content_of, seed_series
from jingkai.records.documents import api as documents
from jingkai.records.documents.data import Paper

OWNER = "efficiency_report"


class MonthNotOver(PersonFacingError):
    """A month is reported when it is over."""

    sentence = _("This month is not over yet; its report can be made from its last day on.")
    status = 422


class ReportUnderWay(PersonFacingError):
    """One report of a month at a time."""

    sentence = _("A report of this month is being made just now.")
    advice = _("Wait for it; the page shows how far it is.")


class CannotIssue(PersonFacingError):
    """Only a draft is issued, once."""

    sentence = _("Only a draft can be issued; this report is not one (any more).")


class CannotTryAgain(PersonFacingError):
    """Only what failed is tried again."""

    sentence = _("This report did not fail (any more).")
    advice = _("Look at the page again; it may be made by now.")


@transaction.atomic
def ask_for_report(*, month: date, by: Actor, at: datetime) -> Report:
    """Ask for a month's report; a later version is a document of its own and the earlier stay.

    Errors: MonthNotOver, ReportUnderWay.
    """
    first = month.replace(day=1)
    if first >= timezone.localdate(at).replace(day=1):
        raise MonthNotOver
    under_way = (Report.State.ASKED, Report.State.RUNNING)
    if Report.objects.filter(month=first, state__in=under_way).exists():
        raise ReportUnderWay
    last = Report.objects.filter(month=first).aggregate(last=Max("version"))["last"] or 0
    report = Report.objects.create(month=first, version=last + 1, asked_by_id=by.party_id, asked_at=at)
    facts = {"month": f"{first:%Y-%m}", "version": report.version}
    audit.record(report, action="efficiency.report_asked", by=by, at=at, facts=facts)
    events.enqueue("efficiency.make_report", report_id=report.pk)
    return report


@transaction.atomic
def note_progress(*, report_id: int, percent: int) -> None:
    """Say how far a report is."""
    waiting = Report.objects.filter(pk=report_id, document=None)
    waiting.update(state=Report.State.RUNNING, percent=percent, problem="")


@transaction.atomic
def note_failure(*, report_id: int, error: Exception, by: Actor, at: datetime) -> None:
    """Say that a report could not be made and why; a report that was made meanwhile stays as it is."""
    report = Report.objects.select_for_update(of=("self",)).get(pk=report_id)
    if report.document_id is not None:
        return
    report.state, report.problem = Report.State.FAILED, rules.problem_of(error)
    report.save(update_fields=("state", "problem"))
    facts = {"problem": report.problem}
    audit.record(report, action="efficiency.report_failed", by=by, at=at, facts=facts, result="failed")


@transaction.atomic
def try_again(*, report: Report, by: Actor, at: datetime) -> Report:
    """Have a report that failed made once more, as the same version. Errors: CannotTryAgain."""
    found = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if found.state != Report.State.FAILED:
        raise CannotTryAgain
    found.state, found.percent, found.problem = Report.State.ASKED, 0, ""
    found.save(update_fields=("state", "percent", "problem"))
    audit.record(found, action="efficiency.report_tried_again", by=by, at=at)
    events.enqueue("efficiency.make_report", report_id=found.pk)
    return found


@transaction.atomic
def make_report(*, report_id: int, by: Actor, at: datetime) -> Report:
    """Typeset and number the report as a draft; a repetition of the job finds it made."""
    report = Report.objects.select_for_update(of=("self",)).get(pk=report_id)
    if report.document_id is not None:
        return report
    seed_series(by=by, at=at)
    organ = zone()
    title = f"{report.month.year}年{report.month.month}月政务服务效能月报"
    report.document = documents.prepare_document(
        paper=Paper(
            kind="efficiency_report",
            kind_name="效能月报",
            kind_name_en="Monthly report of efficiency",
            title=title,
            series=SERIES,
            content=content_of(
                month=report.month, version=report.version, title=title, agency=organ.name, at=at
            ),
            owner=(OWNER, report.pk),
            organ_name=organ.name,
            organ_id=organ.pk,
            template="efficiency/report",
        ),
        by=by,
        at=at,
    )
    report.state, report.percent, report.made_at = Report.State.DRAFT, 100, at
    report.save()
    facts = {"document": report.document.number_text, "digest": report.document.sha256}
    audit.record(report, action="efficiency.report_made", by=by, at=at, facts=facts)
    return report


@transaction.atomic
def issue_report(*, report: Report, by: Actor, at: datetime) -> Report:
    """Issue a draft: from now on its code says that it is valid. Errors: CannotIssue."""
    found = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if found.state != Report.State.DRAFT or found.document_id is None:
        raise CannotIssue
    documents.release_document(document_id=found.document_id, by=by, at=at)
    found.state, found.issued_by_id, found.issued_at = Report.State.ISSUED, by.party_id, at
    found.save()
    audit.record(found, action="efficiency.report_issued", by=by, at=at)
    return found
