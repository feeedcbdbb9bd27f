"""The door of typesetting."""

from jingkai.records.typesetting.operations import CannotTypeset, draw, render, typeset
from jingkai.records.typesetting.queries import TemplateMissing

__all__ = ["CannotTypeset", "TemplateMissing", "draw", "render", "typeset"]
