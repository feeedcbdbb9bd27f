"""A matter as a parcel's journey: what happened, who holds it, since when, due when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.data import Holder
from jingkai.casework.clock import api as clock
from jingkai.casework.clock.models import Clock
from jingkai.kernel.hooks.api import local
from jingkai.modules.approvals.models import (
    Application,
    ApplicationItem,
    Correction,
    Decision,
    Question,
    Rating,
    Submission,
)
from jingkai.modules.enterprises import api as enterprises
from jingkai.ui.data import ClockBar, JourneyStep, Span
from jingkai.ui.words import day


def journey_steps(application: Application, *, public: bool = False) -> list[JourneyStep]:
    """Everything that happened, newest first; the present holders stand on top.

    On the public tracking page no names of persons are shown, only units.
    """
    due = _due_days(application)
    now = [_holder_step(holder, public, due.get(holder.clock)) for holder in _holders(application)]
    past = sorted(
        _past(application, public), key=lambda step: step.at or application.created_at, reverse=True
    )
    return now + past


def public_journey(application: Application, *, at: datetime) -> dict[str, Any]:
    """What a tracking page without an account shows: the journey and the clocks, no names, no facts."""
    assert application.case is not None
    return {
        "application": application,
        "reference": application.case.reference,
        "steps": journey_steps(application, public=True),
        "bars": clock_bars(application, at=at),
        "running": counted_clocks(application),
        "at": at,
    }


def credit_code(application: Application) -> str:
    """The credit code of the applicant."""
    return enterprises.get_enterprise(application.enterprise_id).uscc


def clock_bars(application: Application, *, at: datetime) -> list[ClockBar]:
    """One bar for each running limit: acceptance while it runs, then one for each department."""
    items = list(application.items.select_related("clock", "item", "unit"))
    if items:
        return [_bar(item.clock, local(item.item, "name"), _conclusion(item), at) for item in items]
    last = application.submissions.select_related("clock").order_by("-sequence").first()
    return [_bar(last.clock, _("Acceptance"), "", at)] if last else []


def counted_clocks(application: Application) -> list[Clock]:
    """The clocks whose days the applicant is accounted for: those of the bars."""
    items = list(application.items.select_related("clock"))
    if items:
        return [item.clock for item in items]
    last = application.submissions.select_related("clock").order_by("-sequence").first()
    return [last.clock] if last else []


def _bar(one: Clock, label: str, done: str, at: datetime) -> ClockBar:
    usage = clock.usage(one, at)
    full = max(usage.statutory + usage.suspended, usage.used + usage.suspended, 1)
    used = min(usage.used * 100 / full, 100)
    held = [Span(used, min(used + usage.suspended * 100 / full, 100))] if usage.suspended else []
    promised = min(usage.promised * 100 / full, 100) if usage.promised else None
    detail = _(
        "used %(used)d, promised %(promised)s, statutory %(statutory)d working days, excluded %(held)d"
    ) % {
        "used": usage.used,
        "promised": usage.promised or "—",
        "statutory": usage.statutory,
        "held": usage.suspended,
    }
    light = clock.light_of(one, at)
    return ClockBar((done and f"{label} · {done}") or label, light, used, promised, held, detail)


def _conclusion(item: ApplicationItem) -> str:
    return {"agreed": _("agreed"), "objected": _("did not agree")}.get(item.state, "")


def _holders(application: Application) -> Iterable[Holder]:
    if application.case_id is None:
        return ()
    return cases.holders([application.case_id]).get(application.case_id, ())


def _due_days(application: Application) -> dict[str, date]:
    """The day on which each running clock of the case is due; the newest clock of a key counts."""
    if application.case_id is None:
        return {}
    running = (line for line in cases.list_clocks(application.case_id) if line.clock.state == "running")
    return {line.key: line.clock.due_on for line in sorted(running, key=lambda line: line.pk)}


def _holder_step(holder: Holder, public: bool, due: date | None) -> JourneyStep:
    unit = local(holder, "unit")
    name = local(holder, "name")
    who = unit or (_("Applicant") if public else name)
    if not public and holder.claimed and name != unit:
        who = " · ".join(part for part in (unit, name) if part)
    elif not holder.claimed:
        who = _("%(unit)s, not yet taken up") % {"unit": who}
    return JourneyStep(
        local(holder, "node_name"), at=holder.since, who=who, state="now", note=_due_words(due)
    )


def _due_words(due: date | None) -> str:
    if due is None:
        return _("in hand since")
    return _("due %(day)s, in hand since") % {"day": day(due)}


def _past(application: Application, public: bool) -> Iterator[JourneyStep]:
    yield from _submissions(application)
    yield from _reviews(application, public)
    yield from _decision(application, public)


def _submissions(application: Application) -> Iterator[JourneyStep]:
    outcomes = {
        Submission.Outcome.ACCEPTED: (_("Accepted; the departments begin"), "done"),
        Submission.Outcome.REFUSED: (_("Not accepted"), "returned"),
        Submission.Outcome.WITHDRAWN: (_("Withdrawn by the applicant"), "returned"),
    }
    for one in application.submissions.select_related("clock"):
        title = _("Application received") if one.sequence == 1 else _("Corrections received")
        yield JourneyStep(
            title, at=one.submitted_at, note=_("acceptance due by %(day)s") % {"day": day(one.clock.due_on)}
        )
        if one.outcome in outcomes:
            text, state = outcomes[Submission.Outcome(one.outcome)]
            moment = application.accepted_at if one.outcome == "accepted" else application.decided_at
            yield JourneyStep(text, at=moment or application.updated_at, state=state)  # type: ignore[arg-type]
    for notice in Correction.objects.filter(application=application).select_related("document"):
        yield JourneyStep(
            _("Told once what to correct"),
            at=notice.issued_at,
            note=notice.document.number_text,
            state="returned",
        )


def _reviews(application: Application, public: bool) -> Iterator[JourneyStep]:
    for item in application.items.select_related("item", "unit", "clock").prefetch_related(
        "questions", "expert_reviews"
    ):
        name = local(item.item, "name")
        unit = local(item.unit, "name")
        for question in item.questions.all():
            yield from _question(question, name, unit)
        for review in item.expert_reviews.all():
            yield JourneyStep(
                _("%(item)s: clock stopped for an expert review") % {"item": name},
                at=review.started_at,
                who=unit,
                note=review.basis,
                state="held",
            )
            if review.ended_at:
                yield JourneyStep(
                    _("%(item)s: clock runs again, %(days)d working days excluded")
                    % {"item": name, "days": review.excluded_days},
                    at=review.ended_at,
                    who=unit,
                )
    yield from _opinions(application, public)


def _question(question: Question, name: str, unit: str) -> Iterator[JourneyStep]:
    yield JourneyStep(
        _("%(item)s: a question to you") % {"item": name},
        at=question.asked_at,
        who=unit,
        note=_("the clock keeps running"),
    )
    if question.answered_at:
        yield JourneyStep(_("%(item)s: your answer") % {"item": name}, at=question.answered_at)


def _opinions(application: Application, public: bool) -> Iterator[JourneyStep]:
    if application.case_id is None:
        return
    for done in cases.done_tasks(application.case_id):
        if done.node_id in ("accept", "supplement", "seal"):
            continue
        verdict = local(done, "outcome_name")
        who = local(done, "unit") if public else " · ".join(filter(None, (local(done, "unit"), done.person)))
        yield JourneyStep(
            f"{local(done, 'name')}：{verdict}" if verdict else local(done, "name"), at=done.at, who=who
        )


def _decision(application: Application, public: bool) -> Iterator[JourneyStep]:
    decision = (
        Decision.objects.filter(item__application=application, document__isnull=False)
        .select_related("document", "sealed_by")
        .first()
    )
    if decision is not None and decision.document is not None:
        who = "" if public or decision.sealed_by is None else decision.sealed_by.name
        yield JourneyStep(
            _("Result sealed and ready"), at=decision.sealed_at, who=who, note=decision.document.number_text
        )
        if decision.collected_at:
            yield JourneyStep(_("Result downloaded"), at=decision.collected_at)
        if decision.document.ended_at:
            yield JourneyStep(_("Result revoked"), at=decision.document.ended_at, state="returned")
    rating = Rating.objects.filter(application=application).first()
    if rating is not None and not public:
        yield JourneyStep(_("You rated the service"), at=rating.rated_at, note=f"{rating.level} / 5")
