"""How clocks learn what they run for, and what a module does when a limit lapses: both register here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from jingkai.casework.clock.data import ClockSubject
from jingkai.kernel.hooks.api import Registry
from jingkai.kernel.permissions.data import Actor


@dataclass(frozen=True, slots=True)
class SubjectSource:
    """Who knows what clocks run for: `find` answers for many at once, `may_see` for one and a person."""

    name: str
    find: Callable[[Sequence[int]], Mapping[int, ClockSubject]]
    may_see: Callable[[Actor, int], bool]


@dataclass(frozen=True, slots=True)
class LapseRule:
    """What the law makes of silence: when a limit under one of these keys ends unanswered, `path` is called.

    `path` is the dotted path of `fn(*, clock_id: int, by: Actor, at: datetime) -> bool`; it runs in one
    transaction with the note that the limit lapsed, once. False: this clock is not one of its own.
    """

    name: str
    limit_keys: tuple[str, ...]
    path: str


subject_sources: Registry[SubjectSource] = Registry("clock_subjects", key=lambda source: source.name)
"""Filled by the app that lets clocks run for something."""

lapse_rules: Registry[LapseRule] = Registry("clock_lapses", key=lambda rule: rule.name)
"""Filled by modules whose law turns silence into a decision (行政许可法 32)."""


def subjects_of(clock_ids: Sequence[int]) -> dict[int, ClockSubject]:
    """Tell what clocks run for, with one question to each source; clocks of nothing are left out."""
    found: dict[int, ClockSubject] = {}
    for source in subject_sources.all():
        found.update(source.find(clock_ids) if clock_ids else {})
    return found


def may_see_clock(actor: Actor, clock_id: int) -> bool:
    """True where a source says that the actor may see what the clock runs for."""
    return any(source.may_see(actor, clock_id) for source in subject_sources.all())
