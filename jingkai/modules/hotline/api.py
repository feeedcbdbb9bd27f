"""The door of work orders."""

from jingkai.modules.hotline.operations import open_order, seed_hotline

__all__ = ["open_order", "seed_hotline"]
