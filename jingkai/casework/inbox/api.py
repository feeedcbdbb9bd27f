"""The door of the inbox: panels for steps, names of kinds, who may read a case."""

from jingkai.casework.inbox.data import CaseKind, TaskPanel
from jingkai.casework.inbox.operations import case_kinds, task_panels
from jingkai.casework.inbox.rules import may_read_case

__all__ = ["CaseKind", "TaskPanel", "case_kinds", "may_read_case", "task_panels"]
