"""Papers to print: the receipt of delivery (送达回证) and the request to use a seal (用印审批单)."""

from __future__ import annotations

from datetime import datetime

from jingkai.modules.approvals.models import Delivery, SealRequest
from jingkai.modules.approvals.operations.papers import chinese_day, committee
from jingkai.records.seals.models import Seal
from jingkai.records.typesetting import api as typesetting
from jingkai.records.typesetting.data import Letter, facts, paragraph


def typeset_receipt(*, delivery: Delivery, at: datetime) -> bytes:
    """Set the receipt for one result: what went to whom, with room for name, document and signature."""
    case, document = delivery.application.case, delivery.document
    name = committee()
    letter = Letter(
        agency=name,
        title="送达回证",
        blocks=(
            facts(
                ("送达文书", f"{document.title}（{document.number_text}）"),
                ("办件编号", case.reference if case else ""),
                ("受送达人", document.addressee_name),
                ("送达方式", "窗口领取"),
                ("送达地点", "政务服务大厅"),
                ("领取人姓名", ""),
                ("领取人身份", "□法定代表人　□经办人　□带办专员　□受委托的人"),
                ("证件类型和号码", ""),
                ("领取人签名", "\n"),
                ("领取日期", "　　　　年　　月　　日"),
                ("送达人签名", "\n"),
            ),
            paragraph("上述文书已收到，经核对无误。受委托领取的，应当出示授权委托书和双方身份证件。"),
        ),
        signatory=name,
        date=chinese_day(at),
        sealed=False,
    )
    return typesetting.render("typesetting/letter", letter, at=at)


def typeset_seal_sheet(*, request: SealRequest, at: datetime) -> bytes:
    """Set a request to use a seal as a sheet, with what was decided and done so far."""
    seal = Seal.objects.filter(code=request.seal_code).first()
    decided, sealed = request.decided_by, request.sealed_by
    opinion = request.opinion or ("同意用印。" if decided and request.state != "refused" else "")
    letter = Letter(
        agency=committee(),
        title="用印审批单",
        number=request.case.reference,
        blocks=(
            facts(
                ("用印文书", f"{request.document.title}（{request.document.number_text}）"),
                ("用印事由", request.purpose),
                ("印章", seal.name if seal else request.seal_code),
                ("份数", "1（电子文书）"),
                ("申请人", request.raised_by.name),
                ("申请日期", chinese_day(request.raised_at)),
                ("审批意见", opinion),
                ("审批人", decided.name if decided else ""),
                ("审批日期", chinese_day(request.decided_at) if request.decided_at else ""),
                ("用印人", sealed.name if sealed else ""),
                ("用印日期", chinese_day(request.sealed_at) if request.sealed_at else ""),
            ),
        ),
        sealed=False,
    )
    return typesetting.render("typesetting/letter", letter, at=at)
