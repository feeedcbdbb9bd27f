"""The second flow, 用印审批单: opened from the template, published, used to the seal."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from jingkai.casework.cases.models import Case
from jingkai.casework.forms.api import answers_of, form_of, sheets_of
from jingkai.kernel.parties.models import Party
from tests.journeys.chromium import click
from tests.journeys.routing.office import Office, open_steps


def ask_for_the_seal(office: Office) -> None:
    """From the template to the sealed contract of 680,000 yuan, which the leader must see as well."""
    _publish(office)
    case = _fill_in(office)
    assert open_steps(case) == {"head": ["冯涛"]}
    _agree(office, "xiaofangzr", case, "同意用印。")
    assert set(open_steps(case)) == {"leader"}
    _agree(office, "zhuren", case, "同意。")
    assert open_steps(case) == {"seal": ["郑霞"]}
    page = office.case("yinzhang", case)
    office.camera.shoot(page, "apply-the-seal")
    page.locator("[name=f-sealed_copies]").fill("4")
    office.who("yinzhang").press("已用印")
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "sealed")
    (sheet,) = sheets_of(case.pk)
    assert str(answers_of(sheet, form_of(sheet.form))["sealed_copies"]) == "4"
    page = office.at("yinzhang", f"/forms/sheets/{sheet.uuid}/")
    expect(page.get_by_text("用印审批单").first).to_be_visible()
    office.camera.shoot(page, "seal-sheet", leaving=True)


def _publish(office: Office) -> None:
    page = office.at("shixiang", "/system/flows/new/")
    admin = office.who("shixiang")
    for name, text in {"name": "用印审批", "name_en": "Use of a seal", "key": "seal"}.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=template][value=seal]").check()
    admin.press("开始绘制")
    expect(page.locator("[data-part=verdict]")).to_contain_text("可以发布")
    page = office.at("shixiang", page.url.removeprefix(office.zone.base).replace("/draw/", "/publish/"))
    admin.press("发布")
    expect(page.get_by_text("第 1 版已发布").first).to_be_visible()


def _fill_in(office: Office) -> Case:
    page = office.at("xiaofang", "/start/")
    click(page.get_by_role("link", name=re.compile("用印审批")).first)
    office.camera.shoot(page, "seal-request")
    page.locator("[name=f-matter]").fill("消防设施检测服务合同")
    page.locator("[name=f-seal]").first.wait_for()
    _choose(page, "seal", "contract")
    expect(page.locator("[name=f-amount]")).to_be_visible()
    page.locator("[name=f-recipient]").fill("示范消防技术服务有限公司")
    _row(page)
    page.locator("[name=f-amount]").fill("680000")
    page.locator("[name=f-reviewed][value=true]").check()
    assert page.locator("[name=f-head]").input_value() == str(Party.objects.get(name="冯涛").pk)
    office.who("xiaofang").press("提交")
    return Case.objects.get(title__contains="消防设施检测服务合同")


def _choose(page: object, name: str, value: str) -> None:
    field = page.locator(f"[name=f-{name}][value={value}]")  # type: ignore[attr-defined]
    if field.count():
        field.check()
    else:
        page.locator(f"select[name=f-{name}]").select_option(value)  # type: ignore[attr-defined]


def _row(page: object) -> None:
    """One line of the table of papers: its title and how many copies."""
    line = page.locator("[data-field=documents] tbody tr").first  # type: ignore[attr-defined]
    for place, text in enumerate(("消防设施检测服务合同", "4")):
        line.locator("input:not([type=hidden])").nth(place).fill(text)


def _agree(office: Office, login: str, case: Case, words: str) -> None:
    page = office.case(login, case)
    if (claim := page.get_by_role("button", name="领取", exact=True)).count():
        click(claim.first)
    page.locator("[name=opinion]").fill(words)
    office.who(login).press("同意")
