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
    visible_among,
)
from jingkai.casework.cases.queries.clocks import cases_of_clocks, clocks_by_case, list_clocks
from jingkai.casework.cases.queries.entry import get_task_for
from jingkai.casework.cases.queries.holding import holders
from jingkai.casework.cases.queries.pages import (
    CasePage,
    cases_with_holders,
    count_all_cases,
    count_cases,
    page_of_cases,
)
from jingkai.casework.cases.queries.people import has_lost_post, head_above, people_behind
from jingkai.casework.cases.queries.proof import batches_of_cases, differences, differing
from jingkai.casework.cases.queries.reading import (
    ReadingPage,
    count_to_read,
    list_readings,
    list_urges,
    to_read,
)
from jingkai.casework.cases.queries.todo import (
    TaskPage,
    count_tasks_in_pools,
    count_tasks_on,
    handled_by,
    started_by,
    tasks_in_pools,
    tasks_on,
)
from jingkai.casework.cases.queries.waiting import (
    cases_with_timers_of,
    list_cases_by_working_days,
    list_due_timers,
    list_migrations,
    list_timers,
    list_waiting_cases,
    running_timers,
)

__all__ = [
    "CasePage",
    "ReadingPage",
    "TaskPage",
    "batches_of_cases",
    "carries_role",
    "cases_of_clocks",
    "cases_with_holders",
    "cases_with_timers_of",
    "clocks_by_case",
    "count_all_cases",
    "count_cases",
    "count_tasks_in_pools",
    "count_tasks_on",
    "count_to_read",
    "differences",
    "differing",
    "done_rows",
    "done_tasks",
    "get_case",
    "get_case_for",
    "get_task",
    "get_task_for",
    "handled_by",
    "has_lost_post",
    "head_above",
    "holders",
    "list_cases_by_working_days",
    "list_clocks",
    "list_due_timers",
    "list_migrations",
    "list_readings",
    "list_tasks",
    "list_timers",
    "list_urges",
    "list_waiting_cases",
    "may_see",
    "page_of_cases",
    "party_name",
    "people_behind",
    "position_of",
    "running_timers",
    "send_back_targets",
    "started_by",
    "tasks_in_pools",
    "tasks_on",
    "to_read",
    "visible_among",
]
