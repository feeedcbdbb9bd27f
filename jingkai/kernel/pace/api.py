"""The door of paces: declare what is done only so often, and count what no address tells."""

from jingkai.kernel.pace.data import Pace
from jingkai.kernel.pace.operations import TooOften, count_turn
from jingkai.kernel.pace.rules import paces

__all__ = ["Pace", "TooOften", "count_turn", "paces"]
