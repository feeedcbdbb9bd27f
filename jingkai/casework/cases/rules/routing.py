"""How a case moves; the walk itself belongs to the flow."""

from jingkai.casework.flow.api import EngineFault, Move, advance, enter

__all__ = ["EngineFault", "Move", "advance", "enter"]
