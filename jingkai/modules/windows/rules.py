"""Rights of the hall, the kinds of rules it reads, and what they say on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.api import Registry
from jingkai.kernel.permissions.data import Permission
from jingkai.kernel.rules.api import RuleField, RuleKind
from jingkai.kernel.rules.models import RuleVersion
from jingkai.modules.windows.data import (
    BOOKING,
    DEFAULTS,
    HOURS,
    QUEUE,
    Block,
    DeskLink,
    VisitOffer,
    parse_time,
)

SERVE = "windows.serve"
SEE_HALL = "windows.see_hall"
MANAGE = "windows.manage"
PLAN = "windows.plan"
SEE_ROTA = "windows.see_rota"

PERMISSIONS = (
    Permission(SERVE, "窗口叫号和受理服务", "Call and serve at a window", "windows"),
    Permission(SEE_HALL, "查看大厅看板和统计", "See the hall board and its figures", "windows"),
    Permission(MANAGE, "管理窗口、取号和预约", "Manage windows, queue and appointments", "windows"),
    Permission(PLAN, "编制窗口排班", "Plan the rota", "windows"),
    Permission(SEE_ROTA, "查看窗口排班", "See the rota", "windows"),
)

desk_links: Registry[DeskLink] = Registry("desk_links", key=lambda link: link.url_name)
"""Pages of other modules at the clerk's desk."""

visit_offers: Registry[VisitOffer] = Registry("visit_offers", key=lambda offer: str(offer.label))
"""What other modules offer a visitor afterwards."""

WEEKDAYS = (
    ("mon", _("Monday")),
    ("tue", _("Tuesday")),
    ("wed", _("Wednesday")),
    ("thu", _("Thursday")),
    ("fri", _("Friday")),
    ("sat", _("Saturday")),
    ("sun", _("Sunday")),
)


def hours_faults(value: Mapping[str, Any]) -> Iterable[Any]:
    """Say what is wrong with opening hours: each is a time, each half opens before it closes."""
    for half, label in (("morning", _("Morning")), ("afternoon", _("Afternoon"))):
        opens, closes = (str(value.get(f"{half}_{end}") or "") for end in ("opens", "closes"))
        if not opens and not closes:
            continue
        try:
            if parse_time(opens) >= parse_time(closes):
                yield _("%(half)s: the window must open before it closes.") % {"half": label}
        except ValueError:
            yield _("%(half)s: write times like 09:00, or leave both empty.") % {"half": label}


def _number(name: str, label: Any, least: int, most: int) -> RuleField:
    return RuleField(name=name, label=label, type="integer", minimum=least, maximum=most)


KINDS = (
    RuleKind(
        code=HOURS,
        name="窗口开放时间",
        name_en="Opening hours of windows",
        fields=(
            RuleField(name="morning_opens", label=_("Morning opens"), required=False),
            RuleField(name="morning_closes", label=_("Morning closes"), required=False),
            RuleField(name="afternoon_opens", label=_("Afternoon opens"), required=False),
            RuleField(name="afternoon_closes", label=_("Afternoon closes"), required=False),
            RuleField(
                name="closed_days",
                label=_("Working days without service"),
                type="choices",
                required=False,
                options=WEEKDAYS,
            ),
        ),
        validate=hours_faults,
        example=DEFAULTS[HOURS],
        note=_("Key “hall” for all windows, “window-3” for window 3. Days off follow the working calendar."),
        keeper=MANAGE,
    ),
    RuleKind(
        code=QUEUE,
        name="取号叫号规则",
        name_en="Rules of the queue",
        fields=(
            _number("calls", _("Calls before a number may be skipped"), 1, 10),
            _number("minutes", _("Minutes of one service, until enough were measured"), 1, 240),
            _number("daily_limit", _("Most tickets of one line in a day"), 1, 2000),
        ),
        example=DEFAULTS[QUEUE],
        note=_("Key “hall” for all lines, or the code of a line."),
        keeper=MANAGE,
    ),
    RuleKind(
        code=BOOKING,
        name="预约规则",
        name_en="Rules of appointments",
        fields=(
            _number("slot_minutes", _("Minutes of one slot"), 10, 240),
            _number("capacity", _("Appointments per window and slot"), 1, 50),
            _number("days_ahead", _("Working days that can be booked ahead"), 1, 60),
            _number("open_per_person", _("Open appointments of one person"), 1, 20),
            _number("early_minutes", _("Minutes one may check in early"), 0, 120),
            _number("late_minutes", _("Minutes one may be late"), 0, 120),
            _number("no_shows", _("Missed appointments that close the booking"), 1, 20),
            _number("no_show_days", _("Days within which they are counted"), 1, 365),
            _number("block_days", _("Days for which the booking is closed"), 1, 365),
        ),
        example=DEFAULTS[BOOKING],
        note=_("Key “hall” for all lines, or the code of a line."),
        keeper=MANAGE,
    ),
)


class RuleBook:
    """What the hall's rules say on any day: read once, asked without further queries."""

    def __init__(self) -> None:
        codes = [kind.code for kind in KINDS]
        rows = RuleVersion.objects.filter(rule__kind__in=codes, voided_at=None)
        self._rows = list(rows.values_list("rule__kind", "rule__key", "starts_on", "ends_on", "value"))

    def get(self, kind: str, key: str, *, on: date) -> dict[str, Any]:
        """Give a rule of a key, or the hall's, or what applies until somebody writes one."""
        for wanted in (key, "hall"):
            for found, name, starts, ends, value in self._rows:
                if (found, name) == (kind, wanted) and starts <= on and (ends is None or on <= ends):
                    return dict(value) if kind == HOURS else {**DEFAULTS[kind], **value}
        return dict(DEFAULTS[kind])

    def blocks(self, window: int | None, *, on: date) -> list[Block]:
        """Give the hours of a window (by its number; None: the hall) on a working day."""
        value = self.get(HOURS, f"window-{window}" if window else "hall", on=on)
        if WEEKDAYS[on.weekday()][0] in (value.get("closed_days") or ()):
            return []
        found = []
        for half in ("morning", "afternoon"):
            opens, closes = value.get(f"{half}_opens"), value.get(f"{half}_closes")
            if opens and closes:
                found.append(Block(parse_time(opens), parse_time(closes)))
        return found

    def is_open(self, window: int | None, *, on: date, at: time) -> bool:
        """True where a window is open at a time of a working day."""
        return any(block.opens <= at < block.closes for block in self.blocks(window, on=on))


def may_answer_swap(person_id: int | None, asked_of_id: int) -> bool:
    """True for the one who was asked, and nobody else: nobody agrees for a colleague."""
    return person_id is not None and person_id == asked_of_id
