"""Blank forms that anyone may download, typeset from the fields of the online form."""

from __future__ import annotations

from datetime import datetime

from jingkai.kernel.parties import api as parties
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals.models import Material
from jingkai.records.files import api as files
from jingkai.records.typesetting import api as typesetting
from jingkai.records.typesetting.data import Letter, facts, heading, paragraph

GROUPS = (
    ("一、工程", ("工程名称", "项目代码", "建设地点", "建设性质", "特殊建设工程类别")),
    (
        "二、建筑",
        (
            "使用性质",
            "建筑面积（平方米）",
            "建筑高度（米）",
            "地上、地下层数",
            "结构形式",
            "防空地下室面积（平方米）",
        ),
    ),
    ("三、投资和参建单位", ("总投资（万元）", "设计单位", "施工单位", "监理单位", "计划开工日期")),
    ("四、联系人", ("姓名", "手机号码", "备注")),
)


def attach_blank_form(material: Material, *, by: Actor, at: datetime) -> None:
    """Typeset the blank form of a material and keep it for everyone to download."""
    blocks = [paragraph("申请单位（盖章）：　　　　　　　　　　　统一社会信用代码：")]
    for title, names in GROUPS:
        blocks += [heading(title), facts(*((name, "　") for name in names))]
    blocks.append(paragraph("申请单位承诺所填内容和所附材料真实有效，并承担相应的法律责任。"))
    letter = Letter(
        agency=f"{parties.zone_name()}管理委员会", title=material.name, blocks=tuple(blocks), sealed=False
    )
    content = typesetting.render("typesetting/letter", letter, at=at)
    material.blank_form = files.attach(
        upload=files.receive_bytes(content, name=f"{material.name}（空白）.pdf", kinds=("pdf",)),
        owner=("material", material.pk),
        slot="blank",
        by=by,
        at=at,
    )
    material.save(update_fields=("blank_form",))
