"""Rules as tables and facts: values in words, and where each version stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jingkai.kernel.hooks.api import local
from jingkai.kernel.rules.data import RuleField, RuleKind
from jingkai.kernel.rules.models import Rule, RuleVersion
from jingkai.kernel.rules.rules.laws import cited
from jingkai.ui.data import Column, Fact, Light, Link, Row, Table


def kinds_table(kinds: Iterable[tuple[RuleKind, int, int]]) -> Table:
    """The kinds with the number of their rules and of those that nobody has verified here."""
    columns = [
        Column(_("Kind of rule"), "title"),
        Column(_("Rules"), "number"),
        Column(_("Verified"), "light"),
    ]
    rows = [
        Row(
            [
                Link(local(kind, "name"), reverse("rules:kind", args=[kind.code]), str(kind.note)),
                number,
                _open(number, open_),
            ]
        )
        for kind, number, open_ in kinds
    ]
    return Table(_("Kinds of rule"), columns, rows)


def _open(number: int, unverified: int) -> Light:
    if not number:
        return Light("none", _("what the product comes with"))
    if unverified:
        return Light("warn", _("%(n)d to verify locally") % {"n": unverified})
    return Light("ok", _("all verified"))


def rules_table(kind: RuleKind, rules: Iterable[Rule], on: date) -> Table:
    """The rules of a kind with what they say on a day."""
    columns = [
        Column(_("Rule"), "title"),
        Column(_("Says today")),
        Column(_("Legal source")),
        Column(_("Applies from"), "date"),
        Column(_("Verified"), "light"),
    ]
    return Table(local(kind, "name"), columns, [_rule_row(kind, rule, on) for rule in rules])


def _rule_row(kind: RuleKind, rule: Rule, on: date) -> Row:
    current = next((version for version in rule.versions.all() if stands(version, on) == "now"), None)
    link = Link(local(rule, "name"), reverse("rules:rule", args=[rule.uuid]), rule.key)
    if current is None:
        return Row([link, _("nothing"), "", None, Light("none", "–")], muted=True)
    source = cited(current.source, current.source_article)
    return Row([link, summary(kind, current.value), source, current.starts_on, verified(current)])


def verified(version: RuleVersion) -> Light:
    """Whether somebody here has compared the version with the text of the law."""
    return Light("ok", _("verified")) if version.confirmed else Light("warn", _("verify locally"))


def stands(version: RuleVersion, on: date) -> str:
    """Tell where a version stands on a day: void, past, now or later."""
    if version.voided_at is not None:
        return "void"
    if version.ends_on is not None and version.ends_on < on:
        return "past"
    return "now" if version.starts_on <= on else "later"


def standing(version: RuleVersion, on: date) -> Light:
    """Where a version stands on a day, as a light."""
    words = {
        "void": Light("none", _("void")),
        "past": Light("none", _("no longer")),
        "now": Light("ok", _("applies")),
        "later": Light("hold", _("applies later")),
    }
    return words[stands(version, on)]


def facts(kind: RuleKind, value: Mapping[str, Any]) -> list[Fact]:
    """A value in words, part by part."""
    if not kind.fields:
        return [Fact(_("Value"), json.dumps(value, ensure_ascii=False), wide=True)]
    return [Fact(str(field.label), part_words(field, value.get(field.name))) for field in kind.fields]


def summary(kind: RuleKind, value: Mapping[str, Any]) -> str:
    """A value in one line: only what is filled in."""
    kept = {field.name: part for field in kind.fields if (part := value.get(field.name)) or field.required}
    said = facts(kind, kept if kind.fields else value)
    told = [(str(fact.label), str(fact.value)) for fact in said if fact.value not in ("", "–", _("no"))]
    if len(told) == 1:
        return told[0][1]
    return _("; ").join(f"{label} {words}" for label, words in told)


def part_words(field: RuleField, value: Any) -> str:
    """One part of a value in words."""
    if value in (None, "", [], {}):
        return "–"
    names = {code: str(label) for code, label in field.options}
    match field.type:
        case "boolean":
            return _("yes") if value else _("no")
        case "choice":
            return names.get(value, str(value))
        case "choices":
            return _(", ").join(names.get(code, code) for code in value)
        case "numbers":
            return _(", ").join(f"{names.get(code, code)} {number}" for code, number in value.items())
        case "json":
            return json.dumps(value, ensure_ascii=False)
    return str(value)
