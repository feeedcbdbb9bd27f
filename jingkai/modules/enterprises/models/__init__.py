"""Tables of the registry: enterprises, who acts for them with which rights, and fees."""

from jingkai.modules.enterprises.models.acting import HandlerRights, HandOver
from jingkai.modules.enterprises.models.fees import (
    FeeDemand,
    FeeItem,
    FeeStatement,
    Payment,
    PaymentShare,
    Refund,
)
from jingkai.modules.enterprises.models.registry import (
    CodeException,
    Enterprise,
    Invitation,
    LocalIndustry,
    Registration,
)

__all__ = [
    "CodeException",
    "Enterprise",
    "FeeDemand",
    "FeeItem",
    "FeeStatement",
    "HandOver",
    "HandlerRights",
    "Invitation",
    "LocalIndustry",
    "Payment",
    "PaymentShare",
    "Refund",
    "Registration",
]
