"""The door of the windows: visits to the hall as others need them."""

from jingkai.modules.windows.operations.appointments import book, cancel
from jingkai.modules.windows.operations.desk import call_next, end_visit, sit_down, start_service
from jingkai.modules.windows.operations.tickets import take_ticket
from jingkai.modules.windows.queries.visits import Visit, get_visit, list_visits

__all__ = [
    "Visit",
    "book",
    "call_next",
    "cancel",
    "end_visit",
    "get_visit",
    "list_visits",
    "sit_down",
    "start_service",
    "take_ticket",
]
