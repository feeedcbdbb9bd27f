"""What the matters of tests are made of: moments of the zone, facts, small real files."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from jingkai.records.files.testing import PDF

ZONE = ZoneInfo("Asia/Shanghai")
PACKAGE = "construction-permit"
STAGES = ("draft", "submitted", "accepted", "reviewed", "summarised", "signed", "sealed")
DAYS = {
    "draft": "2026-03-02 09:00",
    "submitted": "2026-03-02 10:00",
    "accepted": "2026-03-03 10:00",
    "reviewed": "2026-03-05 15:00",
    "summarised": "2026-03-06 09:00",
    "signed": "2026-03-06 16:00",
    "sealed": "2026-03-09 09:30",
}
"""The days of an ordinary matter: submitted on a Monday, sealed on the Monday after."""

OFFICERS = {"fire": "officer_fire", "airdefence": "officer_airdefence", "quality": "officer_quality"}
FACTS: dict[str, Any] = {
    "project_name": "二期厂房",
    "project_code": "2601-320826-04-01-118456",
    "project_address": "示范经济开发区兴业大道 18 号",
    "construction_kind": "new",
    "special_class": "large",
    "building_use": "机加工车间",
    "building_area": "21800.00",
    "building_height": "18.20",
    "floors_above": 3,
    "floors_below": 1,
    "structure": "frame",
    "shelter_area": "1200.00",
    "investment": "8600.00",
    "design_firm": "示范建筑设计院有限公司",
    "contractor": "示范建设工程有限公司",
    "supervising_firm": "示范工程监理有限公司",
    "start_on": "2026-06-01",
    "contact_name": "秦经办",
    "contact_phone": "13800000016",
    "remark": "",
}
"""What a handler types into the form of the package; it passes the form."""

Moment = str | datetime


def moment(text: Moment) -> datetime:
    """Read a moment of the zone, such as `2026-03-02 09:00`."""
    return text if isinstance(text, datetime) else datetime.fromisoformat(text).replace(tzinfo=ZONE)


@cache
def small_file(kind: str) -> bytes:
    """Give a small real file of a kind that the package accepts."""
    makers = {"pdf": lambda: PDF, "jpeg": _picture, "docx": _letter, "xlsx": _table}
    return makers[kind]()


def _picture() -> bytes:
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (120, 80), "white").save(out, format="JPEG")
    return out.getvalue()


def _letter() -> bytes:
    from docx import Document

    document, out = Document(), BytesIO()
    document.add_paragraph("施工组织设计")
    document.save(out)
    return out.getvalue()


def _table() -> bytes:
    from openpyxl import Workbook

    book, out = Workbook(), BytesIO()
    book.create_sheet("参建单位").append(("建设单位", "示范精密制造有限公司"))
    book.save(out)
    return out.getvalue()


ENDINGS = {"pdf": "pdf", "jpeg": "jpg", "docx": "docx", "xlsx": "xlsx"}
KIND_OF = {"site-plan": "jpeg", "construction-plan": "docx", "participants": "xlsx"}
"""Materials that are given in another kind than PDF."""
