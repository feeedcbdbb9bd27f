"""A work order comes in: a case with one named person and a clock in working days, once."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, Q, When
from django.urls import reverse
from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.clock import api as clock
from jingkai.casework.clock.models import Clock
from jingkai.kernel.audit import api as audit
from jingkai.kernel.calendar import api as calendar
from jingkai.kernel.exchange.models import Exchange
from jingkai.kernel.notices import api as notices
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.hotline import rules
from jingkai.modules.hotline.data import CLOCK, FLOW, KIND, SERIES, Terms
from jingkai.modules.hotline.models import WorkOrder
from jingkai.modules.hotline.operations.seeding import ensure_flow
from jingkai.records.numbering import api as numbering


@transaction.atomic
def open_order(*, exchange_id: int, at: datetime) -> WorkOrder:
    """Open the case of a work order; one that has its case already is given back as it is."""
    row = Exchange.objects.select_for_update(of=("self",)).get(pk=exchange_id)
    earlier = WorkOrder.objects.filter(exchange=row).first()
    if earlier is not None:
        return earlier
    told, on = json.loads(row.payload), timezone.localdate(at)
    terms, title = rules.terms_on(on), str(told.get("title") or row.outside_number)
    unit_id = _unit(terms.unit)
    person = _who_receives(unit_id, on)
    ensure_flow(at=at)
    started = _start_limit(terms, told, on=on, at=at)
    case = cases.start_case(
        flow_key=FLOW,
        kind=KIND,
        title=f"12345 工单：{title}（{row.outside_number}）"[:200],
        title_en=f"12345 work order: {title} ({row.outside_number})"[:200],
        reference=numbering.next_number(series=SERIES, at=at, by=SYSTEM).text,
        variables={"handler": f"party:{person or unit_id}"},
        clocks={CLOCK: started},
        by=SYSTEM,
        at=at,
    )
    found = WorkOrder.objects.create(
        exchange=row, case=case, number=row.outside_number, title=title[:200], due_on=started.due_on
    )
    url = reverse("inbox:case", args=[case.uuid])
    Exchange.objects.filter(pk=row.pk).update(subject_url=url)
    audit.record(case, action="work_order.opened", by=SYSTEM, at=at, facts={"exchange": row.pk})
    facts = {"title": title, "due": started.due_on}
    to = [person] if person else organisation.people_with(rules.ANSWER, on, unit_id=unit_id)
    notices.notify(to=to, kind="work_order", at=at, facts=facts, url=url, case_ref=case.reference)
    return found


def _unit(code: str) -> int:
    """The unit that the rule names; where the zone has none of this code, its committee."""
    named = Case(When(code=code, then=0), default=1)
    rows = Unit.objects.filter(Q(code=code) | Q(parent=None)).order_by(named, "pk")
    return int(rows.values_list("pk", flat=True)[0])


def _who_receives(unit_id: int, on: date) -> int | None:
    """The named person: the head of the unit, else somebody there who answers work orders."""
    head = organisation.head_of(unit_id, on)
    if head is not None:
        return head.person_id
    return next(iter(organisation.people_with(rules.ANSWER, on, unit_id=unit_id)), None)


def _start_limit(terms: Terms, told: dict[str, Any], *, on: date, at: datetime) -> Clock:
    """Working days from the next one on: the zone's own number, or fewer where the line asks for that."""
    limit = clock.LimitValue(
        amount=min(terms.days, _days_given(str(told.get("dueAt") or ""), on) or terms.days),
        unit=clock.Unit.WORKING,
        key="work_order",
        rule_id=terms.rule_id,
        name="12345 工单",
        name_en="12345 work order",
        source="本地 12345 热线工单办理规定",
    )
    return clock.start_clock(
        limit=limit, on=on, label="12345 工单", label_en="12345 work order", by=SYSTEM, at=at
    )


def _days_given(text: str, on: date) -> int | None:
    """How many working days the line gives; None where it says nothing that can be read, or nothing left."""
    try:
        due = datetime.fromisoformat(text)
    except ValueError:
        return None
    last = timezone.localdate(due) if due.tzinfo else due.date()
    try:
        return calendar.load().working_days_between(on, last) or None if last > on else None
    except calendar.CalendarYearMissing:
        return None
