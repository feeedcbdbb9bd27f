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
from jingkai.kernel.calendar.api import Calendar
from jingkai.kernel.hooks.api import local
from jingkai.modules.approvals import queries
from jingkai.modules.approvals.models import (
    Application,
    ApplicationItem,
    Decision,
    ExpertReview,
    Mandate,
    Question,
    Submission,
)
from jingkai.modules.approvals.queries import MatterFile
from jingkai.ui.data import ClockBar, JourneyStep, Span
from jingkai.ui.words import day


def journey_steps(matter: MatterFile, *, public: bool = False) -> list[JourneyStep]:
    """Everything that happened, newest first; the present holders stand on top.

    On the public tracking page no names of persons are shown, only units.
    """
    due, begun = matter.due_days, matter.application.created_at
    now = [_holder_step(holder, public, due.get(holder.clock)) for holder in _holders(matter.application)]
    past = sorted(_past(matter, public), key=lambda step: step.at or begun, reverse=True)
    return now + past


def public_journey(matter: MatterFile, *, at: datetime) -> dict[str, Any]:
    """What a tracking page without an account shows: the journey and the clocks, no names, no facts."""
    application = matter.application
    assert application.case is not None
    return {
        "application": application,
        "reference": application.case.reference,
        "steps": journey_steps(matter, public=True),
        "bars": clock_bars(matter, at=at),
        "running": matter.counted_clocks,
        "calendar": matter.calendar,
        "at": at,
    }


def clock_bars(matter: MatterFile, *, at: datetime) -> list[ClockBar]:
    """One bar for each running limit: acceptance while it runs, then one for each department."""
    named = [(item.clock, local(item.item, "name"), _conclusion(item)) for item in matter.items]
    if not named:
        named = [(one, _("Acceptance"), "") for one in matter.counted_clocks]
    return [_bar(one, label, done, at, matter.calendar) for one, label, done in named]


def _bar(one: Clock, label: str, done: str, at: datetime, calendar: Calendar) -> ClockBar:
    usage = clock.usage(one, at, calendar)
    full = max(usage.statutory + usage.suspended, usage.used + usage.suspended, 1)
    used = min(usage.used * 100 / full, 100)
    held = [Span(used, min(used + usage.suspended * 100 / full, 100))] if usage.suspended else []
    promised = min(usage.promised * 100 / full, 100) if usage.promised else None
    unit = usage.unit
    detail = _("used %(used)s, promised %(promised)s, statutory %(statutory)s, excluded %(held)s") % {
        "used": clock.limit_words(usage.used, unit),
        "promised": clock.limit_words(usage.promised, unit) if usage.promised else "—",
        "statutory": clock.limit_words(usage.statutory, unit),
        "held": clock.limit_words(usage.suspended, unit),
    }
    light = clock.light_of(one, at, calendar)
    return ClockBar((done and f"{label} · {done}") or label, light, used, promised, held, detail)


def _conclusion(item: ApplicationItem) -> str:
    return {"agreed": _("agreed"), "objected": _("did not agree")}.get(item.state, "")


def _holders(application: Application) -> Iterable[Holder]:
    if application.case_id is None:
        return ()
    return cases.holders([application.case_id]).get(application.case_id, ())


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


def _past(matter: MatterFile, public: bool) -> Iterator[JourneyStep]:
    yield from _submissions(matter, public)
    for question in matter.questions:
        yield from _question(question)
    for review in matter.reviews:
        yield from _review(review)
    yield from _opinions(matter.application, public)
    yield from _decision(matter, public)


