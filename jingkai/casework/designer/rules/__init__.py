"""Rights, checks and comparisons of the designer."""

from jingkai.casework.designer.rules.checking import Surroundings, check_design, refusals
from jingkai.casework.designer.rules.differences import differences
from jingkai.casework.designer.rules.permissions import DRAW_FLOWS, MANAGE_FLOWS, PERMISSIONS, RIGHTS
from jingkai.casework.designer.rules.steps import StepLine, steps_of

__all__ = [
    "DRAW_FLOWS",
    "MANAGE_FLOWS",
    "PERMISSIONS",
    "RIGHTS",
    "StepLine",
    "Surroundings",
    "check_design",
    "differences",
    "refusals",
    "steps_of",
]
