"""From signature to start of building: a mandate, 14 items in one case, simulated, formal, reissued."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.clock import api as clock
from jingkai.config.demo.matters import actor, project_facts
from jingkai.config.demo.papers import make_file
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events.api import run_jobs
from jingkai.modules.approvals import api as approvals
from jingkai.modules.approvals.models import Application, ItemRun, Mandate
from jingkai.records.files import api as files
from tests.journeys.chromium import Camera, Visitor
from tests.journeys.people import upload
from tests.journeys.zone import Outside, Zone

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=15000)
PROJECT = "年产 120 万平方米线路板项目"
OFFICERS = {
    "filing": "touzi",
    "conditions": "ziran",
    "landplan": "ziran",
    "handover": "ziran",
    "design": "ziran",
    "worksplan": "ziran",
    "airdefence": "renfang",
    "quality": "zhian",
    "permit": "guihua",
}


def test_one_thing_runs_from_signature_to_start_of_building(zone: tuple[Zone, Outside]) -> None:
    """The story of the package, in a real browser; acts that recur are done as the pages do them."""
    place, _outside = zone
    camera = Camera("one-thing")
    _anyone_reads_the_guide(place, camera)
    _investor_gives_a_mandate(place, camera)
    matter = _agent_applies(place, camera)
    _departments_work(place, matter)
    _everybody_sees_the_network(place, camera, matter)
    _contract_turns_four_results_formal(place, camera, matter)
    _county_reissues(place, camera, matter)
    _hearing_and_extension(place, camera, matter)
    _comparison(place, camera, matter)
    assert audit.verify().intact
    assert not camera.faults, "\n".join(camera.faults)


def _anyone_reads_the_guide(place: Zone, camera: Camera) -> None:
    visitor = Visitor(place.browser, place.base)
    page = visitor.go("/services/industrial-project/")
    for words in ("14", "6 个部门", "粗线为关键路径", "建筑工程施工许可", "可模拟审批"):
        _sees(page, words)
    camera.shoot(page, "guide")
    visitor.close()


def _investor_gives_a_mandate(place: Zone, camera: Camera) -> None:
    investor = place.person("chengguang")
    page = investor.log_in("/my/mandates/new/")
    page.locator("[name=project_name]").fill(PROJECT)
    page.locator("[name=ends_on]").fill("2027-09-13")
    camera.shoot(page, "mandate-form")
    page.locator("[name=project_name]").fill(PROJECT)
    page.locator("[name=ends_on]").fill("2027-09-13")
    investor.press("发出委托书")
    _sees(page, "待专员接受")
    investor.close()


def _agent_applies(place: Zone, camera: Camera) -> Application:
    place.clock.set("2026-09-14 10:00")
    agent = place.person("daiban")
    page = agent.log_in("/agent/")
    page.get_by_role("link", name=PROJECT).first.click()
    agent.press("接受委托")
    _sees(page, "示开代〔2026〕1号")
    page.locator("[name=package]").select_option("industrial-project")
    agent.press("代企业开始申请")
    expect(page.locator("[name=project_name]")).to_have_value(PROJECT)
    matter = _fill_in()
    page = agent.go(f"/my/{matter.uuid}/check/")
    agent.press("提交申请")
    _sees(page, "（带办）代")
    camera.shoot(page, "submitted")
    agent.go("/agent/")
    camera.shoot(agent.page, "agent-projects")
    agent.close()
    return Application.objects.select_related("case").get(pk=matter.pk)


def _fill_in() -> Application:
    """The agent's typing and uploads, done as the pages do them."""
    at = timezone.now()
    mandate = Mandate.objects.get()
    matter = mandate.matters.get()
    by = approvals.act_under(mandate, act="upload", by=actor("daiban", at), on=timezone.localdate(at))
    facts = project_facts(PROJECT, actor("chengguang", at))
    matter = approvals.save_facts(application=matter, facts=facts, version=matter.version, by=by, at=at)
    for material in matter.package.materials.filter(required=True):
        approvals.add_material(
            application=matter, material=material, upload=_paper(material.name), by=by, at=at
        )
    return matter


def _departments_work(place: Zone, matter: Application) -> None:
    place.clock.set("2026-09-15 10:00")
    approvals.accept_application(**_act(matter, "accept", "chuangkou"))
    place.clock.set("2026-09-16 10:00")
    for code in ("design-documents", "construction-papers"):
        at = timezone.now()
        approvals.supply_material(
            application=matter,
            material=matter.package.materials.get(code=code),
            upload=_paper(code),
            by=actor("chengguang", at),
            at=at,
        )
    for day, branch in enumerate(OFFICERS):
        place.clock.set(f"2026-09-{17 + day // 3} {10 + day % 3 * 2}:00")
        _decide(matter, branch)
    run_jobs()
    states = dict(ItemRun.objects.filter(application=matter).values_list("branch", "state"))
    assert sum(state == ItemRun.State.CONDITIONAL for state in states.values()) == 4


