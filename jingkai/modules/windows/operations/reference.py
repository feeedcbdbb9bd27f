"""The usual hall of a zone: twelve specialist windows and a general one, with their lines and matters.

A beginning that the hall's manager changes; nothing that is there already is touched.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jingkai.kernel.permissions.data import Actor
from jingkai.modules.windows.data import WindowKind
from jingkai.modules.windows.models import Line, Topic, Window
from jingkai.modules.windows.operations.counters import (
    LineDraft,
    WindowDraft,
    note_equipment,
    save_line,
    save_topics,
    save_window,
)

LINES = (
    ("registration", "A", "注册登记", "Registration"),
    ("investment", "B", "投资项目", "Investment projects"),
    ("planning", "C", "规划建设", "Planning and construction"),
    ("environment", "D", "生态环境", "Environment"),
    ("land", "E", "土地供应", "Land"),
    ("fire", "F", "消防人防", "Fire and air defence"),
    ("emergency", "G", "安全生产", "Work safety"),
    ("talent", "H", "人力社保", "Labour and social security"),
    ("tax", "J", "税费缴纳", "Taxes and fees"),
    ("general", "Z", "综合咨询", "General enquiries"),
)
TOPICS = {
    "registration": (
        ("企业设立登记", "Set up a company", "注册公司 开公司 办营业执照 执照 开办企业"),
        ("企业变更登记", "Change a company's registration", "改名 换法人 变更地址 变更经营范围 股东变更"),
        ("企业注销登记", "Close a company", "注销公司 关公司 歇业"),
        ("公章备案", "Register a company seal", "刻章 印章 公章"),
    ),
    "investment": (
        ("企业投资项目备案", "File an investment project", "立项 项目备案 项目代码 技改"),
        ("节能审查", "Energy review", "能评 节能"),
    ),
    "planning": (
        ("建设用地规划许可", "Planning permit for land", "用地规划 规划条件"),
        ("建设工程规划许可", "Planning permit for construction", "盖厂房 规划许可证 方案审查"),
        ("建筑工程施工许可", "Construction permit", "开工 施工证 施工许可证"),
        ("竣工联合验收", "Joint acceptance of buildings", "验收 竣工 完工"),
    ),
    "environment": (
        ("环境影响评价文件审批", "Environmental impact approval", "环评 环保 报告表"),
        ("排污许可", "Pollutant discharge permit", "排污证 废水 废气"),
    ),
    "land": (
        ("国有建设用地供应", "Supply of state-owned land", "拿地 买地 土地出让 摘牌"),
        ("不动产登记", "Real estate registration", "房产证 不动产证 土地证 抵押"),
    ),
    "fire": (
        ("消防设计审查", "Fire protection design review", "消防图纸 消审"),
        ("消防验收", "Fire protection acceptance", "消防验收 消防检查"),
        ("人防工程审查", "Air defence works review", "人防 地下室 易地建设费"),
    ),
    "emergency": (("安全生产许可", "Work safety permit", "安全证 危化品 安评"),),
    "talent": (
        ("社会保险登记", "Social insurance registration", "社保 五险 参保 养老 医保"),
        ("用工备案", "Register employment", "招工 劳动合同 就业登记"),
    ),
    "tax": (
        ("涉税事项办理", "Tax matters", "报税 发票 税务登记 退税"),
        ("规费缴纳", "Pay fees", "缴费 交钱 规费"),
    ),
    "general": (
        ("办事咨询", "General enquiry", "问一下 咨询 不知道办什么 帮忙"),
        ("材料代收", "Hand in papers", "交材料 补材料 送资料"),
        ("结果领取", "Collect a result", "取证 拿证 领证 领取"),
    ),
}
WINDOWS = (
    (1, "企业登记一窗", "Registration 1", "一楼东区", ("registration",)),
    (2, "企业登记二窗", "Registration 2", "一楼东区", ("registration", "tax")),
    (3, "投资项目窗口", "Investment projects", "一楼东区", ("investment",)),
    (4, "规划许可窗口", "Planning permits", "一楼南区", ("planning", "land")),
    (5, "建设工程窗口", "Construction works", "一楼南区", ("planning",)),
    (6, "生态环境窗口", "Environment", "一楼南区", ("environment",)),
    (7, "自然资源窗口", "Natural resources", "一楼南区", ("land",)),
    (8, "消防人防窗口", "Fire and air defence", "一楼西区", ("fire",)),
    (9, "应急管理窗口", "Emergency management", "一楼西区", ("emergency",)),
    (10, "人力社保一窗", "Labour and insurance 1", "一楼西区", ("talent",)),
    (11, "人力社保二窗", "Labour and insurance 2", "一楼西区", ("talent", "tax")),
    (12, "税费缴纳窗口", "Taxes and fees", "一楼北区", ("tax",)),
)
PLACES = {
    "一楼东区": "Ground floor, east",
    "一楼南区": "Ground floor, south",
    "一楼西区": "Ground floor, west",
    "一楼北区": "Ground floor, north",
    "一楼大厅正中": "Ground floor, centre",
}
GENERAL = (13, "综合窗口", "General window", "一楼大厅正中")
DEVICES = ("高拍仪", "打印机", "评价器")


@transaction.atomic
def set_up_usual_hall(*, by: Actor, at: datetime) -> bool:
    """Set up 12 + 1 windows where there is none yet; False where somebody has begun already."""
    if Window.objects.exists() or Line.objects.exists():
        return False
    lines = {}
    for order, (code, letter, name, name_en) in enumerate(LINES):
        draft = LineDraft(code=code, letter=letter, name=name, name_en=name_en, order=order)
        lines[code] = save_line(line=None, draft=draft, by=by, at=at)
        topics = [
            Topic(source=Topic.Source.WORDS, name=topic, name_en=topic_en, keywords=words)
            for topic, topic_en, words in TOPICS[code]
        ]
        save_topics(line=lines[code], topics=topics, by=by, at=at)
    every = tuple(lines)
    for number, name, name_en, place, served in (*WINDOWS, (*GENERAL, every)):
        kind = WindowKind.GENERAL if served == every else WindowKind.SPECIALIST
        draft_window = WindowDraft(
            number=number,
            kind=kind,
            name=name,
            name_en=name_en,
            place=place,
            place_en=PLACES[place],
            lines=[lines[code].pk for code in served],
        )
        window = save_window(window=None, draft=draft_window, by=by, at=at)
        for device in DEVICES:
            note_equipment(window=window, name=device, state="ok", note="", by=by, at=at)
    return True
