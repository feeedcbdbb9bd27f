"""The door of rules: declare a kind, ask what applies on a day, write versions."""

from jingkai.kernel.rules.data import RuleField, RuleKind, RuleSeed, RuleValue, VersionDraft
from jingkai.kernel.rules.operations import (
    add_rule,
    add_version,
    confirm_version,
    declare_kind,
    seed_rules,
    void_version,
)
from jingkai.kernel.rules.queries import find_rule, get_rule, get_rules, get_version, list_rules
from jingkai.kernel.rules.queries import get_rule as get
from jingkai.kernel.rules.rules import MANAGE, RuleMissing, RuleValueWrong
from jingkai.kernel.rules.rules.laws import cited

__all__ = [
    "MANAGE",
    "RuleField",
    "RuleKind",
    "RuleMissing",
    "RuleSeed",
    "RuleValue",
    "RuleValueWrong",
    "VersionDraft",
    "add_rule",
    "add_version",
    "cited",
    "confirm_version",
    "declare_kind",
    "find_rule",
    "get",
    "get_rule",
    "get_rules",
    "get_version",
    "list_rules",
    "seed_rules",
    "void_version",
]
