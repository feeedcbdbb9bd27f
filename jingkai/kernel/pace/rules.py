"""Who sets how often, the declared paces, and the zone's own numbers for them."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.api import Registry
from jingkai.kernel.pace.data import LONGEST_MINUTES, MOST, Allowance, Pace
from jingkai.kernel.permissions.data import Permission
from jingkai.kernel.rules.api import list_rules
from jingkai.kernel.rules.data import RuleField, RuleKind

SET = "pace.set"
PERMISSIONS = (Permission(SET, "设置访问频率限制", "Set how often things may be done", "accounts"),)

KIND = "pace"
PACE_RULE = RuleKind(
    code=KIND,
    name="访问频率限制",
    name_en="How often things may be done",
    fields=(
        RuleField(name="most", label=_("Times"), type="integer", minimum=1, maximum=MOST),
        RuleField(
            name="minutes", label=_("Within minutes"), type="integer", minimum=1, maximum=LONGEST_MINUTES
        ),
    ),
    example={"most": 30, "minutes": 10},
    keeper=SET,
)

paces: Registry[Pace] = Registry("paces", key=lambda pace: pace.code)
"""What is done only so often."""


def pace_of(code: str) -> Pace:
    """Give a declared pace; an unknown code is a mistake of the program."""
    for pace in paces.all():
        if pace.code == code:
            return pace
    raise LookupError(f"no pace {code!r} is declared")


@lru_cache(maxsize=4096)
def paces_at(name: str, method: str) -> tuple[Pace, ...]:
    """Give the paces that count a request to an address of this name; asked at every request."""
    return tuple(pace for pace in paces.all() if pace.counts(name, method))


def allowance_at(pace: Pace, at: datetime) -> Allowance:
    """Give the numbers in force; read again at most every ten seconds."""
    numbers = _numbers(timezone.localdate(at), int(at.timestamp()) // 10)
    return numbers.get(pace.code, Allowance(pace.most, pace.minutes))


@lru_cache(maxsize=8)
def _numbers(on: date, bucket: int) -> dict[str, Allowance]:
    del bucket
    rules = list_rules(KIND, on=on)
    return {rule.key: Allowance(int(rule.value["most"]), int(rule.value["minutes"])) for rule in rules}


def forget_numbers() -> None:
    """Read the numbers anew on next use (after they were changed)."""
    _numbers.cache_clear()
