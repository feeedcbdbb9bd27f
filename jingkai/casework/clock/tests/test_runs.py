"""A new calendar: the preview, all open clocks computed anew with progress, and what people are told."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jingkai.casework.clock import api as clocks
from jingkai.casework.clock import jobs, operations
from jingkai.casework.clock.data import ClockStart, ClockSubject
from jingkai.casework.clock.models import Clock, LedgerEntry, Reprojection
from jingkai.casework.clock.rules.subjects import SubjectSource, subject_sources
from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.calendar import api as calendar
from jingkai.kernel.calendar.data import NamedDay
from jingkai.kernel.calendar.models import CalendarDraft
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.submissions.testing import with_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_rules")]
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 9, 14, 10, tzinfo=ZONE)
NOTICES = Path(calendar.__file__).parent / "tests" / "data" / "notices"


def start(number: int) -> list[Clock]:
    limit = clocks.get_limit("permit_decision", on=NOW.date())
    starts = [ClockStart(limit=limit, label=f"审查{n}") for n in range(number)]
    return clocks.start_clocks(starts=starts, by=SYSTEM, at=NOW)


def named() -> list[NamedDay]:
    """What the notice of 2026 says."""
    return list(calendar.name_days(date(2026, 1, 1), date(2026, 12, 31)).values())


def changed() -> list[NamedDay]:
    """The notice of 2026 with one day more off in October and one make-up day less."""
    days = [day for day in named() if day.on != date(2026, 10, 10)]
    return [*days, NamedDay(date(2026, 10, 8), False, "国庆节", "National Day")]


def draft(days: list[NamedDay]) -> CalendarDraft:
    return calendar.draft_year(year=2026, days=days, source="国办发明电〔2026〕1号", by=SYSTEM, at=NOW)


@pytest.fixture
def in_hand(cast: Cast) -> Any:
    """Every clock is in the hands of the officer of fire safety."""
    subject = ClockSubject(
        reference="SP2026-00001",
        title="二期厂房",
        title_en="Plant 2",
        url="",
        holders=(cast.officer_fire.party_id or 0,),
        units=cast.officer_fire.unit_ids[:1],
    )
    source = SubjectSource("test", lambda ids: dict.fromkeys(ids, subject), lambda _actor, _id: True)
    with subject_sources.only(source), time_machine.travel(NOW):
        yield subject


@pytest.mark.usefixtures("in_hand")
def test_preview_shows_every_due_day_that_will_move_and_moves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    several = start(5)
    made = draft(changed())
    run_jobs()
    run = Reprojection.objects.get(draft_id=made.pk)
    assert (run.state, run.total, run.done, run.moved) == ("done", 5, 5, 5)
    moves = {(move.clock_id, move.due_before, move.due_after) for move in run.moves.all()}
    assert moves == {(clock.pk, date(2026, 10, 16), date(2026, 10, 20)) for clock in several}
    assert set(Clock.objects.values_list("due_on", flat=True)) == {date(2026, 10, 16)}
    assert Notice.objects.count() == 0


@pytest.mark.usefixtures("in_hand")
def test_confirmed_calendar_moves_what_the_preview_said_and_each_clock_says_why(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    several = start(5)
    ended = clocks.stop_clock(clock=start(1)[0], outcome="granted", by=SYSTEM, at=NOW)
    made = draft(changed())
    run_jobs()
    year = calendar.put_in_force(draft=made, by=SYSTEM, at=NOW)
    run_jobs()
    run = Reprojection.objects.get(year=2026, calendar_version=year.version)
    preview = Reprojection.objects.get(draft_id=made.pk)
    told = ["clock_id", "due_before", "due_after"]
    assert list(run.moves.values_list(*told)) == list(preview.moves.values_list(*told))
    for clock in several:
        clock.refresh_from_db()
        line = LedgerEntry.objects.filter(clock=clock).last()
        assert line is not None
        assert (line.kind, line.basis, line.due_after) == ("reproject", "国办发明电〔2026〕1号", clock.due_on)
        assert line.facts == {"calendar_year": 2026, "calendar_version": year.version}
        assert list(entries_of(clock))[-1].action == "clock.reproject"
    ended.refresh_from_db()
    assert ended.due_on == date(2026, 10, 16)
    notice = Notice.objects.get(kind="due_days_moved")
    assert notice.to_id == cast.officer_fire.party_id
    assert "5" in notice.title
    jobs.reproject_open(run_id=run.pk)
    assert (Notice.objects.count(), LedgerEntry.objects.filter(kind="reproject").count()) == (1, 5)


@pytest.mark.usefixtures("in_hand")
def test_crash_between_batches_is_made_good_and_moves_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    start(5)
    calendar.put_in_force(draft=draft(changed()), by=SYSTEM, at=NOW)
    run = operations.begin_reprojection(year=2026, version=99, source="x", at=NOW)
    assert operations.run_batch(run_id=run.pk, size=2, at=NOW)
    assert Clock.objects.filter(due_on=date(2026, 10, 20)).count() == 2
    jobs.reproject_open(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.done) == ("done", 5)
    assert LedgerEntry.objects.filter(kind="reproject").count() == 5
    assert operations.begin_reprojection(year=2026, version=99, source="x", at=NOW).pk == run.pk


@pytest.mark.usefixtures("in_hand")
def test_undoing_is_reading_the_old_version_in_again() -> None:
    clock = start(1)[0]
    before = named()
    calendar.put_in_force(draft=draft(changed()), by=SYSTEM, at=NOW)
    run_jobs()
    calendar.put_in_force(draft=draft(before), by=SYSTEM, at=NOW)
    run_jobs()
    clock.refresh_from_db()
    assert clock.due_on == date(2026, 10, 16)
    assert [line.kind for line in clocks.list_ledger(clock=clock)] == ["start", "reproject", "reproject"]


def test_queries_of_a_batch_do_not_grow_with_its_clocks(django_assert_num_queries: Any) -> None:
    counts = []
    for number in (3, 12):
        ids = [clock.pk for clock in start(number)]
        version = calendar.list_years()[0].version
        on = date(2026, 9, 16 + len(counts))
        calendar.set_day(on=on, working=False, reason="停工", version=version, by=SYSTEM, at=NOW)

        with CaptureQueriesContext(
            connection,
        ) as seen:
            done = clocks.reproject_clocks(clock_ids=ids, reason="停工", by=SYSTEM, at=NOW)
        assert len(done.moved) == number
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 20


@pytest.mark.usefixtures("in_hand")
def test_pages_show_progress_and_moves_to_whoever_may(
    cast: Cast, client: Client, django_assert_max_num_queries: Any
) -> None:
    start(60)
    made = draft(changed())
    log_in(client, cast.system_admin)
    page = client.get(f"/system/calendar/drafts/{made.uuid}")
    assert page.status_code == 200
    run_jobs()
    text = client.get(f"/system/calendar/drafts/{made.uuid}").content.decode()
    run = Reprojection.objects.get(draft_id=made.pk)
    assert f"/clocks/moves/{run.uuid}" in text
    with django_assert_max_num_queries(11):
        first = client.get(f"/clocks/moves/{run.uuid}")
    assert first.content.decode().count("SP2026-00001") == 50
    second = client.get(f"/clocks/moves/{run.uuid}{first.context['pager'].older_url}")
    assert second.content.decode().count("SP2026-00001") == 10
    assert client.get(f"/clocks/moves/{run.uuid}/progress").status_code == 200
    log_in(client, cast.officer_fire)
    assert client.get(f"/clocks/moves/{run.uuid}").status_code == 404
    assert client.get(f"/clocks/moves/{run.uuid}/progress").status_code == 404
    calendar.put_in_force(draft=made, by=SYSTEM, at=NOW)
    run_jobs()
    applied = Reprojection.objects.get(draft_id__isnull=True, year=2026, calendar_version=2)
    mine = client.get(f"/clocks/moves/{applied.uuid}").content.decode()
    assert mine.count("SP2026-00001") == 50
    log_in(client, cast.officer_quality)
    assert "SP2026-00001" not in client.get(f"/clocks/moves/{applied.uuid}").content.decode()


@pytest.mark.usefixtures("in_hand")
def test_pasted_notice_moves_clocks_from_the_browser(cast: Cast, client: Client) -> None:
    clock = start(1)[0]
    version = calendar.list_years()[0].version
    calendar.set_day(on=date(2026, 9, 17), working=False, reason="误填", version=version, by=SYSTEM, at=NOW)
    run_jobs()
    user = log_in(client, cast.system_admin)
    text = (NOTICES / "2026.txt").read_text(encoding="utf-8")
    url = "/system/calendar/2026/import"
    page = client.post(url, with_token({"text": text, "source": ""}, user=user), follow=True)
    made = page.context["draft"]
    run_jobs()
    url = f"/system/calendar/drafts/{made.uuid}/in-force"
    assert client.post(url, with_token({}, user=user)).status_code == 302
    run_jobs()
    clock.refresh_from_db()
    assert clock.due_on == date(2026, 10, 16)
    assert "国办发明电〔2025〕7号" in client.get("/system/calendar/2026").content.decode()
