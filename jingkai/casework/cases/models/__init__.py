"""Tables of cases: the matter itself, what it waits for, and what stands beside it."""

from jingkai.casework.cases.models.around import Migration, Reading, Urge
from jingkai.casework.cases.models.matter import Case, CaseAccess, CaseClock, Opinion, Task
from jingkai.casework.cases.models.waiting import KeptMessage, Timer

__all__ = [
    "Case",
    "CaseAccess",
    "CaseClock",
    "KeptMessage",
    "Migration",
    "Opinion",
    "Reading",
    "Task",
    "Timer",
    "Urge",
]
