"""Guides and the register of powers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from jingkai.casework.flow import api as flow
from jingkai.casework.flow.models import FlowVersion
from jingkai.kernel.hooks.api import local
from jingkai.modules.approvals import rules
from jingkai.modules.approvals.models import Power
from jingkai.ui.data import FlowNode, Light


def flow_nodes(version: FlowVersion) -> list[FlowNode]:
    """The flow's steps in words, for the list beside its picture."""
    return [FlowNode(task.id, local(task, "name")) for task in flow.compiled(version).user_tasks()]


def power_rows(powers: Sequence[Power], *, on: date) -> list[dict[str, Any]]:
    """Each power with its light: in force, about to end, not in force."""
    return [{"power": power, "light": power_light(power, on=on)} for power in powers]


def power_head() -> list[tuple[str, int]]:
    """The columns of the spreadsheet of powers."""
    return [
        (_("No."), 6),
        (_("Item"), 36),
        (_("Basis"), 12),
        (_("Decided in the name of"), 30),
        (_("Respondent"), 30),
        (_("Exercised by"), 24),
        (_("Instrument"), 30),
        (_("In force from"), 14),
        (_("In force until"), 14),
        (_("State"), 14),
        (_("Reason"), 30),
    ]


def power_lines(powers: Sequence[Power], *, on: date) -> Iterator[list[Any]]:
    """The lines of the spreadsheet of powers."""
    for power in powers:
        yield [
            power.number,
            local(power.item, "name"),
            power.basis_words,
            local(power, "organ"),
            local(power, "respondent"),
            local(power.exercised_by, "name"),
            power.instrument,
            power.starts_on,
            power.ends_on,
            power_light(power, on=on).text,
            power.state_reason,
        ]


def power_light(power: Power, *, on: date) -> Light:
    """Whether a power may be used on that day, said in words."""
    if rules.is_in_force(power, on=on):
        left = (power.ends_on - on).days
        return Light("warn", _("Ends soon")) if left < 60 else Light("ok", _("In force"))
    if power.state == Power.State.SUSPENDED:
        return Light("hold", _("Power suspended"))
    if power.state == Power.State.ACTIVE and on < power.starts_on:
        return Light("none", _("Not yet in force"))
    if power.state == Power.State.ACTIVE:
        return Light("late", _("Expired"))
    return Light("late", _("Ended"))
