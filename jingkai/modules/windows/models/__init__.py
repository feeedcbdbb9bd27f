"""Tables of the windows, by topic."""

from jingkai.modules.windows.models.appointments import Appointment, SlotCount
from jingkai.modules.windows.models.counters import Equipment, Kiosk, Line, Topic, Window
from jingkai.modules.windows.models.handover import CounterPaper, HandOver
from jingkai.modules.windows.models.queue import (
    DayCount,
    Sitting,
    Ticket,
    TicketCall,
    TicketLack,
    TicketMove,
)
from jingkai.modules.windows.models.rota import Absence, Halves, RotaWeek, Shift, Swap

__all__ = [
    "Absence",
    "Appointment",
    "CounterPaper",
    "DayCount",
    "Equipment",
    "Halves",
    "HandOver",
    "Kiosk",
    "Line",
    "RotaWeek",
    "Shift",
    "Sitting",
    "SlotCount",
    "Swap",
    "Ticket",
    "TicketCall",
    "TicketLack",
    "TicketMove",
    "Topic",
    "Window",
]
