"""From signature to start of building: a mandate, 14 items in one case, simulated, turned formal, rated."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case, Task
from jingkai.config.demo.matters import project_facts
from jingkai.config.demo.papers import make_file
from jingkai.config.demo.telling import actor
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events.api import run_jobs
from jingkai.modules.approvals import api as approvals
from jingkai.modules.approvals.models import Application, ItemRun, Mandate
from jingkai.modules.evaluations.models import Rectification
from jingkai.records.files import api as files
from tests.journeys.chromium import Camera, Visitor, click
from tests.journeys.people import upload
from tests.journeys.zone import Outside, Zone

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=30000)
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
LATER = {
    "registration": "shichang",
    "energy": "touzi",
    "waste": "guihua",
    "eia": "huanbao",
    "discharge": "huanbao",
}
"""The items that end after the hearing, in this order."""


def test_one_thing_runs_from_signature_to_start_of_building(zone: tuple[Zone, Outside]) -> None:
    """The story of the package, in a real browser; acts that recur are done as the pages do them."""
    place, _outside = zone
    camera = Camera("one-thing")
    _anyone_reads_the_guide(place, camera)
    _investor_gives_a_mandate(place)
    matter = _agent_applies(place)
    place.meanwhile(lambda: _departments_work(place, matter))
    _everybody_sees_the_network(place, camera, matter)
    _contract_turns_four_results_formal(place, matter)
    _county_reissues(place, matter)
    _hearing_and_extension(place, matter)
    _comparison(place, camera, matter)
    place.meanwhile(lambda: _rest_ends(place, matter))
    _investor_rates_badly(place, matter)
    _rectified_and_asked_again(place, camera)
    assert audit.verify().intact
    assert not camera.faults, "\n".join(camera.faults)


def _anyone_reads_the_guide(place: Zone, camera: Camera) -> None:
    visitor = Visitor(place.browser, place.base)
    page = visitor.go("/services/industrial-project/")
    for words in ("14", "6 个部门", "粗线为关键路径", "建筑工程施工许可", "可模拟审批"):
        _sees(page, words)
    camera.shoot(page, "guide", full=False)
    visitor.close()


def _investor_gives_a_mandate(place: Zone) -> None:
    investor = place.person("chengguang")
    page = investor.log_in("/my/mandates/new/")
    page.locator("[name=project_name]").fill(PROJECT)
    page.locator("[name=ends_on]").fill("2027-09-13")
    investor.press("发出委托书")
    _sees(page, "待专员接受")
    investor.close()


def _agent_applies(place: Zone) -> Application:
    place.clock.set("2026-09-14 10:00")
    agent = place.person("daiban")
    page = agent.log_in("/agent/")
    click(page.get_by_role("link", name=PROJECT).first)
    agent.press("接受委托")
    _sees(page, "示开代〔2026〕1号")
    page.locator("[name=package]").select_option("industrial-project")
    agent.press("代企业开始申请")
    expect(page.locator("[name=project_name]")).to_have_value(PROJECT)
    _sees(page, "高芸（带办）代 澄光电子科技有限公司")
    matter = place.meanwhile(_fill_in)
    page = agent.go(f"/my/{matter.uuid}/check/")
    agent.press("提交申请")
    _sees(page, "（带办）代")
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
        _decide(matter, branch, OFFICERS[branch])
    run_jobs()
    states = dict(ItemRun.objects.filter(application=matter).values_list("branch", "state"))
    assert sum(state == ItemRun.State.CONDITIONAL for state in states.values()) == 4


def _decide(matter: Application, branch: str, login: str) -> None:
    text = "符合法定条件和标准，同意。"
    approvals.give_opinion(**_act(matter, f"r_{branch}", login), outcome="agree", text=text)
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
    page.locator("[name=number]").fill("3208262026B00012")
    clerk.press("核对无误，条件满足")
    _sees(page, "条件已满足，印章管理员可以办理转正")
    clerk.close()


def _contract_turns_four_results_formal(place: Zone, matter: Application) -> None:
    place.clock.set("2026-09-21 10:00")
    custodian = place.person("yinzhang")
    page = custodian.open_task_after_login(_reference(matter))
    place.clock.set("2026-09-21 10:05")
    page.locator("[name=totp_code]").fill(custodian.code())
    custodian.press("全部转正")
    _sees(page, "4 份结果已转为正式")
    custodian.close()


def _county_reissues(place: Zone, matter: Application) -> None:
    place.clock.set("2026-09-21 15:00")
    county = place.person("xianju")
    page = county.log_in("/approvals/reissues/")
    _sees(page, "建设用地规划许可证")
    page = county.open_task(_reference(matter))
    place.clock.set("2026-09-21 15:05")
    page.locator("[name=totp_code]").fill(county.code())
    county.press("换文")
    _sees(page, "示县换〔2026〕1号")
    county.close()


def _hearing_and_extension(place: Zone, matter: Application) -> None:
    """One clock stands still for a hearing; the head extends another by ten days (行政许可法 42, 46)."""
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
    officer.close()
    head = place.person("fuzhuren")
    page = head.log_in(f"/cases/{Case.objects.get(pk=matter.case_id).uuid}/")
    click(page.locator("a[href$='/extend']", has_text="固定资产投资项目节能审查").first)
    page.locator("[name=days]").fill("10")
    page.locator("[name=approver]").select_option("organ_head")
    page.locator("[name=reason]").fill("节能报告需要补充测算")
    page.locator("[name=basis]").fill("延期审批单 1 号")
    head.press("延长并告知申请人")
    _sees(page, "期限已延长")
    head.close()
    place.meanwhile(run_jobs)


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
    leader.close()


def _rest_ends(place: Zone, matter: Application) -> None:
    """The hearing was held; what is left is decided, and with it the whole."""
    place.clock.set("2026-10-09 16:00")
    at = timezone.now()
    task = Task.objects.select_related("case").get(
        case=matter.case_id, node_id="r_eia", state=Task.State.OPEN
    )
    approvals.end_hearing(
        task=task, conclusion="多数代表同意，补充绿化隔离带。", by=actor("huanbao", at), at=at
    )
    for hour, (branch, login) in enumerate(LATER.items(), start=9):
        place.clock.set(f"2026-10-10 {hour:02}:00")
        _decide(matter, branch, login)
    run_jobs()
    assert Application.objects.get(pk=matter.pk).state == Application.State.DECIDED


def _investor_rates_badly(place: Zone, matter: Application) -> None:
    """The matter's page leads to the one form; the rating names the item that it is about."""
    place.clock.set("2026-10-12 09:00")
    investor = place.person("chengguang")
    page = investor.log_in(f"/my/{matter.uuid}/")
    investor.press("评价本次服务")
    page.locator("[name=item]").select_option("energy")
    page.get_by_label("非常不满意").check(force=True)
    page.get_by_label("超过承诺时间办结").check()
    page.locator("[name=comment]").fill("节能审查延期十天，没有提前说明原因。")
    investor.press("提交评价")
    _sees(page, "整改中")
    investor.close()
    place.meanwhile(run_jobs)


def _rectified_and_asked_again(place: Zone, camera: Camera) -> None:
    """The head above the unit says what was done; somebody else asks the rater, who is content."""
    found = Rectification.objects.select_related("case", "evaluation__unit").get()
    assert found.evaluation.item_name == "固定资产投资项目节能审查"
    place.clock.set("2026-10-13 09:00")
    head = place.person("zhuren")
    page = head.open_task_after_login(found.case.reference)
    page.locator("[name=measures]").fill("延期决定今后提前三个工作日书面说明，已向企业致歉。")
    head.press("整改完成，转回访")
    _sees(page, "回访评价人")
    head.close()
    place.clock.set("2026-10-14 09:00")
    clerk = place.person("chuangkou2")
    page = clerk.open_task_after_login(found.case.reference)
    page.locator("[name=way]").select_option("phone")
    page.locator("[name=answer][value=satisfied]").check()
    page.locator("[name=words]").fill("已收到说明，满意。")
    clerk.press("登记回访")
    _sees(page, "对整改满意")
    camera.shoot(page, "rectified")
    clerk.close()
    found.refresh_from_db()
    assert (found.state, found.rounds) == (Rectification.State.CLOSED, 1)


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
