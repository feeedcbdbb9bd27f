"""Registries that modules fill while the product starts."""

from __future__ import annotations

from jingkai.casework.inbox.data import CaseKind, TaskPanel
from jingkai.kernel.hooks.api import Registry

task_panels: Registry[TaskPanel] = Registry("task_panels", key=lambda panel: panel.form)
"""The acts at each step, by the form that its flow names."""

case_kinds: Registry[CaseKind] = Registry("case_kinds", key=lambda kind: kind.code)
"""The kinds of cases, for the filters of the lists."""
