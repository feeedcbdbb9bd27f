"""A file that was refused leaves an entry, because nothing of the file is left (GB/T 22239: audit)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial, wraps
from typing import ParamSpec, TypeVar

from jingkai.kernel.audit.api import REFUSED, afterwards, record
from jingkai.kernel.permissions.data import Actor
from jingkai.records.files.rules.refusals import FAULTS_OF_OURS, FileRefused

STREAM = "files.refused"
"""One stream per login, and one for all who are not logged in."""
P = ParamSpec("P")
R = TypeVar("R")


def noted(receive: Callable[P, R]) -> Callable[P, R]:
    """Have each refusal of a receiving function written down once the request is answered."""

    @wraps(receive)
    def receive_and_note(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return receive(*args, **kwargs)
        except FileRefused as refused:
            if not refused.noted and refused.code not in FAULTS_OF_OURS:
                refused.noted = True
                afterwards(partial(note_refused, refused.code))
            raise

    return receive_and_note


def note_refused(code: str, by: Actor, at: datetime) -> None:
    """Write down that a file was refused and why; neither its name nor what was found in it."""
    record(
        (STREAM, by.user_id or 0), action="file.refused", by=by, at=at, facts={"why": code}, result=REFUSED
    )
