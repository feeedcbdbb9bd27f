"""Tags and filters: what they write, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from jingkai.ui import data, words
from jingkai.ui.words import working_days_light

FOUR_PAST_TWO = datetime(2026, 11, 21, 6, 3, tzinfo=UTC)


def draw(source: str, **context: Any) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("left", "chinese", "english"),
    [
        (3, "还剩 3 个工作日", "3 working days left"),
        (1, "还剩 1 个工作日", "1 working day left"),
        (0, "今天到期", "due today"),
        (-1, "已超 1 个工作日", "1 working day late"),
        (-2, "已超 2 个工作日", "2 working days late"),
    ],
)
def test_working_days_in_both_languages(left: int, chinese: str, english: str) -> None:
    with translation.override("zh-hans"):
        assert draw("{% working_days n %}", n=left) == chinese
    with translation.override("en"):
        assert draw("{% working_days n %}", n=left) == english


def test_moment_is_told_in_the_zone_of_the_reader() -> None:
    with timezone.override("Asia/Shanghai"):
        assert draw("{{ t|moment }}|{{ t|day }}", t=FOUR_PAST_TWO) == "2026-11-21 14:03|2026-11-21"
    with timezone.override("Asia/Shanghai"):
        late = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
        assert draw("{{ t|day }}", t=late) == "2026-11-22"


def test_dates_of_law_are_not_shifted() -> None:
    assert draw("{{ d|day }}", d=date(2026, 11, 21)) == "2026-11-21"
    assert draw("{{ d|day }}{{ d|moment }}", d=None) == ""


@pytest.mark.parametrize(("left", "tone"), [(-1, "late"), (0, "warn"), (1, "warn"), (2, "ok")])
def test_light_of_working_days(left: int, tone: str) -> None:
    assert working_days_light(left).tone == tone


def test_light_always_has_its_word_and_is_escaped() -> None:
    html = draw("{% light l %}", l=data.Light("warn", "<b>"))
    assert html == '<span class="light warn">&lt;b&gt;</span>'
    assert draw("{% light l %}", l=None) == ""


@pytest.mark.parametrize(
    ("size", "text"), [(None, ""), (12, "12 B"), (830_000, "811 KB"), (3_400_000, "3.2 MB")]
)
def test_file_size(size: int | None, text: str) -> None:
    assert words.file_size(size) == text


def test_grouped_number() -> None:
    assert draw("{{ n|grouped }}", n=12860) == "12,860"


def test_icon_is_hidden_unless_it_speaks() -> None:
    assert 'aria-hidden="true"' in draw('{% icon "bell" %}')
    assert 'role="img" aria-label="Messages"' in draw('{% icon "bell" "Messages" %}')


def test_crumbs_last_has_no_link() -> None:
    html = draw('{% crumbs "Cases" "/cases/" "SP-1" %}')
    assert '<a href="/cases/">Cases</a>' in html
    assert "<span>SP-1</span>" in html


def test_clock_draws_limit_and_held_time_without_inline_style() -> None:
    bar = data.ClockBar("Fire", data.Light("hold", "held"), 47, 120, [data.Span(47, 74)])
    html = draw("{% clocks bars %}", bars=[bar])
    assert 'width="47%"' in html
    assert 'x1="99.6%"' in html
    assert 'x="47%" y="3" width="27%"' in html
    assert "style=" not in html


def test_stacked_bars_share_one_scale() -> None:
    rows = [
        data.StackedBar("a", [data.Part("x", 60, "ok"), data.Part("y", 20, "late")], "80"),
        data.StackedBar("b", [data.Part("x", 40, "ok")], "40"),
    ]
    html = draw("{% stacked_bars rows %}", rows=rows)
    assert html.count('width="75%"') == 1
    assert html.count('width="50%"') == 1
    assert draw("{% stacked_bars rows %}", rows=[data.StackedBar("c", [])])


def test_table_rows_carry_labels_for_phones() -> None:
    columns = [data.Column("Due", "date"), data.Column("Sum", "number")]
    value = data.Table("Cases", columns, [data.Row([date(2026, 1, 2), None])])
    html = draw("{% table t %}", t=value)
    assert 'data-label="Due"' in html
    assert "2026-01-02" in html


def test_table_refuses_a_row_of_the_wrong_length() -> None:
    value = data.Table("Cases", [data.Column("Due")], [data.Row(["a", "b"])])
    with pytest.raises(ValueError, match="zip"):
        draw("{% table t %}", t=value)


def test_chart_option_is_escaped_into_its_attribute() -> None:
    html = draw("{% chart c %}", c=data.Chart("Title", {"title": '"><script>'}))
    assert "<script>" not in html


def test_flow_marks_current_and_done_nodes() -> None:
    nodes = [data.FlowNode("a", "A", "done"), data.FlowNode("b", "B", "now"), data.FlowNode("c", "C")]
    html = draw('{% flow "/x.bpmn" nodes %}', nodes=nodes)
    assert 'data-flow-current="b"' in html
    assert 'data-flow-done="a"' in html


def test_progress_stops_asking_when_done() -> None:
    running = data.Progress("Import", 42, poll_url="/jobs/1")
    assert 'hx-get="/jobs/1"' in draw("{% progress p %}", p=running)
    done = data.Progress("Import", 100, state="done", poll_url="/jobs/1")
    assert "hx-get" not in draw("{% progress p %}", p=done)


def test_bottom_bar_has_at_most_four_links() -> None:
    items = [data.MenuItem(str(n), "/") for n in range(6)]
    assert len(data.Shell("Zone", groups=[data.MenuGroup("", items)]).bottom) == 4
