"""An administrator draws a flow, builds its form and publishes it; staff use it the same minute."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from jingkai.casework.cases.models import Case
from jingkai.casework.designer.models import Design
from jingkai.casework.forms.api import answers_of, form_of, sheets_of
from jingkai.kernel.parties.models import Party
from tests.journeys.chromium import Camera, click
from tests.journeys.people import Person
from tests.journeys.zone import Outside, Zone

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

expect.set_options(timeout=20000)

DRAWN = "[data-designer][data-drawn]"


def test_a_flow_is_drawn_published_and_used(zone: tuple[Zone, Outside]) -> None:
    """The story of the designer, in a real browser."""
    place, _outside = zone
    camera = Camera("new-flow")
    admin = place.person("shixiang")
    policy: list[str] = []
    admin.page.on(
        "console", lambda said: policy.append(said.text) if "Content Security" in said.text else None
    )
    _draws(admin, camera)
    _builds_the_form(admin, camera)
    _publishes(admin, camera)
    reference = _officer_starts(place, camera)
    _head_decides(place, camera, reference)
    _changes_it(admin, camera)
    assert policy == []
    admin.close()
    assert not camera.faults, "\n".join(camera.faults)


def _draws(admin: Person, camera: Camera) -> None:
    """A template is the beginning; a condition is changed, a fault is seen and corrected, the draft saved."""
    page = admin.log_in("/system/flows/")
    camera.shoot(page, "no-flows")
    admin.press("新建流程")
    page.locator("[name=name]").fill("请假")
    page.locator("[name=name_en]").fill("Leave request")
    page.locator("[name=key]").fill("leave")
    page.locator("[name=template][value=leave]").check()
    camera.shoot(page, "new-flow")
    for name, text in {"name": "请假", "name_en": "Leave request", "key": "leave"}.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=template][value=leave]").check()
    admin.press("开始绘制")
    expect(page.locator(DRAWN)).to_be_visible()
    expect(page.locator("[data-part=verdict]")).to_contain_text("可以发布")
    _choose(page, "long")
    expect(page.locator("#p-condition")).to_have_value("days > 3")
    page.locator("#p-condition").fill("dayz > 5")
    page.locator("#p-condition").blur()
    expect(page.locator("[data-part=remarks] li.fault")).to_contain_text("dayz")
    camera_now(camera, page, "fault-while-drawing")
    page.locator("#p-condition").fill("days > 5")
    page.locator("#p-condition").blur()
    expect(page.locator("[data-part=verdict]")).to_contain_text("可以发布")
    _choose(page, "head")
    expect(page.locator("#p-outcomes")).to_have_value("agree,reject")
    page.locator(".djs-palette .entry[aria-label='环节']").click()
    page.mouse.click(*_free_place(page))
    expect(page.locator("[data-part=remarks] li.fault").first).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("[data-part=remarks] li button").first.click()
    camera_now(camera, page, "step-without-arrows")
    page.locator(".djs-context-pad .entry[title='删除']").click()
    expect(page.locator("[data-part=verdict]")).to_contain_text("可以发布")
    _save(page)
    camera.shoot(page, "drawing-board")


def _choose(page: Page, element: str) -> None:
    """Choose an element of the drawing, as a click on it does."""
    page.locator(f".djs-element[data-element-id='{element}'] .djs-hit").first.click(force=True)


def _free_place(page: Page) -> tuple[float, float]:
    box = page.locator("[data-part=canvas]").bounding_box()
    assert box is not None
    return box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.88


def _save(page: Page) -> None:
    page.locator("[data-part=save]").click()
    expect(page.locator("[data-part=state]")).to_contain_text("已保存")


def camera_now(camera: Camera, page: Page, name: str) -> None:
    """One picture without reloading: what is drawn and not saved would be lost."""
    from tests.journeys.chromium import PICTURES

    folder = PICTURES / camera.story
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(folder / f"{name}.png"), full_page=True)


def _builds_the_form(admin: Person, camera: Camera) -> None:
    """A field is added in its own page; a clashing name is refused in words."""
    design = Design.objects.get(key="leave")
    page = admin.go(f"/system/flows/{design.uuid}/")
    camera.shoot(page, "one-flow", leaving=True)
    page = admin.go(f"/system/flows/{design.uuid}/forms/request/")
    camera.shoot(page, "form")
    admin.press("新建字段")
    page.locator("[name=label]").fill("是否已安排值班")
    page.locator("[name=label_en]").fill("Duty arranged")
    page.locator("[name=name]").fill("days")
    page.locator("[name=kind]").select_option("yesno")
    page.locator("[name=required]").check()
    admin.press("保存")
    expect(page.locator(".summary")).to_contain_text("days")
    camera_now(camera, page, "clashing-name")
    page.locator("[name=name]").fill("duty")
    admin.press("保存")
    expect(page.get_by_text("是否已安排值班").first).to_be_visible()
    page = admin.go(f"/system/flows/{design.uuid}/forms/request/fields/kind/")
    camera.shoot(page, "field", leaving=True)
    page = admin.go(f"/system/flows/{design.uuid}/forms/request/head/")
    camera.shoot(page, "form-head", leaving=True)


def _publishes(admin: Person, camera: Camera) -> None:
    design = Design.objects.get(key="leave")
    page = admin.go(f"/system/flows/{design.uuid}/publish/")
    camera.shoot(page, "publish")
    admin.press("发布")
    expect(page.get_by_text("第 1 版已发布").first).to_be_visible()
    page = admin.go(f"/system/flows/{design.uuid}/head/")
    camera.shoot(page, "who-may-start", leaving=True)


def _officer_starts(place: Zone, camera: Camera) -> str:
    """An officer fills the sheet; what is missing is said and nothing is lost."""
    officer = place.person("xiaofang")
    page = officer.log_in("/start/")
    camera.shoot(page, "start")
    click(page.get_by_role("link", name=re.compile("请假")).first)
    camera.shoot(page, "leave-empty")
    assert page.locator("[name=f-place]").is_hidden()
    page.locator("[name=f-away][value=true]").check()
    assert page.locator("[name=f-place]").is_visible()
    page.locator("[name=f-away][value=false]").check()
    page.locator("[name=f-kind][value=sick]").check()
    page.locator("[name=f-reason]").fill("流感，医生建议休息。")
    page.locator("[name=f-phone]").fill("12345")
    officer.press("提交")
    expect(page.locator(".summary")).to_contain_text("11 位手机号码")
    expect(page.locator("[name=f-reason]")).to_have_value("流感，医生建议休息。")
    camera_now(camera, page, "leave-wrong")
    page.locator("[name=f-phone]").fill("13800001111")
    page.locator("[name=f-period_0]").fill("2026-09-15")
    page.locator("[name=f-period_1]").fill("2026-09-22")
    page.locator("[name=f-days]").fill("6")
    page.locator("[name=f-duty][value=true]").check()
    expect(page.locator("[data-field=certificate]")).to_be_visible()
    file = place.file("pdf", "诊断证明")
    page.locator("[data-field=certificate] input[type=file]").set_input_files(str(file))
    expect(page.locator("li.file a", has_text="诊断证明").first).to_be_visible()
    head = Party.objects.get(name="冯涛")
    assert page.locator("[name=f-head]").input_value() == str(head.pk)
    officer.press("提交")
    case = Case.objects.get(kind="office")
    expect(page.get_by_text(case.reference).first).to_be_visible()
    camera.shoot(page, "case", leaving=True)
    officer.close()
    return case.reference


def _head_decides(place: Zone, camera: Camera, reference: str) -> None:
    """The head reads, decides with an opinion, and looks at the sheet."""
    head = place.person("xiaofangzr")
    page = head.log_in("/desk/")
    page = head.open_task(reference)
    expect(page.get_by_text("流感，医生建议休息。").first).to_be_visible()
    camera.shoot(page, "decide")
    page.locator("[name=opinion]").fill("同意，注意休息。")
    head.press("同意")
    case = Case.objects.get(reference=reference)
    (sheet,) = sheets_of(case.pk)
    answers = answers_of(sheet, form_of(sheet.form))
    assert str(answers["days"]) == "6"
    assert answers["duty"] is True
    assert timezone.localdate(case.opened_at).isoformat() == "2026-09-14"
    page = head.go(f"/forms/sheets/{sheet.uuid}/")
    expect(page.get_by_text("同意，注意休息。").first).to_be_visible()
    camera.shoot(page, "sheet")
    answer = page.request.get(f"{place.base}/forms/sheets/{sheet.uuid}/sheet.pdf")
    assert answer.body().startswith(b"%PDF")
    page = head.go("/forms/leave.request/?field=days&low=5")
    expect(page.get_by_text(reference).first).to_be_visible()
    camera.shoot(page, "answers", leaving=True)
    head.close()


def _changes_it(admin: Person, camera: Camera) -> None:
    """Somebody else saves meanwhile: she is told, keeps hers, publishes, and compares."""
    design = Design.objects.get(key="leave")
    page = admin.go(f"/system/flows/{design.uuid}/draw/")
    expect(page.locator(DRAWN)).to_be_visible()
    _choose(page, "leader")
    page.locator("#p-name").fill("主任审批")
    page.locator("#p-name").blur()
    other = admin.context.new_page()
    other.goto(f"{admin.base}/system/flows/{design.uuid}/draw/", wait_until="networkidle")
    expect(other.locator(DRAWN)).to_be_visible()
    _choose(other, "head")
    other.locator("#p-name").fill("负责人审批")
    other.locator("#p-name").blur()
    _save(other)
    other.close()
    page.locator("[data-part=save]").click()
    expect(page.locator("[data-part=stale]")).to_contain_text("负责人审批")
    camera_now(camera, page, "stale")
    page.locator("[data-part=over]").click()
    expect(page.locator("[data-part=state]")).to_contain_text("已保存")
    admin.go(f"/system/flows/{design.uuid}/publish/")
    camera.shoot(admin.page, "publish-changes")
    admin.press("发布")
    page = admin.go(f"/system/flows/{design.uuid}/compare/?old=1&new=2")
    expect(page.locator("[data-compare][data-drawn]").nth(1)).to_be_visible()
    camera.shoot(page, "compare", leaving=True)
    assert Case.objects.get(kind="office").flow_version.version == 1
    page = admin.go(f"/system/flows/{design.uuid}/migrate/")
    expect(page.get_by_text("转移").first).to_be_visible()
    camera.shoot(page, "dry-run", leaving=True)
    page = admin.go(f"/system/flows/{design.uuid}/simulate/")
    page.locator("[name='value:days']").fill("1, 2, 8")
    admin.press("开始模拟")
    expect(page.locator("[data-chart][data-drawn]")).to_be_visible()
    camera.shoot(page, "simulation", leaving=True)
