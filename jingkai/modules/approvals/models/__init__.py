"""Tables of the service hall: catalogue, powers, applications, reviews and results."""

from jingkai.modules.approvals.models.application import Application, ApplicationItem, Submission
from jingkai.modules.approvals.models.catalogue import Item, Material, Package, PackageItem
from jingkai.modules.approvals.models.items import ItemConfirmation, ItemImport, ItemVersion
from jingkai.modules.approvals.models.powers import Power, PowerGap
from jingkai.modules.approvals.models.results import ConstructionPermit, Decision, Rating
from jingkai.modules.approvals.models.review import (
    Correction,
    CorrectionFault,
    ExpertReview,
    Question,
)

__all__ = [
    "Application",
    "ApplicationItem",
    "ConstructionPermit",
    "Correction",
    "CorrectionFault",
    "Decision",
    "ExpertReview",
    "Item",
    "ItemConfirmation",
    "ItemImport",
    "ItemVersion",
    "Material",
    "Package",
    "PackageItem",
    "Power",
    "PowerGap",
    "Question",
    "Rating",
    "Submission",
]
