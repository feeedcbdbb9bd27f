"""Lists are narrowed, sorted, leafed through and taken along as spreadsheets; empty ones say what to do."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from jingkai.kernel.audit.models import TrailEntry
from jingkai.modules.approvals import queries
from jingkai.modules.approvals.models import Application
from jingkai.modules.approvals.testing import Hall, moment

pytestmark = pytest.mark.django_db

NOW = "2026-03-10 09:00"


def text_of(response: Any) -> str:
    """The words of a page."""
    return str(response.content.decode())


def sheet_of(response: Any) -> list[tuple[Any, ...]]:
    """The lines of a spreadsheet."""
    book = load_workbook(BytesIO(b"".join(response.streaming_content)))
    return list(book.worksheets[0].iter_rows(values_only=True))


def see(hall: Hall, who: str, name: str, **query: Any) -> Any:
    """Open a list as a member of the cast."""
    hall.travel(NOW)
    client = Client()
    if who:
        hall.log_in(client, who)
    return client.get(reverse(f"approvals:{name}"), query)


@pytest.fixture
def matters(hall: Hall) -> list[Application]:
    """A draft of today, one handed in, one from another enterprise."""
    return [
        hall.draft(at="2026-03-02 09:00", project_name="=HYPERLINK(1)"),
        hall.bring_to("submitted"),
        hall.draft(at="2026-03-02 09:00", by="other_handler", project_name="别家的项目"),
    ]


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ({}, ("=HYPERLINK(1)", "二期厂房"), ("别家的项目",)),
        ({"q": "二期"}, ("二期厂房",), ("HYPERLINK",)),
        ({"q": "sp2026-00001"}, ("二期厂房",), ("HYPERLINK",)),
        ({"state": "draft"}, ("HYPERLINK",), ("二期厂房",)),
        ({"state": "nonsense", "after": "x", "sort": "'"}, ("HYPERLINK", "二期厂房"), ()),
        ({"q": "没有这个"}, ("没有符合筛选条件的办件", "全部办件"), ("HYPERLINK",)),
    ],
)
def test_own_matters_are_narrowed(
    hall: Hall, matters: list[Application], query: Any, shown: Any, hidden: Any
) -> None:
    page = text_of(see(hall, "handler", "my", **query))
    assert all(words in page for words in shown)
    assert not any(words in page for words in hidden)


def test_own_matters_are_sorted_and_leafed_through(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        hall.draft(at=f"2026-03-0{number + 2} 09:00", project_name=f"项目{number}")
    oldest = Application.objects.order_by("created_at")[0]
    Application.objects.filter(pk=oldest.pk).update(updated_at=moment("2026-03-09 09:00"))
    found = queries.own_applications(enterprise_ids=[oldest.enterprise_id])
    for field, first in (("updated_at", "项目0"), ("created_at", "项目4")):
        names, before, after = [], [], 0
        while True:
            page, place = queries.page_after(found, field=field, after=after, size=2)
            names += [one.project_name for one in page]
            assert (place.is_later, place.former) == (bool(before), before[-1] if before else 0)
            before.append(after)
            if not (after := place.following):
                break
        assert len(names) == len(set(names)) == 5
        assert names[0] == first
    monkeypatch.setattr(queries.page_after, "__kwdefaults__", {"ascending": False, "after": 0, "size": 2})
    page = text_of(see(hall, "handler", "my", sort="begun", state="draft"))
    assert "after=" in page
    assert "sort=begun&amp;state=draft&amp;after=" in page


def test_newer_leads_one_page_back(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries.page_after, "__kwdefaults__", {"ascending": False, "after": 0, "size": 2})
    monkeypatch.setattr(queries.first_own_applications, "__kwdefaults__", {"size": 2})
    for number in range(7):
        hall.draft(at=f"2026-03-0{number + 2} 09:00")
    pages = [see(hall, "handler", "my", sort="begun").context]
    while pages[-1]["pager"].older_url:
        asked = dict(parse_qsl(pages[-1]["pager"].older_url[1:]))
        pages.append(see(hall, "handler", "my", **asked).context)
    assert len(pages) == 4
    assert pages[0]["pager"].newer_url == ""
    for former, page in pairwise(pages):
        back = see(hall, "handler", "my", **dict(parse_qsl(page["pager"].newer_url[1:]))).context
        assert [row.cells for row in back["rows"].rows] == [row.cells for row in former["rows"].rows]


def test_own_matters_as_a_spreadsheet_hold_no_formula_and_stand_in_the_trail(
    hall: Hall, matters: list[Application]
) -> None:
    answer = see(hall, "handler", "my_export", q="hyper")
    lines = sheet_of(answer)
    assert lines[0][:2] == ("办件编号", "工程名称")
    assert [line[1] for line in lines[1:]] == ["=HYPERLINK(1)"]
    book = load_workbook(BytesIO(b"".join(see(hall, "handler", "my_export").streaming_content)))
    assert "f" not in {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row}
    entry = TrailEntry.objects.filter(action="approvals.list_exported").first()
    assert entry is not None
    assert "hyper" not in str(entry.facts)


@pytest.mark.parametrize("who", ["catalogue_editor", "leader"])
def test_register_of_powers_is_narrowed_sorted_and_exported(hall: Hall, who: str) -> None:
    power = hall.power()
    assert power.instrument in text_of(see(hall, who, "manage_powers", state="in_force", sort="ends_on"))
    assert "没有符合筛选条件的赋权事项" in text_of(see(hall, who, "manage_powers", q="没有这个"))
    assert "没有符合筛选条件的赋权事项" in text_of(see(hall, who, "manage_powers", state="suspended"))
    lines = sheet_of(see(hall, who, "powers_export", q=power.instrument))
    assert [line[6] for line in lines[1:]] == [power.instrument]


def test_everybody_searches_the_register_of_powers_and_takes_it_along(hall: Hall) -> None:
    power = hall.power()
    page = text_of(see(hall, "", "powers", q="消防"))
    assert power.instrument in page
    assert f"{reverse('approvals:public_powers_export')}?q=" in page
    lines = sheet_of(see(hall, "", "public_powers_export", q=power.instrument))
    assert [line[6] for line in lines[1:]] == [power.instrument]
    assert see(hall, "", "powers_export").status_code == 302
    assert see(hall, "handler", "powers_export").status_code == 403