def _decide(matter: Application, branch: str) -> None:
    text = "符合法定条件和标准，同意。"
    approvals.give_opinion(**_act(matter, f"r_{branch}", OFFICERS[branch]), outcome="agree", text=text)
    approvals.sign_item(**_act(matter, f"s_{branch}", "fuzhuren"), text="同意")
    if Task.objects.filter(case=matter.case_id, node_id=f"k_{branch}", state=Task.State.OPEN).exists():
        approvals.seal_item(**_act(matter, f"k_{branch}", "yinzhang"))


def _everybody_sees_the_network(place: Zone, camera: Camera, matter: Application) -> None:
    place.clock.set("2026-09-21 09:00")
    investor = place.person("chengguang")
    page = investor.log_in(f"/my/{matter.uuid}/")
    for words in ("事项网络", "粗线为关键路径", "附条件，未生效", "示开模审〔2026〕1号"):
        _sees(page, words)
    camera.shoot(page, "matter-simulated")
    upload(page, "国有建设用地使用权出让合同", place.file("pdf", "出让合同"))
    investor.close()
    clerk = place.person("chuangkou")
    page = clerk.open_task_after_login(_reference(matter))
    _sees(page, "4 份模拟审批意见正等待")
    camera.shoot(page, "case-check")
    page.locator("[name=number]").fill("3208262026B00012")
    clerk.press("核对无误，条件满足")
    _sees(page, "条件已满足，印章管理员可以办理转正")
    clerk.close()


def _contract_turns_four_results_formal(place: Zone, camera: Camera, matter: Application) -> None:
    place.clock.set("2026-09-21 10:00")
    custodian = place.person("yinzhang")
    page = custodian.open_task_after_login(_reference(matter))
    camera.shoot(page, "turn")
    place.clock.set("2026-09-21 10:05")
    page.locator("[name=totp_code]").fill(custodian.code())
    custodian.press("全部转正")
    _sees(page, "4 份结果已转为正式")
    custodian.close()


def _county_reissues(place: Zone, camera: Camera, matter: Application) -> None:
    place.clock.set("2026-09-21 15:00")
    county = place.person("xianju")
    page = county.log_in("/approvals/reissues/")
    _sees(page, "建设用地规划许可证")
    camera.shoot(page, "reissues")
    page = county.open_task(_reference(matter))
    place.clock.set("2026-09-21 15:05")
    page.locator("[name=totp_code]").fill(county.code())
    county.press("换文")
    _sees(page, "示县换〔2026〕1号")
    county.close()


def _hearing_and_extension(place: Zone, camera: Camera, matter: Application) -> None:
    place.clock.set("2026-09-22 09:00")
    officer = place.person("huanbao")
    page = officer.open_task_after_login(_reference(matter))
    page.get_by_text("举行听证（停止计时）").click()
    page.locator("#h_kind").select_option("official")
    page.locator("#h_held_on").fill("2026-10-09")
    page.locator("#h_place").fill("政务服务中心三楼")
    page.locator("#h_reason").fill("邻近居民对废气排放有异议。")
    officer.press("发出听证通知书")
    _sees(page, "示开听〔2026〕1号")
    camera.shoot(page, "hearing")
    officer.close()
    energy = ItemRun.objects.select_related("item__clock").get(application=matter, branch="energy")
    assert energy.item is not None
    clock.extend_clock(
        clock=energy.item.clock,
        days=10,
        approver="organ_head",
        reason="节能报告需要补充测算",
        basis="行政许可法第四十二条",
        by=actor("fuzhuren", timezone.now()),
        at=timezone.now(),
    )
    run_jobs()


def _comparison(place: Zone, camera: Camera, matter: Application) -> None:
    place.clock.set("2026-09-23 09:00")
    investor = place.person("chengguang")
    page = investor.log_in(f"/my/{matter.uuid}/")
    for words in ("法定逐项串联", "实际已用", "延长办理期限告知书", "听证通知书", "示县换〔2026〕1号"):
        _sees(page, words)
    camera.shoot(page, "comparison")
    investor.close()
    leader = place.person("fuzhuren")
    page = leader.log_in(f"/cases/{Case.objects.get(pk=matter.case_id).uuid}/")
    _sees(page, "时限对比")
    camera.shoot(page, "case")
    leader.close()
    editor = place.person("shixiang")
    page = editor.log_in("/approvals/packages/industrial-project/")
    camera.shoot(page, "arrange")
    editor.close()


def _act(matter: Application, node: str, login: str) -> dict[str, Any]:
    at = timezone.now()
    by = actor(login, at)
    task = Task.objects.select_related("case").get(case=matter.case_id, node_id=node, state=Task.State.OPEN)
    cases.claim_task(task=task, by=by, at=at)
    return {"task": Task.objects.select_related("case").get(pk=task.pk), "by": by, "at": at}


def _paper(name: str) -> Any:
    at = datetime(2026, 9, 14, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    return files.receive_bytes(make_file("pdf", name, PROJECT, at), name=f"{name}.pdf", kinds=("pdf",))


def _sees(page: Page, words: str) -> None:
    """The page says these words."""
    expect(page.locator("body")).to_contain_text(words)


def _reference(matter: Application) -> str:
    return Case.objects.values_list("reference", flat=True).get(pk=matter.case_id)
