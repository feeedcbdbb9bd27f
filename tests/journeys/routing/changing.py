"""Scenes of a changed flow: what becomes of each running matter, none lost, every date kept."""

from __future__ import annotations

from django.utils import timezone
from playwright.sync_api import expect

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case, CaseClock, Task, Timer
from jingkai.casework.clock.models import Clock
from jingkai.casework.designer.models import Design
from jingkai.casework.designer.operations import start_plain
from jingkai.config.demo.telling import actor
from jingkai.kernel.events.api import run_jobs
from tests.journeys.routing.drawing import KEY, SECOND, drawn
from tests.journeys.routing.office import Office, open_steps


def clock_of(case: Case) -> Clock:
    """Give the clock that runs for the whole matter."""
    return CaseClock.objects.select_related("clock").get(case=case, clock__state="running").clock


def begin_by_hand(title: str) -> Case:
    """One more matter, which waits for the head."""
    at = timezone.now()
    officer = actor("xiaofang", at)
    case = start_plain(key=KEY, title=title, by=officer, at=at)
    task = Task.objects.get(case=case, state="open")
    cases.complete_task(task=task, outcome="submit", by=officer, at=at)
    return case


def change_the_flow(office: Office) -> Case:
    """The flow gets one more step and another last one; what changes is shown before it is published."""
    office.on("2026-09-17 09:00")
    waiting = begin_by_hand("购置防护装备")
    design = Design.objects.get(key=KEY)
    file = office.zone.folder / "joint-2.bpmn"
    file.write_text(drawn(SECOND), encoding="utf-8")
    page = office.at("shixiang", f"/system/flows/{design.uuid}/import/")
    page.locator("[name=file]").set_input_files(str(file))
    office.who("shixiang").page.locator("main form button.btn-primary").click()
    expect(page.locator("[data-designer][data-drawn]")).to_be_visible()
    page = office.at("shixiang", f"/system/flows/{design.uuid}/publish/")
    expect(page.get_by_text("印发通知").first).to_be_visible()
    office.who("shixiang").press("发布")
    expect(page.get_by_text("第 2 版已发布").first).to_be_visible()
    return waiting


def move_running_matters(office: Office, filed: Case, signed: Case, waiting: Case) -> None:
    """The dry run names each fate; who stands at a lost step stays until it is mapped; dates stay."""
    design, clock = Design.objects.get(key=KEY), clock_of(filed)
    due = clock.due_on
    timers = list(Timer.objects.order_by("pk").values_list("pk", "due_at"))
    page = office.at("sysadmin", f"/system/flows/{design.uuid}/migrate/")
    row = page.locator("tr", has_text=filed.reference)
    expect(row).to_contain_text("保留")
    expect(row).to_contain_text("归档登记")
    expect(row).to_contain_text(due.isoformat())
    expect(page.locator("tr", has_text=waiting.reference)).to_contain_text("转移")
    expect(page.locator("tr", has_text=signed.reference)).to_contain_text("部门会签")
    office.camera.shoot(page, "fates")
    office.who("sysadmin").press("立即转移")
    run_jobs()
    page.reload(wait_until="networkidle")
    expect(page.get_by_text(filed.reference).first).to_be_visible()
    expect(page.get_by_text("归档登记").first).to_be_visible()
    office.camera.shoot(page, "moved", leaving=True)
    assert [_version(one) for one in (filed, signed, waiting)] == [1, 2, 2]
    page = office.at("sysadmin", f"/system/flows/{design.uuid}/migrate/")
    page.locator("[name='map:record']").select_option("archive")
    office.who("sysadmin").press("试算")
    expect(page.locator("tr", has_text=filed.reference)).to_contain_text("归档立卷")
    office.who("sysadmin").press("立即转移")
    run_jobs()
    assert _version(filed) == 2
    assert open_steps(filed) == {"archive": ["孙丽"]}
    clock.refresh_from_db()
    assert clock.due_on == due
    assert list(Timer.objects.order_by("pk").values_list("pk", "due_at"))[: len(timers)] == timers
    office.decide("chuangkou", filed, "归档立卷", "办结")
    filed.refresh_from_db()
    assert (filed.state, filed.outcome) == ("closed", "agree")
    run_jobs()
    clock.refresh_from_db()
    assert (clock.state, clock.on_time) == ("stopped", True)


def _version(case: Case) -> int:
    return Case.objects.select_related("flow_version").get(pk=case.pk).flow_version.version
