"""The public catalogue without an account: everyday words, filters, the guide of an item, its pictures."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import etree

from jingkai.modules.approvals import operations, queries
from jingkai.modules.approvals.models import Item
from jingkai.modules.approvals.testing import Hall, moment

pytestmark = pytest.mark.django_db
HALL_AT = "catalogue"
AT = moment("2026-03-02 09:00")
MOST = 8


@pytest.fixture
def loaded(hall: Hall) -> Hall:
    hall.travel(AT)
    return hall


def get(name: str, *args: str, language: str = "zh-hans", **query: str) -> Any:
    client = Client(headers={"accept-language": language})
    return client.get(reverse(f"approvals:{name}", args=args), query)


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ({"q": "挖路"}, ("挖掘城市道路审批",), ("食品经营许可",)),
        ({"q": "开饭店"}, ("食品经营许可",), ("挖掘城市道路审批",)),
        ({"q": "盖厂房"}, ("建筑工程施工许可证核发",), ("食品经营许可",)),
        ({"line": "environment"}, ("建设项目环境影响报告书审批",), ("挖掘城市道路审批",)),
        (
            {"audience": "natural", "line": "business"},
            ("特种设备作业人员资格认定",),
            ("第三类医疗器械经营许可",),
        ),
        ({"kind": "filing", "line": "investment"}, ("企业投资项目备案",), ("企业投资项目核准",)),
        ({"unit": "fire"}, ("特殊建设工程消防验收",), ("挖掘城市道路审批",)),
        ({"line": "'", "after": "x"}, ("施工许可阶段并联办理",), ()),
        ({"q": "zzqqxx"}, ("没有找到",), ()),
    ],
)
def test_the_catalogue_is_narrowed(loaded: Hall, query: dict[str, str], shown: Any, hidden: Any) -> None:
    page = get("catalogue", **query).content.decode()
    assert all(text in page for text in shown)
    assert not any(text in page for text in hidden)


def test_the_catalogue_is_leafed_through_with_few_questions(loaded: Hall) -> None:
    seen: set[str] = set()
    page: Any = get("catalogue", line="")
    address = reverse("approvals:catalogue")
    for _turn in range(6):
        rows = page.context["items"]
        seen |= {row["item"].code for row in rows}
        pager = page.context["pager"]
        if pager is None or not pager.older_url:
            break
        with CaptureQueriesContext(connection) as captured:
            page = Client().get(address + pager.older_url)
        assert len(captured) <= MOST, [query["sql"][:80] for query in captured]
    assert seen == set(Item.objects.values_list("code", flat=True))


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "法定时限"), ("en", "Statutory limit")])
def test_the_guide_of_an_item_says_everything(loaded: Hall, language: str, words: str) -> None:
    get("item_guide", "water-intake-permit", language=language)
    with CaptureQueriesContext(connection) as captured:
        page = get("item_guide", "water-intake-permit", language=language)
    text = page.content.decode()
    assert len(captured) <= MOST, [query["sql"][:80] for query in captured]
    assert words in text
    assert "45" in text
    assert "qr.svg" in text
    assert ("待核实" in text) or ("verified" in text)


def test_a_confirmed_guide_names_who_when_and_against_what(loaded: Hall) -> None:
    item = queries.get_item(code="road-excavation")
    editor = loaded.actor("catalogue_editor", AT)
    operations.confirm_sections(
        item=item, sections=["basis"], instrument="示政办发〔2026〕3号", note="", by=editor, at=AT
    )
    text = get("item_guide", "road-excavation").content.decode()
    assert "由钱目录于 2026-03-02 依据示政办发〔2026〕3号核实" in text


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_flow_chart_and_code_are_pictures(loaded: Hall, language: str) -> None:
    for name in ("item_flow", "item_qr"):
        response = get(name, "road-excavation", language=language)
        assert response["Content-Type"].startswith("image/svg+xml")
        root = etree.fromstring(response.content)
        assert root.tag.endswith("svg")
    words = "受理" if language == "zh-hans" else "Acceptance"
    assert words in get("item_flow", "road-excavation", language=language).content.decode()


@pytest.mark.parametrize("kind", ["blank", "sample"])
def test_forms_are_downloaded_without_an_account(loaded: Hall, kind: str) -> None:
    response = get("item_form", "road-excavation", "application", kind)
    assert response.content.startswith(b"%PDF")
    assert response.content == get("item_form", "road-excavation", "application", kind).content


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("item_guide", ("nothing",)),
        ("item_flow", ("nothing",)),
        ("item_form", ("road-excavation", "nothing", "blank")),
        ("item_form", ("road-excavation", "drawings", "blank")),
        ("item_form", ("road-excavation", "application", "secret")),
    ],
)
def test_what_is_not_there_is_not_found(loaded: Hall, name: str, args: tuple[str, ...]) -> None:
    assert get(name, *args).status_code == 404
