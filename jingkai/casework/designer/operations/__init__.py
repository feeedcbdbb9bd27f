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
from jingkai.casework.designer.operations.publishing import DesignRefused, publish_design
from jingkai.casework.designer.operations.starting import KIND, start_matter, start_plain

__all__ = [
    "KIND",
    "CannotKeep",
    "DesignRefused",
    "KeyTaken",
    "NoPicture",
    "StaleDesign",
    "TooMuch",
    "adopt_flow",
    "create_design",
    "publish_design",
    "save_drawing",
    "save_form",
    "save_head",
    "start_matter",
    "start_plain",
]
