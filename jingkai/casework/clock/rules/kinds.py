"""The kinds of rule that clocks read: limits, the closed list of reasons, the light, the hours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jingkai.casework.clock.data import Approver, Unit
from jingkai.casework.clock.rules.acts import STATUTORY_REASONS
from jingkai.kernel.rules.api import RuleField, RuleKind

LIMIT, REASON, LIGHT, HOURS = "limit", "suspension_reason", "light", "office_hours"
ALL = "default"
"""The key of kinds that have a single rule."""

REASON_NAMES = {
    "hearing": _("Hearing"),
    "bidding": _("Bidding"),
    "auction": _("Auction"),
    "inspection": _("Inspection"),
    "testing": _("Testing"),
    "quarantine": _("Quarantine"),
    "appraisal": _("Appraisal"),
    "expert_review": _("Expert review"),
}
REASONS = tuple((code, REASON_NAMES[code]) for code in STATUTORY_REASONS)

START_EVENTS = (
    ("received", _("Receipt of the application")),
    ("accepted", _("Acceptance of the application")),
    ("decided", _("The decision")),
    ("supplemented", _("Receipt of the missing materials")),
    ("told", _("Being told of the right")),
    ("requested", _("The request")),
    ("assigned", _("The matter was handed over")),
)


def _limit_faults(value: Mapping[str, Any]) -> Iterator[Any]:
    if value["promised"] is not None and value["promised"] > value["amount"]:
        yield _("The promised limit cannot be longer than the statutory one.")
    if bool(value["extend_max"]) != bool(value["extend_by"]):
        yield _("An extension needs both its number of days and who approves it.")
    if set(value["caps"]) - set(value["exclusions"]):
        yield _("A cap belongs to a reason that this limit allows.")


def _hours_faults(value: Mapping[str, Any]) -> Iterator[Any]:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", value["closes"]):
        yield _("Write the hour as 17:30; 24:00 is the end of the day.")


KINDS = (
    RuleKind(
        code=LIMIT,
        name="办理时限",
        name_en="Limits",
        validate=_limit_faults,
        example={"amount": 20, "unit": "working", "start_event": "accepted"},
        fields=(
            RuleField(name="amount", label=_("Statutory days"), type="integer", minimum=0, maximum=1000),
            RuleField(
                name="unit",
                label=_("Counted in"),
                type="choice",
                options=((Unit.WORKING, _("Working days")), (Unit.NATURAL, _("Natural days"))),
            ),
            RuleField(name="start_event", label=_("Counted from"), type="choice", options=START_EVENTS),
            RuleField(name="promised", label=_("Promised days"), type="integer", required=False, minimum=0),
            RuleField(
                name="extend_max",
                label=_("Extension, days at most"),
                type="integer",
                required=False,
                minimum=0,
            ),
            RuleField(
                name="extend_by",
                label=_("Extension approved by"),
                type="choice",
                required=False,
                options=(
                    (Approver.ORGAN_HEAD, _("Head of the deciding organ")),
                    (Approver.GOVERNMENT_HEAD, _("Head of the people's government")),
                ),
            ),
            RuleField(
                name="exclusions",
                label=_("Time left out"),
                type="choices",
                required=False,
                options=REASONS,
                help=_("行政许可法 45 closes this list."),
            ),
            RuleField(
                name="caps",
                label=_("At most so many days of it"),
                type="numbers",
                required=False,
                options=REASONS,
                minimum=1,
            ),
        ),
    ),
    RuleKind(
        code=REASON,
        name="不计入时限的情形",
        name_en="Reasons whose time is left out",
        keys=STATUTORY_REASONS,
        note=_("行政许可法 45 closes this list."),
        fields=(RuleField(name="cap", label=_("Days at most"), type="integer", required=False, minimum=1),),
    ),
    RuleKind(
        code=LIGHT,
        name="亮灯规则",
        name_en="Lights",
        keys=(ALL,),
        fields=(
            RuleField(
                name="percent", label=_("Yellow, percent left"), type="integer", minimum=0, maximum=100
            ),
            RuleField(name="days", label=_("Yellow, days left"), type="integer", minimum=0, maximum=100),
        ),
    ),
    RuleKind(
        code=HOURS,
        name="下班时间",
        name_en="End of the working day",
        keys=(ALL,),
        validate=_hours_faults,
        fields=(RuleField(name="closes", label=_("The working day ends at")),),
    ),
)
