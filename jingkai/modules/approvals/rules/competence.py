"""In whose name a power is exercised, and whom a review or a suit must name: it follows from the basis.

行政许可法 24: an entrusted organ decides in the entrusting organ's name; that organ answers for it. 25: an
organ on which licensing was concentrated decides in its own name. An officer sent by a department (派驻)
decides in that department's name. 行政复议法 19, 行政诉讼法 26: who is answerable; for a zone that decides in
its own name 最高人民法院 法释〔2018〕1号 21 asks who approved the zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.rules.api import RuleField, RuleKind
from jingkai.modules.approvals.models import Power

STANDING, EXPIRY, ONLY = "zone_standing", "power_expiry", "default"
OWN_STANDING = ("national", "provincial", "capable")
"""Zones whose committee itself is the defendant: approved by the State Council or a province, or capable."""


@dataclass(frozen=True, slots=True)
class Named:
    """A name in both languages."""

    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Who approved the zone, and who set it up: decides who answers for what it does in its own name."""

    level: str
    committee: Named
    founder: Named


@dataclass(frozen=True, slots=True)
class Competence:
    """The organ in whose name the result stands, and the respondent of a review or a suit."""

    organ: Named
    respondent: Named


def competence_of(*, basis: str, sender: Named | None, standing: Standing) -> Competence:
    """Derive organ and respondent; `sender` is the organ that entrusts or sends its officers."""
    if basis in (Power.Basis.ENTRUSTED, Power.Basis.DISPATCHED):
        if sender is None:
            raise ValueError("an entrusted or dispatched power names its organ")
        return Competence(sender, sender)
    answers = standing.committee if standing.level in OWN_STANDING else standing.founder
    return Competence(standing.committee, answers)


def _expiry_faults(value: Mapping[str, Any]) -> Iterable[Any]:
    days = [int(value[name]) for name in ("first", "second", "third") if value.get(name) is not None]
    if days != sorted(days, reverse=True):
        yield _("The notices follow each other: the earliest first.")


RULE_KINDS = (
    RuleKind(
        code=STANDING,
        name="开发区的主体资格",
        name_en="Standing of the zone",
        keys=(ONLY,),
        note=_("Decides who answers in a review or a suit for what the zone does in its own name."),
        fields=(
            RuleField(
                name="level",
                label=_("Approved by"),
                type="choice",
                options=(
                    ("national", _("The State Council")),
                    ("provincial", _("The provincial government")),
                    ("capable", _("Another government; capable of acting by itself")),
                    ("founder", _("Another government; its founder answers")),
                ),
            ),
            RuleField(name="founder", label=_("Set up by"), required=False),
            RuleField(name="founder_en", label=_("Set up by, in English"), required=False),
        ),
    ),
    RuleKind(
        code=EXPIRY,
        name="赋权到期提醒",
        name_en="Notice before a power ends",
        keys=(ONLY,),
        validate=_expiry_faults,
        note=_("The keeper of the register and the head of the unit are told so many days before."),
        fields=tuple(
            RuleField(name=name, label=label, type="integer", required=False, minimum=1, maximum=365)
            for name, label in (
                ("first", _("First notice, days before")),
                ("second", _("Second notice, days before")),
                ("third", _("Last notice, days before")),
            )
        ),
    ),
)
EXPIRY_DAYS = {"first": 90, "second": 30, "third": 7}


def due_notice(*, left: int, announced: int | None, days: Iterable[int]) -> int | None:
    """Which notice is due with so many days left: the nearest one reached and not yet told, or none."""
    reached = [step for step in days if left <= step and (announced is None or step < announced)]
    return min(reached, default=None)
