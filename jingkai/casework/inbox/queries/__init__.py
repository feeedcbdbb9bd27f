"""Reads of the inbox: what lists and the case page show, in few queries whatever the number of cases."""

from jingkai.casework.inbox.queries.casefile import (
    CaseFile,
    NoSuchCase,
    TrailSeal,
    get_case,
    get_drawing,
    get_file,
)
from jingkai.casework.inbox.queries.clocks import CaseClocks, clocks_of
from jingkai.casework.inbox.queries.cockpit import Load, Moved, Standing, get_moved, get_standing
from jingkai.casework.inbox.queries.dated import list_dated_tasks, list_failed_todos
from jingkai.casework.inbox.queries.desk import (
    DeskPage,
    Head,
    UnitLine,
    ViewLine,
    get_desk_page,
    get_head,
    list_claimable,
    persons_of,
)
from jingkai.casework.inbox.queries.entry import (
    NoSuchReading,
    get_own_reading,
    get_task_seen,
    list_tasks_of,
)
from jingkai.casework.inbox.queries.figures import Board, get_board
from jingkai.casework.inbox.queries.leavers import (
    Leaver,
    NotYourPeople,
    get_leaver,
    list_leavers,
    list_tasks_held,
)
from jingkai.casework.inbox.queries.lists import (
    ON_ME,
    CaseLines,
    get_board_lines,
    get_case_lines,
    get_unit_lines,
    head_of,
    lines_of,
    menu_counts,
)
from jingkai.casework.inbox.queries.people import StaffLine, list_staff
from jingkai.casework.inbox.queries.views import get_view

__all__ = [
    "ON_ME",
    "Board",
    "CaseClocks",
    "CaseFile",
    "CaseLines",
    "DeskPage",
    "Head",
    "Leaver",
    "Load",
    "Moved",
    "NoSuchCase",
    "NoSuchReading",
    "NotYourPeople",
    "StaffLine",
    "Standing",
    "TrailSeal",
    "UnitLine",
    "ViewLine",
    "clocks_of",
    "get_board",
    "get_board_lines",
    "get_case",
    "get_case_lines",
    "get_desk_page",
    "get_drawing",
    "get_file",
    "get_head",
    "get_leaver",
    "get_moved",
    "get_own_reading",
    "get_standing",
    "get_task_seen",
    "get_unit_lines",
    "get_view",
    "head_of",
    "lines_of",
    "list_claimable",
    "list_dated_tasks",
    "list_failed_todos",
    "list_leavers",
    "list_staff",
    "list_tasks_held",
    "list_tasks_of",
    "menu_counts",
    "persons_of",
]
