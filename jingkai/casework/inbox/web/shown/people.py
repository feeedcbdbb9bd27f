"""Names of parties as pages may show them: people of the zone by name, the applicants' people masked."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from jingkai.casework.cases.data import Holder, TaskKind
from jingkai.casework.cases.models import Case, Task
from jingkai.kernel.audit.data import TrailLine
from jingkai.kernel.hooks.api import local, localizer
from jingkai.kernel.parties.api import mask_name
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.permissions.data import Actor

OUTSIDE = (PartyKind.ENTERPRISE, PartyKind.PERSON)
"""Pools of these kinds are applicants: their people are named by the first character only."""


class Say:
    """What the lines of a list say again and again, looked up once in the reader's language."""

    def __init__(self) -> None:
        self.local = localizer()
        self.applicant = _("Applicant")
        self.me = _("Me")
        self.waiting = _("to be claimed")
        self.since = _("since %(day)s")
        self.received = _("received %(day)s")
        self.to_claim = _("%(pool)s · to be claimed")
        self.held = _("after the hold")
        self.claim = _("Claim")
        self.states = {state.value: str(state.label) for state in Case.State}


def applicant_name(party: Any, say: Say | None = None) -> str:
    """Name an applicant; of a natural person only the first character is shown (personal data)."""
    if party is None:
        return ""
    if party.kind == PartyKind.PERSON:
        return mask_name(party.name)
    return say.local(party, "name") if say else local(party, "name")


def actor_name(line: TrailLine) -> str:
    """Name who acted by an entry of the trail: an officer by name, an applicant's person masked."""
    return mask_name(line.who) if line.entry.actor_kind == "enterprise" else line.who


def unit_of(task: Task) -> str:
    """Name the unit behind a task: its pool's unit, or that of the pool's post; an applicant by its name."""
    pool = task.pool
    if pool is None:
        return ""
    if pool.kind in (PartyKind.UNIT, *OUTSIDE):
        return applicant_name(pool)
    post = getattr(pool, "post", None)
    return local(post.unit.party, "name") if post else local(pool, "name")


def person_of(task: Task, *, acting: bool = False) -> str:
    """Name who finished a task, or for whom it was finished; with `acting` who acted for that person."""
    principal, did = task.on_behalf_of, task.closed_by
    if did is None:
        return "" if acting else local(task.assignee, "name") if was_skipped(task) else _("The system")
    if principal is None or principal.kind != PartyKind.PERSON:
        principal = None
    if acting and principal is None:
        return ""
    party = did if acting or principal is None else principal
    outside = task.pool is not None and task.pool.kind in OUTSIDE
    return mask_name(party.name) if outside else local(party, "name")


def was_skipped(task: Task) -> bool:
    """Tell whether the system finished a task in its holder's name, who had just done the step before."""
    return (
        task.closed_by_id is None
        and task.assignee_id is not None
        and task.on_behalf_of_id == task.assignee_id
    )


def who_did(task: Task) -> str:
    """Say who finished a task: person and unit, and who stood in."""
    parts = [person_of(task), unit_of(task)]
    words = " · ".join(dict.fromkeys(part for part in parts if part))
    proxy = person_of(task, acting=True)
    return _("%(who)s (by %(proxy)s)") % {"who": words, "proxy": proxy} if proxy else words


def holder_words(task: Task) -> str:
    """Say who has an open task in hand: the person with the unit, or a pool that nobody has claimed from."""
    if task.kind != TaskKind.WORK:
        return _("The system")
    unit = unit_of(task)
    if task.pool is not None and task.pool.kind in OUTSIDE:
        return unit
    if task.assignee is None:
        return _("%(pool)s · to be claimed") % {"pool": unit}
    name = local(task.assignee, "name")
    return f"{name} · {unit}" if unit else name


def task_holder(task: Task, actor: Actor, say: Say | None = None) -> str:
    """Say in a list who has a task in hand, seen from the actor: "me", a colleague, or a pool."""
    say = say or Say()
    if task.assignee_id is None:
        return say.to_claim % {"pool": say.local(task.pool, "name")}
    return say.me if task.assignee_id == actor.party_id else say.local(task.assignee, "name")


def hand_name(holder: Holder, case: Case, say: Say | None = None) -> str:
    """Name in a list who has a case in hand: a person, the unit in which it waits, or the applicant."""
    say = say or Say()
    if _is_applicant(holder, case):
        return say.applicant
    name = say.local(holder, "name")
    return name if holder.claimed else say.local(holder, "unit") or name


def is_waiting(holder: Holder, case: Case) -> bool:
    """Tell whether a task waits in a unit for somebody who takes it up."""
    return not holder.claimed and not _is_applicant(holder, case)


def _is_applicant(holder: Holder, case: Case) -> bool:
    applicant = case.applicant
    return applicant is not None and applicant.name in (holder.name, holder.unit)
