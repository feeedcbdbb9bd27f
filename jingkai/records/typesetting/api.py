"""The door of typesetting."""

from jingkai.records.typesetting.operations import CannotTypeset, draw, render, typeset
from jingkai.records.typesetting.queries import TemplateMissing, official_fonts

__all__ = ["CannotTypeset", "TemplateMissing", "draw", "official_fonts", "render", "typeset"]
