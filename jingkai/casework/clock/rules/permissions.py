"""Rights around clocks."""

from __future__ import annotations

from jingkai.kernel.permissions.data import Permission

EXTEND = "clock.extend_limits"
SUPERVISE = "clock.supervise"
SEE_CARDS = "clock.see_cards"

PERMISSIONS = (
    Permission(EXTEND, "登记延长办理时限", "Enter the extension of a limit", "clock"),
    Permission(SUPERVISE, "督办时限、裁定申诉", "Supervise limits and decide appeals", "clock"),
    Permission(SEE_CARDS, "查看全部督办牌", "See all cards", "clock"),
)
