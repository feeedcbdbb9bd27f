"""The door of the windows: visits to the hall as others need them, and setting a hall up."""

from jingkai.modules.windows.operations.appointments import book, cancel
from jingkai.modules.windows.operations.desk import call_next, end_visit, get_up, sit_down, start_service
from jingkai.modules.windows.operations.reference import set_up_usual_hall
from jingkai.modules.windows.operations.rota import publish, save_plan
from jingkai.modules.windows.operations.tickets import take_ticket
from jingkai.modules.windows.operations.visitors import know_visitor
from jingkai.modules.windows.queries.counters import list_lines, list_windows
from jingkai.modules.windows.queries.rota import days_of_week
from jingkai.modules.windows.queries.slots import list_slots, working_days
from jingkai.modules.windows.queries.visits import Visit, get_visit, list_visits
from jingkai.modules.windows.rules import desk_links, visit_offers

__all__ = [
    "Visit",
    "book",
    "call_next",
    "cancel",
    "days_of_week",
    "desk_links",
    "end_visit",
    "get_up",
    "get_visit",
    "know_visitor",
    "list_lines",
    "list_slots",
    "list_visits",
    "list_windows",
    "publish",
    "save_plan",
    "set_up_usual_hall",
    "sit_down",
    "start_service",
    "take_ticket",
    "visit_offers",
    "working_days",
]
