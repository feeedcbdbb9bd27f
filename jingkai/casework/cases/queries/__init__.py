"""Reads: cases, tasks, pages of them, counts."""

from jingkai.casework.cases.queries.cases import (
    carries_role,
    done_rows,
    done_tasks,
    get_case,
    get_case_for,
    get_task,
    list_tasks,
    may_see,
    party_name,
    position_of,
    send_back_targets,
)
from jingkai.casework.cases.queries.clocks import cases_of_clocks, clocks_by_case, list_clocks
from jingkai.casework.cases.queries.entry import get_task_for
from jingkai.casework.cases.queries.holding import holders
from jingkai.casework.cases.queries.pages import CasePage, cases_with_holders, count_cases, page_of_cases
from jingkai.casework.cases.queries.replay import differences
from jingkai.casework.cases.queries.todo import (
    TaskPage,
    count_tasks_in_pools,
    count_tasks_on,
    handled_by,
    started_by,
    tasks_in_pools,
    tasks_on,
)

__all__ = [
    "CasePage",
    "TaskPage",
    "carries_role",
    "cases_of_clocks",
    "cases_with_holders",
    "clocks_by_case",
    "count_cases",
    "count_tasks_in_pools",
    "count_tasks_on",
    "differences",
    "done_rows",
    "done_tasks",
    "get_case",
    "get_case_for",
    "get_task",
    "get_task_for",
    "handled_by",
    "holders",
    "list_clocks",
    "list_tasks",
    "may_see",
    "page_of_cases",
    "party_name",
    "position_of",
    "send_back_targets",
    "started_by",
    "tasks_in_pools",
    "tasks_on",
]
