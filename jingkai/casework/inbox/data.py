"""What modules hang into the case page, and the words of the lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class TaskPanel:
    """The acts that a module offers at the steps whose `jk:form` is `form`.

    `context(request, task)` gives the template's data; the template gets `task`, `case` and the
    case's `opinions` too. It is shown to the person who holds the task, or who stands in for the holder.
    """

    form: str
    template: str
    context: Callable[[Any, Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class CaseKind:
    """What a kind of case is called in the filters of the lists; `name` is a lazily translated text."""

    code: str
    name: Any
    order: int = 100


class ListPage(StrEnum):
    """The lists whose filters a person may save."""

    DESK = "desk"
    CASES = "cases"
    COCKPIT = "cockpit"


class DeskTab(StrEnum):
    """The views of the desk."""

    MINE = "mine"
    POOL = "pool"
    READ = "read"
    STARTED = "started"
    HANDLED = "handled"
