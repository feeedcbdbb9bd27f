"""The right to change the calendar."""

from __future__ import annotations

from jingkai.kernel.permissions.data import Permission

MANAGE = "calendar.manage"

PERMISSIONS = (
    Permission(
        code=MANAGE,
        name="维护工作日历",
        name_en="Manage the working-day calendar",
        group="system",
    ),
)
