"""The door of the designer: put a shipped flow into use."""

from jingkai.casework.designer.operations import offer_template

__all__ = ["offer_template"]
