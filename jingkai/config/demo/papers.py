"""Real files for the demonstration's applications: PDF, DOCX, XLSX and JPG, made on the spot."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from functools import cache
from io import BytesIO

from docx import Document
from openpyxl import Workbook
from PIL import Image, ImageDraw

from jingkai.records.typesetting import api as typesetting
from jingkai.records.typesetting.data import Letter, paragraph

_begun: dict[tuple[str, str, str], Future[bytes]] = {}


def make_file(kind: str, title: str, project: str, at: datetime) -> bytes:
    """A small real file of one kind with the material's title and the project's name in it."""
    makers = {"pdf": _pdf, "docx": _docx, "xlsx": _xlsx, "jpg": _jpg}
    return makers[kind](title, project, at)


def typeset_ahead(papers: Iterable[tuple[str, str, date]]) -> None:
    """Begin to typeset PDFs (title, project, day) beside everything else, for the matters that come later.

    The compiler is a process of its own: while it works the caller fills tables.
    """
    for title, project, day in papers:
        key = (title, project, day.isoformat())
        if key not in _begun:
            _begun[key] = _beside().submit(_typeset, *key)


@cache
def _beside() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="papers")


def _pdf(title: str, project: str, at: datetime) -> bytes:
    key = (title, project, at.date().isoformat())
    if key not in _begun:
        _begun[key] = Future()
        _begun[key].set_result(_typeset(*key))
    return _begun[key].result()


def _typeset(title: str, project: str, day: str) -> bytes:
    letter = Letter(
        agency=project,
        title=title,
        blocks=(
            paragraph(f"工程名称：{project}。"),
            paragraph("本文件为演示材料，由演示程序生成，仅供系统演示使用。"),
        ),
        date=day,
        sealed=False,
    )
    return typesetting.render(
        "typesetting/letter", letter, at=datetime.fromisoformat(f"{day}T09:00:00+08:00")
    )


def _docx(title: str, project: str, at: datetime) -> bytes:
    document = Document()
    document.add_heading(title, level=1)
    document.add_paragraph(f"工程名称：{project}")
    document.add_paragraph(f"编制日期：{at:%Y-%m-%d}（演示材料）")
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _xlsx(title: str, project: str, at: datetime) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "参建单位"
    rows = [
        (title, project),
        ("单位类别", "单位名称", "项目负责人"),
        ("建设单位", project, "陈立群"),
        ("设计单位", "示范建筑设计院有限公司", "高远"),
        ("施工单位", "示范建设工程有限公司", "石磊"),
        ("监理单位", "示范工程监理有限公司", "方正"),
        ("编制日期", f"{at:%Y-%m-%d}"),
    ]
    for row in rows:
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _jpg(title: str, project: str, at: datetime) -> bytes:
    picture = Image.new("RGB", (1240, 877), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((60, 60, 1180, 817), outline=(23, 64, 122), width=4)
    draw.rectangle((200, 200, 700, 600), outline=(90, 90, 90), width=3)
    draw.line((120, 700, 1120, 700), fill=(184, 38, 27), width=8)
    draw.text((80, 80), f"SITE PLAN {at:%Y-%m-%d} DEMO {len(title)}/{len(project)}", fill=(20, 20, 20))
    out = BytesIO()
    picture.save(out, format="JPEG", quality=85)
    return out.getvalue()
