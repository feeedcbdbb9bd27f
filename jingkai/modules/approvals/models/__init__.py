"""Tables of the service hall: catalogue, powers, applications, reviews and results."""

from jingkai.modules.approvals.models.application import (
    Application,
    ApplicationItem,
    Submission,
)
from jingkai.modules.approvals.models.catalogue import (
    Item,
    Material,
    Package,
    PackageItem,
)
from jingkai.modules.approvals.models.delivery import (
    Delivery,
)
from jingkai.modules.approvals.models.items import (
    ItemConfirmation,
    ItemImport,
    ItemVersion,
)
from jingkai.modules.approvals.models.mandates import (
    Mandate,
    MandateAct,
)
from jingkai.modules.approvals.models.network import (
    Dependency,
    ItemPlan,
    LateMaterial,
    Line,
    PackageCondition,
)
from jingkai.modules.approvals.models.powers import (
    Power,
    PowerGap,
)
from jingkai.modules.approvals.models.results import (
    ConstructionPermit,
    Decision,
    Rating,
)
from jingkai.modules.approvals.models.review import (
    Correction,
    CorrectionFault,
    ExpertReview,
    Question,
)
from jingkai.modules.approvals.models.runs import (
    ConditionRun,
    Hearing,
    ItemExtension,
    ItemRun,
    Reissue,
)
from jingkai.modules.approvals.models.sealing import (
    Replacement,
    SealRequest,
)

__all__ = [
    "Application",
    "ApplicationItem",
    "ConditionRun",
    "ConstructionPermit",
    "Correction",
    "CorrectionFault",
    "Decision",
    "Delivery",
    "Dependency",
    "ExpertReview",
    "Hearing",
    "Item",
    "ItemConfirmation",
    "ItemExtension",
    "ItemImport",
    "ItemPlan",
    "ItemRun",
    "ItemVersion",
    "LateMaterial",
    "Line",
    "Mandate",
    "MandateAct",
    "Material",
    "Package",
    "PackageCondition",
    "PackageItem",
    "Power",
    "PowerGap",
    "Question",
    "Rating",
    "Reissue",
    "Replacement",
    "SealRequest",
    "Submission",
]
