"""The rota: plan, copy, gaps, publication, absence, swaps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jingkai.kernel.notices.models import Notice
from jingkai.kernel.parties.api import ChangedMeanwhile
from jingkai.modules.windows.models import Shift
from jingkai.modules.windows.operations import rota
from jingkai.modules.windows.queries import counters as windows
from jingkai.modules.windows.queries import rota as queries
from jingkai.modules.windows.testing import Counters

MONDAY = date(2026, 3, 9)
TUESDAY = date(2026, 3, 10)


def plan(counters: Counters, cells: dict[tuple[date, str, int], str | None], version: int = 1) -> None:
    named = {
        (day, half, counters.window(number).pk): counters.actor(name).party_id if name else None
        for (day, half, number), name in cells.items()
    }
    by = counters.actor("approval_head")
    rota.save_plan(monday=MONDAY, plan=named, version=version, by=by, at=counters.at)


def test_planned_moved_and_emptied(counters: Counters) -> None:
    plan(counters, {(TUESDAY, "am", 1): "clerk", (TUESDAY, "am", 2): "clerk_2"})
    plan(counters, {(TUESDAY, "am", 1): "clerk_2", (TUESDAY, "am", 2): "clerk"}, version=2)
    plan(counters, {(TUESDAY, "am", 2): None}, version=3)
    shift = Shift.objects.get()
    assert (shift.window.number, shift.person_id) == (1, counters.actor("clerk_2").party_id)


def test_nobody_is_at_two_windows(counters: Counters) -> None:
    with pytest.raises(rota.TwoPlaces, match="李受理"):
        plan(counters, {(TUESDAY, "am", 1): "clerk", (TUESDAY, "am", 2): "clerk"})
    assert not Shift.objects.exists()


def test_a_stale_plan_is_refused(counters: Counters) -> None:
    plan(counters, {(TUESDAY, "am", 1): "clerk"})
    with pytest.raises(ChangedMeanwhile):
        plan(counters, {(TUESDAY, "am", 1): "clerk_2"}, version=1)


def test_gaps_are_named_also_for_who_is_away(counters: Counters) -> None:
    plan(counters, {(TUESDAY, "am", 1): "clerk"})
    clerk = counters.actor("clerk").party_id
    rota.note_absence(
        person_id=clerk or 0,
        starts_on=TUESDAY,
        ends_on=TUESDAY,
        reason="病假",
        by=counters.actor("approval_head"),
        at=counters.at,
    )
    week = queries.week_of(TUESDAY)
    assert week is not None
    away = queries.absences_between(MONDAY, MONDAY + timedelta(days=6))
    gaps = queries.gaps_of([TUESDAY], queries.shifts_of(week), windows.list_windows(), away)
    assert len(gaps) == 26
    assert [gap.absent for gap in gaps if gap.absent] == ["李受理"]


def test_copied_without_who_is_away(counters: Counters) -> None:
    plan(counters, {(TUESDAY, "am", 1): "clerk", (TUESDAY, "am", 2): "clerk_2"})
    next_monday, by = MONDAY + timedelta(days=7), counters.actor("approval_head")
    rota.note_absence(
        person_id=counters.actor("clerk").party_id or 0,
        starts_on=next_monday,
        ends_on=next_monday + timedelta(days=4),
        reason="年休假",
        by=by,
        at=counters.at,
    )
    week = rota.copy_last_week(monday=next_monday, by=by, at=counters.at)
    assert [shift.person_id for shift in queries.shifts_of(week)] == [counters.actor("clerk_2").party_id]
    with pytest.raises(rota.NothingToCopy):
        rota.copy_last_week(monday=MONDAY - timedelta(days=70), by=by, at=counters.at)


def test_published_once_and_everybody_told(counters: Counters) -> None:
    by = counters.actor("approval_head")
    with pytest.raises(rota.NothingPlanned):
        rota.publish(monday=MONDAY, by=by, at=counters.at)
    plan(counters, {(TUESDAY, "am", 1): "clerk"})
    for _try in range(2):
        rota.publish(monday=MONDAY, by=by, at=counters.at)
    assert Notice.objects.filter(kind="rota_published").count() == 1


def test_swap_is_carried_out_when_the_other_agrees(counters: Counters) -> None:
    plan(counters, {(TUESDAY, "am", 1): "clerk", (TUESDAY, "pm", 2): "clerk_2"})
    mine, theirs = Shift.objects.order_by("window__number")
    clerk, other = counters.actor("clerk"), counters.actor("clerk_2")
    with pytest.raises(rota.SwapNotPossible):
        rota.ask_swap(mine=mine, theirs=theirs, reason="看病", by=clerk, at=counters.at)
    rota.publish(monday=MONDAY, by=counters.actor("approval_head"), at=counters.at)
    mine, theirs = Shift.objects.select_related("week", "window").order_by("window__number")
    swap = rota.ask_swap(mine=mine, theirs=theirs, reason="看病", by=clerk, at=counters.at)
    with pytest.raises(rota.NotAsked):
        rota.answer_swap(swap=swap, agree=True, by=clerk, at=counters.at)
    rota.answer_swap(swap=swap, agree=True, by=other, at=counters.at)
    assert list(Shift.objects.order_by("window__number").values_list("person_id", flat=True)) == [
        other.party_id,
        clerk.party_id,
    ]
    with pytest.raises(rota.NotAsked):
        rota.answer_swap(swap=swap, agree=False, by=other, at=counters.at)
