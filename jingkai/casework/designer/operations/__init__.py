"""Writes of the designer."""

from jingkai.casework.designer.operations.drawing import (
    CannotKeep,
    KeyTaken,
    NoPicture,
    StaleDesign,
    TooMuch,
    adopt_flow,
    create_design,
    save_drawing,
    save_form,
    save_head,
)
from jingkai.casework.designer.operations.limits import end_limit, start_limit
from jingkai.casework.designer.operations.publishing import (
    DesignRefused,
    NoSuchTemplate,
    offer_template,
    publish_design,
)
from jingkai.casework.designer.operations.starting import KIND, start_matter, start_plain

__all__ = [
    "KIND",
    "CannotKeep",
    "DesignRefused",
    "KeyTaken",
    "NoPicture",
    "NoSuchTemplate",
    "StaleDesign",
    "TooMuch",
    "adopt_flow",
    "create_design",
    "end_limit",
    "offer_template",
    "publish_design",
    "save_drawing",
    "save_form",
    "save_head",
    "start_limit",
    "start_matter",
    "start_plain",
]
