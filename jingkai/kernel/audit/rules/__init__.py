"""The right to see the trail: for the audit administrator, who holds no other (三员分立)."""

from collections.abc import Callable
from datetime import datetime

from jingkai.kernel.hooks.api import Registry
from jingkai.kernel.permissions.data import Actor, Permission

SEE = "audit.see"

PERMISSIONS = (Permission(SEE, "查看与验证审计轨迹", "See and verify the trail", "audit"),)
EXPORT_LIMIT = 1_000_000
"""The most entries that one export from the page carries; the command has no limit."""

refusal_looks: Registry[Callable[[Actor, datetime], None]] = Registry("refusal_looks")
"""Functions `(actor, at)` that are told of each page refused to somebody who is logged in."""
