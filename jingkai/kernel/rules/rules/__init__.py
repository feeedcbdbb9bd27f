"""Who may edit rules, and when a value or a version is acceptable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.api import Registry
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Permission
from jingkai.kernel.rules.data import RuleField, RuleKind, Word

MANAGE = "rules.manage"

PERMISSIONS = (Permission(code=MANAGE, name="维护规则", name_en="Manage rules", group="system"),)

kinds: Registry[RuleKind] = Registry("rule kinds", key=lambda kind: kind.code)


class RuleMissing(PersonFacingError):
    """No version of the rule applies on the day; nothing was decided without it."""

    sentence = _("No rule “%(key)s” of kind “%(kind)s” applies on %(on)s.")
    advice = _("Ask the system administrator to add a version that applies on that day under System › Rules.")

    def __init__(self, kind: str, key: str, on: date) -> None:
        self.kind, self.key, self.on = kind, key, on
        super().__init__(kind=kind, key=key, on=on.isoformat())


class RuleValueWrong(PersonFacingError):
    """The value does not fit its kind; `faults` has one sentence for each thing wrong."""

    status = 422

    def __init__(self, faults: Sequence[Word]) -> None:
        self.faults = tuple(str(fault) for fault in faults)
        super().__init__(" ".join(self.faults))


def kind_of(code: str) -> RuleKind:
    """Give a declared kind; an unknown code is a mistake of the program."""
    for kind in kinds.all():
        if kind.code == code:
            return kind
    raise LookupError(f"no rule kind {code!r} is declared")


def clean_value(kind: RuleKind, value: Mapping[str, Any]) -> dict[str, Any]:
    """Give the value as it is stored, or raise `RuleValueWrong` with every fault at once."""
    if not kind.fields:
        clean, faults = dict(value), []
    else:
        known = {field.name for field in kind.fields}
        faults = [
            _("“%(name)s” is not a part of this rule.") % {"name": name}
            for name in value
            if name not in known
        ]
        clean = {}
        for field in kind.fields:
            try:
                clean[field.name] = _clean(field, value.get(field.name))
            except ValueError as error:
                faults.append(str(error))
    if not faults and kind.validate:
        faults = list(kind.validate(clean))
    if faults:
        raise RuleValueWrong(faults)
    return clean


def check_key(kind: RuleKind, key: str) -> None:
    """Refuse a key outside the closed list of its kind."""
    if kind.keys and key not in kind.keys:
        raise RuleValueWrong(
            [
                _("The law closes this list; “%(key)s” is not on it: %(keys)s.")
                % {"key": key, "keys": ", ".join(kind.keys)}
            ]
        )


def _clean(field: RuleField, value: Any) -> Any:
    if value in (None, "", [], {}):
        return _empty(field)
    match field.type:
        case "integer":
            return _integer(field, value)
        case "decimal":
            return _decimal(field, value)
        case "boolean":
            if not isinstance(value, bool):
                raise ValueError(_("“%(label)s” must be yes or no.") % {"label": field.label})
            return value
        case "choice":
            return _one_of(field, value)
        case "choices":
            if not isinstance(value, list | tuple):
                raise ValueError(_("“%(label)s” must be a list.") % {"label": field.label})
            return [_one_of(field, item) for item in value]
        case "numbers":
            if not isinstance(value, Mapping):
                raise ValueError(_("“%(label)s” must give each entry a number.") % {"label": field.label})
            return {_one_of(field, name): _integer(field, number) for name, number in value.items()}
        case "text":
            return str(value).strip()
    return value


def _empty(field: RuleField) -> Any:
    if field.type == "choices" and not field.required:
        return []
    if field.type == "numbers" and not field.required:
        return {}
    if field.type == "boolean" and not field.required:
        return False
    if field.required:
        raise ValueError(_("“%(label)s” is missing.") % {"label": field.label})
    return "" if field.type == "text" else None


def _integer(field: RuleField, value: Any) -> int:
    if isinstance(value, bool) or not str(value).lstrip("-").isdigit():
        raise ValueError(_("“%(label)s” must be a whole number.") % {"label": field.label})
    for fault in _outside(field, Decimal(int(value))):
        raise ValueError(fault)
    return int(value)


def _decimal(field: RuleField, value: Any) -> str:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(_("“%(label)s” must be a number.") % {"label": field.label}) from None
    for fault in _outside(field, number):
        raise ValueError(fault)
    return str(number)


def _outside(field: RuleField, number: Decimal) -> Iterator[str]:
    if field.minimum is not None and number < field.minimum:
        yield _("“%(label)s” must be at least %(limit)s.") % {"label": field.label, "limit": field.minimum}
    if field.maximum is not None and number > field.maximum:
        yield _("“%(label)s” must be at most %(limit)s.") % {"label": field.label, "limit": field.maximum}


def _one_of(field: RuleField, value: Any) -> str:
    if value not in field.codes:
        raise ValueError(_("“%(label)s” has no entry “%(value)s”.") % {"label": field.label, "value": value})
    return str(value)