def _submissions(matter: MatterFile, public: bool) -> Iterator[JourneyStep]:
    outcomes = {
        Submission.Outcome.ACCEPTED: (_("Accepted; the departments begin"), "done"),
        Submission.Outcome.REFUSED: (_("Not accepted"), "returned"),
        Submission.Outcome.WITHDRAWN: (_("Withdrawn by the applicant"), "returned"),
    }
    application, notice = matter.application, matter.correction
    for one in matter.submissions:
        title = _("Application received") if one.sequence == 1 else _("Corrections received")
        due = _("acceptance due by %(day)s") % {"day": day(one.clock.due_on)}
        who = "" if public else _handed_in_by(one, matter.mandates)
        yield JourneyStep(title, at=one.submitted_at, who=who, note=due)
        if one.outcome in outcomes:
            text, state = outcomes[Submission.Outcome(one.outcome)]
            moment = application.accepted_at if one.outcome == "accepted" else application.decided_at
            yield JourneyStep(text, at=moment or application.updated_at, state=state)  # type: ignore[arg-type]
    if notice is not None:
        number = notice.document.number_text
        yield JourneyStep(_("Told once what to correct"), at=notice.issued_at, note=number, state="returned")


def _handed_in_by(one: Submission, mandates: Iterable[Mandate]) -> str:
    """Both names, where an agent handed it in under a mandate (民法典 162)."""
    mandate = next((each for each in mandates if each.agent_id == one.submitted_by_id), None)
    if mandate is None:
        return ""
    names = {"agent": local(mandate.agent, "name"), "enterprise": local(mandate.enterprise, "name")}
    return _("%(agent)s acts for %(enterprise)s") % names


def _review(review: ExpertReview) -> Iterator[JourneyStep]:
    name, unit = local(review.item.item, "name"), local(review.item.unit, "name")
    stopped = _("%(item)s: clock stopped for an expert review") % {"item": name}
    yield JourneyStep(stopped, at=review.started_at, who=unit, note=review.basis, state="held")
    if review.ended_at:
        runs = _("%(item)s: clock runs again, %(days)d working days excluded")
        words = runs % {"item": name, "days": review.excluded_days}
        yield JourneyStep(words, at=review.ended_at, who=unit)


def _question(question: Question) -> Iterator[JourneyStep]:
    name, unit = local(question.item.item, "name"), local(question.item.unit, "name")
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
        if done.node_id in ("accept", "supplement", "seal") or not (done.unit or done.person):
            continue  # told elsewhere, or a place where the flow itself waited
        verdict = local(done, "outcome_name")
        who = local(done, "unit") if public else _both(local(done, "unit"), local(done, "person"))
        title = _("%(step)s: %(outcome)s") % {"step": local(done, "name"), "outcome": verdict}
        yield JourneyStep(title if verdict else local(done, "name"), at=done.at, who=who)


def _both(*names: str) -> str:
    return " · ".join(filter(None, names))


def _decision(matter: MatterFile, public: bool) -> Iterator[JourneyStep]:
    decision, rating = matter.decision, matter.rating
    if decision is not None and decision.document is not None:
        who = "" if public or decision.sealed_by is None else decision.sealed_by.name
        yield JourneyStep(
            _("Result sealed and ready"), at=decision.sealed_at, who=who, note=decision.document.number_text
        )
        if decision.collected_at:
            yield JourneyStep(_("Result downloaded"), at=decision.collected_at)
        yield from _paper(decision, public)
        if decision.document.ended_at:
            yield JourneyStep(_("Result revoked"), at=decision.document.ended_at, state="returned")
    if rating is not None and not public:
        yield JourneyStep(_("You rated the service"), at=rating.rated_at, note=f"{rating.level} / 5")


def _paper(decision: Decision, public: bool) -> Iterator[JourneyStep]:
    """The paper's way: posted, handed over, arrived; names stay off the public page."""
    if decision.document_id is None:
        return
    found = queries.deliveries_of([decision.document_id]).get(decision.document_id)
    if found is None or not found.way:
        return
    if found.sent_at:
        yield JourneyStep(_("Sent by post"), at=found.sent_at, note="" if public else found.waybill)
    if found.received_on and found.recorded_at:
        words = _("Arrived by post") if found.sent_on else _("Handed over at the window")
        yield JourneyStep(words, at=found.recorded_at, note="" if public else found.receiver)
