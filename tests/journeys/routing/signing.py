"""Scenes of one matter: handed over, further signers, two of three, sent back three times, urged, overdue."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from jingkai.casework.cases import jobs
from jingkai.casework.cases.models import Case, Task
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.parties.models import Party
from tests.journeys.chromium import click
from tests.journeys.routing.drawing import FIRST, KEY, NAME, NAME_EN, drawn
from tests.journeys.routing.office import Office, number_of, open_steps

LEGAL, SIGN, LEADER = "合法性审核", "部门会签", "分管领导审批"


def publish(office: Office) -> None:
    """The administrator of flows brings a drawing and publishes it; staff may start it the same minute."""
    file = office.zone.folder / "joint.bpmn"
    file.write_text(drawn(FIRST), encoding="utf-8")
    page = office.at("shixiang", "/system/flows/new/")
    admin = office.who("shixiang")
    page.locator("[name=name]").fill(NAME)
    page.locator("[name=name_en]").fill(NAME_EN)
    page.locator("[name=key]").fill(KEY)
    page.locator("[name=template][value=blank]").check()
    page.locator("[name=file]").set_input_files(str(file))
    admin.press("开始绘制")
    expect(page.locator("[data-designer][data-drawn]")).to_be_visible()
    expect(page.locator("[data-part=verdict]")).to_contain_text("可以发布")
    office.camera.shoot(page, "drawn", leaving=True)
    page = office.at("shixiang", page.url.removeprefix(office.zone.base).replace("/draw/", "/publish/"))
    admin.press("发布")
    expect(page.get_by_text("第 1 版已发布").first).to_be_visible()


def start(office: Office, login: str, title: str) -> Case:
    """Somebody starts the matter and submits it."""
    office.at(login, "/start/")
    person = office.who(login)
    person.page.get_by_role("link", name=NAME).first.click()
    person.page.locator("[name=title]").fill(title)
    person.press("发起")
    case = Case.objects.get(title=title)
    office.decide(login, case, "填写事项", "提交")
    return case


def first_return(office: Office, case: Case) -> None:
    """One person twice in a row is asked once; from a branch to before the fork: every branch gives way."""
    office.decide("xiaofangzr", case, "业务审核", "同意", "情况属实，请会签。")
    assert Task.objects.get(case=case, node_id="head").outcome == "agree"
    assert set(open_steps(case)) == {"legal", "sign"}
    assert len(open_steps(case)["sign"]) == 3
    office.claim("chuangkou", case, LEGAL)
    page = office.case("chuangkou", case)
    page.locator("main").get_by_role("link", name="退回", exact=True).first.click()
    expect(page.locator("dialog[open]")).to_contain_text("部门负责人审核")
    page.keyboard.press("Escape")
    office.ask("chuangkou", case, "退回", "退回", to="head", reason="请先写明资金来源。")
    assert open_steps(case) == {"head": ["冯涛"]}
    page = office.case("xiaofangzr", case)
    expect(page.get_by_text("请先写明资金来源。").first).to_be_visible()
    office.camera.shoot(page, "sent-back", leaving=True)
    office.decide("xiaofangzr", case, "部门负责人审核", "同意", "资金来源已写明。")
    assert set(open_steps(case)) == {"legal", "sign"}


def hand_over_and_add(office: Office, case: Case) -> None:
    """The window clerk hands over, the new holder adds a signer, the head urges; both sign."""
    office.claim("chuangkou", case, LEGAL)
    office.ask("chuangkou", case, "转办", "转办", to=number_of("刘芳"), reason="刘芳熟悉合同。")
    office.ask(
        "chuangkou2", case, "加签", "确认加签", to=number_of("周文"), where="beside", reason="涉及建设项目。"
    )
    page = office.case("xiaofangzr", case)
    page.locator("main").get_by_role("link", name="催办", exact=True).first.click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=text]").fill("周三上会，请抓紧。")
    dialog.get_by_role("button", name="催办", exact=True).click()
    expect(page.get_by_text("已催办").first).to_be_visible()
    page = office.case("xiaofangzr", case)
    office.camera.shoot(page, "in-many-hands", leaving=True)
    page = office.at("chuangkou2", "/notices/")
    page.get_by_role("link", name=re.compile("催办：")).first.click()
    expect(page.get_by_text("周三上会").first).to_be_visible()
    office.decide("fuzhuren", case, LEGAL, "同意", "与规划一致。")
    office.decide("chuangkou2", case, LEGAL, "同意", "合同文本合法。")
    assert set(open_steps(case)) == {"sign"}


def countersign(office: Office, case: Case) -> None:
    """One countersigner is on leave: the stand-in signs under both names; two of three decide early."""
    page = office.at("renfang", "/desk/delegations/new")
    page.locator("[name=to_person]").select_option(label=_option(page, "赵越"))
    page.locator("[name=starts_on]").fill("2026-09-14")
    page.locator("[name=ends_on]").fill("2026-09-18")
    page.locator("[name=reason]").fill("年休假")
    office.who("renfang").press("确认委托")
    office.decide("zhian", case, SIGN, "同意", "质量安全措施已落实。")
    page = office.case("xiaofang2", case)
    expect(page.get_by_text("您正代何俊办理").first).to_be_visible()
    office.camera.shoot(page, "under-two-names")
    page.locator("section[id^=task-]", has_text="您正代何俊办理").locator("textarea").fill("符合人防要求。")
    click(page.locator("section[id^=task-]", has_text="您正代何俊办理").get_by_role("button", name="同意"))
    rows = Task.objects.filter(case=case, node_id="sign").order_by("-pk")[:3]
    assert sorted(row.state for row in rows) == ["cancelled", "done", "done"]
    deputy = Party.objects.get(name="赵越", kind="person")
    absent = Party.objects.get(name="何俊", kind="person")
    assert rows.model.objects.filter(case=case, closed_by=deputy, on_behalf_of=absent).exists()
    assert open_steps(case) == {"leader": ["周文"]}
    page = office.case("xiaofang", case)
    expect(page.locator("#opinions")).to_contain_text("赵越")
    office.camera.shoot(page, "decided-early", leaving=True)


def _option(page: object, name: str) -> str:
    options = page.locator("[name=to_person] option").all_inner_texts()  # type: ignore[attr-defined]
    return next(text for text in options if name in text)


def time_out(office: Office, case: Case) -> None:
    """Nobody signs for two working days: the holder is reminded, then the matter lies with the director."""
    office.on("2026-09-15 16:00")
    jobs.fire_timers()
    office.on("2026-09-16 16:30")
    jobs.fire_timers()
    office.on("2026-09-16 16:40")
    assert open_steps(case) == {"leader": ["王建国"]}
    assert Notice.objects.filter(to__party__name="王建国", case_ref=case.reference).exists()
    page = office.case("zhuren", case)
    office.camera.shoot(page, "escalated", leaving=True)


def second_return(office: Office, case: Case) -> None:
    """The director sends it into one branch: the other stays decided."""
    office.ask("zhuren", case, "退回", "退回", to="legal", reason="请补充公平竞争审查意见。")
    assert open_steps(case) == {"legal": ["刘芳"]}
    office.decide("chuangkou2", case, LEGAL, "同意", "已通过公平竞争审查。")
    office.decide("fuzhuren", case, LEADER, "同意", "同意。")
    assert set(open_steps(case)) == {"record"}


def third_return(office: Office, case: Case) -> None:
    """Whoever files it sends it back behind the join, and it comes again."""
    office.claim("chuangkou", case, "归档登记")
    office.ask("chuangkou", case, "退回", "退回", to="leader", reason="签批页缺日期。")
    assert open_steps(case) == {"leader": ["周文"]}
    office.decide("fuzhuren", case, LEADER, "同意", "日期已补。")
    assert set(open_steps(case)) == {"record"}
    office.claim("chuangkou", case, "归档登记")
    office.camera.shoot(office.case("chuangkou", case), "long-way", leaving=True)


def withdraw_and_submit_again(office: Office) -> Case:
    """The starter withdraws and submits again; his second review in a row is skipped each time."""
    case = start(office, "xiaofangzr", "采购消防检测仪器")
    office.decide("xiaofangzr", case, "业务审核", "同意")
    assert set(open_steps(case)) == {"legal", "sign"}
    page = office.case("xiaofangzr", case)
    office.ask("xiaofangzr", case, "撤回办件", "撤回", reason="型号要改。")
    expect(page.get_by_role("button", name="重新提交")).to_be_visible()
    office.camera.shoot(page, "withdrawn")
    click(page.get_by_role("button", name="重新提交"))
    assert set(open_steps(case)) == {"apply"}
    office.decide("xiaofangzr", case, "填写事项", "提交", "型号已改。")
    office.decide("xiaofangzr", case, "业务审核", "同意")
    assert Task.objects.filter(case=case, node_id="head", state="done", closed_by=None).count() == 2
    assert set(open_steps(case)) == {"legal", "sign"}
    return case
