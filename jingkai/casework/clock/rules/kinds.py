"""The kinds of rule that clocks read: limits, the closed list of reasons, the light, the hours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jingkai.casework.clock.data import Approver, Unit
from jingkai.casework.clock.rules.acts import ALL_REASONS, LICENCE, STATUTORY_REASONS
from jingkai.kernel.rules.api import RuleField, RuleKind

LIMIT, REASON, LIGHT, HOURS = "limit", "suspension_reason", "light", "office_hours"
LAW, ESCALATION = "suspension_law", "limit_escalation"
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
    "technical_assessment": _("Technical assessment"),
    "public_notice": _("Public notice"),
    "site_check": _("Check on site"),
    "state_security_review": _("Review of state security"),
}
REASONS = tuple((code, REASON_NAMES[code]) for code in STATUTORY_REASONS)
"""The closed list of 行政许可法 45."""

EVERY_REASON = tuple((code, REASON_NAMES[code]) for code in ALL_REASONS)
LAWS = (
    (LICENCE, _("Administrative Licensing Law")),
    ("environment", _("Environmental impact assessment")),
    ("other", _("Another law")),
)
UNITS = (
    (Unit.WORKING, _("Working days")),
    (Unit.NATURAL, _("Natural days")),
    (Unit.HALF_DAYS, _("Half working days")),
    (Unit.HOURS, _("Office hours")),
)

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
    if (value.get("law") or LICENCE) == LICENCE and set(value["exclusions"]) - set(STATUTORY_REASONS):
        yield _(
            "Article 45 of the Administrative Licensing Law (行政许可法) closes this list; the reasons of "
            "other laws belong to limits of those laws."
        )


def _hours_faults(value: Mapping[str, Any]) -> Iterator[Any]:
    order = [value.get(name) or other for name, other in _DAY.items()]
    if not all(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", hour) for hour in order):
        yield _("Write the hour as 17:30; 24:00 is the end of the day.")
    elif sorted(order) != order:
        yield _("The hours of a day follow each other: opens, noon, afternoon, ends.")


_DAY = {"opens": "00:00", "noon_from": "12:00", "noon_to": "12:00", "closes": "24:00"}


def _escalation_faults(value: Mapping[str, Any]) -> Iterator[Any]:
    yellow, red = value.get("yellow_card"), value.get("red_card")
    if yellow is not None and red is not None and red < yellow:
        yield _("A red card cannot come before the yellow one.")


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
                options=UNITS,
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
                name="extend_times",
                label=_("Extended at most so many times"),
                type="integer",
                required=False,
                minimum=1,
                maximum=9,
                help=_("Empty: once."),
            ),
            RuleField(
                name="law",
                label=_("Under which law"),
                type="choice",
                required=False,
                options=LAWS,
                help=_("The law closes the list of reasons whose time is left out."),
            ),
            RuleField(
                name="exclusions",
                label=_("Time left out"),
                type="choices",
                required=False,
                options=EVERY_REASON,
                help=_("Article 45 of the Administrative Licensing Law (行政许可法) closes this list."),
            ),
            RuleField(
                name="caps",
                label=_("At most so many days of it"),
                type="numbers",
                required=False,
                options=EVERY_REASON,
                minimum=1,
            ),
        ),
    ),
    RuleKind(
        code=REASON,
        name="不计入时限的情形",
        name_en="Reasons whose time is left out",
        keys=ALL_REASONS,
        note=_("Which law knows which reason stands under “Reasons by law”."),
        fields=(RuleField(name="cap", label=_("Days at most"), type="integer", required=False, minimum=1),),
    ),
    RuleKind(
        code=LAW,
        name="不计入时限的情形（按法律）",
        name_en="Reasons by law",
        keys=tuple(code for code, _name in LAWS),
        note=_("Each law closes its own list; a reason outside it never stops a clock."),
        fields=(RuleField(name="reasons", label=_("Reasons"), type="choices", options=EVERY_REASON),),
    ),
    RuleKind(
        code=ESCALATION,
        name="预警与督办牌",
        name_en="Warnings and cards",
        keys=(ALL,),
        validate=_escalation_faults,
        note=_("In working days where the limit counts them. Empty: this step is left out."),
        fields=(
            *(
                RuleField(name=name, label=label, type="integer", required=False, minimum=0, maximum=100)
                for name, label in (
                    ("holder", _("Holder is warned, days left")),
                    ("head", _("Head is warned, days left")),
                    ("supervisor", _("Supervisor is told, days left")),
                    ("yellow_card", _("Yellow card, days past due")),
                    ("red_card", _("Red card, days past due")),
                )
            ),
            RuleField(
                name="appeal_days", label=_("Working days to appeal"), type="integer", minimum=1, maximum=60
            ),
        ),
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
        name="办公时间",
        name_en="Office hours",
        keys=(ALL,),
        validate=_hours_faults,
        fields=(
            RuleField(name="opens", label=_("The working day begins at"), required=False),
            RuleField(name="noon_from", label=_("The noon break begins at"), required=False),
            RuleField(name="noon_to", label=_("The noon break ends at"), required=False),
            RuleField(name="closes", label=_("The working day ends at")),
        ),
    ),
)
