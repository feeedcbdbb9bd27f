"""Limits by key as they apply on a day, with all that a clock pins of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from jingkai.casework.clock.data import (
    CLOSES_AT,
    EscalationRule,
    Exclusion,
    LightRule,
    LimitValue,
    OfficeHours,
    Unit,
)
from jingkai.casework.clock.rules.acts import ALL_REASONS, LICENCE, STATUTORY_REASONS
from jingkai.casework.clock.rules.kinds import ALL, ESCALATION, HOURS, LAW, LAWS, LIGHT, LIMIT, REASON
from jingkai.kernel.rules.api import RuleMissing, RuleValue, get_rules

Found = Mapping[tuple[str, str], RuleValue]

_SHARED = [
    (LIGHT, ALL),
    (HOURS, ALL),
    (ESCALATION, ALL),
    *[(LAW, code) for code, _name in LAWS],
    *[(REASON, code) for code in ALL_REASONS],
]


@dataclass(frozen=True, slots=True)
class LimitKey:
    """Which limit is asked for: its key, a promise that goes before the rule's, the department's code."""

    key: str
    promised: int | None = None
    unit: str = ""

    @property
    def own(self) -> str:
        """The key of the department's own rule."""
        return f"{self.key}@{self.unit}"


def get_limit(key: str, *, on: date, promised: int | None = None, unit: str = "") -> LimitValue:
    """Give the limit that applies on a day with all that a clock pins of it; one query.

    With the code of a `unit`, a rule `key@unit` of that department goes before the common one. `promised`
    overrides the promise of the rule, such as by that of the item.
    """
    (found,) = read_limits([LimitKey(key, promised, unit)], on=on)
    return found


def read_limits(wanted: Sequence[LimitKey], *, on: date) -> list[LimitValue]:
    """Give several limits as `get_limit` gives one, in the order asked for; one query for all."""
    keys = {key for one in wanted for key in ([one.key, one.own] if one.unit else [one.key])}
    found = get_rules([*[(LIMIT, key) for key in sorted(keys)], *_SHARED], on=on) if keys else {}
    limits = []
    for one in wanted:
        rule = (found.get((LIMIT, one.own)) if one.unit else None) or found.get((LIMIT, one.key))
        if rule is None:
            raise RuleMissing(LIMIT, one.key, on)
        limits.append(_limit(rule, found, one.promised))
    return limits


def get_limits(keys: Iterable[str], *, on: date) -> dict[str, LimitValue]:
    """Give several limits that apply on a day, in one query; a missing one raises."""
    wanted = list(keys)
    return dict(zip(wanted, read_limits([LimitKey(key) for key in wanted], on=on), strict=True))


def _limit(rule: RuleValue, found: Found, promised: int | None) -> LimitValue:
    value = rule.value
    light, hours = found.get((LIGHT, ALL)), found.get((HOURS, ALL))
    law = value.get("law") or LICENCE
    allowed = _reasons_of(law, found)
    return LimitValue(
        amount=value["amount"],
        unit=Unit(value["unit"]),
        key=rule.key,
        rule_id=rule.id,
        name=rule.name,
        name_en=rule.name_en,
        source=rule.source,
        article=rule.article,
        start_event=value["start_event"],
        promised=value["promised"] if promised is None else promised,
        extend_max=value["extend_max"] or 0,
        extend_by=value["extend_by"] or "",
        extend_times=value.get("extend_times") or 1,
        law=law,
        exclusions=tuple(
            _exclusion(code, value["caps"].get(code), found)
            for code in value["exclusions"]
            if code in allowed
        ),
        light=LightRule(**light.value) if light else LightRule(),
        escalation=_escalation(found),
        closes_at=hours.value["closes"] if hours else CLOSES_AT,
        hours=_office_hours(hours),
    )


def _reasons_of(law: str, found: Found) -> frozenset[str]:
    """Give the closed list of a law: the rule's, and for 行政许可法 never more than its own eight."""
    rule = found.get((LAW, law))
    listed = frozenset(rule.value["reasons"] if rule else ALL_REASONS)
    return listed & frozenset(STATUTORY_REASONS) if law == LICENCE else listed


def _office_hours(rule: RuleValue | None) -> OfficeHours:
    given = rule.value if rule else {}
    names = ("opens", "noon_from", "noon_to")
    return OfficeHours(**{name: given[name] for name in names if given.get(name)})


def _escalation(found: Found) -> EscalationRule:
    rule = found.get((ESCALATION, ALL))
    return EscalationRule(**rule.value) if rule else EscalationRule()


def _exclusion(code: str, cap: int | None, found: Found) -> Exclusion:
    rule = found.get((REASON, code))
    if rule is None:
        return Exclusion(code, cap=cap)
    return Exclusion(code, rule.name, rule.name_en, f"{rule.source}{rule.article}", cap or rule.value["cap"])
