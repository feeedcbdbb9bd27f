"""A paper to issue, a seal to put on it, and an approved decision behind it, for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from jingkai.records.documents.data import Paper, PublicFact
from jingkai.records.numbering.testing import add_series
from jingkai.records.typesetting.data import Letter, facts, heading, listing, paragraph


def letter(**changes: Any) -> Letter:
    """A letter as the zone writes them."""
    given: dict[str, Any] = {
        "agency": "示范经济开发区管理委员会",
        "title": "特殊建设工程消防设计审查意见书",
        "addressee": "示范精密制造有限公司",
        "blocks": (
            paragraph(
                "你单位申请的“年产20万套精密轴承项目一期厂房”特殊建设工程消防设计审查，经审查，意见如下："
            ),
            heading("一、审查结论"),
            paragraph("该工程消防设计审查合格。"),
            facts(("工程名称", "年产20万套精密轴承项目一期厂房"), ("建设地点", "兴业大道18号")),
            heading("二、告知事项"),
            listing("应当按照经审查合格的消防设计文件组织施工。", "确需修改的，应当依法重新申请审查。"),
        ),
        "signatory": "示范经济开发区管理委员会",
        "date": "2026年11月21日",
    }
    return Letter(**{**given, **changes})


def paper(**changes: Any) -> Paper:
    """A paper in the series `test`, which is written down when it is missing."""
    add_series("test")
    given: dict[str, Any] = {
        "kind": "test.opinion",
        "kind_name": "消防设计审查意见书",
        "kind_name_en": "Fire design review opinion",
        "title": "特殊建设工程消防设计审查意见书",
        "series": "test",
        "content": letter(),
        "owner": ("test.case", 1),
        "organ_name": "示范经济开发区管理委员会",
        "addressee_name": "示范精密制造有限公司",
        "public_facts": (
            PublicFact(label="工程名称", label_en="Project", value="年产20万套精密轴承项目一期厂房"),
        ),
    }
    return Paper(**{**given, **changes})


@pytest.fixture
def issued_document(cast: Any, seal: Any, decide: Any) -> Any:
    """A sealed and valid document of the cast's zone."""
    from jingkai.records.documents.api import issue
    from jingkai.records.documents.data import SealOrder

    at: datetime = cast.at
    order = SealOrder(seal_code=seal.code, authorisation=decide(cast.deputy_director))
    return issue(paper=paper(), by=cast.custodian, at=at, seal=order)
