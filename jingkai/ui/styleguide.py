"""The style guide: every component with example data, shown only where DEBUG is on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from jingkai.ui import data
from jingkai.ui.words import working_days_light

NOW = datetime(2026, 11, 23, 1, 14, tzinfo=UTC)

SHELL = data.Shell(
    zone_name="示范经济开发区",
    user_name="李敏",
    user_unit="规划建设局",
    groups=(
        data.MenuGroup(
            "",
            (
                data.MenuItem("工作台", "#1", "inbox", 12, current=True),
                data.MenuItem("督办", "#2", "flag", 3, late=True),
                data.MenuItem("待阅", "#3", "eye", 26),
            ),
        ),
        data.MenuGroup(
            "办事",
            (
                data.MenuItem("办件", "#4", "folder"),
                data.MenuItem("窗口", "#5", "window"),
                data.MenuItem("Catalogue of service items", "#6", "list-details"),
            ),
        ),
        data.MenuGroup(
            "公文", (data.MenuItem("收文", "#7", "file-import"), data.MenuItem("发文", "#8", "file-export"))
        ),
    ),
    nav=(
        data.MenuItem("首页", "#1", current=True),
        data.MenuItem("办事", "#2"),
        data.MenuItem("查询", "#3"),
        data.MenuItem("政策", "#4"),
    ),
    account=(data.MenuItem("我的账号", "#a"), data.MenuItem("委托代办", "#b")),
    footer=(
        data.MenuItem("网站地图", "#m"),
        data.MenuItem("无障碍声明", "#w"),
        data.MenuItem("联系我们", "#l"),
    ),
    footer_lines=("示范市开放大道 1 号 · 0000-12345",),
    unread=4,
    unread_url="#m",
    search_url="/ui/styleguide",
    search_hint="搜索办件、公文、企业、事项（按 / 键）",
    login_url="#in",
    register_url="#new",
    logout_url="#out",
    demo=True,
)


class ExampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="单位名称", help_text="与营业执照一致", max_length=10)
    kind = forms.ChoiceField(label="类别", choices=[("1", "施工许可"), ("2", "消防设计审查")])
    due = forms.DateField(label="应办结", widget=forms.DateInput(attrs={"type": "date"}))
    area = forms.DecimalField(label="用地面积（㎡）", required=False)
    way = forms.ChoiceField(
        label="取件方式",
        widget=forms.RadioSelect,
        choices=[("1", "窗口自取"), ("2", "邮寄"), ("3", "网上下载")],
    )
    park = forms.MultipleChoiceField(
        label="园区",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("a", "东园"), ("b", "西园")],
    )
    text = forms.CharField(label="说明", widget=forms.Textarea, required=False)
    paper = forms.FileField(label="附件", required=False)
    agree = forms.BooleanField(label="本人承诺所填内容属实")


def _clocks() -> list[data.ClockBar]:
    return [
        data.ClockBar("消防设计审查", data.Light("hold", "暂停 · 专家评审"), 47, 93, [data.Span(47, 74)]),
        data.ClockBar("人防工程审查", data.Light("ok", "已办结 · 2 日"), 40, 66, url="#c"),
        data.ClockBar("Quality and safety supervision", data.Light("warn", "张航 · 还剩 1 日"), 80, 100),
        data.ClockBar("规划条件核实", data.Light("late", "王磊 · 已超 2 日"), 100, 70),
    ]


def _journey() -> list[data.JourneyStep]:
    return [
        data.JourneyStep("送分管领导", state="next"),
        data.JourneyStep("汇总意见", None, "李敏 · 规划建设局", "已到手 2 小时", "now"),
        data.JourneyStep("消防设计审查 · 暂停", NOW, "赵越", "专家评审，依据第四十五条", "held"),
        data.JourneyStep("人防工程审查 · 办结", NOW - timedelta(days=1), "何俊"),
        data.JourneyStep(
            "一次性告知补正", NOW - timedelta(days=5), "孙丽", "总平面图缺消防车道标注", "returned"
        ),
        data.JourneyStep("提交申请", NOW - timedelta(days=6), "网上", "陈*（周颖带办）"),
    ]


def _table() -> data.Table:
    columns = [
        data.Column("时限", "light", "#s", "ascending"),
        data.Column("事项", "title"),
        data.Column("环节"),
        data.Column("在谁手里"),
        data.Column("金额（万元）", "number", "#n"),
        data.Column("应办结", "date", "#d"),
    ]
    titles = [
        (
            -1,
            "年产 3.5 万平方米线路板项目 · 消防设计审查",
            "SP2026-00418 · 澄光电子科技有限公司",
            "技术审查",
            "我",
        ),
        (1, "食品饮料二期厂房 · 施工许可阶段并联办理", "SP2026-00431 · 今禾食品有限公司", "汇总意见", "我"),
        (4, "关于报送四季度重点项目进展的通知（特急）", "SW2026-0127 · 市发展改革委", "承办", "我"),
        (
            9,
            "Fire safety review of building 7",
            "SP2026-00440",
            "Acceptance",
            "Planning Bureau · to be claimed",
        ),
    ]
    rows = [
        data.Row(
            [
                working_days_light(n),
                data.Link(t, "#t", s),
                step,
                who,
                12860 + n,
                (NOW + timedelta(days=n)).date(),
            ],
            str(n),
        )
        for n, t, s, step, who in titles
    ]
    return data.Table("在我手里的办件", columns, rows, select="case")


def _materials() -> list[data.Material]:
    done = data.FileLink("施工图设计文件审查合格书（2026 年 11 月）.pdf", "#f", 3_400_000, "11-13 陈*", "#r")
    return [
        data.Material(
            "施工图审查合格书",
            "a",
            light=data.Light("ok", "已收"),
            files=[done],
            upload_url="/up",
            blank_url="#b",
        ),
        data.Material(
            "总平面图", "b", note="须标注消防车道", light=data.Light("warn", "待补正"), upload_url="/up"
        ),
        data.Material("授权委托书", "c", required=False, light=data.Light("none", "未交"), sample_url="#s"),
    ]


def _bars() -> list[data.StackedBar]:
    figures = [("规划建设局", 62, 12, 6), ("招商发展局", 48, 6, 0), ("Emergency Management", 30, 9, 5)]
    return [
        data.StackedBar(
            name,
            [data.Part("正常", ok, "ok"), data.Part("临期", warn, "warn"), data.Part("超期", late, "late")],
            f"{ok + warn + late} 件",
        )
        for name, ok, warn, late in figures
    ]


def _stats() -> list[data.Stat]:
    return [
        data.Stat("在办", "247", note="比上周 −18"),
        data.Stat("今日到期", "9"),
        data.Stat("已超期", "12", note="最长 4 日", tone="late", url="#late"),
        data.Stat("平均用时", "5.8", "工作日", "承诺 7 · 法定 15"),
        data.Stat("一件事全程", "23", "工作日", "改革前 87（−74%）"),
    ]


def _chart() -> data.Chart:
    months = ["6 月", "7 月", "8 月", "9 月", "10 月", "11 月"]
    took, promised = [8.1, 7.6, 7.0, 6.4, 6.1, 5.8], [7, 7, 7, 7, 7, 7]
    series = [
        {"type": "bar", "name": "平均用时", "data": took},
        {"type": "line", "name": "承诺", "data": promised, "color": "#b8261b"},
    ]
    option = {"xAxis": {"type": "category", "data": months}, "yAxis": {}, "legend": {}, "series": series}
    rows = list(zip(months, took, promised, strict=True))
    return data.Chart("平均用时（工作日）", option, ["月份", "平均用时", "承诺"], rows)


def _flow() -> list[data.FlowNode]:
    return [
        data.FlowNode("accept", "受理", "done", "孙丽"),
        data.FlowNode("review", "审查", "now", "李敏"),
        data.FlowNode("decide", "决定"),
    ]


def _parts() -> dict[str, object]:
    return {
        "tabs": [
            data.Tab("在我手里", "#1", 12, True),
            data.Tab("待我阅", "#2", 26),
            data.Tab("超期", "#3", 3, late=True),
        ],
        "table": _table(),
        "pager": data.Pager("", "#older", "共 247 件"),
        "clocks": _clocks(),
        "journey": _journey(),
        "steps": [
            data.Step("选择事项", "done", "#1"),
            data.Step("填写信息", "now"),
            data.Step("上传材料"),
            data.Step("确认提交"),
        ],
        "opinion": data.Opinion(
            "何俊", "应建防空地下室 1 860 ㎡，图纸符合要求，同意。", "人防办", NOW, "同意"
        ),
        "proxy_opinion": data.Opinion("主任", "请规划建设局三日内提出意见。", at=NOW, proxy="周文"),
        "materials": _materials(),
        "stats": _stats(),
        "bars": _bars(),
        "chart": _chart(),
        "flow": _flow(),
        "facts": [
            data.Fact("申请单位", "今禾食品有限公司"),
            data.Fact("统一社会信用代码", "9132 0826 **** **** 3X"),
            data.Fact("项目代码", data.Link("2611-320826-04-01-118", "#p")),
            data.Fact("受理", NOW),
            data.Fact("总投资（万元）", 12860),
            data.Fact("带办专员", None),
        ],
        "progress": data.Progress("导入企业名单", 42, "已读 1 260 行，共 3 000 行"),
        "failed": data.Progress("导出办件", text="磁盘已满，请联系运维。", state="failed"),
    }


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component with example data."""
    messages.success(request, "已保存。")
    wrong = ExampleForm({"name": "今禾食品饮料（示范）有限公司", "kind": "1", "due": "", "area": "abc"})
    return render(
        request,
        "ui/styleguide.html",
        {"shell": SHELL, "form": wrong, "fresh": ExampleForm(prefix="new"), **_parts()},
    )


styleguide.access = "public"  # type: ignore[attr-defined]

LAYOUTS = {
    "public": "ui/styleguide_public.html",
    "confirm": "ui/confirm.html",
    "error": "ui/error.html",
}


def layout(request: HttpRequest, layout: str) -> HttpResponse:
    """Show one of the other layouts with example data."""
    if layout not in LAYOUTS:
        raise Http404
    from jingkai.ui.errors import WORDS

    shell = replace(SHELL, user_name="") if layout == "public" else SHELL
    context = {
        "shell": shell,
        "error": WORDS[404],
        "title": "作废这份材料？",
        "text": "作废后留痕，不可恢复。",
    }
    return render(request, LAYOUTS[layout], {**context, "action": "作废", "danger": True, **_parts()})


layout.access = "public"  # type: ignore[attr-defined]
