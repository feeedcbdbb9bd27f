"""One matter done for real, from the search to the proof, in a real browser."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

from jingkai.casework.cases.models import Case
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events.api import run_jobs
from jingkai.modules.approvals.models import ApplicationItem
from tests.journeys.chromium import Camera, Visitor, click
from tests.journeys.people import upload
from tests.journeys.zone import Outside, Zone

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

expect.set_options(timeout=20000)

FILES = {
    "施工许可阶段并联办理申请表": ("docx", "申请表"),
    "消防设计文件": ("pdf", "消防设计文件"),
    "建筑总平面图": ("jpg", "总平面图"),
    "建设工程规划许可证": ("pdf", "规划许可证"),
    "人防工程施工图设计文件": ("pdf", "人防施工图"),
    "施工组织设计和质量安全保证措施": ("docx", "施工组织设计"),
    "工程概况和参建单位信息表": ("xlsx", "参建单位"),
}
FACTS = {
    "project_name": "食品饮料二期厂房",
    "project_code": "2608-320826-04-01-118431",
    "project_address": "示范经济开发区迎宾大道 18 号",
    "building_use": "冷库及食品车间",
    "building_area": "18600",
    "building_height": "15.4",
    "floors_above": "3",
    "floors_below": "1",
    "shelter_area": "1860",
    "investment": "12500",
    "design_firm": "示范建筑设计院有限公司",
    "contractor": "示范建设工程有限公司",
    "supervising_firm": "示范工程监理有限公司",
    "start_on": "2026-12-01",
    "contact_name": "陈浩",
    "contact_phone": "13800000001",
}


def test_one_matter_runs_from_search_to_proof(zone: tuple[Zone, Outside]) -> None:
    """The story of the product, in a real browser."""
    place, outside = zone
    camera = Camera("one-matter", anew=True)
    _visitor_finds_the_guide(place, camera)
    reference_number = _handler_applies(place, camera)
    _clerk_asks_for_corrections(place, camera, reference_number)
    _handler_supplies(place, camera, reference_number)
    _clerk_accepts(place, camera, reference_number)
    _departments_review(place, camera, reference_number)
    _deputy_signs(place, camera, reference_number)
    _custodian_seals(place, camera, reference_number)
    _handler_collects_and_rates(place, camera, reference_number, outside)
    _anyone_checks(place, camera, reference_number)
    _leader_looks(place, camera)
    _trail_holds()
    assert outside.province.asked, "the permit was never asked for"
    assert not camera.faults, "\n".join(camera.faults)


def _visitor_finds_the_guide(place: Zone, camera: Camera) -> None:
    visitor = Visitor(place.browser, place.base)
    page = visitor.go("/")
    camera.shoot(page, "home")
    page.get_by_role("searchbox").first.fill("施工许可")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    click(page.get_by_role("link", name="施工许可阶段并联办理").first)
    for words in ("承办部门和时限", "申请材料", "不收费", "消防法", "消防审验中心", "15 个工作日"):
        expect(page.get_by_text(words).first).to_be_visible()
    expect(page.locator(".flow svg, [data-flow-src] svg").first).to_be_visible(timeout=20000)
    camera.shoot(page, "guide")
    with page.expect_download() as download:
        page.locator("a[download]").first.click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    visitor.close()


def _handler_applies(place: Zone, camera: Camera) -> str:
    handler = place.person("jinhe")
    page = handler.log_in("/services/construction-permit/")
    handler.press("在线申请")
    handler.press("开始填写")
    expect(page.locator("[name=contact_name]")).to_have_value(re.compile("陈"))
    page.locator("[name=project_code]").fill("123")
    handler.press("保存，下一步上传材料")
    expect(page.get_by_text("项目代码为五组共 20 位数字").first).to_be_visible()
    expect(page.locator("[name=project_code]")).to_have_value("123")
    for name, value in FACTS.items():
        page.locator(f"[name={name}]").fill(value)
    camera.shoot(page, "facts")
    for name, value in FACTS.items():
        page.locator(f"[name={name}]").fill(value)
    handler.press("保存，下一步上传材料")
    for material, (kind, name) in FILES.items():
        upload(page, material, place.file(kind, name))
    camera.shoot(page, "materials")
    handler.press("下一步：核对")
    camera.shoot(page, "check")
    handler.press("提交申请")
    number = re.search(r"SP2026-\d{5}", page.locator("main").inner_text())
    assert number, page.locator("main").inner_text()
    expect(page.get_by_text("应于 2026-09-20 前受理").first).to_be_visible()
    camera.shoot(page, "receipt", leaving=True)
    handler.close()
    return number[0]


def _clerk_asks_for_corrections(place: Zone, camera: Camera, number: str) -> None:
    place.clock.set("2026-09-14 15:10")
    run_jobs()
    clerk = place.person("chuangkou")
    page = clerk.log_in("/desk/?tab=pool")
    camera.shoot(page, "desk-pool", leaving=True)
    page = clerk.open_task(number)
    camera.shoot(page, "case-accept")
    page.get_by_text("需要补正：一次性告知").click()
    page.locator(".fault", has_text="建筑总平面图").get_by_role("checkbox").check()
    page.locator(".fault", has_text="建筑总平面图").get_by_role("textbox").fill(
        "未标注消防车道宽度，请补充。"
    )
    clerk.press("发出补正通知书")
    expect(page.get_by_text("示开补〔2026〕1号").first).to_be_visible()
    clerk.close()


def _handler_supplies(place: Zone, camera: Camera, number: str) -> None:
    place.clock.set("2026-09-15 09:20")
    run_jobs()
    handler = place.person("jinhe")
    page = handler.log_in("/my/")
    click(page.get_by_role("link", name=re.compile("食品饮料二期厂房")).first)
    expect(page.get_by_text("未标注消防车道宽度").first).to_be_visible()
    camera.shoot(page, "correction")
    handler.press("提交补正材料")
    expect(page.get_by_text("通知书还要求补正").first).to_be_visible()
    handler.go("/my/")
    click(page.get_by_role("link", name=re.compile("食品饮料二期厂房")).first)
    upload(page, "建筑总平面图", place.file("pdf", "总平面图（补正）"))
    page.reload(wait_until="networkidle")
    handler.press("提交补正材料")
    expect(page.get_by_text("已收到补正材料").first).to_be_visible()
    handler.close()


def _clerk_accepts(place: Zone, camera: Camera, number: str) -> None:
    place.clock.set("2026-09-15 14:00")
    run_jobs()
    clerk = place.person("chuangkou")
    page = clerk.open_task_after_login(number)
    clerk.press("受理")
    expect(page.get_by_text("示开受〔2026〕1号").first).to_be_visible()
    clerk.close()
    fire = ApplicationItem.objects.select_related("clock").get(branch="fire")
    assert fire.clock is not None
    # Fifteen working days after 09-15: Sunday 09-20 is worked, 09-25 to 09-27 and 10-01 to 10-07 are off.
    assert fire.clock.due_on.isoformat() == "2026-10-12"


def _departments_review(place: Zone, camera: Camera, number: str) -> None:
    place.clock.set("2026-09-16 10:00")
    run_jobs()
    quality = place.person("zhian")
    page = quality.open_task_after_login(number)
    page.get_by_text("询问申请人").first.click()
    page.locator("#q_text").fill("请补充深基坑监测报警值。")
    quality.press("发出询问")
    expect(page.get_by_text("时限继续计算").first).to_be_visible()
    airdefence = place.person("renfang")
    airdefence.open_task_after_login(number)
    airdefence.page.locator("#id_text").fill("应建防空地下室 1860 平方米，图纸符合要求，同意。")
    airdefence.press("同意，办结本环节")
    airdefence.close()
    first, second = place.person("xiaofang"), place.person("xiaofang2")
    first.log_in("/desk/?tab=pool")
    second.log_in("/desk/?tab=pool")
    expect(second.page.locator("tr", has_text=number).first).to_be_visible()
    page = first.open_task(number)
    click(second.page.locator("tr", has_text=number).first.get_by_role("button", name="领取"))
    expect(second.page.get_by_text("李敏").first).to_be_visible()
    second.close()
    page.get_by_text("启动专家评审（暂停计时）").click()
    page.locator("#r_reason").fill("冷库采用特殊消防设计，需要专家评审。")
    first.press("启动专家评审")
    expect(page.get_by_text("正在专家评审").first).to_be_visible()
    camera.shoot(page, "case-suspended", leaving=True)
    place.clock.set("2026-09-17 09:00")
    handler = place.person("jinhe")
    page = handler.log_in("/my/")
    click(page.get_by_role("link", name=re.compile("食品饮料二期厂房")).first)
    camera.shoot(page, "tracking-question")
    page.locator("textarea[name=answer]").fill("累计 30 mm，日变化 3 mm。")
    handler.press("提交答复")
    expect(page.get_by_text("答复已发给承办人员").first).to_be_visible()
    handler.close()
    place.clock.set("2026-09-22 10:00")
    quality = place.person("zhian")
    page = quality.open_task_after_login(number)
    page.locator("#id_text").fill("材料齐全，同意。")
    quality.press("同意，办结本环节")
    quality.close()
    first = place.person("xiaofang")
    page = first.open_task_after_login(number)
    page.locator("#c_conclusion").fill("专家组同意该特殊消防设计。")
    first.press("记录评审结论，恢复计时")
    # 09-16, 17, 18, 20 and 21 were left out: five working days, so 10-12 becomes 10-19.
    fire = ApplicationItem.objects.select_related("clock").get(branch="fire")
    assert fire.clock is not None
    assert fire.clock.due_on.isoformat() == "2026-10-19"
    page.locator("#id_text").fill("消防设计符合国家标准，同意。")
    first.press("同意，办结本环节")
    page = first.open_task(number)
    page.locator("#id_text").fill("经审查，该工程消防设计符合国家工程建设消防技术标准，审查合格。")
    camera.shoot(page, "case-summary")
    page.locator("#id_text").fill("经审查，该工程消防设计符合国家工程建设消防技术标准，审查合格。")
    first.press("拟合格，送领导签发")
    first.close()


def _deputy_signs(place: Zone, camera: Camera, number: str) -> None:
    place.clock.set("2026-09-22 16:30")
    run_jobs()
    deputy = place.person("fuzhuren", phone=True)
    page = deputy.open_task_after_login(number)
    camera.shoot(page, "sign")
    deputy.press("签发")
    expect(page.get_by_text("已签发").first).to_be_visible()
    deputy.close()


def _custodian_seals(place: Zone, camera: Camera, number: str) -> None:
    place.clock.set("2026-09-23 09:10")
    run_jobs()
    custodian = place.person("yinzhang")
    page = custodian.open_task_after_login(number)
    camera.shoot(page, "seal")
    page.locator("input[name=totp_code]").fill("000000")
    custodian.press("用印")
    expect(page.get_by_text("动态口令有误").first).to_be_visible()
    place.clock.set("2026-09-23 09:12")
    page.locator("input[name=totp_code]").fill(custodian.code())
    custodian.press("用印")
    expect(page.get_by_text("示开消审〔2026〕1号").first).to_be_visible()
    camera.shoot(page, "case-done", leaving=True)
    custodian.close()
    run_jobs()


def _handler_collects_and_rates(place: Zone, camera: Camera, number: str, outside: Outside) -> None:
    place.clock.set("2026-09-23 10:00")
    texts, mails = outside.told(number)
    assert texts, outside.sms.store.all()
    assert mails, outside.mail.store.all()
    handler = place.person("jinhe")
    page = handler.log_in("/notices/")
    expect(page.get_by_text(number).first).to_be_visible()
    camera.shoot(page, "notices", leaving=True)
    handler.go("/my/")
    click(page.get_by_role("link", name=re.compile("食品饮料二期厂房")).first)
    camera.shoot(page, "result")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载已盖章的结果").click()
    sealed = place.folder / "result.pdf"
    sealed.write_bytes(Path(download.value.path()).read_bytes())
    said = subprocess.run(["pdfsig", str(sealed)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in said, said
    assert "Total document signed" in said, said
    handler.press("评价本次服务")
    page.get_by_label("非常满意").check(force=True)
    handler.press("提交评价")
    expect(page.get_by_text("评价已记录").first).to_be_visible()
    handler.close()


def _anyone_checks(place: Zone, camera: Camera, number: str) -> None:
    from jingkai.modules.approvals.models import Decision

    document = Decision.objects.select_related("document").get().document
    assert document is not None
    visitor = Visitor(place.browser, place.base)
    page = visitor.go(f"/v/{document.verification_code}")
    expect(page.get_by_text("有效").first).to_be_visible()
    camera.shoot(page, "public-valid")
    sealed = place.folder / "result.pdf"
    altered = place.folder / "altered.pdf"
    content = bytearray(sealed.read_bytes())
    content[len(content) // 3] ^= 1
    altered.write_bytes(content)
    page.locator("input[type=file]").first.set_input_files(str(altered))
    expect(page.get_by_text("副本被改动").first).to_be_visible()
    visitor.close()
    place.clock.set("2026-09-24 09:00")
    deputy = place.person("fuzhuren")
    page = deputy.log_in(f"/cases/{Case.objects.get().uuid}/")
    deputy.press("撤销")
    page.locator("[name=reason]").first.fill("申请人提供的设计文件存在虚假内容。")
    deputy.press("撤销")
    deputy.close()
    visitor = Visitor(place.browser, place.base)
    page = visitor.go(f"/v/{document.verification_code}")
    expect(page.get_by_text("已撤销").first).to_be_visible()
    camera.shoot(page, "public-revoked", leaving=True)
    visitor.close()


def _leader_looks(place: Zone, camera: Camera) -> None:
    leader = place.person("zhuren")
    page = leader.log_in("/cockpit/")
    camera.shoot(page, "cockpit", leaving=True)
    leader.close()


def _trail_holds() -> None:
    report = audit.verify()
    assert report.intact, report
