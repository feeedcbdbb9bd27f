"""Blank and sample forms of single items, typeset from the catalogue; the same form is made once."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from jingkai.kernel.parties import api as parties
from jingkai.records.typesetting import api as typesetting
from jingkai.records.typesetting.data import Letter, facts, heading, paragraph

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""The same form has the same bytes, whenever it is made."""

GROUPS = (
    (
        "一、申请人",
        (
            ("名称（姓名）", "示范精密制造有限公司"),
            ("统一社会信用代码（证件号码）", "（按营业执照填写）"),
            ("住所", "示范经济开发区兴业大道 18 号"),
            ("法定代表人", "张三"),
        ),
    ),
    (
        "二、经办人",
        (("姓名", "李四"), ("手机号码", "138 0000 0000"), ("送达方式", "□网上下载　□窗口领取　□邮寄")),
    ),
    (
        "三、申请事项",
        (
            ("项目名称", "年产 5 万台精密部件生产线"),
            ("项目代码", "（在线审批监管平台代码，没有的不填）"),
            ("申请内容", "（简要写明申请的内容和理由）"),
        ),
    ),
)


def typeset_form(*, name: str, item: str, unit: str, sample: bool) -> bytes:
    """The form of an item as a PDF: empty, or filled in as an example and marked so."""
    return _typeset(f"{parties.zone_name()}管理委员会", name, item, unit, sample)


@lru_cache(maxsize=64)
def _typeset(agency: str, name: str, item: str, unit: str, sample: bool) -> bytes:
    blocks = [paragraph(f"事项：{item}　　承办：{unit}")]
    for title, rows in GROUPS:
        blocks += [heading(title), facts(*((label, text if sample else "　") for label, text in rows))]
    blocks.append(paragraph("申请人承诺所填内容和所附材料真实有效，并承担相应的法律责任。"))
    blocks.append(paragraph("申请人（签名、盖章）：　　　　　　　　　　　　　　年　　月　　日"))
    title = f"{name}（样表）" if sample else name
    return typesetting.render(
        "typesetting/letter",
        Letter(agency=agency, title=title, blocks=tuple(blocks), sealed=False),
        at=EPOCH,
    )
